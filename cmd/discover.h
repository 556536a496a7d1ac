#ifndef MAILWHY_DISCOVER_H
#define MAILWHY_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"
#include "probes/candidate.h"
#include "probes/wire/trust.h"
#include "probes/wire/world.h"
#include "providers/provider.h"

/*
 * From an address to the servers of its mailbox, and where they are known
 * from: own data by domain (no network then), else what the domain says of
 * itself, what Mozilla's list has, and last the usual names, verified by a TLS
 * greeting. Every source that was asked and what came of it is in `search`.
 */
#define DISCOVER_GUESS_MSEC 4000	/* for all guesses, after DOMAIN_MSEC */

struct found_server {
	struct endpoint endpoint;
	enum source source;
	const char *user_form;		/* "address", "local", "other"; "" not said */
	unsigned auth;			/* enum offer_auth; 0 not said */
};

struct discovery {
	struct provider *provider;	/* or NULL; owned */
	const char *how_found;		/* of the provider: "domain", "mx"; "" */
	struct search search;
	/*
	 * All that won, best first; 0: nothing was found. A provider whose
	 * servers differ per customer is known without any.
	 */
	size_t servers;
	struct found_server server[OFFERS_MAX];
};

struct discover_request {
	const struct options *o;	/* network options, language, what is wished */
	struct world *world;
	const struct trust *trust;	/* NULL: nothing can be verified */
	void (*run)(struct probe *probes, size_t n);	/* probe_all */
	bool in_order;			/* one after the other, here: tests */
};

/*
 * *ret is malloc'd, for discover_free. With --no-network-discovery only own
 * data is asked. Shows on stderr what it does, when that is a terminal.
 * Faults: BAD_NAME (of the domain), PROTOCOL (a broken provider file),
 * CANCELLED, NO_MEMORY, INTERNAL.
 */
bool discover(const struct discover_request *r, const char *address,
	      struct discovery **ret, struct fault *why);
void discover_free(struct discovery *d);

/*
 * What the domain of an address says of its servers, for experiments: asked
 * for at most NAMES_MSEC, shows nothing. The usual names for what nobody named
 * are listed and not tried. With --no-network-discovery, or where the domain's
 * provider is known, nobody is asked. Faults: as above.
 */
#define NAMES_MSEC 2000
bool discover_names(const struct discover_request *r, const char *address,
		    struct search *ret, struct fault *why);

/*
 * Those to probe, as --service, --security and --port allow: of IMAP and POP3
 * the best, of submission each. Returns how many, at most ENDPOINTS_MAX.
 */
size_t discover_endpoints(const struct discovery *d, const struct options *o,
			  struct endpoint ret[ENDPOINTS_MAX]);

/* Every server that is known takes the part before the @ for a user name. */
bool discover_wants_local_part(const struct discovery *d);

#endif
