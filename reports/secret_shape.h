#ifndef MAILWHY_SECRET_SHAPE_H
#define MAILWHY_SECRET_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What may be told of a secret, how long it is and of which kinds of
 * characters, and what a provider's secrets look like: enough to say that it
 * must be another password, not enough to guess it.
 */
#define SECRET_CLASSES(X) \
	X(CLASS_LOWER, "lower") X(CLASS_UPPER, "upper") \
	X(CLASS_DIGITS, "digits") X(CLASS_SIGNS, "signs") \
	X(CLASS_OTHER, "other")		/* beyond ASCII, control characters */

enum secret_class {
#define X(class, name) class,
	SECRET_CLASSES(X)
#undef X
	SECRET_CLASS_COUNT
};

struct secret_look {
	size_t characters;		/* without the provider's separators */
	bool has[SECRET_CLASS_COUNT];
};

struct secret_shape {
	bool is_app_password;		/* of one program, beside the ordinary */
	bool is_made;			/* its provider made it for mail programs */
	size_t min, max;		/* characters; 0 not known */
	const char *alphabet;		/* "lower", "alnum", ...; NULL */
	bool sure;			/* false: as far as is known */
};

/* "lower digits", as a finding keeps it; and back, as far as it is known. */
void secret_classes_write(const struct secret_look *look, char *to, size_t cap);
void secret_classes_read(const char *classes, struct secret_look *look);

#endif
