#include "cmd/batch/resume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/fail_on.h"
#include "cmd/batch/feed.h"
#include "cmd/command.h"

struct reading_back {
	const struct options *o;
	struct outputs *out;
	struct resume *r;
	struct feed feed;
	int code;
};

static bool refuse(struct reading_back *b, const char *id, const char *reason)
{
	char line[16];
	struct buf l = buf_over(line, sizeof(line));
	const struct text_arg args[] = {
		{ "file", b->o->resume }, { "line", line },
		{ "reason", reason }, { NULL, NULL }
	};

	buf_fmt(&l, "%u", b->feed.line);
	b->code = complain(b->o->lang, id, args);
	return false;
}

/*
 * By its id. Without one (a line of an older version): by name alone, and with
 * its servers, for the input may say either.
 */
static bool remember(struct reading_back *b, const struct account_outcome *o)
{
	struct endpoint e[ENDPOINTS_MAX];
	struct known_key key[2];
	const struct known_place here = { "", 0 };
	struct known_place before;

	if (o->id[0])
		return known_key_of_id(o->id, &key[0]) &&
		       known_add(&b->r->done, key[0], here, &before);
	for (size_t i = 0; i < o->cases; i++)
		e[i] = o->case_of[i].endpoint;
	return known_key_of_name(o->name, NULL, 0, &key[0]) &&
	       known_key_of_name(o->name, e, o->cases, &key[1]) &&
	       known_add(&b->r->done, key[0], here, &before) &&
	       known_add(&b->r->done, key[1], here, &before);
}

static bool no_memory(struct reading_back *b)
{
	const struct fault why = { .kind = FAULT_NO_MEMORY };

	b->code = complain_internal(b->o->lang, &why);
	return false;
}

static bool take_over(struct reading_back *b, const struct account_outcome *o,
		      const char *line)
{
	if (o->reason != UNTRIED_NONE)
		return true;		/* it gets its turn now */
	if (!remember(b, o))
		return no_memory(b);
	b->r->taken++;
	b->r->code = outcome_worse(b->r->code, fail_on_code(b->o, o));
	if (outputs_add(b->out, o, line))
		return true;
	b->code = EXIT_USAGE;
	return false;
}

static bool read_line(struct reading_back *b, struct span line, bool last)
{
	struct account_outcome o;
	struct fault why = { .kind = FAULT_NONE };
	char *text;
	bool ok;

	while (line.len > 0 && (line.at[line.len - 1] == '\n' ||
				line.at[line.len - 1] == '\r'))
		line.len--;
	if (line.len == 0)
		return true;
	if (!outcome_read(line, &o, &why)) {
		if (why.kind == FAULT_NO_MEMORY)
			return no_memory(b);
		if (!last)
			return refuse(b, "batch.resume_line",
				      text_of(b->o->lang, why.text));
		b->r->torn++;
		return true;
	}
	text = strndup(line.at, line.len);
	ok = text ? take_over(b, &o, text) : no_memory(b);
	free(text);
	outcome_release(&o);
	return ok;
}

static bool read_all(struct reading_back *b)
{
	char reason[128];

	for (;;) {
		struct span w = feed_window(&b->feed);
		const char *end = w.len > 0 ? memchr(w.at, '\n', w.len) : NULL;
		size_t n = end ? (size_t)(end - w.at) + 1 : w.len;

		if (end || (b->feed.ended && n > 0)) {
			if (!read_line(b, span_head(w, n), !end))
				return false;
			feed_skip(&b->feed, n);
			continue;
		}
		switch (feed_more(&b->feed)) {
		case FEED_END:
			if (feed_window(&b->feed).len == 0)
				return true;
			break;
		case FEED_MORE:
			break;
		case FEED_FULL:
			return refuse(b, "batch.resume_line",
				      text_of(b->o->lang, "outcome.slip.long"));
		case FEED_LATER:
		case FEED_FAILED:
			reason_of_errno(b->o->lang, errno, reason, sizeof(reason));
			return refuse(b, "batch.resume_file", reason);
		}
	}
}

/* A job that is started again and again has no file the first time. */
static bool may_be_missing(const struct options *o)
{
	for (size_t i = 0; i < o->outputs; i++) {
		const char *colon = strchr(o->output[i], ':');

		if (colon && strcmp(colon + 1, o->resume) == 0)
			return true;
	}
	return false;
}

static bool open_file(struct reading_back *b)
{
	char reason[128];

	if (feed_open(&b->feed, b->o->resume)) {
		if (b->feed.regular)
			return true;
		feed_close(&b->feed);
		return refuse(b, "batch.resume_file",
			      text_of(b->o->lang, "reason.no_file"));
	}
	reason_of_errno(b->o->lang, errno, reason, sizeof(reason));
	return (errno == ENOENT && may_be_missing(b->o)) ||
	       refuse(b, "batch.resume_file", reason);
}

static void tell_torn(const struct options *o)
{
	const struct text_arg args[] = {
		{ "file", o->resume }, { NULL, NULL }
	};

	complain(o->lang, "batch.resume_torn", args);
}

int resume_read(const struct options *o, struct outputs *out,
		struct resume *ret)
{
	struct reading_back b = { .o = o, .out = out, .r = ret };

	*ret = (struct resume){ .taken = 0 };
	if (!open_file(&b) || !b.feed.room)
		return b.code;
	if (read_all(&b) && ret->torn > 0 && !o->quiet)
		tell_torn(o);
	feed_close(&b.feed);
	if (b.code == 0 && !outputs_settle(out))
		b.code = EXIT_USAGE;
	return b.code;
}

void resume_release(struct resume *r)
{
	known_release(&r->done);
}
