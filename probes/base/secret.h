#ifndef MAILWHY_BASE_SECRET_H
#define MAILWHY_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"

/*
 * Memory for passwords, tokens and what is made from them. Locked in RAM
 * where the limits allow, kept out of core dumps where the system can, wiped
 * when released (a wiped page may then wait for the next one). Anything that
 * has held a secret for a moment (a base64 blob, a line read from the
 * terminal) lives in one of these too.
 */
#define SECRET_CAP 65536		/* bytes; a longer secret is refused */

struct secret {
	char *bytes;			/* NULL when empty; NUL after len */
	size_t len, cap;
	size_t mapped;			/* private */
};

/* An empty secret that can hold `cap` bytes. false: out of memory. */
bool secret_init(struct secret *s, size_t cap);
void secret_release(struct secret *s);		/* wipes; accepts zeroed */

/* Append; false when it does not fit (nothing is added then). */
bool secret_add(struct secret *s, struct span bytes);
bool secret_add_base64(struct secret *s, struct span raw);
void secret_clear(struct secret *s);		/* wipe the bytes, keep the room */
struct span secret_span(const struct secret *s);

/* Overwrite in a way the compiler may not leave out. */
void wipe(void *memory, size_t len);

/* No core dump, not traceable by others. Once, in main. */
void secret_protect_process(void);

#endif
