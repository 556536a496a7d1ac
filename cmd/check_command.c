#include "cmd/command.h"

#include <stdlib.h>

#include "cmd/ask.h"
#include "cmd/check.h"
#include "cmd/discover.h"
#include "cmd/keep.h"
#include "cmd/network.h"
#include "cmd/progress.h"
#include "cmd/secret_input.h"
#include "cmd/target.h"
#include "probes/wire/wait.h"
#include "providers/plan.h"

#define LOGIN_BUDGET 2			/* refused logins one run may cost */

/* Everything one check borrows from; released in one place. */
struct check_scene {
	const struct options *o;
	struct target target;
	struct discovery *discovery;	/* NULL: the servers were known */
	struct secret secret;
	struct network network;
	struct check_request request;
	struct check_result result;
};

static bool wants_secret(const struct options *o)
{
	return !o->no_login && o->quit_after >= STAGE_LOGIN;
}

/*
 * Without a user name there is no login: nobody is asked for a password, but
 * one that was offered must not go unused in silence. netrc may know both.
 */
static bool obtain_secret(const struct options *o, struct check_scene *s,
			  int *ret_code)
{
	bool named = s->target.user[0] != '\0';

	if (!named && o->secret_source == SECRET_FROM_PROMPT)
		return true;
	if (named || o->secret_source == SECRET_FROM_NETRC) {
		if (!secret_obtain(o, &s->target, &s->secret, ret_code))
			return false;
		named = s->target.user[0] != '\0';
	}
	if (!named)
		*ret_code = complain(o->lang, "error.no_user", NULL);
	return named;
}

static bool find_servers(const struct options *o, struct check_scene *s,
			 int *ret_code)
{
	const struct discover_request request = {
		.o = o, .world = &s->network.world.world,
		.trust = s->network.trust, .run = probe_all,
	};
	struct fault why = { .kind = FAULT_NONE };

	if (discover(&request, s->target.address, &s->discovery, &why))
		return target_take(o, s->discovery, &s->target, ret_code);
	*ret_code = why.kind == FAULT_CANCELLED ? EXIT_INTERRUPTED :
		    complain_internal(o->lang, &why);
	return false;
}

/*
 * A person is told where the password goes before it is typed; a program that
 * hands one over cannot be asked, so it has to name that server itself.
 */
static bool confirm_server(const struct options *o, const struct check_scene *s,
			   int *ret_code)
{
	const struct search *search = s->discovery ? &s->discovery->search :
				      NULL;
	const char *host = search ? plan_unsure_host(search) : NULL;
	const struct text_arg args[] = {
		{ "host", host }, { "domain", search ? search->domain : "" },
		{ NULL, NULL }
	};

	if (!host)
		return true;
	if (o->secret_source == SECRET_FROM_PROMPT) {
		complain(o->lang, "warning.unsure_server", args);
		return true;
	}
	*ret_code = complain(o->lang, "error.unsure_server", args);
	return false;
}

static bool may_try(void *context, unsigned refused, unsigned budget)
{
	const struct options *o = context;
	char used[16], all[16];
	struct buf u = buf_over(used, sizeof(used));
	struct buf a = buf_over(all, sizeof(all));
	const struct text_arg args[] = {
		{ "refused", used }, { "budget", all }, { NULL, NULL }
	};

	buf_fmt(&u, "%u", refused);
	buf_fmt(&a, "%u", budget);
	return ask_yes(o->lang, "prompt.variants", args);
}

/* What the domain names, for experiments: after a failure, and once. */
static bool ask_names(void *context, bool network, struct search *ret)
{
	struct check_scene *s = context;
	struct options quiet = *s->o;
	const struct discover_request request = {
		.o = &quiet, .world = &s->network.world.world,
		.trust = s->network.trust, .run = probe_all,
	};
	struct fault why;

	if (s->o->no_network_discovery)
		return false;
	quiet.no_network_discovery = !network;
	return discover_names(&request, s->target.address, ret, &why);
}

static enum experimenting check_experiments(const struct options *o)
{
	if (o->no_experiments)
		return EXPERIMENTS_NONE;
	return o->explain_plan ? EXPERIMENTS_PLANNED : EXPERIMENTS_MADE;
}

static void fill_request(const struct options *o, struct check_scene *s)
{
	const struct target *t = &s->target;
	struct check_request *r = &s->request;

	*r = (struct check_request){
		.address = t->address, .user = t->user,
		.secret = s->secret.len > 0 ? &s->secret : NULL,
		.is_token = o->secret_is_token, .mechanism = o->mechanism,
		.sender = o->sender, .allow_plaintext = o->insecure_plaintext,
		.provider = t->provider, .how_found = t->how_found,
		.search = s->discovery ? &s->discovery->search : NULL,
		.endpoints = t->endpoints, .login_budget = LOGIN_BUDGET,
		.experiments = check_experiments(o), .run = probe_all,
		.may_try = o->try_variants ? may_try : NULL,
		.may_try_context = (void *)o,
		.ask_names = ask_names, .ask_context = s,
	};
	for (size_t i = 0; i < t->endpoints; i++)
		r->endpoint[i] = t->endpoint[i];
	network_plan(o, &s->network, &r->plan);
}

static int print_report(const struct options *o, const struct check_scene *s)
{
	struct fault why;
	struct report_style style;
	char *report;
	int code;

	report_style_of(o, &style);
	report = check_report(&s->request, &s->result,
			      o->format == FORMAT_JSON, &style, NULL);
	if (!report) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the report");
		return complain_internal(o->lang, &why);
	}
	code = print_result(o->lang, report, s->result.diagnosis.exit_code);
	free(report);
	return code;
}

static int run_check(const struct options *o, struct check_scene *s)
{
	struct progress progress;
	struct fault why = { .kind = FAULT_NONE };
	int code, kept;
	bool ok;

	s->request.plan.start = now_msec();
	progress_begin(&progress, o, &s->request.plan);
	ok = check_account(&s->request, &s->result, &why);
	progress_end(&progress);
	if (!ok)
		return complain_internal(o->lang, &why);
	/* what was cut short is no diagnosis; the shell sees 130 */
	if (wait_cancelled())
		return EXIT_INTERRUPTED;
	code = print_report(o, s);
	kept = keep_session(o, &s->request, &s->result, NULL);
	return kept ? kept : code;
}

static int run_scene(const struct options *o, struct check_scene *s)
{
	int code = EXIT_INTERNAL;

	/* nobody types a password only to hear of another mistake */
	if (!target_resolve(o, &s->target, &code) ||
	    !network_open(o, &s->network, &code))
		return code;
	if (s->target.undiscovered && !find_servers(o, s, &code))
		return code;
	/* nor one that has nowhere to go */
	if (s->target.endpoints > 0 && wants_secret(o) &&
	    (!confirm_server(o, s, &code) || !obtain_secret(o, s, &code)))
		return code;
	fill_request(o, s);
	return run_check(o, s);
}

int command_check(const struct options *o)
{
	struct check_scene *s = calloc(1, sizeof(*s));
	struct fault why;
	int code;

	if (!s) {
		fail(&why, FAULT_NO_MEMORY, "no memory for the check");
		return complain_internal(o->lang, &why);
	}
	s->o = o;
	code = run_scene(o, s);
	check_release(&s->result);
	network_close(&s->network);
	secret_release(&s->secret);
	target_release(&s->target);
	discover_free(s->discovery);
	free(s);
	return code;
}
