#include "providers/plan.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"

/*
 * Names that mail servers usually have, and ports that need no faith. The
 * plain domain comes last: it is mostly a web server.
 */
static const struct {
	enum service service;
	const char *prefix;
} usual_names[] = {
	{ SERVICE_IMAP, "imap." }, { SERVICE_IMAP, "mail." },
	{ SERVICE_IMAP, "" },
	{ SERVICE_SMTP, "smtp." }, { SERVICE_SMTP, "mail." },
	{ SERVICE_SMTP, "" },
	{ SERVICE_POP3, "pop." },  { SERVICE_POP3, "mail." },
	{ SERVICE_POP3, "" },
};

static const struct {
	enum service service;
	uint16_t port;
	enum security security;
} usual_ports[] = {
	{ SERVICE_IMAP, 993, SECURITY_TLS },
	{ SERVICE_IMAP, 143, SECURITY_STARTTLS },
	{ SERVICE_SMTP, 465, SECURITY_TLS },
	{ SERVICE_SMTP, 587, SECURITY_STARTTLS },
	{ SERVICE_POP3, 995, SECURITY_TLS },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool has_guess(const struct candidate *c, const struct endpoint *e)
{
	for (size_t i = 0; i < c->offers; i++)
		if (c->offer[i].endpoint.service == e->service &&
		    c->offer[i].endpoint.port == e->port &&
		    strcmp(c->offer[i].endpoint.host, e->host) == 0)
			return true;
	return false;
}

static void guess(struct candidate *c, const struct endpoint *e)
{
	if (c->offers == OFFERS_MAX || !endpoint_host_is_legal(e->host) ||
	    has_guess(c, e))
		return;
	c->offer[c->offers++] = (struct offer){
		.endpoint = *e, .user_form = "", .checked = true,
		.fault = FAULT_CANCELLED,	/* until somebody tried */
	};
}

static void guess_host(struct candidate *c, enum service service,
		       const char *host)
{
	for (size_t i = 0; i < ARRAY_SIZE(usual_ports); i++) {
		struct endpoint e = { .service = service,
				      .port = usual_ports[i].port,
				      .security = usual_ports[i].security };

		if (usual_ports[i].service != service)
			continue;
		span_copy(span_of(host), e.host, sizeof(e.host));
		guess(c, &e);
	}
}

static bool lies_in(const char *host, const char *domain)
{
	size_t host_len = strlen(host), len = strlen(domain);

	return host_len > len && host[host_len - len - 1] == '.' &&
	       text_same(host + host_len - len, domain);
}

/* "{server}.example.jp" and sv12.example.jp: the braces hold one label. */
static bool fits_template(const char *template, const char *host)
{
	const char *open = strchr(template, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	struct span rest = span_of(host);
	struct span head = { template, open ? (size_t)(open - template) : 0 };
	size_t tail;

	if (!close || rest.len <= head.len + strlen(close + 1) ||
	    strncmp(host, template, head.len) != 0)
		return false;
	tail = rest.len - strlen(close + 1);
	return strcmp(host + tail, close + 1) == 0 &&
	       !memchr(host + head.len, '.', tail - head.len);
}

/* The mail exchanger is often the mail server itself. */
static void guess_exchanger(const struct domain_facts *f,
			    const struct provider *known, enum service service,
			    struct candidate *c)
{
	const char *mx = f->mx.n > 0 ? f->mx.record[0].host : "";

	for (size_t i = 0; known && i < known->servers; i++) {
		struct endpoint e = known->server[i];

		if (e.service != service || !fits_template(e.host, mx))
			continue;
		span_copy(span_of(mx), e.host, sizeof(e.host));
		guess(c, &e);
	}
	if (lies_in(mx, f->domain))
		guess_host(c, service, mx);
}

static void guess_service(const struct domain_facts *f,
			  const struct provider *known, enum service service,
			  struct candidate *c)
{
	guess_exchanger(f, known, service, c);
	for (size_t i = 0; i < ARRAY_SIZE(usual_names); i++) {
		char host[HOST_CAP];
		struct buf b = buf_over(host, sizeof(host));

		if (usual_names[i].service != service)
			continue;
		buf_fmt(&b, "%s%s", usual_names[i].prefix, f->domain);
		if (!b.full)
			guess_host(c, service, host);
	}
}

bool plan_guess(const struct domain_facts *f, const struct provider *known,
		const struct wish *wish, struct search *io)
{
	struct candidate *c = &io->candidate[io->candidates++];
	bool imap = plan_names(io, SERVICE_IMAP);

	memset(c, 0, sizeof(*c));
	c->source = SOURCE_GUESS;
	span_copy(span_of(f->domain), c->asked, sizeof(c->asked));
	/* a domain that is not there has no hosts either (RFC 8020) */
	for (unsigned i = 0; i < SERVICE_COUNT && !io->no_domain; i++) {
		enum service s = (enum service)i;

		if (wish->service[s] && !plan_names(io, s) &&
		    !io->denied[s] && !(s == SERVICE_POP3 && imap))
			guess_service(f, known, s, c);
	}
	c->outcome = c->offers > 0 ? OUTCOME_NOTHING : OUTCOME_NOT_ASKED;
	return c->offers > 0;
}

void plan_take_guess(const struct evidence *e, struct offer *io)
{
	const struct step *failed = evidence_failure(e);

	io->checked = true;
	io->fault = failed ? failed->why.kind : FAULT_NONE;
}
