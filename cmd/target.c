#include "cmd/target.h"

#include <string.h>

#include "cmd/command.h"
#include "probes/base/text.h"
#include "providers/typo.h"

struct builder {
	const struct options *o;
	struct target *target;
	int code;
};

static bool refuse(struct builder *b, const char *id, const char *what,
		   const char *other)
{
	const struct text_arg args[] = {
		{ "target", what }, { "other", other }, { NULL, NULL }
	};

	b->code = complain_of(b->o, id, args);
	return false;
}

static bool broken_data(struct builder *b, const struct fault *why)
{
	b->code = complain_internal_of(b->o, why);
	return false;
}

static bool add_endpoint(struct builder *b, const struct endpoint *e)
{
	struct target *t = b->target;

	for (size_t i = 0; i < t->endpoints; i++)
		if (t->endpoint[i].port == e->port &&
		    t->endpoint[i].service == e->service &&
		    t->endpoint[i].security == e->security &&
		    text_same(t->endpoint[i].host, e->host))
			return true;
	if (t->endpoints == ENDPOINTS_MAX)
		return refuse(b, "error.targets_many", e->host, NULL);
	t->endpoint[t->endpoints++] = *e;
	return true;
}

/* --service narrows what an address or a bare host would be probed for. */
static bool is_wanted(const struct options *o, const struct endpoint *e)
{
	return (!o->has_service || e->service == o->service) &&
	       (!o->has_security || e->security == o->security) &&
	       (!o->port || e->port == o->port);
}

/* ---- an address ---- */

static const char *domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : "";
}

static bool has_service(const struct provider *p, enum service s)
{
	for (size_t i = 0; i < p->servers; i++)
		if (p->server[i].service == s && !p->is_template[i])
			return true;
	return false;
}

static bool has_fixed_server(const struct provider *p)
{
	for (size_t i = 0; i < p->servers; i++)
		if (!p->is_template[i])
			return true;
	return false;
}

/*
 * Of IMAP (and POP3) the first server will do: a second one has the same
 * answer. Submission is probed on every port, since networks block them
 * apart. POP3 is for those who have nothing better, or asked.
 */
static bool is_probed(const struct options *o, const struct provider *p,
		      size_t index)
{
	const struct endpoint *e = &p->server[index];

	if (!is_wanted(o, e) || p->is_template[index])
		return false;
	if (e->service == SERVICE_SMTP)
		return true;
	if (e->service == SERVICE_POP3 && !o->has_service &&
	    has_service(p, SERVICE_IMAP) && !o->port)
		return false;
	for (size_t i = 0; i < index; i++)
		if (p->server[i].service == e->service &&
		    !p->is_template[i] && is_wanted(o, &p->server[i]))
			return false;
	return true;
}

static bool find_provider(struct builder *b, const char *address)
{
	struct target *t = b->target;
	struct fault why = { .kind = FAULT_NONE };
	char domain[HOST_CAP];

	span_copy(span_of(address), t->address, sizeof(t->address));
	if (!host_to_ascii(domain_of(address), domain, sizeof(domain), &why))
		return refuse(b, "error.address_domain", address, NULL);
	why.kind = FAULT_NONE;
	if (provider_by_domain(b->o->own_providers, domain, &t->provider, &why)) {
		t->how_found = "domain";
		return true;
	}
	return why.kind == FAULT_NONE || broken_data(b, &why);
}

static bool is_served_by(const struct target *t, const struct provider *p)
{
	for (size_t i = 0; i < t->endpoints; i++)
		for (size_t j = 0; j < p->servers; j++)
			if (text_same(t->endpoint[i].host, p->server[j].host))
				return true;
	return false;
}

/*
 * Without an address, a user name that is one tells whose mailbox it is; but
 * relays take foreign addresses for user names, so the host has to agree.
 */
static bool find_provider_of_user(struct builder *b)
{
	struct target *t = b->target;

	if (!find_provider(b, t->user))
		return false;
	if (t->provider && !is_served_by(t, t->provider)) {
		provider_free(t->provider);
		t->provider = NULL;
		t->how_found = "";
	}
	return true;
}

static bool may_discover(const struct options *o)
{
	return !o->no_network_discovery;
}

/* Known, and yet there is nothing to probe: why, and what helps. */
static bool refuse_serverless(struct builder *b)
{
	const struct provider *p = b->target->provider;
	const char *name = p->name[b->o->lang];

	if (p->secret == SECRET_NONE)
		return refuse(b, "error.provider_no_access",
			      b->target->address, name);
	if (p->servers == 0)
		return refuse(b, "error.provider_no_servers",
			      b->target->address, name);
	if (p->is_template[0])
		return refuse(b, "error.provider_template",
			      p->server[0].host, name);
	return refuse(b, "error.provider_service", b->target->address, name);
}

