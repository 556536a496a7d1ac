#include "cmd/discover.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/progress.h"
#include "probes/base/text.h"
#include "probes/domain.h"
#include "probes/wire/wait.h"
#include "providers/plan.h"
#include "providers/typo.h"

#define MX_ASKED_MAX 4		/* whose providers are looked up */

/* One discovery under way. */
struct hunt {
	const struct discover_request *r;
	struct discovery *found;
	struct wish wish;
	bool mx_known;			/* the MX has been looked up */
	struct fault broken;		/* a provider file that cannot be read */
};

static struct wish wish_of(const struct options *o)
{
	struct wish w = { { true, true, true } };

	for (unsigned i = 0; i < SERVICE_COUNT && o->has_service; i++)
		w.service[i] = i == (unsigned)o->service;
	return w;
}

/* --timeout is for one server; nobody is to wait longer for less. */
static msec within(const struct options *o, msec limit)
{
	return o->timeout > 0 ? msec_min(o->timeout, limit) : limit;
}

/* ---- the mail exchanger ---- */

static bool provider_of_mx(struct hunt *h, const char *host)
{
	struct discovery *d = h->found;

	if (!provider_by_mx(h->r->o->own_providers, host, &d->provider,
			    &h->broken))
		return false;
	d->how_found = "mx";
	return true;
}

/* The best exchanger is mostly the provider's; its spares may be others'. */
static void look_mx_up(struct hunt *h, const struct domain_facts *f)
{
	if (h->mx_known || f->mx_state != QUESTION_DONE)
		return;
	h->mx_known = true;
	if (f->mx.fault != FAULT_NONE || h->found->provider)
		return;
	for (size_t i = 0; i < f->mx.n && i < MX_ASKED_MAX; i++)
		if (provider_of_mx(h, f->mx.record[i].host) ||
		    h->broken.kind != FAULT_NONE)
			return;
}

/* The provider, if it was found in this way. */
static const struct provider *found_by(const struct hunt *h, const char *how)
{
	return strcmp(h->found->how_found, how) == 0 ? h->found->provider :
	       NULL;
}

/* ---- what others say ---- */

static bool is_enough(void *context, const struct domain_facts *so_far)
{
	struct hunt *h = context;

	look_mx_up(h, so_far);
	plan_read(so_far, found_by(h, "domain"), found_by(h, "mx"),
		  &h->found->search);
	return h->broken.kind != FAULT_NONE ||
	       plan_is_settled(&h->found->search, &h->wish);
}

static bool ask_others(struct hunt *h, struct domain_facts *f, msec limit,
		       struct fault *why)
{
	const struct options *o = h->r->o;
	const struct trust *trust = h->r->trust;
	struct search *s = &h->found->search;
	const struct domain_request request = {
		.world = h->r->world, .domain = s->domain,
		.ca_file = trust ? trust_name(trust) : NULL,
		.allow_clear = o->insecure_discovery,
		.connect_rule = o->connect_rule,
		.connect_rules = o->connect_rules,
		.in_order = h->r->in_order,
		.is_enough = is_enough, .context = h,
	};
	msec now = h->r->world->now(h->r->world);

	if (!domain_ask(&request, now + within(o, limit), f, why))
		return false;
	is_enough(h, f);
	if (h->broken.kind == FAULT_NONE)
		return true;
	*why = h->broken;
	return false;
}

/* ---- guesses ---- */

static void fill_plans(const struct hunt *h, struct probe_plan plan[2])
{
	const struct options *o = h->r->o;

	for (size_t i = 0; i < 2; i++) {
		plan[i] = (struct probe_plan){
			.world = h->r->world, .trust = h->r->trust,
			.no_login = true,
			/* a greeting over TLS; after STARTTLS there is none */
			.last_stage = i == 0 ? STAGE_GREETING : STAGE_TLS,
			.connect_rules = o->connect_rules,
			.start = h->r->world->now(h->r->world),
			.timeout = within(o, DISCOVER_GUESS_MSEC),
		};
		memcpy(plan[i].connect_rule, o->connect_rule,
		       sizeof(plan[i].connect_rule));
	}
}

static bool try_guesses(struct hunt *h, struct candidate *c,
			struct fault *why)
{
	struct evidence *seen = calloc(c->offers, sizeof(*seen));
	struct probe probe[OFFERS_MAX];
	struct probe_plan plan[2];

	if (!seen)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	fill_plans(h, plan);
	for (size_t i = 0; i < c->offers; i++) {
		seen[i].endpoint = c->offer[i].endpoint;
		probe[i] = (struct probe){
			&plan[c->offer[i].endpoint.security != SECURITY_TLS],
			&seen[i]
		};
	}
	h->r->run(probe, c->offers);
	for (size_t i = 0; i < c->offers; i++)
		plan_take_guess(&seen[i], &c->offer[i]);
	free(seen);
	return !wait_cancelled() ||
	       fail(why, FAULT_CANCELLED, "interrupted");
}

static bool is_good(const struct offer *o)
{
	return o->fault == FAULT_NONE;
}

static bool guess(struct hunt *h, const struct domain_facts *f,
		  struct fault *why)
{
	struct search *s = &h->found->search;
	struct candidate *c;

	if (!plan_guess(f, h->found->provider, &h->wish, s))
		return true;
	c = &s->candidate[s->candidates - 1];
	if (!try_guesses(h, c, why))
		return false;
	for (size_t i = 0; i < c->offers; i++)
		if (is_good(&c->offer[i]))
			c->outcome = OUTCOME_FOUND;
	return true;
}

/* ---- the whole ---- */

