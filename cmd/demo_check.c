#include "cmd/demo_check.h"

#include <string.h>

#include "probes/base/buf.h"

static bool find_provider(const struct scenario *s, struct provider **ret,
			  const char **ret_how, struct fault *why)
{
	const char *at = strrchr(s->address, '@');
	bool found;

	*ret = NULL;
	*ret_how = "";
	*why = (struct fault){ .kind = FAULT_NONE };
	if (s->provider && strcmp(s->provider, "none") == 0)
		return true;
	if (s->provider)
		found = provider_by_id(NULL, s->provider, ret, why);
	else
		found = at && provider_by_domain(NULL, at + 1, ret, why);
	if (!found)
		return why->kind == FAULT_NONE;
	*ret_how = "domain";
	return true;
}

/* Who wrote the scenario has said yes. */
static bool may_try(void *context, unsigned refused, unsigned budget)
{
	(void)context;
	return refused < budget;
}

bool demo_account_init(struct demo_account *a, const struct scenario *s,
		       struct fault *why)
{
	struct check_request *r = &a->request;
	const char *how;

	*a = (struct demo_account){ 0 };
	if (!find_provider(s, &a->provider, &how, why))
		return false;
	*r = (struct check_request){
		.address = s->address, .user = scenario_user(s),
		.is_token = scenario_says(s->token),
		.mechanism = s->mechanism, .sender = s->sender,
		.allow_plaintext = scenario_says(s->plaintext),
		.may_try = scenario_says(s->variants) ? may_try : NULL,
		.provider = a->provider, .how_found = how,
		.endpoints = scenario_asked(s), .login_budget = 2,
	};
	for (size_t i = 0; i < r->endpoints; i++)
		r->endpoint[i] = s->endpoint[i].endpoint;
	r->plan.timeout = scenario_timeout(s);
	r->plan.last_stage = STAGE_LOGOUT;
	if (!s->secret)
		return true;
	if (!secret_init(&a->secret, strlen(s->secret)) ||
	    !secret_add(&a->secret, span_of(s->secret))) {
		demo_account_release(a);
		return fail(why, FAULT_NO_MEMORY, "no memory for the secret");
	}
	r->secret = &a->secret;
	return true;
}

/* ---- its domain ---- */

static bool ask_names(void *context, bool network, struct search *ret)
{
	const struct demo_account *a = context;
	struct options quiet = *a->discover.o;
	struct discover_request request = a->discover;
	struct fault why;

	request.o = &quiet;
	quiet.no_network_discovery = !network;
	return discover_names(&request, a->request.address, ret, &why);
}

static bool look_for_servers(struct demo_account *a, struct fault *why)
{
	struct check_request *r = &a->request;

	if (!discover(&a->discover, r->address, &a->discovery, why))
		return false;
	r->search = &a->discovery->search;
	r->endpoints = discover_endpoints(a->discovery, &a->options,
					  r->endpoint);
	if (r->provider)
		return true;
	r->provider = a->discovery->provider;
	r->how_found = a->discovery->how_found;
	return true;
}

bool demo_account_enter(struct demo_account *a,
			void (*run)(struct probe *probes, size_t n),
			struct fault *why)
{
	struct check_request *r = &a->request;
	struct options *o = &a->options;

	o->quiet = true;
	o->connect_rules = r->plan.connect_rules;
	for (size_t i = 0; i < o->connect_rules; i++)
		o->connect_rule[i] = r->plan.connect_rule[i];
	r->run = run;
	a->discover = (struct discover_request){
		.o = o, .world = r->plan.world, .trust = r->plan.trust,
		.run = run, .in_order = run != probe_all,
	};
	r->ask_names = ask_names;
	r->ask_context = a;
	return r->endpoints > 0 || look_for_servers(a, why);
}

void demo_account_release(struct demo_account *a)
{
	discover_free(a->discovery);
	secret_release(&a->secret);
	provider_free(a->provider);
	*a = (struct demo_account){ 0 };
}

/* ---- what was wanted ---- */

static void compare(struct buf *out, const char *what, const char *wanted,
		    const char *got)
{
	if (wanted && strcmp(wanted, got) != 0)
		buf_fmt(out, "%s%s %s, not %s", out->len ? "; " : "", what,
			wanted, got);
}

static void compare_number(struct buf *out, const char *what,
			   const char *wanted, unsigned got)
{
	char text[16];
	struct buf b = buf_over(text, sizeof(text));

	buf_fmt(&b, "%u", got);
	compare(out, what, wanted, text);
}

bool demo_rivals_as_wanted(const struct scenario *s, const struct diagnosis *d,
			   char *ret_wanted, size_t cap)
{
	struct buf out = buf_over(ret_wanted, cap);
	char text[200];
	struct buf b = buf_over(text, sizeof(text));

	for (size_t i = 1; i < d->causes; i++)
		buf_fmt(&b, "%s%s", i > 1 ? " " : "",
			cause_id(d->cause[i].cause));
	compare(&out, "rivals", s->rivals, b.len > 0 ? text : "none");
	return out.len == 0;
}

/* The verdict on a service is that of its first endpoint. */
static void compare_service(struct buf *out, const struct scenario *s,
			    const struct diagnosis *d, enum service service)
{
	for (size_t i = 0; i < scenario_asked(s); i++) {
		if (s->endpoint[i].endpoint.service != service)
			continue;
		compare(out, service_name(service), s->verdict_of[service],
			cause_id(d->endpoint_verdict[i]));
		return;
	}
}

bool demo_as_wanted(const struct scenario *s, const struct diagnosis *d,
		    unsigned logins, char *ret_wanted, size_t cap)
{
	struct buf out = buf_over(ret_wanted, cap);
	unsigned most = 0;

	compare(&out, "verdict", s->verdict, cause_id(d->verdict));
	if (d->causes > 0)
		compare(&out, "confidence", s->confidence,
			confidence_name(d->cause[0].confidence));
	compare_number(&out, "exit", s->exit_code, (unsigned)d->exit_code);
	if (!s->logins || !span_number(span_of(s->logins), &most) ||
	    logins > most || (logins == 0 && most > 0))
		compare_number(&out, "logins", s->logins, logins);
	for (int i = 0; i < SERVICE_COUNT; i++)
		compare_service(&out, s, d, (enum service)i);
	return out.len == 0;
}
