#include "test/play.h"

#include <stdlib.h>

#include "cmd/demo/web.h"
#include "probes/wire/trust.h"
#include "probes/wire/wait.h"

static void play(struct play_end *e)
{
	e->finished = check_account(&e->account.request, &e->result, &e->why);
}

static void play_in(const struct scenario *s, struct script_world *w,
		    void (*run)(struct probe *probes, size_t n),
		    enum experimenting experiments, struct play_end *ret)
{
	struct probe_plan *plan = &ret->account.request.plan;

	*ret = (struct play_end){ 0 };
	if (!demo_account_init(&ret->account, s, &ret->why))
		return;
	plan->world = &w->world;
	plan->start = w->clock;
	plan->timeout = PROBE_MSEC;
	ret->account.request.pair = script_world_pair;
	ret->account.request.experiments = experiments;
	if (!demo_account_enter(&ret->account, run, &ret->why))
		return;
	play(ret);
	ret->logins = script_world_logins(w);
}

void play_script(const struct scenario *s, struct script_world *w,
		 struct play_end *ret)
{
	play_in(s, w, probe_each, EXPERIMENTS_MADE, ret);
}

void play_timed(const struct scenario *s, struct script_world *w,
		struct play_end *ret)
{
	play_in(s, w, script_world_run, EXPERIMENTS_MADE, ret);
}

void play_with(const struct scenario *s, struct script_world *w,
	       enum experimenting experiments, struct play_end *ret)
{
	play_in(s, w, probe_each, experiments, ret);
}

static bool play_against(const struct scenario *s, struct servers *all,
			 struct play_end *ret)
{
	struct probe_plan *plan = &ret->account.request.plan;
	struct trust *trust;
	struct real_world world;

	if (!demo_account_init(&ret->account, s, &ret->why) ||
	    !trust_from_pem(span_of(servers_ca_pem(all)), "test", &trust,
			    &ret->why))
		return false;
	real_world_init(&world);
	world.dns.server = servers_dns(all);
	world.world.fetch = scene_fetch;
	plan->world = &world.world;
	plan->trust = trust;
	plan->start = now_msec();
	servers_redirect(all, plan);
	if (demo_account_enter(&ret->account, probe_all, &ret->why))
		play(ret);
	trust_free(trust);
	plan->world = NULL;
	plan->trust = NULL;
	return true;
}

bool play_loopback(const struct scenario *s, struct play_end *ret)
{
	struct servers *all;
	bool ok;

	*ret = (struct play_end){ 0 };
	if (!servers_start(s, &all, &ret->why))
		return false;
	ok = play_against(s, all, ret);
	ret->logins = servers_seen(all).logins;
	servers_stop(all);
	return ok;
}

void play_release(struct play_end *e)
{
	if (e->finished)
		check_release(&e->result);
	demo_account_release(&e->account);
}
