#include <string.h>

#include "reports/diagnose_private.h"

/* ---- ranked lists ---- */

bool match_has(const struct rule_match *m, enum cause c)
{
	for (size_t i = 0; i < m->causes; i++)
		if (m->cause[i].cause == c)
			return true;
	return false;
}

void match_drop(struct rule_match *m, enum cause c)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->causes; i++)
		if (m->cause[i].cause != c)
			m->cause[kept++] = m->cause[i];
	m->causes = kept;
}

void match_set(struct rule_match *m, const struct ranked_cause *causes,
	       size_t n)
{
	m->causes = n;
	memcpy(m->cause, causes, n * sizeof(*causes));
}

void match_lead(struct rule_match *m, enum cause c, enum confidence sure)
{
	match_drop(m, c);
	if (m->causes == RULE_CAUSES_MAX)
		m->causes--;
	memmove(m->cause + 1, m->cause, m->causes * sizeof(m->cause[0]));
	m->cause[0] = (struct ranked_cause){ c, sure };
	m->causes++;
}

void match_rival(struct rule_match *m, enum cause c, enum confidence sure)
{
	if (match_has(m, c) || m->causes == RULE_CAUSES_MAX)
		return;
	m->cause[m->causes++] = (struct ranked_cause){ c, sure };
}

/* ---- which endpoint tells most ---- */

/*
 * A cause the server names beats "wrong password", that beats a fault of the
 * server, that beats trouble on the way. Settings that the person can change
 * are in the middle until they are proven.
 */
enum { NOTHING = 0, BROKEN = 10, WAY = 20, SERVER = 30, SETTING = 40,
       PEER = 45, SECRET = 50, SETTING_PROVEN = 55, PORTAL = 58, NAMED = 60 };

static const unsigned char weights[CAUSE_COUNT] = {
	[CAUSE_WRONG_CREDENTIALS] = SECRET,
	[CAUSE_PASSWORD_MANGLED] = SECRET,
	[CAUSE_USERNAME_FORMAT] = SECRET,
	[CAUSE_APP_PASSWORD] = NAMED,
	[CAUSE_SEPARATE_PASSWORD] = NAMED,
	[CAUSE_TWO_FACTOR] = NAMED,
	[CAUSE_OAUTH_REQUIRED] = NAMED,
	[CAUSE_OAUTH_TOKEN_INVALID] = NAMED,
	[CAUSE_PASSWORD_EXPIRED] = NAMED,
	[CAUSE_PROTOCOL_DISABLED] = NAMED,
	[CAUSE_ACCOUNT_LOCKED] = NAMED,
	[CAUSE_ACCOUNT_DISABLED] = NAMED,
	[CAUSE_WEB_LOGIN_REQUIRED] = NAMED,
	[CAUSE_PLAN_REQUIRED] = NAMED,
	[CAUSE_CLIENT_ID_REQUIRED] = NAMED,
	[CAUSE_MAILBOX_FULL] = NAMED,
	[CAUSE_SENDER_MISMATCH] = NAMED,
	[CAUSE_WRONG_HOST] = SETTING,
	[CAUSE_WRONG_PORT] = SETTING,
	[CAUSE_WRONG_PROTOCOL] = SETTING,
	[CAUSE_TLS_ON_PLAINTEXT_PORT] = SETTING,
	[CAUSE_PLAINTEXT_ON_TLS_PORT] = SETTING,
	[CAUSE_TLS_REQUIRED] = SETTING,
	[CAUSE_STARTTLS_UNSUPPORTED] = SETTING,
	[CAUSE_STARTTLS_STRIPPED] = PEER,
	[CAUSE_AUTH_NOT_OFFERED] = SETTING,
	[CAUSE_AUTH_REQUIRED] = SETTING,
	[CAUSE_MECH_UNSUPPORTED] = SETTING,
	[CAUSE_TLS_VERSION] = PEER,
	[CAUSE_TLS_CIPHER] = PEER,
	[CAUSE_CERT_HOSTNAME] = SETTING,
	[CAUSE_CERT_UNTRUSTED] = PEER,
	[CAUSE_CERT_EXPIRED] = PEER,
	[CAUSE_CLOCK_WRONG] = SETTING,
	[CAUSE_TLS_INTERCEPTED] = SETTING,
	[CAUSE_DNS_FAILURE] = WAY,
	[CAUSE_NETWORK_DOWN] = WAY,
	[CAUSE_CAPTIVE_PORTAL] = PORTAL,
	[CAUSE_NETWORK_BLOCKED] = WAY,
	[CAUSE_IP_BLOCKED] = NAMED,
	[CAUSE_RATE_LIMITED] = NAMED,
	[CAUSE_SERVER_UNAVAILABLE] = SERVER,
	[CAUSE_CONNECTION_DROPPED] = BROKEN,
	[CAUSE_UNKNOWN] = NOTHING,
};

