#ifndef MAILWHY_MASK_HOSTS_H
#define MAILWHY_MASK_HOSTS_H

#include "cmd/mask.h"

/*
 * Which hosts and domains say whose mailbox it is: all but those of the
 * providers we know. One of them becomes a host of example.com, .net, .org or
 * of domain4.example and so on, the same domain always the same; of its name
 * only what is said of a service stays ("imap", "mx1").
 */

/* A name that belongs to everybody: a known provider's, or a list's. */
bool mask_knows_host(const char *host);

/*
 * "*.host" and addresses are fine. `own`: whatever we know of it, the whole name
 * is a domain of one's own.
 */
void mask_add_host(struct mask *m, const char *host, bool own);

#endif
