#include "probes/wire/line.h"

#include <string.h>

struct span line_pending(const struct lines *in)
{
	return (struct span){ in->data + in->next, in->used - in->next };
}

void line_forget(struct lines *in)
{
	in->used = in->next = 0;
}

/* Cut the first complete line off what is pending. */
static bool take_line(struct lines *in, struct span *ret_line)
{
	struct span all = line_pending(in);
	const char *end = all.len ? memchr(all.at, '\n', all.len) : NULL;
	struct span line;

	if (!end)
		return false;
	line = span_head(all, (size_t)(end - all.at));
	in->next += line.len + 1;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	*ret_line = line;
	return true;
}

static bool read_more(struct lines *in, struct stream *from, msec by,
		      struct fault *why)
{
	size_t got;

	if (!stream_read(from, in->data + in->used, LINE_CAP - in->used, &got,
			 by, why))
		return false;
	in->used += got;
	return true;
}

static void move_to_front(struct lines *in)
{
	if (in->next == 0)
		return;
	memmove(in->data, in->data + in->next, in->used - in->next);
	in->used -= in->next;
	in->next = 0;
}

bool line_read(struct lines *in, struct stream *from, msec by,
	       struct span *ret_line, struct fault *why)
{
	for (;;) {
		if (take_line(in, ret_line))
			return true;
		move_to_front(in);
		if (in->used == LINE_CAP) {
			*ret_line = (struct span){ in->data, 0 };
			line_forget(in);
			return fail(why, FAULT_TOO_LONG,
				    "a line of over %d bytes", LINE_CAP);
		}
		if (!read_more(in, from, by, why)) {
			*ret_line = line_pending(in);
			if (why->kind == FAULT_CLOSED)
				line_forget(in);
			return false;
		}
	}
}

bool line_fill(struct lines *in, struct stream *from, msec now,
	       struct fault *why)
{
	move_to_front(in);
	if (in->used == LINE_CAP)
		return fail(why, FAULT_TOO_LONG, "more than %d bytes", LINE_CAP);
	return read_more(in, from, now, why);
}

bool line_skip(struct lines *in, struct stream *from, size_t len, msec by,
	       struct fault *why)
{
	for (;;) {
		size_t have = line_pending(in).len;
		size_t part = have < len ? have : len;

		in->next += part;
		len -= part;
		if (len == 0)
			return true;
		line_forget(in);
		if (!read_more(in, from, by, why))
			return false;
	}
}
