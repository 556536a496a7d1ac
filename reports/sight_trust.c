#include <string.h>

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
	case SIGHT_WEB_PAGE:
		return is_web_page(e);
	default:
		return false;
	}
}
