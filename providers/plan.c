#include "providers/plan.h"

#include <string.h>

#include "probes/base/text.h"
#include "providers/autoconfig.h"

#define SRV_TARGETS_MAX 2	/* of one name; the rest are its spares */

/* ---- candidates ---- */

void plan_begin(const char *domain, struct search *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->winner = -1;
	span_copy(span_of(domain), ret->domain, sizeof(ret->domain));
}

static struct candidate *add(struct search *s, enum source source,
			     const char *asked)
{
	struct candidate *c = &s->candidate[s->candidates++];

	memset(c, 0, sizeof(*c));
	c->source = source;
	span_copy(span_of(asked), c->asked, sizeof(c->asked));
	return c;
}

static struct offer *offer(struct candidate *c, enum service service,
			   const char *host, uint16_t port,
			   enum security security)
{
	struct offer *o = &c->offer[c->offers];

	if (c->offers == OFFERS_MAX || !port || !endpoint_host_is_legal(host))
		return NULL;
	memset(o, 0, sizeof(*o));
	o->endpoint.service = service;
	o->endpoint.port = port;
	o->endpoint.security = security;
	o->user_form = "";
	span_copy(span_of(host), o->endpoint.host, HOST_CAP);
	c->offers++;
	return o;
}

static bool names(const struct candidate *c, enum service service)
{
	for (size_t i = 0; i < c->offers; i++)
		if (c->offer[i].endpoint.service == service &&
		    c->offer[i].endpoint.security != SECURITY_NONE)
			return true;
	return false;
}

/* The provider may be gone before the offer. */
static const char *lasting_form(const char *form)
{
	static const char *const forms[] = { "address", "local", "other" };

	for (size_t i = 0; form && i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i], form) == 0)
			return forms[i];
	return "";
}

static void offer_provider(const struct provider *p, struct candidate *c)
{
	c->outcome = OUTCOME_FOUND;
	for (size_t i = 0; i < p->servers; i++) {
		const struct endpoint *e = &p->server[i];
		/* "{server}.example.jp" is no legal host, and no offer */
		struct offer *o = offer(c, e->service, e->host, e->port,
					e->security);

		if (o)
			o->user_form = lasting_form(p->user_form[e->service]);
	}
}

void plan_known(const struct provider *by_domain, struct search *io)
{
	struct candidate *c = add(io, SOURCE_DOMAIN, io->domain);

	c->outcome = OUTCOME_NOTHING;
	if (by_domain)
		offer_provider(by_domain, c);
}

/* ---- MX ---- */

static bool is_absence(enum fault_kind fault)
{
	return fault == FAULT_NXDOMAIN || fault == FAULT_NO_DATA;
}

/* No records is an answer; no answer is not. */
static enum outcome outcome_of_records(enum fault_kind fault,
				       struct fault *ret_why)
{
	if (fault == FAULT_NONE)
		return OUTCOME_FOUND;
	fail(ret_why, fault, "%s", fault_name(fault));
	return is_absence(fault) ? OUTCOME_NOTHING : OUTCOME_FAILED;
}

/* RFC 7505: one record, "0 .", says that there is no mail here. */
static bool is_null_mx(const struct records_facts *mx)
{
	return mx->n == 1 && strcmp(mx->record[0].host, ".") == 0;
}

static void keep_exchangers(const struct records_facts *mx, struct search *s)
{
	for (size_t i = 0; i < mx->n && i < EXCHANGERS_MAX; i++)
		span_copy(span_of(mx->record[i].host),
			  s->exchanger[s->exchangers++], HOST_CAP);
}

static void read_mx(const struct domain_facts *f,
		    const struct provider *by_mx, struct search *s)
{
	struct candidate *c = add(s, SOURCE_MX, f->domain);

	s->exchangers = 0;
	c->open = f->mx_state == QUESTION_OPEN;
	if (f->mx_state != QUESTION_DONE)
		return;
	c->outcome = outcome_of_records(f->mx.fault, &c->why);
	s->no_domain = f->mx.fault == FAULT_NXDOMAIN;
	s->no_dns = f->mx.fault == FAULT_DNS_TIMEOUT ||
		    f->mx.fault == FAULT_DNS_UNREACHABLE;
	if (c->outcome != OUTCOME_FOUND)
		return;
	if (is_null_mx(&f->mx)) {
		s->no_mail = true;
		c->outcome = OUTCOME_DENIED;
		return;
	}
	keep_exchangers(&f->mx, s);
	span_copy(span_of(f->mx.record[0].host), c->answer,
		  sizeof(c->answer));
	c->outcome = OUTCOME_NOTHING;
	if (by_mx)
		offer_provider(by_mx, c);
}

