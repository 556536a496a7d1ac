#include <string.h>

#include "probes/base/text.h"
#include "reports/experiment_private.h"

/* From a failure to the probes that would tell its causes apart. */

#define NAMES_MOST 3			/* of one certificate */

struct planner {
	const struct trial_need *need;
	const struct right *right;
	const struct experiment *x;
	struct trials *io;
};

/* ---- which experiments belong to it ---- */

static bool stage_fits(const struct experiment *x, enum stage s)
{
	for (size_t i = 0; i < x->stages; i++)
		if (x->stage[i] == s)
			return true;
	return false;
}

static bool fault_fits(const struct experiment *x, enum fault_kind f)
{
	for (size_t i = 0; i < x->faults; i++)
		if (x->fault[i] == f)
			return true;
	return x->faults == 0;
}

static bool security_fits(const struct experiment *x, enum security s)
{
	for (size_t i = 0; i < x->securities; i++)
		if (x->security[i] == s)
			return true;
	return x->securities == 0;
}

/* Of the step that failed: the last one. */
static bool speech_fits(const struct experiment *x, const struct evidence *e)
{
	for (size_t i = 0; i < x->speeches; i++)
		if (e->steps > 0 &&
		    x->speech[i] == e->step[e->steps - 1].speech)
			return true;
	return x->speeches == 0;
}

static bool wish_holds(enum wish w, bool is)
{
	return w == WISH_ANY || (w == WISH_YES) == is;
}

/* Where the host's provider is known, one of its own. */
static bool is_usual_port(const struct right *right, const struct endpoint *e)
{
	enum service service;
	enum security security;

	if (right_is_host(right, e->service, e->host))
		return right_is_port(right, e);
	return port_purpose(e->port, &service, &security) &&
	       service == e->service;
}

static bool may_log_in(const struct experiment *x,
		       const struct trial_need *n)
{
	return x->variant == VARIANT_NONE ||
	       ((n->variants >> x->variant & 1) && n->logins && *n->logins > 0);
}

static bool experiment_fits(const struct planner *p)
{
	const struct experiment *x = p->x;
	const struct trial_need *n = p->need;
	const struct endpoint *e = &n->seen->endpoint;

	return stage_fits(x, n->stage) && fault_fits(x, n->fault) &&
	       security_fits(x, e->security) && speech_fits(x, n->seen) &&
	       (!x->in_clear || !n->seen->tls.handshake_done) &&
	       may_log_in(x, n) && (x->early || !n->early) &&
	       (x->even_proven || !n->proven) &&
	       wish_holds(x->is_usual_port, is_usual_port(p->right, e)) &&
	       wish_holds(x->is_here, endpoint_host_is_here(e->host)) &&
	       wish_holds(x->is_right_host,
			  right_is_host(p->right, e->service, e->host));
}

/* ---- the probes of one ---- */

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
		    same_endpoint(&t->endpoint, e))
			return true;
	}
	return false;
}

/* What has been seen already: the very same probe once more. */
static bool is_repeated(const struct experiment *x)
{
	return x->variant == VARIANT_NONE && !x->only_hello;
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
			     .only_hello = p->x->only_hello, .endpoint = *e };
	t->endpoint.demanded = false;
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

static void add_provider(struct planner *p)
{
	for (size_t i = 0; i < p->right->n; i++)
		if (p->right->server[i]->service ==
		    p->need->seen->endpoint.service)
			add(p, p->right->server[i]);
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

size_t trials_plan(const struct trial_need *need,
		   const struct right *right, struct trials *io)
{
	struct planner p = { need, right, NULL, io };
	size_t before = io->n;

	for (size_t i = 0; i < io->table->rows; i++) {
		p.x = &io->table->row[i];
		if (!experiment_fits(&p))
			continue;
		switch (p.x->host) {
		case HOST_SAME:
			add_ports(&p, need->seen->endpoint);
			break;
		case HOST_PROVIDER:
			add_provider(&p);
			break;
		case HOST_CONTROL:
			add_control(&p);
			break;
		case HOST_CERTIFICATE:
			add_certificate(&p);
			break;
		}
	}
	return io->n - before;
}
