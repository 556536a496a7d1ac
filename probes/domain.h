#ifndef MAILWHY_DOMAIN_H
#define MAILWHY_DOMAIN_H

#include <stdbool.h>

#include "probes/domain_facts.h"
#include "probes/wire/world.h"

/*
 * What a domain says of its mail servers: MX and SRV records, the pages of its
 * own autoconfig, and what Mozilla's list has of it, all asked at once, a
 * thread each. Records, and judges nothing.
 *
 * Nobody is told the user's address: the domain's own pages get
 * DOMAIN_LOCAL_PART, Mozilla learns the domain (and that of its MX).
 */
#define DOMAIN_MSEC 5000		/* for all of it */

struct domain_request {
	struct world *world;
	const char *domain;		/* in A-labels */
	const char *ca_file;		/* as in http_request */
	bool allow_clear;		/* the domain's own pages also by http:// */
	const struct connect_rule *connect_rule;
	size_t connect_rules;
	bool in_order;			/* one after the other, here: tests */
	/*
	 * Called in the caller's thread when something came: true ends the
	 * questions that are still open. May be NULL.
	 */
	bool (*is_enough)(void *context, const struct domain_facts *so_far);
	void *context;
};

/*
 * *ret is filled as far as things went, also on failure.
 * Faults: CANCELLED, INTERNAL.
 */
bool domain_ask(const struct domain_request *r, msec by,
		struct domain_facts *ret, struct fault *why);

#endif