int cause_weight(enum cause c, enum confidence sure)
{
	if (weights[c] == SETTING && sure == CONFIDENCE_PROVEN)
		return SETTING_PROVEN;
	return weights[c];
}

bool cause_is_named(enum cause c)
{
	return weights[c] == NAMED;
}

static int opinion_weight(const struct view *v, size_t i)
{
	const struct opinion *o = &v->opinion[i];
	const struct ranked_cause *first = &o->match.cause[0];

	return cause_weight(first->cause, first->confidence) * 1000 +
	       (int)first->confidence * 100 +
	       (int)v->seen[i]->step[o->step].stage;
}

size_t opinions_ranked(const struct view *v, size_t ret[ENDPOINTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		size_t at = n;

		if (v->opinion[i].standing != STANDS_FAILS ||
		    !v->opinion[i].counts)
			continue;
		while (at > 0 && opinion_weight(v, ret[at - 1]) <
				 opinion_weight(v, i)) {
			ret[at] = ret[at - 1];
			at--;
		}
		ret[at] = i;
		n++;
	}
	return n;
}

/* ---- one list for the account ---- */

static struct diagnosed_cause *cause_in(struct diagnosis *d, enum cause c)
{
	for (size_t i = 0; i < d->causes; i++)
		if (d->cause[i].cause == c)
			return &d->cause[i];
	return NULL;
}

static void prove(struct diagnosed_cause *c, size_t endpoint, size_t step)
{
	if (c->proofs < PROOFS_MAX)
		c->proof[c->proofs++] = (struct proof){ (uint8_t)endpoint,
							(uint8_t)step };
}

static void cause_add(struct diagnosis *d, const struct ranked_cause *r,
		      const char *rule, size_t endpoint, size_t step)
{
	struct diagnosed_cause *c = cause_in(d, r->cause);

	if (!c) {
		if (d->causes == CAUSES_MAX)
			return;
		c = &d->cause[d->causes++];
		c->cause = r->cause;
		c->confidence = r->confidence;
		span_copy(span_of(rule), c->rule, sizeof(c->rule));
	} else if (r->confidence > c->confidence) {
		c->confidence = r->confidence;
	}
	prove(c, endpoint, step);
}

/*
 * Once one endpoint has proven why the login fails, another's vague refusal
 * of the same login is explained and adds no rivals.
 */
static bool is_explained(const struct diagnosis *d, const struct opinion *o)
{
	const struct ranked_cause *first = &o->match.cause[0];

	if (d->causes == 0 || d->cause[0].confidence != CONFIDENCE_PROVEN)
		return false;
	if (match_has(&o->match, d->cause[0].cause))
		return true;
	return cause_is_named(d->cause[0].cause) &&
	       cause_weight(first->cause, first->confidence) == SECRET;
}

/* The verdict stays first; behind it the surer before the less sure. */
static void causes_sort(struct diagnosis *d)
{
	for (size_t i = 2; i < d->causes; i++) {
		struct diagnosed_cause c = d->cause[i];
		size_t at = i;

		while (at > 1 && d->cause[at - 1].confidence < c.confidence) {
			d->cause[at] = d->cause[at - 1];
			at--;
		}
		d->cause[at] = c;
	}
}

void causes_merge(const struct view *v, struct diagnosis *d)
{
	size_t order[ENDPOINTS_MAX], n = opinions_ranked(v, order);

	for (size_t i = 0; i < n; i++) {
		const struct opinion *o = &v->opinion[order[i]];
		const struct rule_match *m = &o->match;

		if (is_explained(d, o)) {
			if (match_has(m, d->cause[0].cause))
				prove(&d->cause[0], order[i], o->step);
			continue;
		}
		for (size_t k = 0; k < m->causes; k++)
			if (m->cause[k].cause != CAUSE_UNKNOWN || d->causes == 0)
				cause_add(d, &m->cause[k], m->rule, order[i],
					  o->step);
	}
	causes_sort(d);
}
