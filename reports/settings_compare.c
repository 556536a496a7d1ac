#include "reports/settings_private.h"

#include <string.h>

#include "reports/layout.h"

#define INDENT 2
#define GAP 2
#define VALUE_LEAST 16		/* columns of a value before it is cut */
#define NARROW 60		/* columns: values one below the other */

/* ---- the table ---- */

static const struct {
	const char *word;
	enum ink ink;
} marks[] = {
	[COMPARE_NOT_TOLD] = { "compare.mark.not_told", INK_DIM },
	[COMPARE_RIGHT] = { "compare.mark.right", INK_GOOD },
	[COMPARE_UNSURE] = { "compare.mark.unsure", INK_WARN },
	[COMPARE_WRONG] = { "compare.mark.wrong", INK_BAD },
};
#define MARKS (sizeof(marks) / sizeof(marks[0]))

static const char *field_text(enum lang l, enum compare_field f)
{
	static const char *const ids[] = {
		[COMPARE_HOST] = "compare.field.server",
		[COMPARE_PORT] = "compare.field.port",
		[COMPARE_SECURITY] = "compare.field.security",
		[COMPARE_USER] = "compare.field.user",
	};

	return text_of(l, ids[f]);
}

struct columns {
	size_t mark, field, value;
};

static size_t widest(size_t columns, const char *text)
{
	size_t w = layout_width(text);

	return w > columns ? w : columns;
}

static void measure(const struct human *h, const struct settings *s,
		    struct columns *ret)
{
	enum lang l = h->style->lang;
	size_t given = layout_width(text_of(l, "compare.column.given"));

	*ret = (struct columns){ 0 };
	for (size_t m = 0; m < MARKS; m++)
		ret->mark = widest(ret->mark, text_of(l, marks[m].word));
	for (unsigned f = 0; f < COMPARE_FIELDS; f++)
		ret->field = widest(ret->field,
				    field_text(l, (enum compare_field)f));
	given = widest(given, text_of(l, "compare.not_told"));
	for (size_t i = 0; i < s->compared; i++) {
		for (unsigned f = 0; f < COMPARE_FIELDS; f++) {
			char room[SETTINGS_USER_CAP];
			struct buf b = buf_over(room, sizeof(room));

			settings_given_text(&s->comparison[i], l,
					    (enum compare_field)f, &b);
			given = widest(given, room);
		}
	}
	ret->value = given;
}

/* Where the customer's values would leave no room for ours, they are cut. */
static void fit(const struct human *h, struct columns *c)
{
	size_t taken = INDENT + c->mark + c->field + 3 * GAP;
	size_t width = h->style->width;
	size_t half = width > taken + 2 * VALUE_LEAST ? (width - taken) / 2 :
		      VALUE_LEAST;

	if (width > 0 && c->value > half)
		c->value = half;
}

static void put_cells(struct human *h, const struct columns *c,
		      const char *field, const char *given, const char *right)
{
	char room[SETTINGS_USER_CAP];
	struct buf b = buf_over(room, sizeof(room));
	size_t at = INDENT + c->mark + c->field + c->value + 3 * GAP;

	human_spaces(h, GAP);
	human_pad(h, field, c->field + GAP);
	layout_cut(&b, given, c->value, human_ellipsis(h));
	if (!right[0]) {
		human_str(h, room);
		human_str(h, "\n");
		return;
	}
	human_pad(h, room, c->value + GAP);
	human_wrap(h, right, at, at);
}

static bool is_narrow(const struct human *h)
{
	return h->style->width > 0 && h->style->width < NARROW;
}

/* Where two columns have no room: one line for each value. */
static void put_stacked(struct human *h, const char *field, const char *given,
			const char *right)
{
	enum lang l = h->style->lang;
	const char *const rows[][2] = {
		{ "compare.column.given", given },
		{ "compare.column.right", right },
	};

	human_spaces(h, GAP);
	human_str(h, field);
	human_str(h, "\n");
	for (size_t i = 0; i < 2; i++) {
		char room[SETTINGS_USER_CAP + 80];
		struct buf b = buf_over(room, sizeof(room));

		buf_fmt(&b, "%s: %s", text_of(l, rows[i][0]), rows[i][1]);
		human_spaces(h, 2 * INDENT);
		human_wrap(h, room, 2 * INDENT, 3 * INDENT);
	}
}

static void put_row(struct human *h, const struct settings *s,
		    const struct columns *c, const struct compared_server *x,
		    enum compare_field f)
{
	enum lang l = h->style->lang;
	enum compare_result result = x->field[f].result;
	char given[SETTINGS_USER_CAP], right[SETTINGS_USER_CAP];
	struct buf g = buf_over(given, sizeof(given));
	struct buf r = buf_over(right, sizeof(right));

	settings_given_text(x, l, f, &g);
	settings_right_text(s, l, x, f, &r);
	human_spaces(h, INDENT);
	human_ink(h, marks[result].ink);
	human_pad(h, text_of(l, marks[result].word), c->mark);
	human_ink(h, INK_PLAIN);
	if (!given[0])
		buf_str(&g, text_of(l, "compare.not_told"));
	if (is_narrow(h))
		put_stacked(h, field_text(l, f), given, right);
	else
		put_cells(h, c, field_text(l, f), given, right);
}

