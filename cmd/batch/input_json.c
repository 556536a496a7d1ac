#include "cmd/batch/input_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"

/*
 * A JSON file of any length: the brackets around the accounts are walked
 * through, each account is cut out and read by itself. A slip between two of
 * them is told, and the next one is read as if it were not there.
 */

static char first(const struct level *l)
{
	struct span w = feed_window(&l->feed);

	return w.len > 0 ? w.at[0] : '\0';
}

static enum input_step go(struct level *l, size_t n, enum json_state state)
{
	feed_skip(&l->feed, n);
	l->state = state;
	l->cut = (struct json_cut){ 0 };
	return STEP_ON;
}

/* ---- a value, whole ---- */

static enum input_step unclosed(struct input *in, struct level *l)
{
	enum input_step step = input_flaw(in, l, 0, "batch.flaw.open", NULL);

	l->feed.len = 0;
	go(l, 0, JSON_TOP);
	return step;
}

/* STEP_ON and *ret_whole: cut.len bytes of the window are the value. */
static enum input_step cut_value(struct input *in, struct level *l,
				 bool *ret_whole, bool *ret_full)
{
	enum input_step step;

	*ret_full = false;
	*ret_whole = json_cut(&l->cut, feed_window(&l->feed));
	if (*ret_whole)
		return STEP_ON;
	step = input_more(in, l, ret_full);
	if (step != STEP_END)
		return step;
	if (l->cut.depth > 0 || l->cut.string)
		return unclosed(in, l);
	*ret_whole = true;		/* a number at the end of the file */
	return STEP_ON;
}

static enum input_step skip_value(struct input *in, struct level *l)
{
	bool whole = json_cut(&l->cut, feed_window(&l->feed)), full;

	feed_skip(&l->feed, l->cut.len);
	l->cut.len = 0;
	l->skipping = !whole;
	if (!whole)
		return input_more(in, l, &full);
	l->cut = (struct json_cut){ 0 };
	return STEP_ON;
}

static enum input_step take_value(struct input *in, struct level *l,
				  enum json_state after)
{
	size_t n = l->cut.len;
	struct span record = span_head(feed_window(&l->feed), n);
	enum input_step step;

	l->slipped = false;
	if (l->looking)
		return go(l, n, after);
	if (!text_is_utf8(record))
		return input_refuse_encoding(in, l, n);
	go(l, 0, after);
	step = input_record(in, l, n);
	if (step == STEP_FLAW)
		l->slipped = true;
	return step;
}

static enum input_step refuse_long(struct input *in, struct level *l,
				   enum json_state after)
{
	l->skipping = true;
	l->state = after;
	return input_flaw(in, l, 0, "batch.flaw.long", NULL);
}

/* ---- states ---- */

/* An account by itself, or the object around them, which may be of any size. */
static enum input_step top_object(struct input *in, struct level *l)
{
	bool whole, full;
	enum input_step step = cut_value(in, l, &whole, &full);

	if (full || (whole && input_is_around(span_head(feed_window(&l->feed),
							l->cut.len)))) {
		l->in_object = true;
		l->comma = false;
		return go(l, 1, JSON_MEMBER);
	}
	return whole ? take_value(in, l, JSON_TOP) : step;
}

static enum input_step at_top(struct input *in, struct level *l)
{
	bool whole, full;
	enum input_step step;

	if (first(l) == '{')
		return top_object(in, l);
	if (first(l) == '[') {
		l->in_object = l->comma = false;
		return go(l, 1, JSON_ELEMENT);
	}
	step = cut_value(in, l, &whole, &full);
	if (full)
		return refuse_long(in, l, JSON_TOP);
	return whole ? take_value(in, l, JSON_TOP) : step;
}

static enum json_state after_array(const struct level *l)
{
	return l->in_object ? JSON_MEMBER_AFTER : JSON_TOP;
}

static enum input_step at_element(struct input *in, struct level *l)
{
	bool whole, full;
	enum input_step step;

	if (first(l) == ']') {
		if (l->comma) {
			l->comma = false;
			return input_flaw(in, l, 0, "batch.flaw.comma_end",
					  NULL);
		}
		return go(l, 1, after_array(l));
	}
	step = cut_value(in, l, &whole, &full);
	if (full)
		return refuse_long(in, l, JSON_AFTER);
	return whole ? take_value(in, l, JSON_AFTER) : step;
}

static enum input_step at_separator(struct input *in, struct level *l,
				    char closing, enum json_state next,
				    enum json_state closed)
{
	if (first(l) == closing)
		return go(l, 1, closed);
	if (first(l) == ',') {
		l->comma = true;
		return go(l, 1, next);
	}
	/* what was no account is told already; why it ended there is no news */
	l->comma = false;
	go(l, 0, next);
	return l->slipped ? STEP_ON :
	       input_flaw(in, l, 0, "batch.flaw.comma", NULL);
}

/* ---- the object around the accounts ---- */

static void expect_of_file(const struct input *in, struct level *l,
			   struct expect *own)
{
	struct expect all = in->plan.expect;

	expect_over(&l->expect, own);
	expect_over(own, &all);
	l->expect = all;
}

static enum input_step at_expect(struct input *in, struct level *l)
{
	bool whole, full;
	enum input_step step = cut_value(in, l, &whole, &full);
	struct reading r;
	struct expect expect;

	if (full)
		return refuse_long(in, l, JSON_MEMBER_AFTER);
	if (!whole)
		return step;
	r = input_reading(in, l, l->cut.len);
	step = account_read_expect(&r, &expect) ? STEP_ON : STEP_FLAW;
	if (step == STEP_ON)
		expect_of_file(in, l, &expect);
	go(l, l->cut.len, JSON_MEMBER_AFTER);
	return step;
}

