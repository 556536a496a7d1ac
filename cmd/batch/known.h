#ifndef MAILWHY_BATCH_KNOWN_H
#define MAILWHY_BATCH_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cmd/batch/account.h"

/*
 * Accounts that were met before, by a hash: what tells a duplicate, and what a
 * former run has done. 32 bytes each, whatever they are called.
 */
struct known_key {
	uint64_t half[2];
};

/* Who logs in where, and as what; the place in a file does not matter. */
bool known_key_of(const struct account *a, struct known_key *ret);
/*
 * The same as text, for the line about it; names may be alike. false: it is no
 * account (a flaw), or no hash is to be had.
 */
#define KNOWN_ID_CAP 17
bool known_id(const struct account *a, char to[KNOWN_ID_CAP]);
bool known_key_of_id(const char *id, struct known_key *ret);
/* What a line without an id can tell: its name and its servers. */
bool known_key_of_name(const char *name, const struct endpoint *e, size_t n,
		       struct known_key *ret);
bool known_key_of_line(const struct account *a, struct known_key *ret);

struct known {
	struct known_slot *slot;	/* private */
	size_t used, cap;
};

struct known_place {
	const char *file;		/* borrowed */
	unsigned line;
};

/* *ret: where it stood, file NULL when it is new. false: no memory. */
bool known_add(struct known *k, struct known_key key, struct known_place here,
	       struct known_place *ret);
bool known_has(const struct known *k, struct known_key key);
void known_release(struct known *k);	/* accepts zeroed */

#endif
