#include "reports/human_private.h"

#include "reports/layout.h"

#define RIGHT_GAP 2			/* between a fact and the right margin */

static const struct {
	const char *sign, *word;
	enum ink ink;
} marks[] = {
	[MARK_OK]   = { "✓", "mark.ok",   INK_GOOD },
	[MARK_FAIL] = { "✗", "mark.fail", INK_BAD },
	[MARK_SKIP] = { "–", "mark.skip", INK_DIM },
	[MARK_NOTE] = { "!", "mark.note", INK_WARN },
};
#define MARKS (sizeof(marks) / sizeof(marks[0]))

static const char *const inks[] = {
	[INK_PLAIN] = "\033[0m",  [INK_BOLD] = "\033[1m",
	[INK_DIM]   = "\033[2m",  [INK_GOOD] = "\033[32m",
	[INK_BAD]   = "\033[31m", [INK_WARN] = "\033[33m",
};

void human_ink(struct human *h, enum ink ink)
{
	if (h->style->color)
		human_str(h, inks[ink]);
}

static const char *mark_text(const struct human *h, enum mark mark)
{
	if (h->style->unicode)
		return marks[mark].sign;
	return text_of(h->style->lang, marks[mark].word);
}

size_t human_mark_columns(const struct human *h)
{
	size_t widest = 0;
	for (unsigned m = 0; m < MARKS; m++) {
		size_t columns = layout_width(mark_text(h, (enum mark)m));
		if (columns > widest)
			widest = columns;
	}
	return widest;
}

void human_mark(struct human *h, enum mark mark)
{
	human_ink(h, marks[mark].ink);
	human_pad(h, mark_text(h, mark), human_mark_columns(h));
	human_ink(h, INK_PLAIN);
	human_spaces(h, 1);
}

const char *human_ellipsis(const struct human *h)
{
	return h->style->unicode ? "…" : "...";
}

const char *human_dash(const struct human *h)
{
	return h->style->unicode ? " – " : " - ";
}

void human_str(struct human *h, const char *text)
{
	buf_str(page_room(&h->page, PAGE_ROOM), text);
}

void human_spaces(struct human *h, size_t n)
{
	human_pad(h, "", n);
}

void human_pad(struct human *h, const char *text, size_t columns)
{
	layout_pad(page_room(&h->page, PAGE_ROOM), text, columns);
}

void human_wrap(struct human *h, const char *text, size_t at, size_t indent)
{
	layout_wrap(page_room(&h->page, PAGE_ROOM), text, at, indent,
		    h->style->width);
	human_str(h, "\n");
}

static void put_right(struct human *h, const char *right)
{
	human_ink(h, INK_DIM);
	human_str(h, right);
	human_ink(h, INK_PLAIN);
}

void human_fact(struct human *h, const char *fact, size_t at,
		const char *right)
{
	size_t width = h->style->width, margin = layout_width(right);
	struct buf *out = page_room(&h->page, PAGE_ROOM);
	if (width == 0) {		/* nothing is cut, nothing is aligned */
		buf_str(out, fact);
		human_spaces(h, margin > 0 ? RIGHT_GAP : 0);
	} else if (margin == 0) {
		layout_cut(out, fact, width > at ? width - at : 0,
			   human_ellipsis(h));
	} else {
		char cut[PAGE_ROOM];
		struct buf b = buf_over(cut, sizeof(cut));
		size_t used = at + RIGHT_GAP + margin;
		size_t room = width > used ? width - used : 0;
		layout_cut(&b, fact, room, human_ellipsis(h));
		layout_pad(out, cut, room + RIGHT_GAP);
	}
	if (margin > 0)
		put_right(h, right);
	human_str(h, "\n");
}

void human_time(const struct human *h, msec took, struct buf *out)
{
	char n[32];
	struct buf b = buf_over(n, sizeof(n));
	bool long_wait = took >= 10000;
	if (long_wait)
		buf_fmt(&b, "%lld.%lld", (long long)(took / 1000),
			(long long)(took % 1000 / 100));
	else
		buf_fmt(&b, "%lld", (long long)took);
	text_fill(out, h->style->lang, long_wait ? "unit.s" : "unit.ms",
		  (const struct text_arg[]){ { "n", n }, { NULL, NULL } });
}

static size_t widest_of(enum lang l, const char *const *ids, size_t n)
{
	size_t widest = 0;
	for (size_t i = 0; i < n; i++) {
		size_t columns = layout_width(text_of(l, ids[i]));
		if (columns > widest)
			widest = columns;
	}
	return widest;
}

void human_labels(struct human *h, const char *const *ids, size_t n)
{
	h->label_columns = widest_of(h->style->lang, ids, n);
}

void human_columns(struct human *h)
{
	static const char *const labels[] = {
		"label.why", "label.rivals", "label.besides", "label.not",
		"label.who", "label.do", "label.settle", "label.also",
		"label.found",
	};
	enum lang l = h->style->lang;
	human_labels(h, labels, sizeof(labels) / sizeof(labels[0]));
	h->stage_columns = 0;
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		char name[80];
		struct buf b = buf_over(name, sizeof(name));
		words_plain(l, "stage.", stage_name((enum stage)s), &b);
		size_t columns = layout_width(name);
		if (columns > h->stage_columns)
			h->stage_columns = columns;
	}
}
