#include "cmd/batch/input_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "probes/base/json_where.h"
#include "probes/base/text.h"

#define PATH_ROOM 4096

/* ---- what went wrong ---- */

struct reading input_reading(struct input *in, struct level *l, size_t n)
{
	return (struct reading){
		.lang = in->plan.lang, .allow_inline = in->plan.allow_inline,
		.file = l->name, .record = span_head(feed_window(&l->feed),
						     n),
		.line = l->feed.line, .column = l->feed.column,
		.flaw = in->flaw,
	};
}

enum input_step input_flaw(struct input *in, struct level *l, size_t place,
			   const char *id, const char *value)
{
	struct reading r = input_reading(in, l, RECORD_CAP);
	const struct text_arg args[] = {
		{ "value", value }, { "file", l->name }, { NULL, NULL }
	};

	flaw_at(&r, place, id, args);
	return STEP_FLAW;
}

void input_leave(struct input *in)
{
	struct level *l = in->level[--in->depth];

	feed_close(&l->feed);
	free(l);
}

/* Nothing more comes of the file that has the flaw. */
static enum input_step leave_flawed(struct input *in)
{
	in->flaw->whole_file = true;
	input_leave(in);
	return STEP_FLAW;
}

enum input_step input_give_up(struct input *in, struct level *l,
			      const char *id, const char *value)
{
	input_flaw(in, l, 0, id, value);
	return leave_flawed(in);
}

enum input_step input_refuse_encoding(struct input *in, struct level *l,
				      size_t n)
{
	const struct reading r = input_reading(in, l, n);

	encoding_refuse_bytes(&r, l->some);
	return leave_flawed(in);
}

enum input_step input_more(struct input *in, struct level *l, bool *ret_full)
{
	char reason[128];

	*ret_full = false;
	switch (feed_more(&l->feed)) {
	case FEED_MORE:
		return STEP_ON;
	case FEED_END:
		return STEP_END;
	case FEED_LATER:
		return STEP_LATER;
	case FEED_FULL:
		*ret_full = true;
		return STEP_ON;
	case FEED_FAILED:
		break;
	}
	reason_of_errno(in->plan.lang, errno, reason, sizeof(reason));
	return input_give_up(in, l, "batch.flaw.read", reason);
}

/* ---- files in files ---- */

static bool keep_name(struct input *in, const char *path)
{
	char **more = realloc(in->name, (in->names + 1) * sizeof(*more));

	if (!more)
		return false;
	in->name = more;
	more[in->names] = strdup(path);
	return more[in->names++] != NULL;
}

static bool is_open(const struct input *in, const struct feed *s)
{
	for (size_t i = 0; i < in->depth; i++)
		if (in->level[i]->feed.device == s->device &&
		    in->level[i]->feed.inode == s->inode)
			return true;
	return false;
}

/* errno 0: it includes itself; ENOTSUP: a FIFO, which would make all wait. */
static bool enter(struct input *in, const char *path)
{
	struct level *l = calloc(1, sizeof(*l));
	bool ok = l && keep_name(in, path) && feed_open(&l->feed, path);

	if (ok && in->depth > 0 &&
	    (!l->feed.regular || is_open(in, &l->feed))) {
		bool regular = l->feed.regular;

		feed_close(&l->feed);
		errno = regular ? 0 : ENOTSUP;
		ok = false;
	}
	if (!ok) {
		free(l);
		return false;
	}
	l->name = in->name[in->names - 1];
	l->expect = in->depth > 0 ? in->level[in->depth - 1]->expect :
		    in->plan.expect;
	l->format = in->depth > 0 ? INPUT_GUESSED : in->plan.format;
	in->level[in->depth++] = l;
	return true;
}

/* Beside the file that names it; "-" there is a file of that name. */
static bool path_beside(const char *from, const char *file, char *room,
			size_t cap)
{
	struct buf b = buf_over(room, cap);
	const char *slash = strrchr(from, '/');

	if (*file != '/' && slash)
		buf_add(&b, (struct span){ from, (size_t)(slash - from) + 1 });
	else if (*file != '/')
		buf_str(&b, "./");
	buf_str(&b, file);
	return !b.full;
}

