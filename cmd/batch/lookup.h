#ifndef MAILWHY_BATCH_LOOKUP_H
#define MAILWHY_BATCH_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"

/*
 * Things by their key, thousands of them: a table with open addressing.
 * Neither key nor thing is owned; the key lies in the thing, as a rule. There
 * is no taking out.
 */
struct lookup {
	struct lookup_slot *slot;	/* private */
	size_t used, cap;
};

void *lookup_find(const struct lookup *l, struct span key);	/* NULL: not there */
/* A key that is not there yet. false: out of memory. */
bool lookup_add(struct lookup *l, struct span key, void *thing);
void lookup_release(struct lookup *l);		/* accepts zeroed */

#endif
