#include "cmd/command.h"
#include "cmd/keep.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/check_scene.h"
#include "cmd/demo/server.h"
#include "cmd/demo/web.h"
#include "cmd/demo_check.h"
#include "cmd/demo_list.h"
#include "cmd/demo_serve.h"
#include "probes/wire/trust.h"
#include "probes/wire/wait.h"

#define DEFAULT_SCENARIO "gmail-app-password"
#define CA_NAME "mailwhy demo CA"

/* ---- a check against the servers ---- */

struct stage_set {
	struct trust *trust;
	struct real_world world;
	struct demo_account account;
};

static bool stage_set_init(struct stage_set *t, const struct options *o,
			   const struct scenario *s,
			   const struct servers *all, struct fault *why)
{
	struct probe_plan *plan = &t->account.request.plan;

	if (!trust_from_pem(span_of(servers_ca_pem(all)), CA_NAME, &t->trust,
			    why) ||
	    !demo_account_init(&t->account, s, why))
		return false;
	real_world_init(&t->world);
	t->world.dns.server = servers_dns(all);
	t->world.world.fetch = scene_fetch;
	plan->world = &t->world.world;
	plan->trust = t->trust;
	plan->start = now_msec();
	t->account.request.experiments = scene_experiments(o);
	servers_redirect(all, plan);
	return demo_account_enter(&t->account, probe_all, why);
}

static int print_report(const struct options *o, const struct stage_set *t,
			const struct check_result *result,
			const struct scenario *s)
{
	struct report_style style;
	struct fault why;
	char *report;
	int code;

	report_style_of(o, &style);
	report = check_report(&t->account.request, result,
			      o->format == FORMAT_JSON, &style, s->name);
	if (!report) {
		fail(&why, FAULT_NO_MEMORY, "no memory for a report");
		return complain_internal(o->lang, &why);
	}
	code = print_result(o->lang, report, 0);
	free(report);
	return code;
}

/*
 * The demonstration's own exit code says whether it worked as scripted: a
 * verdict "wrong password" is what was wanted here. Without its experiments
 * nothing was scripted.
 */
static int judge(const struct options *o, const struct scenario *s,
		 const struct check_result *result, struct servers *all)
{
	char what[300];
	const struct text_arg args[] = { { "what", what }, { NULL, NULL } };

	if (demo_as_wanted(s, &result->diagnosis, servers_seen(all).logins,
			   what, sizeof(what)))
		return 0;
	complain(o->lang, "demo.other", args);
	return EXIT_INTERNAL;
}

static int play(const struct options *o, const struct scenario *s,
		struct servers *all)
{
	struct stage_set *t = calloc(1, sizeof(*t));
	struct check_result result = { 0 };
	struct fault why = { .kind = FAULT_NONE };
	int code;

	if (!t) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the check");
		return complain_internal(o->lang, &why);
	}
	if (stage_set_init(t, o, s, all, &why) &&
	    check_account(&t->account.request, &result, &why)) {
		/* what was cut short is no report; the shell sees 130 */
		code = wait_cancelled() ? EXIT_INTERRUPTED :
		       print_report(o, t, &result, s);
		if (code == 0)
			code = keep_session(o, &t->account.request, &result,
					    s->name);
		if (code == 0 &&
		    t->account.request.experiments == EXPERIMENTS_MADE)
			code = judge(o, s, &result, all);
		check_release(&result);
	} else {
		code = complain_internal(o->lang, &why);
	}
	demo_account_release(&t->account);
	trust_free(t->trust);
	free(t);
	return code;
}

static int run_scenario(const struct options *o, const struct scenario *s)
{
	const struct text_arg args[] = { { "scenario", s->name },
					 { NULL, NULL } };
	struct servers *all;
	struct fault why;
	int code;

	if (!scenario_is_playable(s))
		return complain(o->lang, "error.scenario_script", args);
	if (!servers_start(s, &all, &why))
		return complain_internal(o->lang, &why);
	code = o->demo_serve ? demo_serve(o, s, all) : play(o, s, all);
	servers_stop(all);
	return code;
}

int command_demo(const struct options *o)
{
	const char *name = o->targets > 0 ? o->target[0] : DEFAULT_SCENARIO;
	struct text_arg args[] = { { "scenario", name }, { NULL, NULL } };
	struct scenario *s;
	struct fault why;
	int code;

	if (o->demo_list)
		return demo_list(o);
	if (o->targets > 1) {
		args[0].value = o->target[1];
		return complain(o->lang, "error.scenario_many", args);
	}
	if (!scenario_load(name, &s, &why))
		return why.kind == FAULT_NONE ?
		       complain(o->lang, "error.scenario", args) :
		       complain_internal(o->lang, &why);
	code = run_scenario(o, s);
	scenario_free(s);
	return code;
}
