#include "cmd/command.h"

#include <stdlib.h>

#include "cmd/check.h"
#include "cmd/discover.h"
#include "cmd/keep.h"
#include "cmd/progress.h"
#include "cmd/secret_input.h"
#include "cmd/target.h"
#include "probes/wire/trust.h"
#include "probes/wire/wait.h"

#define LOGIN_BUDGET 2			/* refused logins one run may cost */

/* Everything one check borrows from; released in one place. */
struct check_scene {
	struct target target;
	struct discovery *discovery;	/* NULL: the servers were known */
	struct secret secret;
	struct trust *trust;
	struct real_world world;
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

/*
 * No bundle on this machine is a finding of each TLS stage; a file that was
 * asked for by name and cannot be used is a mistake of ours to tell at once.
 */
static bool load_trust(const struct options *o, struct check_scene *s,
		       int *ret_code)
{
	struct fault why = { .kind = FAULT_NONE };
	const struct text_arg args[] = {
		{ "file", o->ca_file }, { "reason", why.text }, { NULL, NULL }
	};

	if (trust_load(o->ca_file, &s->trust, &why))
		return true;
	s->trust = NULL;
	if (why.kind == FAULT_NO_MEMORY)
		*ret_code = complain_internal(o->lang, &why);
	else if (o->ca_file)
		*ret_code = complain(o->lang, "error.ca_file", args);
	else
		return true;
	return false;
}

static bool find_servers(const struct options *o, struct check_scene *s,
			 int *ret_code)
{
	const struct discover_request request = {
		.o = o, .world = &s->world.world, .trust = s->trust,
		.run = probe_all,
	};
	struct fault why = { .kind = FAULT_NONE };

	if (discover(&request, s->target.address, &s->discovery, &why))
		return target_take(o, s->discovery, &s->target, ret_code);
	*ret_code = why.kind == FAULT_CANCELLED ? EXIT_INTERRUPTED :
		    complain_internal(o->lang, &why);
	return false;
}

static void fill_world(const struct options *o, struct real_world *w)
{
	real_world_init(w);
	w->dns.server = o->dns_server;
	w->dns.family = o->family;
	w->overrides = o->overrides;
	for (size_t i = 0; i < o->overrides; i++)
		w->override[i] = o->override[i];
}

static void fill_plan(const struct options *o, struct check_scene *s)
{
	struct probe_plan *plan = &s->request.plan;

	plan->world = &s->world.world;
	plan->trust = s->trust;
	plan->allow_unverified = o->insecure_certificate;
	plan->last_stage = o->quit_after;
	plan->no_login = o->no_login;
	plan->timeout = o->timeout;
	plan->connect_rules = o->connect_rules;
	for (size_t i = 0; i < o->connect_rules; i++)
		plan->connect_rule[i] = o->connect_rule[i];
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
		.run = probe_all,
	};
	for (size_t i = 0; i < t->endpoints; i++)
		r->endpoint[i] = t->endpoint[i];
	fill_plan(o, s);
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
	if (s->result.n == 0)
		return code;		/* there is nothing to play again */
	kept = keep_session(o, &s->request, &s->result, NULL);
	return kept ? kept : code;
}

static int run_scene(const struct options *o, struct check_scene *s)
{
	int code = EXIT_INTERNAL;

	if (!target_resolve(o, &s->target, &code) ||
	    !load_trust(o, s, &code))
		return code;
	fill_world(o, &s->world);
	if (s->target.undiscovered && !find_servers(o, s, &code))
		return code;
	/* nobody is asked for a password that has nowhere to go */
	if (s->target.endpoints > 0 && wants_secret(o) &&
	    !obtain_secret(o, s, &code))
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
	code = run_scene(o, s);
	check_release(&s->result);
	trust_free(s->trust);
	secret_release(&s->secret);
	target_release(&s->target);
	discover_free(s->discovery);
	free(s);
	return code;
}
