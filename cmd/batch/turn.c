#include "cmd/batch/turn.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probes/wire/wait.h"

void turn_free(struct turn *t)
{
	if (!t)
		return;
	account_free(t->account);
	free(t);
}

static struct care_time care_now(void)
{
	return (struct care_time){ now_msec(), (epoch)time(NULL) };
}

bool turn_ask(const struct turns *all, struct turn *t, struct care_reply *ret,
	      struct fault *why)
{
	*ret = (struct care_reply){ .answer = CARE_GO };
	if (t->care.endpoints == 0 || t->may_go)
		return true;
	if (!care_ask(all->care, &t->care, care_now(), ret, why))
		return false;
	t->may_go = ret->answer == CARE_GO;
	t->not_before = ret->answer == CARE_LATER && ret->at != MSEC_NEVER
			? ret->at : 0;
	return true;
}

void turn_give_up(const struct turns *all, struct turn *t)
{
	if (t->may_go)
		care_done(all->care, &t->care, NULL, NULL, care_now());
	t->may_go = false;
}

/* ---- a go ---- */

/* What was granted is given back as it was granted, so it stays. */
static void learn(struct turn *t, const struct desk *d)
{
	const struct target *target = &d->scene.target;

	if (t->may_go)
		return;
	memcpy(t->endpoint, target->endpoint,
	       target->endpoints * sizeof(t->endpoint[0]));
	t->care = (struct care_account){
		.endpoint = t->endpoint, .endpoints = target->endpoints,
		.login_budget = scene_wants_secret(&d->o) ? LOGIN_BUDGET : 0,
	};
}

/* A leaver's account: nobody needs to see it refused every hour. */
static bool wants_refusal(const struct expect *e)
{
	bool refusal = false;

	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		if (e->login[i] == WISH_LOGIN)
			return false;
		refusal = refusal || e->login[i] == WISH_NO_LOGIN;
	}
	return refusal;
}

static bool refuse(struct desk *d, const struct care_reply *r)
{
	char *why = care_why(r, d->o.lang);
	enum untried reason = r->reason;

	if (reason == UNTRIED_REFUSED && !r->many_secrets &&
	    wants_refusal(&d->account->expect))
		reason = UNTRIED_AS_EXPECTED;
	if (why)
		desk_untried(d, reason, why);
	else
		d->no_memory = true;
	free(why);
	return false;
}

/*
 * Where the hosts are that nobody of this run asked for yet. A name that leads
 * nowhere is a machine of its own; the check will tell why.
 */
static bool meet(const struct turns *all, const struct turn *t,
		 struct desk *d)
{
	struct world *world = &d->network->world.world;

	for (size_t i = 0; i < t->care.endpoints; i++) {
		const struct endpoint *e = &t->care.endpoint[i];
		struct name_facts found = { .addresses = 0 };
		struct fault why = { .kind = FAULT_NONE };
		char host[HOST_CAP];
		uint16_t port;

		if (!care_wants_addresses(all->care, e->host))
			continue;
		connect_rule_apply(d->o.connect_rule, d->o.connect_rules,
				   e->host, e->port, host, &port);
		world->resolve(world, host, port, now_msec() + RESOLVE_MSEC,
			       &found, &why);
		if (!care_meet(all->care, e->host, found.address,
			       found.addresses, care_now(), &why))
			return false;
	}
	return true;
}

static bool ask(const struct turns *all, struct turn *t, struct desk *d)
{
	struct care_reply r;
	struct fault why;

	if (!meet(all, t, d) || !turn_ask(all, t, &r, &why)) {
		d->no_memory = true;
		return false;
	}
	t->comes_back = r.answer == CARE_LATER;
	t->pause = r;
	if (r.answer == CARE_NEVER)
		refuse(d, &r);
	return r.answer == CARE_GO;
}

/* With its secret in hand: may it be tried, and what may it cost? */
static bool may_try(const struct turns *all, struct turn *t, struct desk *d,
		    const struct secret *secret, unsigned *ret_budget)
{
	struct care_reply r;

	*ret_budget = LOGIN_BUDGET;
	if (!secret)
		return true;
	t->care.user = d->scene.target.user;
	care_secret(all->care, &t->care, secret, care_now(), &r);
	*ret_budget = r.login_budget;
	return r.answer == CARE_GO || refuse(d, &r);
}

static const struct secret *secret_of(const struct desk *d)
{
	return d->scene.secret.bytes ? &d->scene.secret : NULL;
}

static void check(const struct turns *all, struct turn *t, struct desk *d)
{
	const struct check_result *result = NULL;
	const struct secret *secret;
	unsigned budget;
	msec wait;

	if (!desk_secret(d)) {
		turn_give_up(all, t);
		return;
	}
	secret = secret_of(d);
	if (may_try(all, t, d, secret, &budget)) {
		d->attempts = t->retry.attempts + 1;
		desk_check(d, budget, t->care.worked);
		result = d->scene.result.seen ? &d->scene.result : NULL;
	}
	if (t->may_go)
		care_done(all->care, &t->care, secret, result, care_now());
	t->may_go = false;
	if (result && !d->cut_short && !d->no_memory &&
	    retry_again(&all->retry, result, LOGIN_BUDGET, t->number,
			&t->retry, &wait)) {
		t->comes_back = true;
		t->not_before = now_msec() + wait;
	}
}

void turn_go(const struct turns *all, struct turn *t, struct desk *d)
{
	t->comes_back = false;
	t->pause = (struct care_reply){ .answer = CARE_GO };
	if (!desk_begin(d, t->account) ||
	    (d->scene.target.undiscovered && !desk_discover(d))) {
		turn_give_up(all, t);
		return;
	}
	learn(t, d);
	if (ask(all, t, d))
		check(all, t, d);
}
