#include <string.h>

#include "probes/base/text.h"
#include "reports/experiment_private.h"

/*
 * What a further host shows of its certificate and of STARTTLS, beside what
 * the failing endpoint shows. Who answers there in the host's place mostly
 * answers here in the same way.
 */

static enum fault_kind fault_of(const struct evidence *e)
{
	const struct step *s = evidence_failure(e);

	return s ? s->why.kind : FAULT_NONE;
}

/* Seen, and not vouched for by anybody this computer trusts. */
static bool is_untrusted(const struct evidence *e)
{
	enum fault_kind f = fault_of(e);

	return e->tls.chain > 0 &&
	       (f == FAULT_CERT_UNKNOWN_CA || f == FAULT_CERT_SELF_SIGNED ||
		f == FAULT_CERT_INCOMPLETE);
}

/* The names of whoever signed: each forged certificate has a key of its own. */
static bool same_issuer(const struct evidence *a, const struct evidence *b)
{
	return is_untrusted(a) && is_untrusted(b) &&
	       strcmp(a->tls.cert[0].issuer, b->tls.cert[0].issuer) == 0;
}

/* One for both hosts, which are not its own; renewed or not. */
static bool same_certificate(const struct evidence *a,
			     const struct evidence *b)
{
	const struct cert_facts *x = &a->tls.cert[0], *y = &b->tls.cert[0];

	return a->tls.chain > 0 && b->tls.chain > 0 &&
	       a->tls.cert_wrong_name && b->tls.cert_wrong_name &&
	       strcmp(x->subject, y->subject) == 0 &&
	       strcmp(x->issuer, y->issuer) == 0;
}

static bool is_web_page(const struct evidence *e)
{
	const struct step *s = evidence_failure(e);

	return s && s->speech == SPEECH_HTTP;
}

/* ---- addresses ---- */

static bool is_private(const struct address *a)
{
	const uint8_t *b = a->bytes;

	if (a->family == FAMILY_IPV6)
		return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && b[1] >= 0x80);
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	       (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254) ||
	       (b[0] == 100 && (b[1] & 0xc0) == 64);
}

bool sight_is_private(const struct evidence *e)
{
	for (size_t i = 0; i < e->name.addresses; i++)
		if (is_private(&e->name.address[i]))
			return true;
	return false;
}

/* A name server that leads every name to one machine of its own network. */
static bool same_address(const struct evidence *a, const struct evidence *b)
{
	if (text_same(a->endpoint.host, b->endpoint.host))
		return false;
	for (size_t i = 0; i < a->name.addresses; i++)
		for (size_t k = 0; k < b->name.addresses; k++)
			if (is_private(&a->name.address[i]) &&
			    strcmp(a->name.address[i].text,
				   b->name.address[k].text) == 0)
				return true;
	return false;
}

bool sight_trust(const struct trials *t, size_t index, enum sight s)
{
	const struct evidence *e = t->seen[index];
	const struct evidence *here = t->first ?
		&t->first[t->trial[index].about] : NULL;
	const struct step *asked = evidence_step(e, STAGE_STARTTLS);

	switch (s) {
	case SIGHT_STARTTLS:
		return asked && asked->result == STEP_PASSED;
	case SIGHT_NO_STARTTLS:
		return asked && fault_of(e) == FAULT_NOT_OFFERED &&
		       asked->result == STEP_FAILED;
	case SIGHT_OUTDATED:
		return fault_of(e) == FAULT_CERT_EXPIRED ||
		       fault_of(e) == FAULT_CERT_FUTURE;
	case SIGHT_SAME_ISSUER:
		return here && same_issuer(e, here);
	case SIGHT_SAME_CERTIFICATE:
		return here && same_certificate(e, here);
	case SIGHT_SAME_ADDRESS:
		return here && same_address(e, here);
	case SIGHT_WEB_PAGE:
		return is_web_page(e);
	default:
		return false;
	}
}
