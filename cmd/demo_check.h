#ifndef MAILWHY_DEMO_CHECK_H
#define MAILWHY_DEMO_CHECK_H

#include <stdbool.h>

#include "cmd/check.h"
#include "cmd/demo/scenario.h"
#include "cmd/discover.h"
#include "probes/base/secret.h"

/*
 * The account of a scenario as a request of the real check: what the command
 * and the tests add is only the world it happens in.
 */
struct demo_account {
	struct check_request request;
	struct secret secret;
	struct provider *provider;
	/* its domain, asked in the world it entered */
	struct options options;
	struct discover_request discover;
	struct discovery *discovery;	/* of a scenario without servers */
};

/* `s` must outlive it. Faults: NO_MEMORY, and those of provider_by_domain. */
bool demo_account_init(struct demo_account *a, const struct scenario *s,
		       struct fault *why);
/*
 * Where it is played: plan.world, plan.trust and the redirections are set.
 * `run`: probe_all; anything else works in one thread, as the scripted world
 * wants it. Servers that the scenario does not ask for are looked for now.
 * Faults: those of discover().
 */
bool demo_account_enter(struct demo_account *a,
			void (*run)(struct probe *probes, size_t n),
			struct fault *why);
void demo_account_release(struct demo_account *a);	/* accepts zeroed */

/*
 * Is this what the scenario wants? ret_wanted tells what it wanted where it is
 * not: "verdict wrong_port, not unknown". Endpoints race for the first login,
 * so there may be fewer logins than the scenario says, never more.
 */
bool demo_as_wanted(const struct scenario *s, const struct diagnosis *d,
		    unsigned logins, char *ret_wanted, size_t cap);
/*
 * The same of the rivals. Who is first at the gate may answer more or less
 * precisely, so this holds only where the order is fixed: in the script.
 */
bool demo_rivals_as_wanted(const struct scenario *s, const struct diagnosis *d,
			   char *ret_wanted, size_t cap);

#endif