static bool has_servers(const struct provider *p)
{
	for (size_t i = 0; i < p->servers; i++)
		if (!p->is_template[i])
			return true;
	return false;
}

static bool look_domain_up(struct hunt *h, struct fault *why)
{
	struct discovery *d = h->found;

	why->kind = FAULT_NONE;
	if (provider_by_domain(h->r->o->own_providers, d->search.domain,
			       &d->provider, why))
		d->how_found = "domain";
	else if (why->kind != FAULT_NONE)
		return false;
	plan_known(d->provider, &d->search);
	return true;
}

/* Nothing to look for: no program gets in there, or all is known. */
static bool is_known(const struct discovery *d)
{
	return d->provider && (d->provider->secret == SECRET_NONE ||
			       has_servers(d->provider));
}

static void show_progress(const struct hunt *h)
{
	const struct text_arg args[] = {
		{ "domain", h->found->search.domain }, { NULL, NULL }
	};

	progress_say(h->r->o, "progress.discover", args);
}

static bool ask_network(struct hunt *h, struct fault *why)
{
	struct world *w = h->r->world;
	struct domain_facts *f = malloc(sizeof(*f));
	msec began = w->now(w);
	bool ok;

	if (!f)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	show_progress(h);
	ok = ask_others(h, f, DOMAIN_MSEC, why) && guess(h, f, why);
	progress_wipe(h->r->o);
	h->found->search.took = w->now(w) - began;
	free(f);
	return ok;
}

static void collect(struct discovery *d)
{
	const struct search *s = &d->search;

	for (size_t i = 0; i < s->candidates; i++) {
		const struct candidate *c = &s->candidate[i];

		for (size_t j = 0; j < c->offers; j++)
			if (c->offer[j].chosen && d->servers < OFFERS_MAX)
				d->server[d->servers++] = (struct found_server){
					c->offer[j].endpoint, c->source,
					c->offer[j].user_form,
					c->offer[j].auth
				};
	}
}

/* What a source that can be relied on names is no slip of a finger. */
static void suggest(struct discovery *d)
{
	struct search *s = &d->search;

	if (!d->provider && (s->winner < 0 ||
			     s->candidate[s->winner].source == SOURCE_GUESS))
		typo_nearest(s->domain, s->suggestion);
}

static bool begin(struct hunt *h, const char *address, struct fault *why)
{
	const char *at = strrchr(address, '@');
	char domain[HOST_CAP];

	if (!host_to_ascii(at ? at + 1 : address, domain, sizeof(domain), why))
		return false;
	plan_begin(domain, &h->found->search);
	return look_domain_up(h, why);
}

static bool run(struct hunt *h, const char *address, struct fault *why)
{
	struct discovery *d = h->found;

	if (!begin(h, address, why))
		return false;
	if (!is_known(d) && !h->r->o->no_network_discovery &&
	    !ask_network(h, why))
		return false;
	plan_choose(&h->wish, &d->search);
	collect(d);
	suggest(d);
	return true;
}

bool discover(const struct discover_request *r, const char *address,
	      struct discovery **ret, struct fault *why)
{
	struct hunt h = { .r = r, .wish = wish_of(r->o) };

	h.found = calloc(1, sizeof(*h.found));
	if (!h.found)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	h.found->how_found = "";
	if (run(&h, address, why)) {
		*ret = h.found;
		return true;
	}
	discover_free(h.found);
	return false;
}

static bool ask_names(struct hunt *h, struct fault *why)
{
	struct search *s = &h->found->search;
	struct domain_facts *f = calloc(1, sizeof(*f));
	bool ok = true;

	if (!f)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	span_copy(span_of(s->domain), f->domain, sizeof(f->domain));
	if (!h->r->o->no_network_discovery)
		ok = ask_others(h, f, NAMES_MSEC, why);
	if (ok)
		plan_guess(f, h->found->provider, &h->wish, s);
	free(f);
	return ok;
}

bool discover_names(const struct discover_request *r, const char *address,
		    struct search *ret, struct fault *why)
{
	struct hunt h = { .r = r, .wish = wish_of(r->o) };
	bool ok;

	h.found = calloc(1, sizeof(*h.found));
	if (!h.found)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	h.found->how_found = "";
	ok = begin(&h, address, why) &&
	     (is_known(h.found) || ask_names(&h, why));
	if (ok)
		*ret = h.found->search;
	discover_free(h.found);
	return ok;
}

void discover_free(struct discovery *d)
{
	if (d)
		provider_free(d->provider);
	free(d);
}

/* ---- what to make of it ---- */

static bool is_allowed(const struct options *o, const struct endpoint *e)
{
	return (!o->has_service || e->service == o->service) &&
	       (!o->has_security || e->security == o->security) &&
	       (!o->port || e->port == o->port);
}

size_t discover_endpoints(const struct discovery *d, const struct options *o,
			  struct endpoint ret[ENDPOINTS_MAX])
{
	bool have[SERVICE_COUNT] = { false };
	size_t n = 0;

	for (size_t i = 0; i < d->servers && n < ENDPOINTS_MAX; i++) {
		const struct endpoint *e = &d->server[i].endpoint;

		if (!is_allowed(o, e) ||
		    (have[e->service] && e->service != SERVICE_SMTP) ||
		    (e->service == SERVICE_POP3 && have[SERVICE_IMAP]))
			continue;
		have[e->service] = true;
		ret[n++] = *e;
	}
	return n;
}

bool discover_wants_local_part(const struct discovery *d)
{
	for (size_t i = 0; i < d->servers; i++)
		if (strcmp(d->server[i].user_form, "local") != 0)
			return false;
	return d->servers > 0;
}
