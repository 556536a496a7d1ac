#include <string.h>

#include "probes/base/text.h"
#include "reports/experiment_private.h"
#include "reports/foreign.h"

bool foreign_banner(const struct evidence *e, char ret[HOST_CAP])
{
	const struct step *s = evidence_step(e, STAGE_GREETING);
	struct span rest = span_of(s ? s->reply.text : ""), code, host;

	ret[0] = '\0';
	if (e->endpoint.service != SERVICE_SMTP || rest.len < 4 ||
	    s->result != STEP_PASSED)
		return false;
	code = span_head(rest, 4);	/* "220 " or "220-" */
	rest = span_from(rest, code.len);
	host = span_head(rest, strcspn(rest.at, " \t\r\n"));
	if (host.len < HOST_CAP)
		span_copy(host, ret, HOST_CAP);
	if (!endpoint_host_is_legal(ret))
		ret[0] = '\0';
	return ret[0] != '\0';
}

/* ---- owners ---- */

/* The label before this one; its end is `end`. */
static const char *label_before(const char *host, const char *end)
{
	while (end > host && end[-1] != '.')
		end--;
	return end;
}

/*
 * "zoho" of mx.zoho.com and of mx.zoho.co.jp: the label before the top-level
 * domain, or before a short one below a country. Without a list of all
 * registries this errs towards "the same owner" for hosts of one short name.
 */
static struct span owner_of(const char *host)
{
	const char *end = host + strlen(host);
	const char *top = label_before(host, end), *second, *third;

	if (top == host)
		return span_of(host);
	second = label_before(host, top - 1);
	if (end - top == 2 && top - second <= 4 && second > host) {
		third = label_before(host, second - 1);
		return (struct span){ third, (size_t)(second - third) - 1 };
	}
	return (struct span){ second, (size_t)(top - second) - 1 };
}

bool foreign_same_owner(const char *a, const char *b)
{
	struct span x = owner_of(a), y = owner_of(b);

	char name[HOST_CAP];

	span_copy(y, name, sizeof(name));
	return x.len > 0 && span_is(x, name);
}

bool foreign_is_sibling(const char *a, const char *b)
{
	return foreign_same_owner(a, b) &&
	       !text_same(owner_of(a).at, owner_of(b).at);
}

/* ---- the sight ---- */

static bool certificate_is_foreign(const struct tls_facts *t,
				   const char *host)
{
	const struct cert_facts *c = &t->cert[0];

	if (t->chain == 0)
		return false;
	for (size_t i = 0; i < c->names; i++)
		if (foreign_same_owner(c->name[i], host))
			return false;
	return c->names > 0 || !foreign_same_owner(c->subject_name, host);
}

/* STARTTLS ends at the greeting: the certificate has been seen before. */
bool sight_foreign(const struct trials *t, size_t index)
{
	const struct evidence *e = t->seen[index];
	const struct tls_facts *tls = &e->tls;
	char banner[HOST_CAP];

	if (tls->chain == 0 && t->first)
		tls = &t->first[t->trial[index].about].tls;
	return t->trial[index].unverified && foreign_banner(e, banner) &&
	       !foreign_same_owner(banner, e->endpoint.host) &&
	       certificate_is_foreign(tls, e->endpoint.host);
}
