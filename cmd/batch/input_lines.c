#include "cmd/batch/input_private.h"

#include <string.h>

#include "probes/base/text.h"

/* Readers of files whose records are lines: JSON Lines and CSV. */

/* ---- a record that is too long ---- */

static enum input_step skip_line(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	const char *end = memchr(w.at, '\n', w.len);
	bool full;

	l->skipping = !end;
	feed_skip(&l->feed, end ? (size_t)(end - w.at) + 1 : w.len);
	return end ? STEP_ON : input_more(in, l, &full);
}

static enum input_step refuse_long(struct input *in, struct level *l)
{
	l->skipping = true;
	return input_flaw(in, l, 0, "batch.flaw.long", NULL);
}

static bool is_blank(struct span s)
{
	return json_space(s) == s.len;
}

/* ---- JSON Lines ---- */

static enum input_step take_line(struct input *in, struct level *l, size_t n)
{
	struct span w = feed_window(&l->feed);

	if (!text_is_utf8(span_head(w, n)))
		return input_refuse_encoding(in, l, n);
	if (!is_blank(span_head(w, n)))
		return input_record(in, l, n);
	feed_skip(&l->feed, n);
	return STEP_ON;
}

enum input_step input_step_jsonl(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	const char *end = memchr(w.at, '\n', w.len);
	enum input_step step;
	bool full;

	if (l->skipping)
		return skip_line(in, l);
	if (end)
		return take_line(in, l, (size_t)(end - w.at) + 1);
	step = input_more(in, l, &full);
	if (full)
		return refuse_long(in, l);
	return step == STEP_END && w.len > 0 ? take_line(in, l, w.len) : step;
}

/* ---- CSV ---- */

/* Above the headings; the sheet's title, its date, Excel's own "sep=;". */
#define TITLES_MAX 10

/* What is wrong with the first row that might have been the headings. */
static enum input_step no_header(struct input *in, struct level *l)
{
	*in->flaw = l->no_header;
	in->flaw->whole_file = true;
	input_leave(in);
	return STEP_FLAW;
}

static bool is_filled(struct span row)
{
	for (size_t i = 0; i < row.len; i++)
		if (!row.at[i] || !strchr(",;\t\"\r\n ", row.at[i]))
			return true;
	return false;
}

/* An address stands below the headings, so they are not to be looked for. */
static enum input_step take_title(struct input *in, struct level *l, size_t n)
{
	struct span row = span_head(feed_window(&l->feed), n);

	if (is_filled(row) && l->titles++ == 0)
		l->no_header = *in->flaw;
	if (l->titles > TITLES_MAX || memchr(row.at, '@', row.len))
		return no_header(in, l);
	feed_skip(&l->feed, n);
	return STEP_ON;
}

static enum input_step take_header(struct input *in, struct level *l, size_t n)
{
	struct reading r = input_reading(in, l, n);

	l->has_header = csv_read_header(&r, &l->header);
	if (!l->has_header)
		return take_title(in, l, n);
	if (!l->header.unused[0]) {
		feed_skip(&l->feed, n);
		return STEP_ON;
	}
	input_flaw(in, l, 0, "batch.note.columns", l->header.unused);
	in->flaw->note = true;
	feed_skip(&l->feed, n);
	return STEP_FLAW;
}

static enum input_step take_row(struct input *in, struct level *l, size_t n)
{
	struct reading r = input_reading(in, l, n);
	bool ok = csv_read_row(&r, &l->header, in->account);

	feed_skip(&l->feed, n);
	if (!ok)
		return STEP_FLAW;
	if (!*in->account)
		return STEP_ON;
	l->some = true;
	expect_over(&l->expect, &(*in->account)->expect);
	return STEP_ACCOUNT;
}

static enum input_step take_csv(struct input *in, struct level *l, size_t n)
{
	if (!text_is_utf8(span_head(feed_window(&l->feed), n)))
		return input_refuse_encoding(in, l, n);
	return l->has_header ? take_row(in, l, n) : take_header(in, l, n);
}

/* Only its first line is lost: most likely a quote was meant as itself. */
static enum input_step refuse_open(struct input *in, struct level *l)
{
	l->skipping = true;
	return input_flaw(in, l, 0, "batch.flaw.quote", NULL);
}

enum input_step input_step_csv(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	char separator = l->has_header ? l->header.separator : '\0';
	enum input_step step;
	bool open, full;
	size_t n;

	if (l->skipping)
		return skip_line(in, l);
	n = csv_record_length(w, separator, l->feed.ended, &open);
	if (open && l->feed.ended)
		return refuse_open(in, l);
	if (n > 0)
		return take_csv(in, l, n);
	step = input_more(in, l, &full);
	if (full)
		return open ? refuse_open(in, l) : refuse_long(in, l);
	/* the end is known now: the last record is cut with that in mind */
	if (step == STEP_END && w.len > 0)
		return STEP_ON;
	return step == STEP_END && !l->has_header && l->titles > 0 ?
	       no_header(in, l) : step;
}
