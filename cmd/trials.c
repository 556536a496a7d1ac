#include "cmd/trials.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/wait.h"

/* Whose place in seen[] it is; those at hand have the first ones. */
#define LATE ENDPOINTS_MAX
#define AT_RIGHT_HOST (LATE + 1)

void laboratory_open(struct laboratory *lab, const struct probe_plan *plan,
		     const struct evidence *first)
{
	lab->plan = plan;
	lab->first = first;
	mutex_init(&lab->names_mutex);
}

void laboratory_close(struct laboratory *lab)
{
	for (size_t i = 0; i < TRIAL_SETS; i++)
		free(lab->seen[i]);
	for (size_t i = 0; i < ENDPOINTS_MAX; i++)
		free(lab->early[i]);
	free(lab->asked);
	mutex_release(&lab->names_mutex);
}

/* Room for early experiments; nobody needs it when all is well. */
static struct trials *trials_open(const struct laboratory *lab)
{
	struct fault why;
	const struct experiment_table *table =
		knowledge_experiments(lab->knowledge, &why);
	struct trials *t = table ? calloc(1, sizeof(*t)) : NULL;

	if (t) {
		t->table = table;
		t->first = lab->first;
	}
	return t;
}

/* ---- planning ---- */

/* --explain-plan: that the domain would be asked. */
static void tell_asking(const struct trial_need *need,
			const struct search *names, struct trials *io)
{
	struct trial *t = &io->trial[io->n];

	if (io->n == TRIALS_MAX)
		return;
	*t = (struct trial){ .id = TRIAL_DOMAIN, .about = need->about,
			     .until = STAGE_RESOLVE,
			     .endpoint = need->seen->endpoint };
	span_copy(span_of(names->domain), t->endpoint.host, HOST_CAP);
	io->seen[io->n++] = NULL;
}

/*
 * Once an account, however many wait for it; who gives up asking leaves the
 * question to the next.
 */
static void ask_names(struct laboratory *lab, const struct trial_need *need,
		      struct trials *io)
{
	if (lab->answered || !lab->ask_names)
		return;
	if (!lab->asked)
		lab->asked = calloc(1, sizeof(*lab->asked));
	lab->answered = lab->asked &&
			lab->ask_names(lab->ask_context, !lab->only_plan,
				       lab->asked);
	if (lab->answered && lab->only_plan)
		tell_asking(need, lab->asked, io);
}

/* What is at hand does not wait while another endpoint asks. */
static const struct search *names_for(struct laboratory *lab,
				      const struct trial_need *need,
				      struct trials *io)
{
	const struct search *names;

	if (lab->names || need->part == TRIALS_AT_HAND)
		return lab->names;
	mutex_lock(&lab->names_mutex);
	if (trials_want_names(need, lab->right, io))
		ask_names(lab, need, io);
	names = lab->answered ? lab->asked : NULL;
	mutex_unlock(&lab->names_mutex);
	return names;
}

static size_t plan(struct laboratory *lab, const struct trial_need *need,
		   struct trials *io)
{
	const struct search *names = names_for(lab, need, io);

	return trials_plan(need, lab->right, names, io);
}

/* ---- making them ---- */

/* Dial this address; the name stays what the certificate has to be for. */
static void dial(const struct trial *t, struct probe_plan *plan)
{
	struct connect_rule rule = { .from_port = t->endpoint.port };
	char host[HOST_CAP];

	connect_rule_apply(plan->connect_rule, plan->connect_rules,
			   t->endpoint.host, t->endpoint.port, host,
			   &rule.to_port);
	span_copy(span_of(t->endpoint.host), rule.from_host, HOST_CAP);
	span_copy(span_of(t->address), rule.to_host, HOST_CAP);
	if (plan->connect_rules == CONNECT_RULES_MAX)
		plan->connect_rules--;
	memmove(plan->connect_rule + 1, plan->connect_rule,
		plan->connect_rules * sizeof(rule));
	plan->connect_rule[0] = rule;
	plan->connect_rules++;
}

