#ifndef MAILWHY_LAYOUT_H
#define MAILWHY_LAYOUT_H

#include <stddef.h>

#include "probes/base/buf.h"

/*
 * Text in columns (libunistring: East Asian width, line breaks of UAX 14).
 */
size_t layout_width(const char *utf8);			/* columns */
/*
 * How well does a line end after `len` bytes? 2: behind a Japanese comma or
 * stop; 1: at a space, behind a quotation; 0: within a word, or hardly anything is left behind it.
 */
unsigned layout_break_quality(const char *utf8, size_t len);
/* Append cut or padded with spaces to exactly `columns`. */
void layout_pad(struct buf *out, const char *utf8, size_t columns);
/* Append cut to at most `columns`, with an ellipsis where it was cut. */
void layout_cut(struct buf *out, const char *utf8, size_t columns,
		const char *ellipsis);
/*
 * Append a paragraph wrapped at `width` columns: the cursor stands at column
 * `at`, further lines are indented by `indent`. "\n" in the text is kept.
 * A URL is never broken. width 0: no wrapping.
 */
void layout_wrap(struct buf *out, const char *utf8, size_t at, size_t indent,
		 size_t width);

#endif