static enum input_step include(struct input *in, struct level *l,
			       const struct reading *r, const char *file)
{
	char path[PATH_ROOM], reason[128];
	const struct text_arg args[] = {
		{ "value", file }, { "reason", reason }, { NULL, NULL }
	};

	if (in->depth == INCLUDES_DEEP) {
		flaw_at(r, 0, "batch.flaw.include_deep", args);
		return STEP_FLAW;
	}
	errno = ENAMETOOLONG;
	if (path_beside(l->name, file, path, sizeof(path)) &&
	    enter(in, path))
		return STEP_ON;
	if (errno == ENOTSUP)
		span_copy(span_of(text_of(in->plan.lang, "reason.no_file")),
			  reason, sizeof(reason));
	else
		reason_of_errno(in->plan.lang, errno, reason, sizeof(reason));
	flaw_at(r, 0, errno == 0 ? "batch.flaw.include_cycle" :
		"batch.flaw.include", args);
	return STEP_FLAW;
}

enum input_step input_record(struct input *in, struct level *l, size_t n)
{
	struct reading r = input_reading(in, l, n);
	enum input_step step = STEP_FLAW;
	enum json_record kind;
	char *file;

	if (account_read_json(&r, &kind, in->account, &file)) {
		step = STEP_ACCOUNT;
		l->some = true;
		if (kind == RECORD_ACCOUNT)
			expect_over(&l->expect, &(*in->account)->expect);
	}
	if (step == STEP_ACCOUNT && kind == RECORD_INCLUDE) {
		step = include(in, l, &r, file);
		free(file);
	}
	feed_skip(&l->feed, n);
	return step;
}

/* ---- what kind of file it is ---- */

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && text_same(name + n - m, end);
}

static enum input_format by_name(const char *name)
{
	if (ends_in(name, ".csv") || ends_in(name, ".tsv"))
		return INPUT_CSV;
	return ends_in(name, ".jsonl") || ends_in(name, ".ndjson") ?
	       INPUT_JSONL : INPUT_GUESSED;
}

/* The object around the accounts; it need not be there to its end. */
bool input_is_around(struct span object)
{
	return json_place_of(object, "accounts") > 0;
}

/*
 * JSON Lines begin with an object that ends on its line; and when it does not,
 * because somebody forgot a bracket, the next line still begins with one.
 */
static bool begins_with_line(struct span w, bool ended, bool *ret_sure)
{
	const char *end = memchr(w.at, '\n', w.len);
	struct json_cut cut = { 0 };
	struct span line = w, next;

	*ret_sure = end || ended;
	if (end)
		line.len = (size_t)(end - w.at);
	if (input_is_around(line))
		return false;
	if (json_cut(&cut, line))
		return true;
	next = span_from(w, line.len);
	next = span_from(next, json_space(next));
	*ret_sure = next.len > 0 || ended;
	return next.len > 0 && next.at[0] == '{';
}

static enum input_format by_content(const struct level *l, bool *ret_sure)
{
	const struct feed *s = &l->feed;
	struct span w = feed_window(s);

	w = span_from(w, json_space(w));
	*ret_sure = s->ended || w.len > 0;
	if (w.len == 0 || w.at[0] == '[')
		return INPUT_JSON;
	if (w.at[0] != '{')
		return ends_in(l->name, ".json") ? INPUT_JSON : INPUT_CSV;
	return begins_with_line(w, s->ended, ret_sure) ? INPUT_JSONL :
	       INPUT_JSON;
}

static enum input_step refuse_utf16(struct input *in, struct level *l,
				    const char *from)
{
	const struct reading r = input_reading(in, l, 0);

	encoding_refuse(&r, 0, "batch.flaw.utf16", from, false);
	return leave_flawed(in);
}

/*
 * What iconv calls it, or NULL. Without a mark at its beginning it shows by
 * the NULs of the letters that are ASCII, if only those between the fields.
 */
static const char *utf16_of(struct span w)
{
	const char *nul;
	bool ascii;

	if (w.len < 2)
		return NULL;
	if (memcmp(w.at, "\xff\xfe", 2) == 0 ||
	    memcmp(w.at, "\xfe\xff", 2) == 0)
		return "UTF-16";
	nul = memchr(w.at, '\0', w.len);
	ascii = !w.at[0] != !w.at[1];
	if (!nul || !(ascii || !text_is_utf8(w)))
		return NULL;
	return (nul - w.at) % 2 == 0 ? "UTF-16BE" : "UTF-16LE";
}

