#ifndef MAILWHY_BASE_SPAN_H
#define MAILWHY_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A span is somebody else's bytes: it borrows, it is not NUL-terminated, it
 * may hold any byte. Parsers take spans and return spans into them.
 * All comparisons of protocol words are ASCII and ignore case.
 */
struct span {
	const char *at;
	size_t len;
};

#define SPAN_LIT(s) ((struct span){ (s), sizeof(s) - 1 })

struct span span_of(const char *text);		/* of a C string; NULL: empty */
struct span span_from(struct span s, size_t start);	/* clamped */
struct span span_head(struct span s, size_t len);	/* clamped */
struct span span_trim(struct span s);		/* spaces and tabs, both ends */
bool span_is(struct span s, const char *word);	/* whole span, any case */
bool span_starts(struct span s, const char *word);	/* any case */
bool span_has(struct span s, const char *words);	/* anywhere, any case */
bool span_skip(struct span *s, const char *word);	/* starts: step over it */

/*
 * Cut the next word (separated by runs of spaces) off the front of *rest.
 * false when nothing but spaces is left; the word is empty then.
 */
bool span_word(struct span *rest, struct span *ret_word);

/*
 * Cut everything before `delim` (or all) off *rest; the delimiter goes. false
 * when nothing is left; the part is empty then.
 */
bool span_cut(struct span *rest, char delim, struct span *ret_part);

/* Decimal digits only, whole span, at most 9 digits. */
bool span_number(struct span s, unsigned *ret_number);

/* Copy into a C string, truncating; always terminated. cap > 0. */
void span_copy(struct span s, char *to, size_t cap);

#endif
