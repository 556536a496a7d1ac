#include "probes/gate.h"

#include <string.h>

bool gate_init(struct gate *g, const struct login_policy *policy)
{
	*g = (struct gate){ .policy = policy };
	mutex_init(&g->mutex);
	return true;
}

void gate_release(struct gate *g)
{
	mutex_release(&g->mutex);
}

enum verdict { GO, WAIT, STOP };

/*
 * Logins under way whose refusal is possible count like refusals, so that the
 * budget holds whatever they bring.
 */
static enum verdict decide(const struct gate *g, const struct endpoint *e,
			   enum skip *ret_skip)
{
	const struct login_policy *p = g->policy;
	bool other = g->has_refusal &&
		     g->refusal->endpoint.service != e->service;

	*ret_skip = SKIP_CAUSE_NAMED;
	if (g->cause_named)
		return STOP;
	*ret_skip = SKIP_BUDGET;
	if (g->accepted[e->service])
		return GO;
	if (!g->open && g->unproven > 0)
		return WAIT;
	if (g->refused_by_service[e->service] >= p->refused_per_service ||
	    g->refused >= p->refused_per_account)
		return STOP;
	if (g->under_way[e->service] + g->refused_by_service[e->service] >=
	    p->refused_per_service ||
	    g->unproven + g->refused >= p->refused_per_account)
		return WAIT;
	if (!g->open && other &&
	    !p->may_tell_more(p->context, g->refusal, e))
		return STOP;
	return GO;
}

static bool wait_in_line(struct gate *g, struct bell *b, struct fault *why)
{
	for (size_t i = 0; i < GATE_WAITERS_MAX; i++) {
		if (!g->waiting[i]) {
			g->waiting[i] = b;
			return true;
		}
	}
	return fail(why, FAULT_INTERNAL, "too many logins at the gate");
}

static void leave_line(struct gate *g, const struct bell *b)
{
	for (size_t i = 0; i < GATE_WAITERS_MAX; i++)
		if (g->waiting[i] == b)
			g->waiting[i] = NULL;
}

static void start_login(struct gate *g, enum service s)
{
	g->attempted++;
	if (g->accepted[s])
		return;
	g->under_way[s]++;
	g->unproven++;
}

/* With the mutex held; it is let go while waiting. */
static bool wait_for_turn(struct gate *g, const struct endpoint *e, msec by,
			  enum skip *ret_skip, struct fault *why)
{
	struct bell bell;
	enum verdict v = WAIT;
	bool ok = true;

	if (!bell_init(&bell))
		return fail(why, FAULT_NO_MEMORY, "no bell for the gate");
	ok = wait_in_line(g, &bell, why);
	while (ok && (v = decide(g, e, ret_skip)) == WAIT) {
		mutex_unlock(&g->mutex);
		ok = bell_wait(&bell, by, why);
		mutex_lock(&g->mutex);
	}
	leave_line(g, &bell);
	bell_release(&bell);
	if (!ok)
		*ret_skip = SKIP_NONE;
	return ok && v == GO;
}

bool gate_enter(struct gate *g, const struct endpoint *e, msec by,
		enum skip *ret_skip, struct fault *why)
{
	bool go;

	mutex_lock(&g->mutex);
	*ret_skip = SKIP_NONE;
	switch (decide(g, e, ret_skip)) {
	case GO:
		go = true;
		break;
	case WAIT:
		*ret_skip = SKIP_NONE;
		go = wait_for_turn(g, e, by, ret_skip, why);
		break;
	default:
		go = false;
		break;
	}
	if (go) {
		*ret_skip = SKIP_NONE;
		start_login(g, e->service);
	}
	mutex_unlock(&g->mutex);
	return go;
}

static bool was_lost(const struct evidence *seen)
{
	const struct step *failure = evidence_failure(seen);

	return !failure || failure->why.kind != FAULT_DEFERRED;
}

static void count_refusal(struct gate *g, enum service s)
{
	g->refused++;
	g->refused_by_service[s]++;
}

static void end_login(struct gate *g, const struct evidence *seen)
{
	const struct login_policy *p = g->policy;
	enum service s = seen->endpoint.service;

	switch (seen->login.outcome) {
	case LOGIN_NOT_TRIED:
		g->attempted--;
		break;
	case LOGIN_ACCEPTED:
		g->open = true;
		g->accepted[s] = true;
		break;
	case LOGIN_REFUSED:
		count_refusal(g, s);
		g->has_refusal = true;
		g->refusal = seen;
		if (p->names_cause(p->context, seen))
			g->cause_named = true;
		break;
	case LOGIN_UNDECIDED:
		if (was_lost(seen))
			count_refusal(g, s);
		if (p->names_cause(p->context, seen))
			g->cause_named = true;
		break;
	}
}

void gate_leave(struct gate *g, const struct evidence *seen)
{
	enum service s = seen->endpoint.service;

	mutex_lock(&g->mutex);
	/* one that began after its service was accepted is not counted here */
	if (g->under_way[s] > 0) {
		g->under_way[s]--;
		g->unproven--;
	}
	end_login(g, seen);
	for (size_t i = 0; i < GATE_WAITERS_MAX; i++)
		if (g->waiting[i])
			bell_ring(g->waiting[i]);
	mutex_unlock(&g->mutex);
}
