#include <string.h>

#include "probes/base/text.h"
#include "reports/experiment_private.h"
#include "reports/foreign.h"

/* Where an experiment is made: from a row to the probes of it. */

#define NAMES_MOST 3			/* of one certificate, of one source */
#define ADDRESSES_MOST 2

static bool same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->service == b->service && a->port == b->port &&
	       a->security == b->security && text_same(a->host, b->host);
}

static bool is_planned(const struct planner *p, const struct endpoint *e)
{
	for (size_t i = 0; i < p->io->n; i++) {
		const struct trial *t = &p->io->trial[i];

		if (t->about == p->need->about &&
		    strcmp(t->id, p->x->id) == 0 &&
		    strcmp(t->address, p->address) == 0 &&
		    same_endpoint(&t->endpoint, e))
			return true;
	}
	return false;
}

/* What has been seen already: the very same probe once more. */
static bool is_repeated(const struct experiment *x)
{
	return x->variant == VARIANT_NONE && x->host != HOST_ADDRESS &&
	       !x->only_hello && !x->unverified;
}

static void add(struct planner *p, const struct endpoint *e)
{
	struct trial *t = &p->io->trial[p->io->n];

	if (p->io->n == TRIALS_MAX || is_planned(p, e) ||
	    (same_endpoint(e, &p->need->seen->endpoint) && is_repeated(p->x)))
		return;
	if (p->x->variant != VARIANT_NONE)
		(*p->need->logins)--;
	*t = (struct trial){ .about = p->need->about, .until = p->x->until,
			     .variant = p->x->variant,
			     .only_hello = p->x->only_hello,
			     .unverified = p->x->unverified,
			     .control = p->x->host == HOST_CONTROL,
			     .kind = p->kind, .endpoint = *e };
	t->endpoint.demanded = false;
	span_copy(span_of(p->named_by), t->named_by, sizeof(t->named_by));
	span_copy(span_of(p->address), t->address, sizeof(t->address));
	span_copy(span_of(p->x->id), t->id, sizeof(t->id));
	p->io->seen[p->io->n++] = NULL;
}

/*
 * The ports RFC 8314 and RFC 6409 give the service, or its provider, but for
 * this one.
 */
static void add_usual_ports(struct planner *p, struct endpoint e)
{
	static const enum security ways[] = { SECURITY_TLS,
					      SECURITY_STARTTLS };
	uint16_t here = e.port;
	const struct endpoint *way;

	if (right_is_host(p->right, e.service, e.host)) {
		for (size_t n = 0; (way = right_way(p->right, e.service,
						    e.host, n)); n++)
			if (way->port != here)
				add(p, way);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		e.security = ways[i];
		e.port = default_port(e.service, ways[i]);
		if (e.port != here)
			add(p, &e);
	}
}

static void add_ports(struct planner *p, struct endpoint e)
{
	if (p->x->port == PORT_USUAL) {
		add_usual_ports(p, e);
		return;
	}
	if (p->x->with == WITH_TLS)
		e.security = SECURITY_TLS;
	else if (p->x->with == WITH_NONE)
		e.security = SECURITY_NONE;
	add(p, &e);
}

static void add_on(struct planner *p, struct span host)
{
	struct endpoint e = p->need->seen->endpoint;

	if (host.len >= sizeof(e.host))
		return;
	span_copy(host, e.host, sizeof(e.host));
	add_ports(p, e);
}

/* ---- the servers that are right, as far as anybody knows ---- */

static void add_right(struct planner *p)
{
	for (size_t i = 0; i < p->right->n; i++)
		if (p->right->server[i]->service ==
		    p->need->seen->endpoint.service)
			add(p, p->right->server[i]);
}

/* One of several ports is enough to see whether a host is alive. */
static bool host_is_planned(const struct planner *p, const char *host)
{
	for (size_t i = 0; i < p->io->n; i++) {
		const struct trial *t = &p->io->trial[i];

		if (t->about == p->need->about &&
		    strcmp(t->id, p->x->id) == 0 &&
		    text_same(t->endpoint.host, host))
			return true;
	}
	return false;
}

/* What one source names, but for the host in question. */
static size_t add_candidate(struct planner *p, const struct candidate *c)
{
	const struct endpoint *here = &p->need->seen->endpoint;
	size_t named = 0;

	p->named_by = source_name(c->source);
	for (size_t i = 0; i < c->offers && named < NAMES_MOST; i++) {
		const struct endpoint *e = &c->offer[i].endpoint;

		if (e->service != here->service ||
		    e->security == SECURITY_NONE ||
		    text_same(e->host, here->host) ||
		    host_is_planned(p, e->host))
			continue;
		add(p, e);
		named++;
	}
	p->named_by = "";
	return named;
}

/* The sources stand in their order; guesses are last and for want of others. */
static void add_named(struct planner *p)
{
	size_t named = 0;

	for (size_t i = 0; p->names && i < p->names->candidates; i++) {
		const struct candidate *c = &p->names->candidate[i];

		if (c->source != SOURCE_GUESS || named == 0)
			named += add_candidate(p, c);
	}
}

