#ifndef MAILWHY_MANNER_H
#define MAILWHY_MANNER_H

#include <stdbool.h>

#include "probes/evidence.h"
#include "reports/cause.h"

/*
 * One cause may come about in more than one manner, and people have to be
 * told other words then: ".here" (the program is to run on this very
 * machine), ".masked" (words are written over), ... "" where there is nothing
 * peculiar. "cause.X.here.title" is the text then, if there is one.
 */
struct words;
const char *manner_of(const struct words *w, enum cause cause);

/* Who can mend what came about in this manner; NULL: as with the cause. */
const char *manner_who(const char *manner);

/* The TLS version and suite that the server would take; "" not known. */
const char *manner_offered(const struct words *w);
const char *manner_offered_cipher(const struct words *w);

/* Bits of the Diffie-Hellman group that was refused as too small; 0: none. */
unsigned manner_group_bits(const struct words *w);

/* ---- what a firewall that inspects mail leaves of a word ---- */

/*
 * "250-XXXXXXXA" was STARTTLS: it writes over what it does not let pass, and
 * the letter at the end counts. *ret_fits: one is as long as the word that is
 * missing here.
 */
bool masks_in_capabilities(const struct evidence *e, bool *ret_fits);
/* "220 ********************": it hides the greeting as well. */
bool masks_in_greeting(const struct evidence *e);

#endif
