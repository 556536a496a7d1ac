#ifndef MAILWHY_BASE_BUF_H
#define MAILWHY_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"

/*
 * A bounded builder over memory of the caller's: it never grows. Text that
 * does not fit is cut and `full` stays true, so that a long chain of appends
 * needs one check at its end. data is NUL-terminated at all times.
 *
 *	char room[256];
 *	struct buf b = buf_over(room, sizeof(room));
 *	buf_fmt(&b, "EHLO %s\r\n", name);
 *	if (b.full) ...
 */
struct buf {
	char *data;
	size_t len, cap;	/* cap counts the terminating NUL */
	bool full;
};

struct buf buf_over(char *room, size_t cap);
void buf_add(struct buf *b, struct span s);
void buf_str(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
__attribute__((format(printf, 2, 3)))
void buf_fmt(struct buf *b, const char *fmt, ...);
struct span buf_span(const struct buf *b);

#endif
