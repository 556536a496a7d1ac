#include "reports/human_private.h"

#include "reports/layout.h"

#define NARROW 60			/* columns: labels get a line of their own */
#define INDENT_NARROW 4

size_t human_indent(const struct human *h)
{
	if (h->style->width > 0 && h->style->width < NARROW)
		return INDENT_NARROW;
	return h->label_columns + 2;
}

static void put_label(struct human *h, const char **label)
{
	size_t indent = human_indent(h);
	if (!*label) {
		human_spaces(h, indent);
		return;
	}
	human_ink(h, INK_BOLD);
	const char *text = text_of(h->style->lang, *label);
	if (indent == INDENT_NARROW) {
		human_str(h, text);
		human_str(h, "\n");
	} else {
		human_pad(h, text, h->label_columns);
	}
	human_ink(h, INK_PLAIN);
	human_spaces(h, indent == INDENT_NARROW ? indent : 2);
	*label = NULL;
}

void human_paragraph(struct human *h, const char **label, const char *text)
{
	size_t indent = human_indent(h);
	put_label(h, label);
	human_wrap(h, text, indent, indent);
}

void human_numbered(struct human *h, const char **label, unsigned n,
		    const char *text)
{
	char number[16];
	struct buf b = buf_over(number, sizeof(number));
	size_t at = human_indent(h);
	buf_fmt(&b, "%u. ", n);
	put_label(h, label);
	human_str(h, number);
	human_wrap(h, text, at + b.len, at + b.len);
}
