/*
 * How often does `mailwhy explain` name the true cause? Takes the same way
 * through the same functions as the command; what a line of the collection
 * knows of its place (protocol, host, port, security, mech, provider) goes in
 * the way the command's options do. `context` is prose for people and unseen.
 *
 *	accuracy FILE.jsonl [-v] [--want TELLING AMBIGUOUS] [--nothing PERCENT]
 *
 * Prints each miss, and tables by cause, provider, protocol, language and
 * confidence. --want and --nothing (for texts that are no login failures)
 * fail the run below that many percent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/explain_run.h"
#include "probes/base/json.h"
#include "probes/base/text.h"

#define AMONG 4				/* ranks that count for "among" */
#define GROUPS 400

struct tally {
	unsigned lines, first, among, boast;
};

struct group {
	char what[12], name[48];
	bool telling;
	struct tally tally;
};

struct scores {
	struct explain_tools tools;
	bool verbose;
	struct tally telling, ambiguous, rest;
	struct tally sure[CONFIDENCE_PROVEN + 1];
	size_t groups;
	struct group group[GROUPS];
};

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* ---- one line ---- */

static const char *text_of_line(const struct json *line)
{
	const char *text = json_get_str(line, "response");

	return or_empty(text ? text : json_get_str(line, "text"));
}

static void request_of(const struct json *line, struct explain_request *r)
{
	const char *protocol = json_get_str(line, "protocol");
	const char *security = json_get_str(line, "security");
	struct explain_place *p = &r->hints;

	memset(r, 0, sizeof(*r));
	p->service_known = protocol && service_by_name(protocol, &p->service);
	p->security_known = security &&
			    security_by_name(security, &p->security);
	p->port = (uint16_t)json_int(json_get(line, "port"), 0);
	span_copy(span_of(json_get_str(line, "host")), p->host,
		  sizeof(p->host));
	r->provider = json_get_str(line, "provider");
}

static bool explain_line(const struct scores *s, const struct json *line,
			 struct explain_result *ret)
{
	struct explain_request r;
	struct fault why = { .kind = FAULT_NONE };
	struct explain *x;
	bool ok;

	request_of(line, &r);
	x = explain_new(&r.hints);
	if (!x)
		return false;
	explain_add(x, span_of(text_of_line(line)));
	explain_end(x);
	ok = explain_run(&r, x, &s->tools, ret, &why);
	if (!ok)
		fprintf(stderr, "%s\n", why.text);
	explain_free(x);
	return ok;
}

/* ---- counting ---- */

static void count(struct tally *t, bool first, bool among, bool boast)
{
	t->lines++;
	t->first += first;
	t->among += among;
	t->boast += boast;
}

