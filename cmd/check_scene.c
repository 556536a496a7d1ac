#include "cmd/check_scene.h"

#include "cmd/command.h"
#include "cmd/secret_input.h"
#include "providers/plan.h"

bool scene_wants_secret(const struct options *o)
{
	return !o->no_login && o->quit_after >= STAGE_LOGIN;
}

bool scene_discover(const struct options *o, struct network *n,
		    struct check_scene *s, int *ret_code)
{
	const struct discover_request request = {
		.o = o, .world = &n->world.world,
		.trust = n->trust, .run = probe_all,
	};
	struct fault why = { .kind = FAULT_NONE };

	if (discover(&request, s->target.address, &s->discovery, &why))
		return true;
	*ret_code = why.kind == FAULT_CANCELLED ? EXIT_INTERRUPTED :
		    complain_internal_of(o, &why);
	return false;
}

bool scene_find_servers(const struct options *o, struct network *n,
			struct check_scene *s, int *ret_code)
{
	return scene_discover(o, n, s, ret_code) &&
	       target_take(o, s->discovery, &s->target, ret_code);
}

/*
 * A person is told where the password goes before it is typed; a program that
 * hands one over cannot be asked, so it has to name that server itself.
 */
bool scene_confirm_server(const struct options *o, const struct check_scene *s,
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
	if (o->secret_source == SECRET_FROM_PROMPT && !o->sink) {
		complain_of(o, "warning.unsure_server", args);
		return true;
	}
	*ret_code = complain_of(o, "error.unsure_server", args);
	return false;
}

/*
 * Without a user name there is no login: nobody is asked for a password, but
 * one that was offered must not go unused in silence. netrc may know both.
 */
bool scene_obtain_secret(const struct options *o, struct check_scene *s,
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
		*ret_code = complain_of(o, "error.no_user", NULL);
	return named;
}

/* What the domain names, for experiments: after a failure, and once. */
static bool ask_names(void *context, bool network, struct search *ret)
{
	struct check_scene *s = context;
	struct options quiet = *s->o;
	const struct discover_request request = {
		.o = &quiet, .world = &s->network->world.world,
		.trust = s->network->trust, .run = probe_all,
	};
	struct fault why;

	if (s->o->no_network_discovery)
		return false;
	quiet.no_network_discovery = !network;
	return discover_names(&request, s->target.address, ret, &why);
}

enum experimenting scene_experiments(const struct options *o)
{
	if (o->no_experiments)
		return EXPERIMENTS_NONE;
	return o->explain_plan ? EXPERIMENTS_PLANNED : EXPERIMENTS_MADE;
}

void scene_request(const struct options *o, struct network *n,
		   struct check_scene *s)
{
	const struct target *t = &s->target;
	struct check_request *r = &s->request;

	s->o = o;
	s->network = n;
	*r = (struct check_request){
		.address = t->address, .user = t->user,
		.secret = s->secret.len > 0 ? &s->secret : NULL,
		.is_token = o->secret_is_token, .mechanism = o->mechanism,
		.sender = o->sender, .allow_plaintext = o->insecure_plaintext,
		.provider = t->provider, .how_found = t->how_found,
		.search = s->discovery ? &s->discovery->search : NULL,
		.endpoints = t->endpoints, .login_budget = LOGIN_BUDGET,
		.experiments = scene_experiments(o), .run = probe_all,
		.ask_names = ask_names, .ask_context = s,
	};
	for (size_t i = 0; i < t->endpoints; i++)
		r->endpoint[i] = t->endpoint[i];
	network_plan(o, n, &r->plan);
}

void scene_release(struct check_scene *s)
{
	check_release(&s->result);
	secret_release(&s->secret);
	target_release(&s->target);
	discover_free(s->discovery);
	*s = (struct check_scene){ .discovery = NULL };
}
