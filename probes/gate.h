#ifndef MAILWHY_GATE_H
#define MAILWHY_GATE_H

#include <stdbool.h>

#include "probes/evidence.h"
#include "probes/wire/thread.h"

/*
 * The login gate: all endpoints of one account meet here before any secret is
 * used, so that no diagnosis locks an account.
 *
 *	- The first login goes alone; the others wait at the gate.
 *	- Accepted: everybody goes at once, from now on; within a service that
 *	  has not accepted yet still one after the other, and never more at a
 *	  time than the budget could bear if all were refused.
 *	- Refused: one endpoint of another service may try, alone again, and
 *	  only if the policy says its answer can tell more than the first.
 *	- A refusal that names its cause ends all logins.
 *	- Undecided (temporary fault, the wire broke): the next endpoint goes
 *	  alone, unless the answer was "too many logins". A login whose answer
 *	  was lost counts as refused.
 *
 * The gate counts; what a refusal means is the policy's knowledge, handed in
 * from above. The only state that threads of one run share.
 */
struct login_policy {
	void *context;
	/*
	 * After `refused` (a probe whose login the server refused): can a login
	 * at `next` say more? Never called for the same service.
	 */
	bool (*may_tell_more)(void *context, const struct evidence *refused,
			      const struct endpoint *next);
	/*
	 * Does this answer name its cause beyond doubt, or, when it put the
	 * login off, warn that one more would make things worse?
	 */
	bool (*names_cause)(void *context, const struct evidence *refused);
	unsigned refused_per_service;	/* 1 */
	unsigned refused_per_account;	/* 2: the login budget */
};

#define GATE_WAITERS_MAX ENDPOINTS_MAX

struct gate {
	struct mutex mutex;
	const struct login_policy *policy;
	bool open;			/* one was accepted */
	bool cause_named;
	bool accepted[SERVICE_COUNT];
	/* logins under way at services that have not accepted yet */
	unsigned unproven, under_way[SERVICE_COUNT];
	unsigned attempted, refused;
	unsigned refused_by_service[SERVICE_COUNT];
	bool has_refusal;
	const struct evidence *refusal;	/* of the last probe that was refused */
	struct bell *waiting[GATE_WAITERS_MAX];
};

bool gate_init(struct gate *g, const struct login_policy *policy);
void gate_release(struct gate *g);

/*
 * Wait for permission to log in. true: go, and call gate_leave afterwards.
 * false with *ret_skip (CAUSE_NAMED, BUDGET): no login, and that is no fault;
 * false with SKIP_NONE: *why (TIMEOUT, CANCELLED).
 */
bool gate_enter(struct gate *g, const struct endpoint *e, msec by,
		enum skip *ret_skip, struct fault *why);

/* `seen` must outlive the gate: later decisions look at it. */
void gate_leave(struct gate *g, const struct evidence *seen);

#endif