static struct tally *group_of(struct scores *s, const char *what,
			      const char *name, bool telling)
{
	struct group *g;

	if (!name || !name[0])
		name = "-";
	for (size_t i = 0; i < s->groups; i++) {
		g = &s->group[i];
		if (g->telling == telling && strcmp(g->what, what) == 0 &&
		    strcmp(g->name, name) == 0)
			return &g->tally;
	}
	if (s->groups == GROUPS)
		return &s->group[GROUPS - 1].tally;
	g = &s->group[s->groups++];
	span_copy(span_of(what), g->what, sizeof(g->what));
	span_copy(span_of(name), g->name, sizeof(g->name));
	g->telling = telling;
	return &g->tally;
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

static bool is_among(const struct diagnosis *d, const char *wanted)
{
	for (size_t i = 0; i < d->causes && i < AMONG; i++)
		if (is_wanted(d->cause[i].cause, wanted))
			return true;
	return false;
}

static void print_line(const struct json *line, const struct explain_result *r,
		       const char *mark)
{
	const struct diagnosis *d = &r->told.diagnosis;
	char text[400];
	struct buf b = buf_over(text, sizeof(text));

	text_printable(&b, span_of(text_of_line(line)), false);
	printf("%s %s: want %s, got", mark, or_empty(json_get_str(line, "id")),
	       or_empty(json_get_str(line, "cause")));
	for (size_t i = 0; i < d->causes; i++)
		printf(" %s(%s)", cause_id(d->cause[i].cause),
		       confidence_name(d->cause[i].confidence));
	printf(" by %s\n    %s\n", d->cause[0].rule, text);
}

static void judge(struct scores *s, const struct json *line,
		  const struct explain_result *r)
{
	static const char *const kinds[] = { "provider", "protocol", "lang",
					     "client_kind", "cause" };
	const struct diagnosis *d = &r->told.diagnosis;
	const char *wanted = or_empty(json_get_str(line, "cause"));
	enum confidence sure = d->cause[0].confidence;
	bool telling = json_true(json_get(line, "telling"));
	bool first = is_wanted(d->verdict, wanted);
	bool boast = !telling && sure == CONFIDENCE_PROVEN;
	bool among = is_among(d, wanted) && !boast;
	bool good = telling ? first : among;

	if (!json_true(json_get(line, "score"))) {
		count(&s->rest, first, is_among(d, wanted), boast);
		return;
	}
	count(telling ? &s->telling : &s->ambiguous, first, among, boast);
	count(&s->sure[sure], first, is_among(d, wanted), false);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		count(group_of(s, kinds[i], json_get_str(line, kinds[i]),
			       telling), first, among, boast);
	if (!good || s->verbose)
		print_line(line, r, good ? "hit " : boast ? "BOAST" : "MISS");
}

/* ---- texts that are no login failures ---- */

static bool is_nothing(const struct explain_result *r)
{
	return r->told.diagnosis.verdict == CAUSE_UNKNOWN ||
	       r->told.diagnosis.verdict == CAUSE_WORKS;
}

static void judge_nothing(struct scores *s, const struct json *line,
			  const struct explain_result *r)
{
	bool good = is_nothing(r);

	count(&s->telling, good, good, false);
	if (!good || s->verbose)
		print_line(line, r, good ? "hit " : "MISS");
}

/* ---- output ---- */

static double percent(unsigned part, unsigned all)
{
	return all ? 100.0 * part / all : 100.0;
}

static void print_tally(const char *name, const struct tally *t)
{
	printf("%-30s %4u lines, first %4u (%5.1f %%), among four %4u "
	       "(%5.1f %%)%s\n", name, t->lines, t->first,
	       percent(t->first, t->lines), t->among,
	       percent(t->among, t->lines),
	       t->boast ? ", PROVEN THOUGH AMBIGUOUS" : "");
}

static void print_groups(const struct scores *s)
{
	for (size_t i = 0; i < s->groups; i++) {
		const struct group *g = &s->group[i];
		char name[100];

		snprintf(name, sizeof(name), "%s %s%s", g->what, g->name,
			 g->telling ? "" : " (ambiguous)");
		print_tally(name, &g->tally);
	}
}

static void print_scores(const struct scores *s, bool nothing)
{
	if (nothing) {
		printf("no login failure: %u of %u (%.1f %%) told as such\n",
		       s->telling.first, s->telling.lines,
		       percent(s->telling.first, s->telling.lines));
		return;
	}
	print_groups(s);
	printf("-- of the verdicts called so, how many were right\n");
	for (unsigned c = 0; c <= CONFIDENCE_PROVEN; c++)
		print_tally(confidence_name((enum confidence)c), &s->sure[c]);
	printf("-- in all\n");
	print_tally("telling", &s->telling);
	print_tally("ambiguous", &s->ambiguous);
	print_tally("not scored", &s->rest);
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

static bool read_line(struct scores *s, struct span row, bool nothing)
{
	struct explain_result *r = calloc(1, sizeof(*r));
	struct fault why = { .kind = FAULT_NONE };
	struct json *line = NULL;
	bool ok = r && json_parse(row, &line, &why);

	if (!ok)
		fprintf(stderr, "%.*s\n%s\n", (int)row.len, row.at, why.text);
	ok = ok && explain_line(s, line, r);
	if (ok && nothing)
		judge_nothing(s, line, r);
	else if (ok)
		judge(s, line, r);
	if (r)
		explain_result_release(r);
	free(r);
	json_free(line);
	return ok;
}

static bool read_lines(struct scores *s, struct span all, bool nothing)
{
	struct span row;
	bool ok = true;

	while (span_cut(&all, '\n', &row))
		if (span_trim(row).len > 0)
			ok = read_line(s, row, nothing) && ok;
	return ok;
}

/* ---- the command line ---- */

struct wanted {
	const char *file;
	bool verbose, nothing;
	double telling, ambiguous;
};

static bool wanted_parse(int argc, char **argv, struct wanted *w)
{
	memset(w, 0, sizeof(*w));
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			w->verbose = true;
		} else if (strcmp(argv[i], "--want") == 0 && i + 2 < argc) {
			w->telling = strtod(argv[++i], NULL);
			w->ambiguous = strtod(argv[++i], NULL);
		} else if (strcmp(argv[i], "--nothing") == 0 && i + 1 < argc) {
			w->nothing = true;
			w->telling = strtod(argv[++i], NULL);
		} else if (argv[i][0] != '-' && !w->file) {
			w->file = argv[i];
		} else {
			return false;
		}
	}
	return w->file != NULL;
}

static int score(const struct wanted *w, struct scores *s, struct span all)
{
	bool ok = read_lines(s, all, w->nothing);
	bool bar = percent(s->telling.first, s->telling.lines) >= w->telling &&
		   percent(s->ambiguous.among, s->ambiguous.lines) >=
			   w->ambiguous;

	print_scores(s, w->nothing);
	if (!bar)
		printf("below what is wanted: %.1f %% and %.1f %%\n",
		       w->telling, w->ambiguous);
	return ok && bar ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct fault why = { FAULT_NONE, "" };
	struct wanted w;
	struct scores *s = calloc(1, sizeof(*s));
	char *text = NULL;
	size_t len = 0;
	int code = 2;

	if (!s || !wanted_parse(argc, argv, &w)) {
		fprintf(stderr, "accuracy FILE.jsonl [-v] "
			"[--want TELLING AMBIGUOUS] [--nothing PERCENT]\n");
	} else if (!(text = file_read(w.file, &len))) {
		perror(w.file);
	} else if (!explain_tools_load(&s->tools, &why)) {
		fprintf(stderr, "%s\n", why.text);
	} else {
		s->verbose = w.verbose;
		code = score(&w, s, (struct span){ text, len });
		explain_tools_release(&s->tools);
	}
	free(text);
	free(s);
	return code;
}