static void plan_of(const struct laboratory *lab, const struct trial *t,
		    msec timeout, struct probe_plan *ret)
{
	*ret = *lab->plan;
	ret->login.who = NULL;
	ret->login.sender = NULL;
	ret->gate = NULL;
	ret->no_login = true;
	ret->last_stage = t->until;
	ret->timeout = msec_min(timeout, lab->plan->timeout);
	ret->only_hello = t->only_hello;
	ret->allow_unverified = t->unverified;	/* and no_login, see above */
	ret->sessions = NULL;		/* they look at this server, as it is */
	ret->doubt = NULL;
	ret->progress = NULL;
	if (t->address[0])
		dial(t, ret);
	if (t->variant == VARIANT_NONE)
		return;
	ret->login.who = &lab->variants->who[t->variant];
	ret->redactor = lab->variants->redactor[t->variant];
	ret->no_login = false;
	ret->timeout = lab->plan->timeout;	/* a refusal may take its time */
}

/* Made already, for this or for another reason: one probe serves both. */
static const struct evidence *made_before(const struct trials *t, size_t i)
{
	const struct endpoint *e = &t->trial[i].endpoint;

	for (size_t k = 0; k < t->n; k++) {
		const struct endpoint *o = &t->trial[k].endpoint;

		if (k != i && t->seen[k] &&
		    t->trial[k].variant == t->trial[i].variant &&
		    t->trial[k].only_hello == t->trial[i].only_hello &&
		    t->trial[k].unverified == t->trial[i].unverified &&
		    strcmp(t->trial[k].address, t->trial[i].address) == 0 &&
		    o->port == e->port &&
		    o->service == e->service && o->security == e->security &&
		    t->trial[k].until >= t->trial[i].until &&
		    text_same(o->host, e->host))
			return t->seen[k];
	}
	return NULL;
}

struct batch {
	size_t n;
	struct probe_plan plan[TRIALS_MAX];
	struct probe probe[TRIALS_MAX];
};

static void add_to_batch(const struct laboratory *lab, struct trials *t,
			 size_t i, msec timeout, struct evidence *seen,
			 struct batch *b)
{
	seen->endpoint = t->trial[i].endpoint;
	plan_of(lab, &t->trial[i], timeout, &b->plan[b->n]);
	b->probe[b->n] = (struct probe){ &b->plan[b->n], seen };
	t->seen[i] = seen;
	b->n++;
}

/* Another account of this run asked the same, a moment ago. */
static bool asked_before(const struct laboratory *lab, struct trials *io,
			 size_t i, struct evidence *seen)
{
	struct world *world = lab->plan->world;

	if (!io->trial[i].control || !lab->knowledge ||
	    !knowledge_control(lab->knowledge, &io->trial[i],
			       world->now(world), seen))
		return false;
	io->seen[i] = seen;
	return true;
}

static void keep_controls(const struct laboratory *lab, const struct trials *t,
			  size_t from)
{
	struct world *world = lab->plan->world;

	for (size_t i = from; i < t->n; i++)
		if (t->trial[i].control && t->seen[i] && lab->knowledge)
			knowledge_keep_control(lab->knowledge, &t->trial[i],
					       world->now(world), t->seen[i]);
}

/* Make io->trial[from..]; *ret is theirs. Without memory there are none. */
static void make(const struct laboratory *lab, struct trials *io, size_t from,
		 msec timeout, struct evidence **ret)
{
	struct batch *b = calloc(1, sizeof(*b));
	struct evidence *seen = calloc(io->n - from, sizeof(*seen));

	if (!b || !seen) {
		free(seen);
		io->n = from;
		free(b);
		return;
	}
	for (size_t i = from; i < io->n; i++) {
		io->seen[i] = made_before(io, i);
		if (!io->seen[i] &&
		    !asked_before(lab, io, i, &seen[i - from]))
			add_to_batch(lab, io, i, timeout, &seen[i - from], b);
	}
	if (b->n > 0)
		lab->run(b->probe, b->n);
	keep_controls(lab, io, from);
	free(b);
	*ret = seen;
}

/* ---- early: in the thread of the probe that waits ---- */

