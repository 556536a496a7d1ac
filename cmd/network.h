#ifndef MAILWHY_NETWORK_H
#define MAILWHY_NETWORK_H

#include <stdbool.h>

#include "cmd/options.h"
#include "probes/probe.h"

/*
 * The network as the options want it: name server, addresses, authorities
 * trusted. For every command that goes outside.
 */
struct network {
	struct real_world world;
	struct trust *trust;		/* NULL: no authorities on this machine */
	struct tls_cache *sessions;	/* NULL: one account alone */
	struct crew *crew;		/* likewise */
};

/* false: one line was written; *ret_code is 2 or 5. */
bool network_open(const struct options *o, struct network *ret, int *ret_code);
/*
 * For many accounts in one run, from any number of threads: they share the
 * name servers' answers, the TLS sessions and the threads of probes. What one account is told does
 * not change by that, but for `shared` and `resumed` in its evidence. false:
 * no memory, nothing is shared.
 */
bool network_share(struct network *n);
void network_close(struct network *n);		/* accepts zeroed */

/* Fill what a plan of probes takes from the options and the network. */
void network_plan(const struct options *o, struct network *n,
		  struct probe_plan *io);

#endif