static bool add_provider_servers(struct builder *b)
{
	struct target *t = b->target;

	for (size_t i = 0; i < t->provider->servers; i++)
		if (is_probed(b->o, t->provider, i) &&
		    !add_endpoint(b, &t->provider->server[i]))
			return false;
	if (t->endpoints > 0)
		return true;
	t->undiscovered = may_discover(b->o) &&
			  t->provider->secret != SECRET_NONE &&
			  !has_fixed_server(t->provider);
	return t->undiscovered || refuse_serverless(b);
}

/*
 * Nobody has a mailbox at gmial.com; whoever runs it is not to be given a
 * password. Other domains that look mistyped are asked, and a hint is given.
 */
static bool leave_to_discovery(struct builder *b)
{
	struct target *t = b->target;
	const char *domain = domain_of(t->address);
	char meant[HOST_CAP];
	const struct text_arg args[] = {
		{ "target", t->address }, { "domain", domain },
		{ "near", meant }, { NULL, NULL }
	};

	if (typo_is_known(domain, meant)) {
		b->code = complain_of(b->o, "error.domain_typo", args);
		return false;
	}
	t->undiscovered = may_discover(b->o);
	if (t->undiscovered)
		return true;
	if (!typo_nearest(domain, meant))
		return refuse(b, "error.domain_unknown", t->address, domain);
	b->code = complain_of(b->o, "error.domain_near", args);
	return false;
}

/* ---- --server and its companions ---- */

static bool add_server(struct builder *b, enum service service, uint16_t port,
		       enum security security, bool demanded)
{
	struct endpoint e = { .service = service, .port = port,
			      .security = security, .demanded = demanded };
	struct span host = span_of(b->o->server);

	/* reports print host:port; brackets belong to the writer */
	if (host.len > 1 && host.at[0] == '[')
		host = span_head(span_from(host, 1), host.len - 2);
	span_copy(host, e.host, sizeof(e.host));
	return add_endpoint(b, &e);
}

/* The usual three, of which one that works is enough for its service. */
static bool add_usual(struct builder *b)
{
	static const struct endpoint usual[] = {
		{ .service = SERVICE_IMAP, .port = 993,
		  .security = SECURITY_TLS },
		{ .service = SERVICE_SMTP, .port = 465,
		  .security = SECURITY_TLS },
		{ .service = SERVICE_SMTP, .port = 587,
		  .security = SECURITY_STARTTLS },
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if ((!b->o->has_security ||
		     b->o->security == usual[i].security) &&
		    !add_server(b, usual[i].service, usual[i].port,
				usual[i].security, false))
			return false;
	return b->target->endpoints > 0 ||
	       refuse(b, "error.server_service", b->o->server, NULL);
}

/*
 * A port implies service and security; service and security imply the port.
 * What is given always wins: wrong combinations are what we are here to
 * diagnose.
 */
static bool add_from_flags(struct builder *b)
{
	const struct options *o = b->o;
	enum service service = o->service;
	enum security security = o->has_security ? o->security : SECURITY_TLS;
	uint16_t port = o->port;

	if (port) {
		enum service its_service;
		enum security its_security;
		bool known = port_purpose(port, &its_service, &its_security);

		if (!o->has_service && !known)
			return refuse(b, "error.port_service", o->server, NULL);
		if (!o->has_service)
			service = its_service;
		if (!o->has_security && known)
			security = its_security;
		return add_server(b, service, port, security, true);
	}
	if (!o->has_service)
		return add_usual(b);
	if (service == SERVICE_SMTP && !o->has_security)
		return add_server(b, service, 465, SECURITY_TLS, false) &&
		       add_server(b, service, 587, SECURITY_STARTTLS, false);
	return add_server(b, service, default_port(service, security),
			  security, true);
}

/* ---- targets ---- */

/*
 * What is shown again of a URL that is wrong: nothing when it holds a secret,
 * nothing behind the last colon when that is no number: imaps://taro:secret
 * has only lost its host.
 */
static const char *url_shown(const char *wrong, const char *text, char *room,
			     size_t cap)
{
	struct buf b = buf_over(room, cap);
	const char *colon = strrchr(text, ':');

	if (strcmp(wrong, "error.url_secret") == 0)
		return NULL;
	if (strcmp(wrong, "error.url_port") != 0 || !colon ||
	    !colon[1 + strspn(colon + 1, "0123456789/")])
		return text;
	buf_add(&b, (struct span){ text, (size_t)(colon - text) + 1 });
	buf_str(&b, "...");
	return room;
}

static bool add_url(struct builder *b, const char *text)
{
	struct target *t = b->target;
	struct target_url url;
	struct endpoint e = { .demanded = true };
	const char *wrong = target_parse_url(text, &url);
	char room[HOST_CAP];

	if (wrong)
		return refuse(b, wrong, url_shown(wrong, text, room,
						  sizeof(room)), NULL);
	if (url.user[0] && t->user[0] && strcmp(url.user, t->user) != 0)
		return refuse(b, "error.two_users", t->user, url.user);
	if (url.user[0])
		memcpy(t->user, url.user, sizeof(t->user));
	e.service = url.service;
	e.security = url.security;
	e.port = url.port;
	memcpy(e.host, url.host, sizeof(e.host));
	return add_endpoint(b, &e);
}

static bool add_address(struct builder *b, const char *text)
{
	struct target *t = b->target;

	if (target_is_full_width(text))
		return refuse(b, "error.full_width", text, NULL);
	if (!target_is_address(text))
		return refuse(b, "error.address", text, NULL);
	if (t->address[0] && !text_same(t->address, text))
		return refuse(b, "error.two_addresses", t->address, text);
	return find_provider(b, text);
}

/*
 * A word behind an address is easily the password: it is not shown, only
 * counted.
 */
static bool refuse_word(struct builder *b, size_t index)
{
	const struct options *o = b->o;
	char number[16];
	struct buf n = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "number", number }, { NULL, NULL }
	};

	if (index == 0 && !b->target->address[0])
		return refuse(b, target_is_full_width(o->target[index]) ?
			      "error.full_width" : "error.target",
			      o->target[index], NULL);
	buf_fmt(&n, "%zu", index + 1);
	b->code = complain_of(o, "error.target_after", args);
	return false;
}