struct early {
	struct laboratory *lab;
	struct trial_need need;
	struct trials *at_hand, *at_right_host;
	msec by;			/* for both */
};

static bool try_at_hand(void *context)
{
	struct early *e = context;
	size_t about = e->need.about;

	if (e->at_hand->n > 0)
		make(e->lab, e->at_hand, 0, EARLY_MSEC, &e->lab->seen[about]);
	return trials_settle(e->at_hand, about);
}

static void try_at_right_host(void *context)
{
	struct early *e = context;
	struct trial_need need = e->need;
	struct trials *t = e->at_right_host;
	struct world *world = e->lab->plan->world;
	msec left;

	need.part = TRIALS_AT_RIGHT_HOST;
	if (plan(e->lab, &need, t) == 0)
		return;
	left = e->by - world->now(world);
	make(e->lab, t, 0, msec_min(EARLY_MSEC, left),
	     &e->lab->seen[AT_RIGHT_HOST + need.about]);
}

static void append(struct trials *to, const struct trials *from)
{
	for (size_t i = 0; i < from->n && to->n < TRIALS_MAX; i++) {
		to->trial[to->n] = from->trial[i];
		to->seen[to->n++] = from->seen[i];
	}
}

static void try_early(struct early *e)
{
	struct laboratory *lab = e->lab;
	struct world *world = lab->plan->world;
	bool settled;

	e->by = world->now(world) + LANE_MSEC;
	e->need.part = TRIALS_AT_HAND;
	plan(lab, &e->need, e->at_hand);
	settled = lab->pair ? lab->pair(world, try_at_hand, try_at_right_host,
					e) :
			      thread_pair(try_at_hand, try_at_right_host, e);
	if (!settled)
		append(e->at_hand, e->at_right_host);
}

msec laboratory_doubt(void *context, const struct evidence *seen, msec by)
{
	struct laboratory *lab = context;
	size_t about = (size_t)(seen - lab->first);
	struct early e = { .lab = lab, .need = {
		.seen = seen, .about = (uint8_t)about,
		.stage = seen->step[seen->steps - 1].stage,
		.fault = FAULT_TIMEOUT, .early = true,
	} };
	struct world *world = lab->plan->world;
	msec wait;

	/* one doubt an endpoint: who connects and then is silent had its turn */
	if (lab->early[about] && lab->early[about]->n > 0)
		return by;
	if (!lab->early[about])
		lab->early[about] = trials_open(lab);
	e.at_hand = lab->early[about];
	e.at_right_host = trials_open(lab);
	if (e.at_hand && lab->only_plan)
		plan(lab, &e.need, e.at_hand);
	else if (e.at_hand && e.at_right_host)
		try_early(&e);
	free(e.at_right_host);
	if (lab->only_plan && e.at_hand && e.at_hand->n > 0)
		return msec_min(by, world->now(world) + LANE_MSEC);
	return e.at_hand && trials_end_wait(e.at_hand, about, &wait) ?
	       msec_min(by, world->now(world) + wait) : by;
}

/* ---- late: the rest, all at once ---- */

static void gather(struct laboratory *lab)
{
	struct trials *all = &lab->trials;

	all->first = lab->first;
	for (size_t i = 0; i < ENDPOINTS_MAX; i++)
		if (lab->early[i])
			append(all, lab->early[i]);
}

void laboratory_late(struct laboratory *lab, const struct trial_need *need,
		     size_t needs)
{
	struct fault why;
	size_t early;

	lab->trials.table = knowledge_experiments(lab->knowledge, &why);
	if (!lab->trials.table)
		return;
	gather(lab);
	early = lab->trials.n;
	for (size_t i = 0; i < needs; i++) {
		struct trial_need n = need[i];

		/* who needed them has not heard of the early ones yet */
		n.proven = n.proven || trials_settle(&lab->trials, n.about);
		plan(lab, &n, &lab->trials);
	}
	if (lab->trials.n > early && !lab->only_plan)
		make(lab, &lab->trials, early, LATE_MSEC, &lab->seen[LATE]);
}