/* ---- SRV ---- */

static bool is_denial(const struct records_facts *r)
{
	return r->fault == FAULT_NONE && r->n > 0 &&
	       strcmp(r->record[0].host, ".") == 0;
}

static void offer_srv(const struct records_facts *r, size_t index,
		      struct candidate *c)
{
	for (size_t i = 0; i < r->n && i < SRV_TARGETS_MAX; i++)
		offer(c, srv_service(index), r->record[i].host,
		      (uint16_t)r->record[i].port, srv_security(index));
}

static enum outcome outcome_of_srv(const struct domain_facts *f,
				   const struct search *s,
				   struct candidate *c)
{
	bool answered = false;

	if (c->offers > 0)
		return OUTCOME_FOUND;
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (s->denied[i])
			return OUTCOME_DENIED;
	for (size_t i = 0; i < SRV_SERVICES; i++)
		answered = answered || is_absence(f->srv[i].fault) ||
			   f->srv[i].fault == FAULT_NONE;
	if (answered)
		return OUTCOME_NOTHING;
	return outcome_of_records(f->srv[0].fault, &c->why);
}

/* _imap "." beside a real _imaps only says that there is no STARTTLS. */
static void read_srv(const struct domain_facts *f, struct search *s)
{
	struct candidate *c = add(s, SOURCE_SRV, f->domain);

	memset(s->denied, 0, sizeof(s->denied));
	c->open = f->srv_state == QUESTION_OPEN;
	if (f->srv_state != QUESTION_DONE)
		return;
	for (size_t i = 0; i < SRV_SERVICES; i++) {
		if (is_denial(&f->srv[i]))
			s->denied[srv_service(i)] = true;
		else
			offer_srv(&f->srv[i], i, c);
	}
	for (size_t i = 0; i < c->offers; i++)
		s->denied[c->offer[i].endpoint.service] = false;
	c->outcome = outcome_of_srv(f, s, c);
}

/* ---- pages ---- */

static void read_document(const struct http_facts *http, const char *domain,
			  struct candidate *c)
{
	const struct span body = { http->body, http->body_len };
	struct autoconfig found;

	if (!autoconfig_parse(body, domain, &found, &c->why)) {
		c->outcome = c->why.kind == FAULT_NO_MEMORY ?
			     OUTCOME_FAILED : OUTCOME_UNUSABLE;
		return;
	}
	span_copy(span_of(found.name), c->answer, sizeof(c->answer));
	c->offers = found.servers;
	memcpy(c->offer, found.server, sizeof(found.server));
	c->outcome = c->offers > 0 ? OUTCOME_FOUND : OUTCOME_NOTHING;
}

static void read_page(const struct domain_facts *f, enum page page,
		      enum source source, struct search *s)
{
	const struct page_facts *p = &f->page[page];
	struct candidate *c = add(s, source, p->asked);

	c->open = p->state == QUESTION_OPEN;
	if (p->state != QUESTION_DONE)
		return;
	c->status = p->http.status;
	c->in_clear = strncmp(p->http.end_url, "http:", 5) == 0;
	c->why = p->why;
	if (p->why.kind != FAULT_NONE)
		c->outcome = is_absence(p->why.kind) ? OUTCOME_NOTHING :
			     p->why.kind == FAULT_TOO_LONG ?
			     OUTCOME_UNUSABLE : OUTCOME_FAILED;
	else if (p->http.status / 100 == 2)
		read_document(&p->http, f->domain, c);
	else
		c->outcome = p->http.status / 100 == 4 ? OUTCOME_NOTHING :
			     OUTCOME_FAILED;
}

void plan_read(const struct domain_facts *f, const struct provider *by_domain,
	       const struct provider *by_mx, struct search *io)
{
	io->network = true;
	io->candidates = 0;
	plan_known(by_domain, io);
	read_mx(f, by_mx, io);
	read_srv(f, io);
	read_page(f, PAGE_AUTOCONFIG, SOURCE_AUTOCONFIG, io);
	read_page(f, PAGE_WELL_KNOWN, SOURCE_WELL_KNOWN, io);
	read_page(f, PAGE_ISPDB, SOURCE_ISPDB, io);
	read_page(f, PAGE_ISPDB_MX, SOURCE_ISPDB_MX, io);
}

