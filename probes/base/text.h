#ifndef MAILWHY_BASE_TEXT_H
#define MAILWHY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/ascii.h"
#include "probes/base/buf.h"
#include "probes/base/span.h"

bool text_same(const char *a, const char *b);		/* any case */
bool text_starts(const char *text, const char *start);	/* any case */
bool text_ends(const char *text, const char *end);	/* any case */
/*
 * A value that a person typed or pasted: not empty, at most `most` bytes, no
 * control characters, which only ever come from a broken paste.
 */
bool text_is_one_line(const char *value, size_t most);

/*
 * Append a peer's bytes as people may see them: valid printable UTF-8 stays,
 * everything else (control characters, terminal escapes, bidi controls, C1,
 * unassigned, bytes that are no UTF-8) becomes \xNN per byte. TAB becomes a
 * space. LF stays only with keep_lines, CR LF then becomes LF.
 */
void text_printable(struct buf *out, struct span peer, bool keep_lines);

bool text_is_utf8(struct span s);
/* How many bytes from its beginning are. */
size_t text_utf8_length(struct span s);

/* RFC 4648 section 4, padded, no line breaks. false: does not fit. */
bool base64_encode(struct buf *out, struct span raw);
/* Strict: no white space, right padding. Writes at most cap bytes. */
bool base64_decode(struct span text, char *to, size_t cap, size_t *ret_len);

void hex_encode(struct buf *out, struct span raw);	/* lower case */

#endif
