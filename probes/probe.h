#ifndef MAILWHY_PROBE_H
#define MAILWHY_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/dialect.h"
#include "probes/doubt.h"
#include "probes/endpoint.h"
#include "probes/evidence.h"
#include "probes/gate.h"
#include "probes/redact.h"
#include "probes/wire/crew.h"
#include "probes/wire/trust.h"
#include "probes/wire/world.h"

/*
 * The face of this folder. A probe walks one endpoint through the story
 *
 *	resolve connect tls greeting capability starttls tls capability
 *	login mailbox logout
 *
 * and leaves evidence. It stops at the first stage that fails, and it judges
 * nothing.
 *
 *	struct probe probe[3] = { { .plan = &plan, .evidence = &seen[0] }, ... };
 *	probe_all(probe, 3);		// a thread each
 */
/* Common to all probes of one account; constant while they run. */
struct probe_plan {
	struct world *world;
	const struct trust *trust;
	struct tls_cache *sessions;		/* NULL: one account alone */
	struct crew *crew;			/* likewise */
	const struct redactor *redactor;	/* NULL: no secret */
	struct login_request login;		/* who NULL: no login */
	struct gate *gate;			/* NULL only when no login */
	bool allow_unverified;			/* --insecure-certificate */
	bool only_hello;			/* at TLS: which version, no more */
	enum stage last_stage;			/* --quit-after; LOGOUT: all */
	bool no_login;				/* --no-login */
	size_t connect_rules;
	struct connect_rule connect_rule[CONNECT_RULES_MAX];
	msec start;				/* time zero of the run */
	msec timeout;				/* of one probe, e.g. 60000 */
	doubt_ask doubt;			/* NULL: silence is waited out */
	void *doubt_context;
	/* Called in the probe's thread when a stage begins and ends. */
	void (*progress)(void *context, const struct evidence *e,
			 const struct step *step, bool began);
	void *progress_context;
};

/* Limits of single stages, capped by the probe's own deadline. */
#define RESOLVE_MSEC   10000
#define CONNECT_MSEC   15000
#define TLS_MSEC       15000
#define REPLY_MSEC     30000		/* greeting, and most commands */
#define LOGIN_MSEC     45000		/* Dovecot delays up to 15 s after failures */
#define PROBE_MSEC     60000		/* default of --timeout */

struct probe {
	const struct probe_plan *plan;
	struct evidence *evidence;	/* endpoint is set by the caller */
};

void probe_run(struct probe *p);

/*
 * One thread each, of its plan's crew if there is one, the last one in this; a
 * probe whose thread cannot start runs in this one, too. So do those beyond
 * PROBES_MAX.
 */
#define PROBES_MAX 24
void probe_all(struct probe *probes, size_t n);
/* One after the other, in this thread: the order is certain (tests). */
void probe_each(struct probe *probes, size_t n);

#endif