/* ---- enough? ---- */

/* POP3 is for those who have nothing better. */
static bool is_due(const struct search *s, const struct wish *wish,
		   enum service service)
{
	return wish->service[service] &&
	       !(service == SERVICE_POP3 && wish->service[SERVICE_IMAP] &&
		 plan_names(s, SERVICE_IMAP));
}

bool plan_names(const struct search *s, enum service service)
{
	for (size_t i = 0; i < s->candidates; i++)
		if (s->candidate[i].source != SOURCE_GUESS &&
		    names(&s->candidate[i], service))
			return true;
	return false;
}

static bool service_is_settled(const struct search *s, enum service service)
{
	for (size_t i = 0; i < s->candidates; i++) {
		if (s->candidate[i].open)
			return false;
		if (names(&s->candidate[i], service) || s->denied[service])
			return true;
	}
	return true;
}

bool plan_is_settled(const struct search *s, const struct wish *wish)
{
	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		if (is_due(s, wish, (enum service)i) &&
		    !service_is_settled(s, (enum service)i))
			return false;
	return true;
}

/* ---- the choice ---- */

static bool is_certificate_fault(enum fault_kind k)
{
	return k >= FAULT_CERT_EXPIRED && k <= FAULT_CERT_INVALID;
}

enum worth { WORTHLESS, DOUBTFUL, GOOD };

static enum worth worth_of(const struct offer *o)
{
	if (o->endpoint.security == SECURITY_NONE)
		return WORTHLESS;
	if (!o->checked || o->fault == FAULT_NONE)
		return GOOD;
	return is_certificate_fault(o->fault) ? DOUBTFUL : WORTHLESS;
}

/* Of guesses one host is enough: the others are other names for it. */
static bool choose_from(struct candidate *c, enum service service,
			enum worth least)
{
	const char *host = NULL;

	for (size_t i = 0; i < c->offers; i++) {
		struct offer *o = &c->offer[i];

		if (o->endpoint.service != service || worth_of(o) < least)
			continue;
		if (c->source == SOURCE_GUESS && host &&
		    strcmp(host, o->endpoint.host) != 0)
			continue;
		host = o->endpoint.host;
		o->chosen = true;
	}
	return host != NULL;
}

static int choose_service(struct search *s, enum service service)
{
	for (enum worth least = GOOD; least > WORTHLESS; least--)
		for (size_t i = 0; i < s->candidates; i++) {
			struct candidate *c = &s->candidate[i];

			if (s->denied[service] && c->source >= SOURCE_SRV)
				break;
			if (choose_from(c, service, least))
				return (int)i;
		}
	return -1;
}

void plan_choose(const struct wish *wish, struct search *io)
{
	static const enum service order[SERVICE_COUNT] = {
		SERVICE_IMAP, SERVICE_POP3, SERVICE_SMTP
	};
	bool mailbox = false;

	io->winner = -1;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		int found;

		if (!wish->service[order[i]] ||
		    (order[i] == SERVICE_POP3 && mailbox))
			continue;
		found = choose_service(io, order[i]);
		mailbox = mailbox || (found >= 0 && order[i] == SERVICE_IMAP);
		if (io->winner < 0)
			io->winner = found;
	}
}

/* ---- whom to believe with a password ---- */

static bool lies_in(const char *host, const char *domain)
{
	size_t host_len = strlen(host), len = strlen(domain);

	return text_same(host, domain) ||
	       (host_len > len && host[host_len - len - 1] == '.' &&
		text_same(host + host_len - len, domain));
}

static bool named_elsewhere(const struct search *s, const char *host)
{
	for (size_t i = 0; i < s->candidates; i++) {
		const struct candidate *c = &s->candidate[i];

		if (c->source == SOURCE_SRV || c->source == SOURCE_GUESS ||
		    c->in_clear)
			continue;
		for (size_t j = 0; j < c->offers; j++)
			if (text_same(c->offer[j].endpoint.host, host))
				return true;
	}
	return false;
}

const char *plan_unsure_host(const struct search *s)
{
	for (size_t i = 0; i < s->candidates; i++) {
		const struct candidate *c = &s->candidate[i];

		for (size_t j = 0; c->source == SOURCE_SRV && j < c->offers;
		     j++) {
			const char *host = c->offer[j].endpoint.host;

			if (c->offer[j].chosen && !lies_in(host, s->domain) &&
			    !named_elsewhere(s, host))
				return host;
		}
	}
	return NULL;
}
