#include "reports/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page_open(struct page *p)
{
	p->owned = NULL;
	p->failed = false;
	p->b = buf_over(p->none, sizeof(p->none));
	page_room(p, PAGE_ROOM);
}

struct buf *page_room(struct page *p, size_t need)
{
	size_t wanted = p->b.len + need + 1;
	if (p->failed || (wanted <= p->b.cap && !p->b.full))
		return &p->b;
	char *grown = realloc(p->owned, wanted * 2);
	if (!grown) {
		p->failed = true;
		return &p->b;
	}
	if (!p->owned)
		grown[0] = '\0';
	p->owned = grown;
	p->b = (struct buf){ grown, p->b.len, wanted * 2, false };
	return &p->b;
}

void page_span(struct page *p, struct span s)
{
	buf_add(page_room(p, s.len), s);
}

void page_str(struct page *p, const char *text)
{
	page_span(p, span_of(text));
}

void page_fmt(struct page *p, const char *fmt, ...)
{
	va_list args, again;
	struct buf *b;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	b = page_room(p, len > 0 ? (size_t)len : 0);
	if (len > 0 && (size_t)len < b->cap - b->len)
		b->len += (size_t)vsnprintf(b->data + b->len, b->cap - b->len,
					    fmt, again);
	else if (len > 0)
		b->full = true;
	va_end(again);
	va_end(args);
}

void page_fill(struct page *p, enum lang l, const char *id,
	       const struct text_arg *args)
{
	const char *text = text_of(l, id);
	size_t names = 0, longest = 0;

	for (const char *c = text; *c; c++)
		names += *c == '{';
	for (const struct text_arg *a = args; a && a->name; a++)
		if (a->value && strlen(a->value) > longest)
			longest = strlen(a->value);
	text_fill(page_room(p, strlen(text) + names * longest), l, id, args);
}

char *page_close(struct page *p)
{
	char *text = p->owned;
	p->owned = NULL;
	if (!p->failed)
		return text;
	free(text);
	return NULL;
}