static void add_provider(struct planner *p)
{
	if (right_has_service(p->right, p->need->seen->endpoint.service) &&
	    !p->right->of_host)
		add_right(p);
	else
		add_named(p);
}

static void add_control(struct planner *p)
{
	const struct control_hosts *c = &p->io->table->control;
	enum service service = p->need->seen->endpoint.service;

	for (size_t i = 0; i < c->hosts[service]; i++)
		add_on(p, span_of(c->host[service][i]));
}

/* "*.provider.example" for imap.customer.example: imap.provider.example */
static void add_wildcard(struct planner *p, const char *pattern)
{
	const char *host = p->need->seen->endpoint.host;
	char name[HOST_CAP];
	struct buf b = buf_over(name, sizeof(name));

	buf_add(&b, (struct span){ host, strcspn(host, ".") });
	buf_str(&b, pattern + 1);
	if (!b.full)
		add_on(p, buf_span(&b));
}

static void add_certificate(struct planner *p)
{
	const struct tls_facts *t = &p->need->seen->tls;
	const struct cert_facts *c = &t->cert[0];

	for (size_t i = 0; t->chain > 0 && i < c->names && i < NAMES_MOST; i++)
		if (strncmp(c->name[i], "*.", 2) == 0)
			add_wildcard(p, c->name[i]);
		else
			add_on(p, span_of(c->name[i]));
}

/* ---- the same host, elsewhere ---- */

static void add_addresses(struct planner *p)
{
	const struct evidence *e = p->need->seen;
	const struct connect_facts *c = &e->connection;
	size_t tried = 0;

	for (size_t i = 0; i < c->attempts && tried < ADDRESSES_MOST; i++) {
		if (c->winner < 0 || (int)i == c->winner ||
		    c->attempt[i].state == ATTEMPT_FAILED)
			continue;
		p->address = c->attempt[i].address.text;
		add(p, &e->endpoint);
		tried++;
	}
	p->address = "";
}

void places_add(struct planner *p)
{
	p->named_by = p->address = "";
	switch (p->x->host) {
	case HOST_SAME:
		add_ports(p, p->need->seen->endpoint);
		break;
	case HOST_PROVIDER:
		add_provider(p);
		break;
	case HOST_CONTROL:
		add_control(p);
		break;
	case HOST_CERTIFICATE:
		add_certificate(p);
		break;
	case HOST_ADDRESS:
		add_addresses(p);
		break;
	}
}

/* ---- what the host in question is otherwise ---- */

/* The first label, without the number behind it: "pop3" and "pop" alike. */
static bool is_called(const char *host, const char *name)
{
	size_t len = strlen(name);

	return text_starts(host, name) &&
	       host[len + strspn(host + len, "0123456789")] == '.';
}

static bool is_name_of_another(const char *host, enum service s)
{
	return (s != SERVICE_POP3 && is_called(host, "pop")) ||
	       (s != SERVICE_SMTP && is_called(host, "smtp")) ||
	       (s != SERVICE_IMAP && is_called(host, "imap"));
}

static bool serves_another(const struct planner *p, const struct endpoint *e)
{
	if (right_has_service(p->right, e->service) &&
	    !right_is_host(p->right, e->service, e->host))
		for (unsigned s = 0; s < SERVICE_COUNT; s++)
			if (right_is_host(p->right, (enum service)s, e->host))
				return true;
	return is_name_of_another(e->host, e->service);
}

static bool is_exchanger(const struct search *names, const char *host)
{
	for (size_t i = 0; names && i < names->exchangers; i++)
		if (text_same(names->exchanger[i], host))
			return true;
	return false;
}

/* A known host, and the domain's mail is with its owner in another country. */
static bool is_sibling(const struct planner *p, const struct endpoint *e)
{
	bool found = false;

	for (size_t i = 0; p->names && i < p->names->candidates; i++) {
		const struct candidate *c = &p->names->candidate[i];

		if (c->source == SOURCE_GUESS)
			continue;
		for (size_t k = 0; k < c->offers; k++) {
			const struct endpoint *o = &c->offer[k].endpoint;

			if (text_same(o->host, e->host))
				return false;
			found = found || (o->service == e->service &&
					  foreign_is_sibling(o->host, e->host));
		}
	}
	return found;
}

enum host_kind place_kind(const struct planner *p)
{
	const struct endpoint *e = &p->need->seen->endpoint;

	if (p->right->of_host && is_sibling(p, e))
		return HOST_KIND_SIBLING;
	if (right_is_host(p->right, e->service, e->host))
		return HOST_KIND_UNKNOWN;
	if (is_exchanger(p->names, e->host))
		return HOST_KIND_EXCHANGER;
	if (is_called(e->host, "www") ||
	    (p->names && text_same(p->names->domain, e->host)))
		return HOST_KIND_WEB;
	return serves_another(p, e) ? HOST_KIND_SERVICE : HOST_KIND_UNKNOWN;
}
