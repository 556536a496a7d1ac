#ifndef MAILWHY_HYGIENE_H
#define MAILWHY_HYGIENE_H

#include <stdbool.h>

#include "probes/base/span.h"
#include "providers/provider.h"
#include "reports/diagnose.h"

/*
 * What can be said of a secret without revealing it, found locally before
 * anything is sent. Nothing is changed: the secret goes out as it came.
 * In the order of how much each explains; the first few are told.
 * Texts: hygiene.<name>.
 */
#define HYGIENES(X) \
	/* characters nobody types on purpose: suspicious */ \
	X(HYGIENE_CR,            "carriage_return") \
	X(HYGIENE_BOM,           "byte_order_mark") \
	X(HYGIENE_CONTROL,       "control_character") \
	X(HYGIENE_NOT_UTF8,      "not_utf8") \
	X(HYGIENE_NBSP,          "no_break_space") \
	X(HYGIENE_INVISIBLE,     "invisible_character") \
	X(HYGIENE_FULL_WIDTH,    "full_width") \
	X(HYGIENE_SMART,         "smart_punctuation") \
	X(HYGIENE_LOOK_ALIKE,    "look_alike") \
	X(HYGIENE_NFD,           "decomposed") \
	X(HYGIENE_LEADING,       "leading_space") \
	X(HYGIENE_TRAILING,      "trailing_space") \
	/* may well be on purpose: only said */ \
	X(HYGIENE_CAPS,          "caps_lock") \
	X(HYGIENE_LENGTH,        "length") \
	X(HYGIENE_ALPHABET,      "alphabet") \
	X(HYGIENE_NOT_MIXED,     "not_mixed") \
	X(HYGIENE_INNER,         "inner_space")

enum hygiene_id {
#define X(id, name) id,
	HYGIENES(X)
#undef X
	HYGIENE_COUNT
};

#define HYGIENE_SUSPICIOUS_END HYGIENE_CAPS

struct hygiene {
	bool found[HYGIENE_COUNT];
	struct secret_look look;
	bool like_kind;			/* exactly the shape the provider gives out */
	bool unlike_kind;		/* certainly another kind of secret */
};

const char *hygiene_name(enum hygiene_id id);

/* p NULL: no provider. A token is only looked at for stray characters. */
void hygiene_of(struct span secret, bool is_token, const struct provider *p,
		struct hygiene *ret);

/* Notes that are told one by one; the others are the look as a whole. */
bool hygiene_is_note(enum hygiene_id id);

/* Into expectation.secret_*. */
void hygiene_tell(const struct hygiene *h, struct expectation *known);

#endif
