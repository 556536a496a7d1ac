#ifndef MAILWHY_PAGE_H
#define MAILWHY_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/buf.h"
#include "reports/text.h"

/*
 * A text that grows: a whole report has no natural bound, its pieces have.
 * Ask for the room a piece needs, then append to the buffer:
 *
 *	struct page p;
 *	page_open(&p);
 *	text_fill(page_room(&p, 2048), lang, "cause.unknown.why", args);
 *	return page_close(&p);
 *
 * Out of memory is remembered and shows at the end; until then everything
 * is written into a buffer that is full.
 */
struct page {
	struct buf b;
	char *owned;
	char none[1];
	bool failed;
};

/* Enough for one line or paragraph of ours with its values filled in. */
#define PAGE_ROOM 8192

void page_open(struct page *p);
/* A buffer that takes at least `need` more bytes; valid until the next call. */
struct buf *page_room(struct page *p, size_t need);
/* Append a text of any length. */
void page_str(struct page *p, const char *text);
void page_span(struct page *p, struct span s);
__attribute__((format(printf, 2, 3)))
void page_fmt(struct page *p, const char *fmt, ...);
/* A text with its {names} filled in, however long the values are. */
void page_fill(struct page *p, enum lang l, const char *id,
	       const struct text_arg *args);
/* The text, malloc'd, for the caller to free. NULL: no memory. */
char *page_close(struct page *p);

#endif