/* Spreadsheets as their programs keep them: packed (xlsx, ods), and xls. */
static bool is_workbook(struct span w)
{
	return w.len >= 4 && (memcmp(w.at, "PK\3\4", 4) == 0 ||
			      memcmp(w.at, "\xd0\xcf\x11\xe0", 4) == 0);
}

static enum input_step begin(struct input *in, struct level *l)
{
	bool full = false, sure = true;
	enum input_step step = STEP_ON;
	const char *utf16;

	if (l->feed.len < 4 && !l->feed.ended)
		step = input_more(in, l, &full);
	if (step == STEP_LATER || step == STEP_FLAW)
		return step;
	if (l->feed.len < 4 && !l->feed.ended)
		return STEP_ON;
	if (is_workbook(feed_window(&l->feed)))
		return input_give_up(in, l, "batch.flaw.workbook", NULL);
	utf16 = utf16_of(feed_window(&l->feed));
	if (utf16)
		return refuse_utf16(in, l, utf16);
	while (span_starts(feed_window(&l->feed), "\xef\xbb\xbf"))
		feed_skip(&l->feed, 3);
	l->feed.column = 1;
	if (l->feed.again && !l->checked) {
		const struct reading r = input_reading(in, l, 0);

		l->checked = true;
		if (!encoding_is_fine(&r))
			return leave_flawed(in);
	}
	if (l->format == INPUT_GUESSED)
		l->format = by_name(l->name);
	if (l->format == INPUT_GUESSED)
		l->format = by_content(l, &sure);
	if (!sure) {
		l->format = INPUT_GUESSED;
		step = input_more(in, l, &full);
		sure = full || step == STEP_END;
		l->format = sure ? INPUT_JSON : INPUT_GUESSED;
	}
	l->begun = sure;
	return step == STEP_END ? STEP_ON : step;
}

/* ---- the whole ---- */

static enum input_step step(struct input *in, struct level *l)
{
	if (!l->begun)
		return begin(in, l);
	if (l->format == INPUT_CSV)
		return input_step_csv(in, l);
	return l->format == INPUT_JSONL ? input_step_jsonl(in, l) :
	       input_step_json(in, l);
}

enum input_answer input_next(struct input *in, struct account **ret,
			     struct flaw *ret_flaw)
{
	in->account = ret;
	in->flaw = ret_flaw;
	*ret_flaw = (struct flaw){ .line = 0 };
	while (in->depth > 0) {
		switch (step(in, in->level[in->depth - 1])) {
		case STEP_ACCOUNT:
			return INPUT_ACCOUNT;
		case STEP_FLAW:
			return INPUT_FLAW;
		case STEP_LATER:
			return INPUT_LATER;
		case STEP_END:
			input_leave(in);
			break;
		case STEP_ON:
			break;
		}
	}
	return INPUT_END;
}

bool input_open(const struct input_plan *plan, struct input **ret)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in)
		return false;
	in->plan = *plan;
	if (enter(in, plan->path)) {
		*ret = in;
		return true;
	}
	input_close(in);
	return false;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	while (in->depth > 0)
		input_leave(in);
	for (size_t i = 0; i < in->names; i++)
		free(in->name[i]);
	free(in->name);
	free(in);
}

int input_fd(const struct input *in)
{
	return in->depth > 0 ? in->level[in->depth - 1]->feed.fd : -1;
}

double input_share(const struct input *in)
{
	struct stat st;
	off_t at;

	if (in->depth == 0)
		return 1;
	if (!in->level[0]->feed.regular ||
	    fstat(in->level[0]->feed.fd, &st) != 0 || st.st_size == 0)
		return -1;
	at = lseek(in->level[0]->feed.fd, 0, SEEK_CUR) -
	     (off_t)in->level[0]->feed.len;
	return (double)at / (double)st.st_size;
}

bool input_is_file(const struct input *in)
{
	for (size_t i = 0; i < in->depth; i++)
		if (!in->level[i]->feed.regular)
			return false;
	return true;
}
