#include "cmd/sheet.h"

#include "reports/layout.h"

#define NARROW 60			/* columns: labels get a line of their own */
#define INDENT_NARROW 4
#define ROOM 2048

static bool is_narrow(const struct sheet *s)
{
	return s->style->width > 0 && s->style->width < NARROW;
}

static size_t indent_of(const struct sheet *s)
{
	return is_narrow(s) ? INDENT_NARROW : s->label_columns + 2;
}

static struct buf *room(struct sheet *s)
{
	return page_room(&s->page, PAGE_ROOM);
}

static void bold(struct sheet *s, bool on)
{
	if (s->style->color)
		buf_str(room(s), on ? "\x1b[1m" : "\x1b[0m");
}

void sheet_open(struct sheet *s, const struct report_style *style,
		const char *const *labels)
{
	*s = (struct sheet){ .style = style };
	page_open(&s->page);
	for (; *labels; labels++) {
		size_t w = layout_width(text_of(style->lang, *labels));

		if (w > s->label_columns)
			s->label_columns = w;
	}
}

void sheet_title(struct sheet *s, const char *text)
{
	bold(s, true);
	layout_wrap(room(s), text, 0, 0, s->style->width);
	bold(s, false);
	buf_str(room(s), "\n\n");
}

static void put_label(struct sheet *s, const char **label)
{
	size_t indent = indent_of(s);
	struct buf *out = room(s);

	if (!*label) {
		buf_fmt(out, "%*s", (int)indent, "");
		return;
	}
	bold(s, true);
	out = room(s);
	if (is_narrow(s))
		buf_fmt(out, "%s\n", text_of(s->style->lang, *label));
	else
		layout_pad(out, text_of(s->style->lang, *label),
			   s->label_columns);
	bold(s, false);
	buf_fmt(room(s), "%*s", is_narrow(s) ? INDENT_NARROW : 2, "");
	*label = NULL;
}

static void wrap(struct sheet *s, const char *text, size_t at)
{
	struct buf *out = room(s);

	layout_wrap(out, text, at, at, s->style->width);
	buf_char(out, '\n');
}

void sheet_put(struct sheet *s, const char **label, const char *text)
{
	put_label(s, label);
	wrap(s, text, indent_of(s));
}

void sheet_numbered(struct sheet *s, const char **label, unsigned n,
		    const char *text)
{
	char number[16];
	struct buf b = buf_over(number, sizeof(number));

	buf_fmt(&b, "%u. ", n);
	put_label(s, label);
	buf_str(room(s), number);
	wrap(s, text, indent_of(s) + b.len);
}

void sheet_fill(struct sheet *s, const char **label, const char *id,
		const struct text_arg *args)
{
	char text[ROOM];
	struct buf b = buf_over(text, sizeof(text));

	text_fill(&b, s->style->lang, id, args);
	sheet_put(s, label, text);
}

char *sheet_close(struct sheet *s)
{
	return page_close(&s->page);
}
