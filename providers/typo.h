#ifndef MAILWHY_TYPO_H
#define MAILWHY_TYPO_H

#include <stdbool.h>

#include "probes/wire/facts.h"

/*
 * Domains of addresses that look mistyped. For domains that nobody knows: one
 * that a provider has is right, however odd it looks. A suggestion is only
 * ever told; nothing is corrected. Any case will do.
 */

/* A slip that providers/mistyped.txt lists: nobody has a mailbox there. */
bool typo_is_known(const char *domain, char ret_meant[HOST_CAP]);

/*
 * The known domain that is one slip away (a letter wrong, missing, too many,
 * or two swapped), two for long ones; not for short ones, where every domain is
 * near to some other. false: none, or listed as real.
 */
bool typo_nearest(const char *domain, char ret_meant[HOST_CAP]);

#endif