static void put_server(struct human *h, const struct settings *s,
		       const struct columns *c,
		       const struct compared_server *x)
{
	enum lang l = h->style->lang;

	human_str(h, "\n");
	human_spaces(h, INDENT);
	human_ink(h, INK_BOLD);
	if (is_narrow(h)) {
		human_str(h, settings_service(l, x->given.service));
		human_str(h, "\n");
	} else {
		human_pad(h, settings_service(l, x->given.service), c->mark);
		put_cells(h, c, "", text_of(l, "compare.column.given"),
			  text_of(l, "compare.column.right"));
	}
	human_ink(h, INK_PLAIN);
	for (unsigned f = 0; f < COMPARE_FIELDS; f++)
		put_row(h, s, c, x, (enum compare_field)f);
}

/* A service that is not there has no right values to show. */
static void put_missing(struct human *h, const struct compared_server *x,
			const struct columns *c)
{
	enum lang l = h->style->lang;

	human_str(h, "\n");
	human_spaces(h, INDENT);
	human_ink(h, INK_BAD);
	human_pad(h, text_of(l, "compare.mark.wrong"), c->mark + GAP);
	human_ink(h, INK_PLAIN);
	human_str(h, settings_service(l, x->given.service));
	human_str(h, "\n");
}

/* ---- why, and what to write back ---- */

static void put_reason(struct human *h, const struct settings *s,
		       const char **label, const struct compared_server *x,
		       enum compare_field f)
{
	enum lang l = h->style->lang;
	char reason[1200];
	struct buf b = buf_over(reason, sizeof(reason));
	bool service = f == COMPARE_FIELDS;
	const struct text_arg args[] = {
		{ "service", settings_service(l, x->given.service) },
		{ "field", service ? "" : field_text(l, f) },
		{ "reason", reason }, { NULL, NULL }
	};

	settings_say_reason(s, l, x, f, &b);
	if (b.len > 0)
		settings_put_text(h, s, label, service ?
				  "compare.why_service" : "compare.why_line",
				  args);
}

/* What is said of the host is not said again of its port. */
static bool is_said(const struct compared_server *x, unsigned field)
{
	for (unsigned f = 0; f < field; f++)
		if (x->field[f].reason == x->field[field].reason)
			return true;
	return false;
}

/* One name for receiving and sending is wrong for one reason. */
static bool is_same_user(const struct settings *s, size_t server)
{
	const struct compared_server *c = s->comparison;

	for (size_t i = 0; i < server; i++)
		if (c[i].field[COMPARE_USER].reason ==
		    c[server].field[COMPARE_USER].reason)
			return true;
	return false;
}

static void put_reasons(struct human *h, const struct settings *s)
{
	const char *label = "label.why";

	for (size_t i = 0; i < s->compared; i++) {
		const struct compared_server *x = &s->comparison[i];

		put_reason(h, s, &label, x, COMPARE_FIELDS);
		for (unsigned f = 0; f < COMPARE_FIELDS; f++)
			if (!is_said(x, f) &&
			    (f != COMPARE_USER || !is_same_user(s, i)))
				put_reason(h, s, &label, x,
					   (enum compare_field)f);
	}
}

/* The table says to see it; a reason may have told it already. */
static void put_user_hint(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_user";
	bool wanted = false;

	for (size_t i = 0; i < s->compared; i++) {
		const struct compared_server *x = &s->comparison[i];
		enum compare_reason why = x->field[COMPARE_USER].reason;

		if (why == REASON_USER_NOT_ADDRESS || why == REASON_USER_UNTOLD)
			return;
		wanted = wanted || (x->right && !x->right->user[0]);
	}
	if (wanted && s->user_hint[0])
		human_paragraph(h, &label, s->user_hint);
}

static void put_verdict(struct human *h, const struct settings *s)
{
	static const char *const titles[] = {
		[COMPARE_NOT_TOLD] = "compare.title.right",
		[COMPARE_RIGHT] = "compare.title.right",
		[COMPARE_UNSURE] = "compare.title.unsure",
		[COMPARE_WRONG] = "compare.title.wrong",
	};
	enum compare_result worst = COMPARE_NOT_TOLD;
	size_t at = human_mark_columns(h) + 1;
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));

	for (size_t i = 0; i < s->compared; i++)
		if (compare_worst(&s->comparison[i]) > worst)
			worst = compare_worst(&s->comparison[i]);
	settings_say(s, h->style->lang, titles[worst], NULL, &b);
	human_mark(h, worst == COMPARE_WRONG ? MARK_FAIL :
		   worst == COMPARE_UNSURE ? MARK_NOTE : MARK_OK);
	human_ink(h, INK_BOLD);
	human_wrap(h, room, at, at);
	human_ink(h, INK_PLAIN);
}

void settings_put_comparison(struct human *h, const struct settings *s)
{
	const char *label = "label.compare_reply";
	struct columns c;
	char room[4096];
	struct buf b = buf_over(room, sizeof(room));

	measure(h, s, &c);
	fit(h, &c);
	put_verdict(h, s);
	for (size_t i = 0; i < s->compared; i++) {
		if (s->comparison[i].right)
			put_server(h, s, &c, &s->comparison[i]);
		else
			put_missing(h, &s->comparison[i], &c);
	}
	human_str(h, "\n");
	put_reasons(h, s);
	put_user_hint(h, s);
	settings_say_reply(s, h->style->lang, &b);
	human_paragraph(h, &label, room);
	settings_put_source(h, s);
}
