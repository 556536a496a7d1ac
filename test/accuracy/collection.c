#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/accuracy/collection.h"

#define AMONG 4				/* ranks that count for "among" */

/* ---- one line ---- */

const char *line_text(const struct json *line)
{
	const char *text = json_get_str(line, "response");

	if (!text)
		text = json_get_str(line, "text");
	return text ? text : "";
}

bool line_scores(const struct json *line)
{
	return !json_get_str(line, "cause") ||
	       json_true(json_get(line, "score"));
}

/*
 * The collections know one cause for both kinds of password that are not the
 * account's own.
 */
static bool is_wanted(enum cause c, const char *wanted)
{
	if (c == CAUSE_SEPARATE_PASSWORD &&
	    strcmp(wanted, cause_id(CAUSE_APP_PASSWORD)) == 0)
		return true;
	return strcmp(cause_id(c), wanted) == 0;
}

bool line_is_right(const struct json *line, const struct diagnosis *d)
{
	const char *wanted = json_get_str(line, "cause");

	if (!wanted)
		return d->verdict == CAUSE_UNKNOWN ||
		       d->verdict == CAUSE_WORKS;
	return is_wanted(d->verdict, wanted);
}

bool line_is_among(const struct json *line, const struct diagnosis *d)
{
	const char *wanted = json_get_str(line, "cause");

	if (!wanted)
		return line_is_right(line, d);
	for (size_t i = 0; i < d->causes && i < AMONG; i++)
		if (is_wanted(d->cause[i].cause, wanted))
			return true;
	return false;
}

bool line_is_trap(const struct json *line, const struct diagnosis *d)
{
	const struct json *traps = json_get(line, "trap");
	const struct json *trap = traps ? json_first(traps) : NULL;

	if (d->cause[0].confidence == CONFIDENCE_POSSIBLE)
		return false;
	for (; trap; trap = json_next(trap))
		if (strcmp(json_str(trap), cause_id(d->verdict)) == 0)
			return true;
	return false;
}

static void request_of(const struct json *line, struct explain_request *r)
{
	const char *protocol = json_get_str(line, "protocol");
	const char *security = json_get_str(line, "security");
	const char *mech = json_get_str(line, "mech");
	struct explain_place *p = &r->hints;

	memset(r, 0, sizeof(*r));
	p->service_known = protocol && service_by_name(protocol, &p->service);
	p->security_known = security &&
			    security_by_name(security, &p->security);
	p->port = (uint16_t)json_int(json_get(line, "port"), 0);
	span_copy(span_of(json_get_str(line, "host")), p->host,
		  sizeof(p->host));
	span_copy(span_of(mech), p->mechanism, sizeof(p->mechanism));
	r->provider = json_get_str(line, "provider");
}

static bool explain_line(const struct collection_reader *c,
			 const struct json *line, struct explain_result *ret)
{
	struct explain_request r;
	struct fault why = { .kind = FAULT_NONE };
	struct explain *x;
	bool ok;

	request_of(line, &r);
	x = explain_new(&r.hints);
	if (!x)
		return false;
	explain_add(x, span_trim(span_of(line_text(line))));
	explain_add(x, span_of(c->behind));
	explain_end(x);
	ok = explain_run(&r, x, c->tools, ret, &why);
	if (!ok)
		fprintf(stderr, "%s\n", why.text);
	explain_free(x);
	return ok;
}

/* ---- the file ---- */

static char *file_read(const char *name, size_t *ret_len)
{
	FILE *f = fopen(name, "rb");
	char *text = f ? malloc(JSON_TEXT_CAP) : NULL;

	if (text)
		*ret_len = fread(text, 1, JSON_TEXT_CAP, f);
	if (f)
		fclose(f);
	return text;
}

static bool read_row(const struct collection_reader *c, struct span row)
{
	struct explain_result *r = calloc(1, sizeof(*r));
	struct fault why = { .kind = FAULT_NONE };
	struct json *line = NULL;
	bool ok = r && json_parse(row, &line, &why);

	if (!ok)
		fprintf(stderr, "%.*s\n%s\n", (int)row.len, row.at, why.text);
	ok = ok && explain_line(c, line, r);
	if (ok)
		c->line(c->to, line, r);
	if (r)
		explain_result_release(r);
	free(r);
	json_free(line);
	return ok;
}

bool collection_read(const char *file, const struct collection_reader *r)
{
	size_t len = 0;
	char *text = file_read(file, &len);
	struct span all = { text, len }, row;
	bool ok = text != NULL;

	if (!text)
		perror(file);
	while (text && span_cut(&all, '\n', &row))
		if (span_trim(row).len > 0)
			ok = read_row(r, row) && ok;
	free(text);
	return ok;
}
