#ifndef MAILWHY_PLAN_H
#define MAILWHY_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/candidate.h"
#include "probes/domain_facts.h"
#include "probes/evidence.h"
#include "providers/provider.h"

/*
 * From what was asked for and seen to servers: which sources name some, which
 * of them is believed, and why. Pure. In order:
 *
 *	plan_known()		a provider known by the domain is all it takes
 *	plan_read()		what domain_ask brought, so far or in all
 *	plan_is_settled()	nothing that is still open could win
 *	plan_guess()		usual names for what nobody named
 *	plan_take_guess()	for each guess, what a probe of it saw
 *	plan_choose()		marks the offers that win
 *
 * The first source in the order of enum source that names a service wins it;
 * servers without encryption never do. A guess wins when it greeted over
 * verified TLS; where none did, one whose certificate alone is wrong, because
 * then the certificate says what the right name is.
 */
struct wish {
	bool service[SERVICE_COUNT];	/* what is looked for */
};

void plan_begin(const char *domain, struct search *ret);
void plan_known(const struct provider *by_domain, struct search *io);
/*
 * Replaces the candidates of an earlier call. Both providers may be NULL; one
 * by domain is here for those whose servers differ per customer.
 */
void plan_read(const struct domain_facts *f, const struct provider *by_domain,
	       const struct provider *by_mx, struct search *io);
bool plan_is_settled(const struct search *s, const struct wish *wish);
/*
 * Returns whether there is anything to try: io's last candidate then holds the
 * guesses. Hosts outside the domain are tried only where the provider's own
 * data says that its servers are named like that.
 */
bool plan_guess(const struct domain_facts *f, const struct provider *known,
		const struct wish *wish, struct search *io);
void plan_take_guess(const struct evidence *e, struct offer *io);
void plan_choose(const struct wish *wish, struct search *io);

/*
 * A chosen host outside the domain that nothing but unsigned DNS names: whoever
 * forges an SRV record has a certificate for his own host, too, so RFC 6186
 * section 6 wants the user to confirm it. NULL: there is none.
 */
const char *plan_unsure_host(const struct search *s);

/* Does any candidate but a guess name this service? */
bool plan_names(const struct search *s, enum service service);

#endif
