#include <string.h>

#include "probes/base/text.h"
#include "reports/diagnose_private.h"
#include "reports/manner.h"

/* Who answers, and is it who should? Filters, proxies, sign-in pages. */

static bool is_right_host(const struct evidence *e,
			  const struct expectation *k)
{
	return right_is_host(&k->right, e->endpoint.service,
			     e->endpoint.host);
}

/* ---- STARTTLS, taken out on the way ---- */

void judge_starttls(const struct evidence *e, const struct step *s,
		    const struct expectation *k, struct rule_match *m)
{
	bool fits, masked;

	if (s->stage != STAGE_STARTTLS || s->why.kind != FAULT_NOT_OFFERED)
		return;
	masked = masks_in_capabilities(e, &fits);
	if (fits) {
		match_set(m, &(struct ranked_cause){ CAUSE_STARTTLS_STRIPPED,
						     CONFIDENCE_PROVEN }, 1);
	} else if (masked || masks_in_greeting(e) ||
		   (k->starttls_offered && is_right_host(e, k))) {
		match_set(m, &(struct ranked_cause){ CAUSE_STARTTLS_STRIPPED,
						     CONFIDENCE_LIKELY }, 1);
		match_rival(m, CAUSE_STARTTLS_UNSUPPORTED,
			    CONFIDENCE_POSSIBLE);
	}
}

/* ---- certificates ---- */

/* Is the authority one that the provider is known to use? */
static bool has_usual_issuer(const struct evidence *e,
			     const struct expectation *k)
{
	for (size_t i = 0; i < e->tls.chain; i++)
		if (right_is_issuer(&k->right, e->tls.cert[i].issuer))
			return true;
	return false;
}

static bool is_foreign(enum fault_kind f)
{
	return f == FAULT_CERT_UNKNOWN_CA || f == FAULT_CERT_SELF_SIGNED ||
	       f == FAULT_CERT_INCOMPLETE;
}

/*
 * Servers of a known provider have certificates that everybody trusts. If it
 * is of its usual authority all the same, this computer does not know that
 * one.
 */
void judge_certificate(const struct evidence *e, const struct step *s,
		       const struct expectation *k, struct rule_match *m)
{
	enum fault_kind f = s->why.kind;

	if (!is_right_host(e, k))
		return;
	if (is_foreign(f) && has_usual_issuer(e, k)) {
		match_drop(m, CAUSE_TLS_INTERCEPTED);
		match_lead(m, CAUSE_CERT_UNTRUSTED, CONFIDENCE_LIKELY);
	} else if (is_foreign(f) && match_has(m, CAUSE_TLS_INTERCEPTED) &&
		   m->cause[0].cause == CAUSE_CERT_UNTRUSTED) {
		match_lead(m, CAUSE_TLS_INTERCEPTED, CONFIDENCE_LIKELY);
		m->cause[1].confidence = CONFIDENCE_POSSIBLE;
	} else if (f == FAULT_CERT_NAME) {
		m->cause[0].confidence = CONFIDENCE_LIKELY;
		match_rival(m, CAUSE_TLS_INTERCEPTED, CONFIDENCE_POSSIBLE);
		match_rival(m, CAUSE_CAPTIVE_PORTAL, CONFIDENCE_POSSIBLE);
	}
}

bool issuer_inspects(const struct evidence *e, const struct rules *general,
		     const char **ret_name)
{
	static const struct reply silence;
	struct rule_match m;

	for (size_t i = 0; i < e->tls.chain; i++) {
		/* what would be said if nobody trusted it */
		const struct symptom s = {
			.service = e->endpoint.service, .service_known = true,
			.stage = STAGE_TLS, .stage_known = true,
			.fault = FAULT_CERT_UNKNOWN_CA, .reply = &silence,
			.alert = -1, .mechanism = "", .provider = "",
			.issuer = e->tls.cert[i].issuer, .mail = true,
		};

		if (!rules_match(NULL, general, &s, &m) ||
		    m.cause[0].cause != CAUSE_TLS_INTERCEPTED ||
		    m.cause[0].confidence != CONFIDENCE_PROVEN)
			continue;
		*ret_name = e->tls.cert[i].issuer_name;
		return true;
	}
	return false;
}

/* A good certificate on another of the provider's own doors. */
static bool right_one_seen(const struct view *v, size_t i)
{
	for (size_t k = 0; k < v->n; k++) {
		const struct evidence *e = v->seen[k];

		if (k != i && e->tls.handshake_done && e->tls.verified &&
		    is_right_host(e, v->known))
			return true;
	}
	return false;
}

/* What follows the first label: hosts that share it may be one owner's. */
static const char *parent_of(const struct evidence *e)
{
	const char *dot = strchr(e->endpoint.host, '.');

	return dot ? dot : "";
}

/* Another host, of another domain, whose certificate the same one signed. */
static bool same_issuer_elsewhere(const struct view *v, size_t i)
{
	const struct evidence *e = v->seen[i];

	for (size_t k = 0; k < v->n; k++) {
		const struct evidence *o = v->seen[k];

		if (k != i && is_foreign(view_fault(v, k)) &&
		    !text_same(parent_of(o), parent_of(e)) &&
		    strcmp(o->tls.cert[0].issuer, e->tls.cert[0].issuer) == 0)
			return true;
	}
	return false;
}

/*
 * A provider that is known shows a public certificate at one of its doors and
 * a foreign one at another: the latter is not its own. And hosts that have
 * nothing to do with each other have no private authority in common.
 */
void combine_issuers(struct view *v, size_t i)
{
	struct rule_match *m = &v->opinion[i].match;
	const struct evidence *e = v->seen[i];

	if (!is_foreign(view_fault(v, i)) || e->tls.chain == 0)
		return;
	if (match_has(m, CAUSE_TLS_INTERCEPTED) && is_right_host(e, v->known) &&
	    right_one_seen(v, i)) {
		match_drop(m, CAUSE_CERT_UNTRUSTED);
		match_lead(m, CAUSE_TLS_INTERCEPTED, CONFIDENCE_PROVEN);
	} else if (match_has(m, CAUSE_TLS_INTERCEPTED) &&
		   !e->tls.cert[0].self_signed && same_issuer_elsewhere(v, i) &&
		   m->cause[0].confidence != CONFIDENCE_PROVEN) {
		match_lead(m, CAUSE_TLS_INTERCEPTED, CONFIDENCE_LIKELY);
		m->cause[1].confidence = CONFIDENCE_POSSIBLE;
	}
}

/* ---- one who answers for everybody ---- */

static bool speaks_http(const struct view *v, size_t i)
{
	return v->opinion[i].standing == STANDS_FAILS &&
	       v->seen[i]->step[v->opinion[i].step].speech == SPEECH_HTTP;
}

/* Different mail hosts do not all serve web pages: a sign-in page does. */
void combine_portal(struct view *v, size_t i)
{
	for (size_t k = 0; k < v->n; k++) {
		if (!speaks_http(v, i) || !speaks_http(v, k) ||
		    text_same(v->seen[i]->endpoint.host,
			      v->seen[k]->endpoint.host))
			continue;
		match_lead(&v->opinion[i].match, CAUSE_CAPTIVE_PORTAL,
			   CONFIDENCE_LIKELY);
		if (v->opinion[i].match.causes > 1)
			v->opinion[i].match.cause[1].confidence =
				CONFIDENCE_POSSIBLE;
		return;
	}
}
