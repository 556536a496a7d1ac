#include "probes/walk.h"

#include "probes/wire/dns.h"

/* ---- resolve ---- */

/* Where --connect-to sends us. */
static void find_target(const struct probe_plan *plan,
			const struct endpoint *e, struct connect_facts *c)
{
	c->redirected = connect_rule_apply(plan->connect_rule,
					   plan->connect_rules, e->host,
					   e->port, c->host, &c->port);
}

bool stage_resolve(struct walk *w, struct step *step)
{
	struct world *world = w->plan->world;
	struct connect_facts *c = &w->evidence->connection;

	find_target(w->plan, &w->evidence->endpoint, c);
	return world->resolve(world, c->host, c->port, w->talk.by,
			      &w->evidence->name, &step->why);
}

/* ---- connect ---- */

/* The world's clock means nothing in a report: times are the run's. */
static void attempts_in_run(struct connect_facts *c, msec start)
{
	for (size_t i = 0; i < c->attempts; i++) {
		struct attempt *a = &c->attempt[i];

		if (a->state == ATTEMPT_NOT_MADE)
			continue;
		a->began -= start;
		a->ended -= start;
	}
}

void walk_doubt(const struct walk *w, struct doubt *ret)
{
	*ret = (struct doubt){
		.seen = w->evidence, .ask = w->plan->doubt,
		.context = w->plan->doubt_context,
		.at = walk_now(w) + DOUBT_MSEC,
	};
}

/* Asking again when nobody answered costs no more than the system's retry. */
static bool connect_doubting(struct walk *w, struct fault *why)
{
	struct world *world = w->plan->world;
	struct connect_facts *c = &w->evidence->connection;
	msec by = w->talk.by, first;
	struct fault silence;

	walk_doubt(w, &w->doubt);
	first = doubt_until(&w->doubt, by);
	if (world->connect(world, c, first, &w->talk.stream, &silence))
		return true;
	if (silence.kind == FAULT_TIMEOUT && first < by) {
		by = doubt_resolve(&w->doubt, by);
		if (by > walk_now(w))
			return world->connect(world, c, by, &w->talk.stream,
					      why);
	}
	*why = silence;
	return false;
}

bool stage_connect(struct walk *w, struct step *step)
{
	struct connect_facts *c = &w->evidence->connection;
	const struct name_facts *name = &w->evidence->name;
	bool ok;

	if (name->addresses == 0)
		return fail(&step->why, FAULT_NO_ADDRESS,
			    "the name has no address to try");
	for (size_t i = 0; i < name->addresses; i++)
		c->attempt[i] = (struct attempt){ .address = name->address[i] };
	c->attempts = name->addresses;
	ok = connect_doubting(w, &step->why);
	attempts_in_run(c, w->plan->start);
	if (ok && w->plan->doubt) {
		walk_doubt(w, &w->doubt);
		doubt_stream(&w->doubt, &w->talk.stream);
	}
	return ok;
}

/* ---- tls ---- */

/* The name that was asked for, wherever --connect-to led: it is trusted. */
static bool name_to_verify(const struct endpoint *e, char *ret, size_t cap,
			   struct fault *why)
{
	struct address a;

	if (!address_parse(e->host, e->port, &a))
		return host_to_ascii(e->host, ret, cap, why);
	span_copy(span_of(a.text), ret, cap);
	return true;
}

/* What came in the place of TLS tells who speaks there. */
static void keep_first_bytes(struct walk *w, struct step *step)
{
	const struct tls_facts *tls = &w->evidence->tls;
	struct span first = { (const char *)tls->first, tls->first_bytes };

	if (first.len > 0 || step->why.kind == FAULT_TIMEOUT)
		talk_strange(&w->talk, first, step);
}

static const struct address *dialled(const struct connect_facts *c)
{
	return c->winner < 0 ? NULL : &c->attempt[c->winner].address;
}

bool stage_tls(struct walk *w, struct step *step)
{
	struct world *world = w->plan->world;
	char host[HOST_CAP];
	const struct tls_request request = {
		.host = host,
		.trust = w->plan->trust,
		.allow_unverified = w->plan->allow_unverified,
		.only_hello = w->plan->only_hello,
		.sessions = w->whole_tls ? NULL : w->plan->sessions,
		.peer = dialled(&w->evidence->connection),
		.upgraded = w->greeted,
	};

	if (!name_to_verify(&w->evidence->endpoint, host, sizeof(host),
			    &step->why))
		return false;
	if (!world->secure(world, &request, &w->talk.stream, w->talk.by,
			   &w->evidence->tls, &step->why)) {
		keep_first_bytes(w, step);
		return false;
	}
	w->talk.in_tls = true;
	return true;
}