/*
 * Members have no order, and programs sort them: "accounts" comes before
 * "expect". A file is looked through for it; what comes through a pipe cannot.
 */
static void look_ahead(struct input *in, struct level *l)
{
	struct flaw unheard = { .line = 0 };
	struct input scan = { .plan = in->plan, .depth = 1, .flaw = &unheard };
	struct level *ahead = calloc(1, sizeof(*ahead));
	enum input_step step = STEP_ON;

	if (!ahead || !feed_open(&ahead->feed, l->name)) {
		free(ahead);
		return;
	}
	ahead->name = l->name;
	ahead->expect = l->expect;
	ahead->looking = l->looked_ahead = true;
	scan.level[0] = ahead;
	feed_more(&ahead->feed);
	while (span_starts(feed_window(&ahead->feed), "\xef\xbb\xbf"))
		feed_skip(&ahead->feed, 3);
	while (scan.depth > 0 && (step == STEP_ON || step == STEP_FLAW)) {
		l->expect = ahead->expect;
		step = input_step_json(&scan, ahead);
	}
	if (scan.depth > 0)
		input_leave(&scan);
}

static enum input_step begin_accounts(struct input *in, struct level *l,
				      size_t bracket)
{
	if (l->feed.again && !l->looking && !l->looked_ahead)
		look_ahead(in, l);
	l->had_accounts = true;
	l->comma = false;
	return go(l, bracket + 1, JSON_ELEMENT);
}

static enum input_step take_key(struct input *in, struct level *l, size_t key,
				size_t colon)
{
	struct span w = feed_window(&l->feed);
	struct span name = { w.at + 1, key - 2 };
	size_t value = colon + 1 + json_space(span_from(w, colon + 1));
	char shown[64];

	if (span_is(name, "accounts") && w.at[value] == '[')
		return begin_accounts(in, l, value);
	if (span_is(name, "expect")) {
		enum input_step step = go(l, colon + 1, JSON_EXPECT);

		return l->had_accounts && !l->looked_ahead && !l->looking ?
		       input_flaw(in, l, 0, "batch.flaw.expect_late", NULL) :
		       step;
	}
	span_copy(name, shown, sizeof(shown));
	input_flaw(in, l, 0, "batch.flaw.around", shown);
	go(l, colon + 1, JSON_MEMBER_AFTER);
	l->skipping = true;
	return STEP_FLAW;
}

/* "name" and its colon, and the byte behind, have to be in the window. */
static enum input_step at_member(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	size_t key, colon, value;
	bool full;
	enum input_step step;

	if (first(l) == '}')
		return go(l, 1, JSON_TOP);
	if (first(l) != '"')
		return input_give_up(in, l, "batch.flaw.json", NULL);
	if (json_cut(&l->cut, w)) {
		key = l->cut.len;
		colon = key + json_space(span_from(w, key));
		value = colon + 1 + json_space(span_from(w, colon + 1));
		if (colon < w.len && w.at[colon] != ':')
			return input_give_up(in, l, "batch.flaw.json", NULL);
		if (value < w.len)
			return take_key(in, l, key, colon);
	}
	step = input_more(in, l, &full);
	if (full || step == STEP_END)
		return input_give_up(in, l, "batch.flaw.open", NULL);
	return step;
}

/* ---- comments, which JSON does not have ---- */

static bool is_comment(const struct level *l)
{
	return l->cut.len == 0 && (first(l) == '#' || first(l) == '/');
}

static enum input_step skip_comment(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	size_t end = strlen(l->comment), n = 0;
	enum input_step step;
	bool full;

	while (n + end <= w.len && memcmp(w.at + n, l->comment, end) != 0)
		n++;
	if (n + end > w.len) {
		feed_skip(&l->feed, n);
		step = input_more(in, l, &full);
		if (step != STEP_END)
			return step;
		n = l->feed.len;
		end = 0;
	}
	feed_skip(&l->feed, n + end);
	l->comment = NULL;
	return STEP_ON;
}

static enum input_step refuse_comment(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);

	l->comment = span_starts(w, "/*") ? "*/" : "\n";
	return input_flaw(in, l, 0, "batch.flaw.comment", NULL);
}

/* ---- one step ---- */

static enum input_step space(struct input *in, struct level *l)
{
	struct span w = feed_window(&l->feed);
	enum input_step step;
	bool full;

	if (l->cut.len > 0 || l->skipping)
		return STEP_ON;
	feed_skip(&l->feed, json_space(w));
	if (l->feed.len > 0)
		return STEP_ON;
	step = input_more(in, l, &full);
	if (step == STEP_END && l->state != JSON_TOP)
		return input_give_up(in, l, "batch.flaw.end", NULL);
	return step;
}

enum input_step input_step_json(struct input *in, struct level *l)
{
	enum input_step step;

	if (l->comment)
		return skip_comment(in, l);
	step = space(in, l);
	if (step != STEP_ON || l->feed.len == 0)
		return step;
	if (l->skipping)
		return skip_value(in, l);
	if (is_comment(l))
		return refuse_comment(in, l);
	switch (l->state) {
	case JSON_TOP:
		return at_top(in, l);
	case JSON_ELEMENT:
		return at_element(in, l);
	case JSON_AFTER:
		return at_separator(in, l, ']', JSON_ELEMENT, after_array(l));
	case JSON_MEMBER:
		return at_member(in, l);
	case JSON_MEMBER_AFTER:
		return at_separator(in, l, '}', JSON_MEMBER, JSON_TOP);
	case JSON_EXPECT:
		return at_expect(in, l);
	}
	return STEP_END;
}
