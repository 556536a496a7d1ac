#include "probes/base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf buf_over(char *room, size_t cap)
{
	assert(cap > 0);
	room[0] = '\0';
	return (struct buf){ .data = room, .cap = cap };
}

void buf_add(struct buf *b, struct span s)
{
	size_t room = b->cap - 1 - b->len;

	if (s.len > room) {
		s.len = room;
		b->full = true;
	}
	if (s.len > 0)
		memcpy(b->data + b->len, s.at, s.len);
	b->len += s.len;
	b->data[b->len] = '\0';
}

void buf_str(struct buf *b, const char *text)
{
	buf_add(b, span_of(text));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, (struct span){ &c, 1 });
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(b->data + b->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room) {
		b->full = true;
		b->len = b->cap - 1;
		b->data[b->len] = '\0';
		if (n < 0)
			b->len = strlen(b->data);
		return;
	}
	b->len += (size_t)n;
}

struct span buf_span(const struct buf *b)
{
	return (struct span){ b->data, b->len };
}
