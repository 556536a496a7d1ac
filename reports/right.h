#ifndef MAILWHY_RIGHT_H
#define MAILWHY_RIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/endpoint.h"

/*
 * The settings that are known to be right: a provider's servers, best first;
 * lent. Those of hosts that differ per customer are not among them. And the
 * authorities that usually sign for these servers, by a part of their names.
 */
#define RIGHT_MAX 12
#define RIGHT_ISSUERS_MAX 6

struct right {
	size_t n;
	const struct endpoint *server[RIGHT_MAX];
	size_t issuers;			/* 0: not known */
	const char *issuer[RIGHT_ISSUERS_MAX];
	/*
	 * Nobody knows whose the mailbox is; the host that was given is one that
	 * everybody knows, and these are its ports. The domain may know better.
	 */
	bool of_host;
};

bool right_is_host(const struct right *r, enum service s, const char *host);
/* Is this port one of the host's, for this service? */
bool right_is_port(const struct right *r, const struct endpoint *e);
/* Is this the name of one of the usual authorities? */
bool right_is_issuer(const struct right *r, const char *name);
bool right_has_service(const struct right *r, enum service s);
/*
 * The n-th way to a service, from 0: those of `host` when it is one of the
 * provider's, else those of its best host. NULL past the last.
 */
const struct endpoint *right_way(const struct right *r, enum service s,
				 const char *host, size_t n);

#endif