static bool add_targets(struct builder *b, bool *ret_urls)
{
	const struct options *o = b->o;

	*ret_urls = false;
	for (size_t i = 0; i < o->targets; i++) {
		bool url = strstr(o->target[i], "://") != NULL;

		if (!url && !strchr(o->target[i], '@'))
			return refuse_word(b, i);
		if (url ? !add_url(b, o->target[i]) :
		    !add_address(b, o->target[i]))
			return false;
		*ret_urls = *ret_urls || url;
	}
	return true;
}

/* ---- the user name ---- */

/*
 * One name is sent to every server of the account. Where they differ (iCloud:
 * the local part for IMAP, the address for SMTP), the address is what all of
 * them take.
 */
static bool wants_local_part(const struct target *t)
{
	for (size_t i = 0; i < t->endpoints; i++) {
		const char *form = t->provider ?
			t->provider->user_form[t->endpoint[i].service] : NULL;

		if (!form || strcmp(form, "local") != 0)
			return false;
	}
	return t->endpoints > 0;
}

/* --user, else the URL's, else the form the provider wants. */
static void choose_user(struct builder *b, bool local_part)
{
	struct target *t = b->target;
	struct span address = span_of(t->address), local = { NULL, 0 };

	if (b->o->user) {
		span_copy(span_of(b->o->user), t->user, sizeof(t->user));
		return;
	}
	if (t->user[0] || !t->address[0])
		return;
	span_cut(&address, '@', &local);
	if (local_part)
		span_copy(local, t->user, sizeof(t->user));
	else
		memcpy(t->user, t->address, sizeof(t->user));
}

static bool build(struct builder *b)
{
	const struct options *o = b->o;
	struct target *t = b->target;
	bool urls;

	if (o->address && !add_address(b, o->address))
		return false;
	if (!add_targets(b, &urls))
		return false;
	if (o->server && urls)
		return refuse(b, "error.url_and_server", o->server, NULL);
	if (o->server && !add_from_flags(b))
		return false;
	if (!o->server && !urls && t->provider && !add_provider_servers(b))
		return false;
	if (t->undiscovered)
		return true;
	if (t->endpoints == 0)
		return t->address[0] ? leave_to_discovery(b) :
		       refuse(b, "error.no_target", NULL, NULL);
	choose_user(b, wants_local_part(t));
	return t->address[0] || !target_is_address(t->user) ||
	       find_provider_of_user(b);
}

bool target_resolve(const struct options *o, struct target *ret,
		    int *ret_code)
{
	struct builder b = { .o = o, .target = ret, .code = EXIT_USAGE };

	memset(ret, 0, sizeof(*ret));
	ret->how_found = "";
	if (build(&b))
		return true;
	target_release(ret);
	*ret_code = b.code;
	return false;
}

static bool take(struct builder *b, struct discovery *d)
{
	struct target *t = b->target;

	if (!t->provider) {
		t->provider = d->provider;
		t->how_found = d->how_found;
		d->provider = NULL;
	}
	t->endpoints = discover_endpoints(d, b->o, t->endpoint);
	t->undiscovered = false;
	if (t->endpoints == 0 && d->servers > 0)
		return refuse(b, "error.discovered_service", t->address,
			      domain_of(t->address));
	if (t->endpoints == 0 && t->provider)
		return refuse_serverless(b);
	choose_user(b, discover_wants_local_part(d));
	return true;
}

bool target_take(const struct options *o, struct discovery *d,
		 struct target *io, int *ret_code)
{
	struct builder b = { .o = o, .target = io, .code = EXIT_USAGE };

	if (take(&b, d))
		return true;
	*ret_code = b.code;
	return false;
}

void target_release(struct target *t)
{
	provider_free(t->provider);
	t->provider = NULL;
}
