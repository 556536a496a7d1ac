#include <string.h>

#include "reports/diagnose_private.h"

/*
 * A certificate is out of date by the local clock: whose mistake is it? Told
 * by the dates that servers state in their greetings, by other certificates
 * seen in the same run, and by the day on which this program was built.
 *
 * The Date of a web server is no witness: over HTTPS a wrong clock breaks the
 * connection before a header comes, and over plain HTTP, which nothing here
 * speaks to a control host, whoever shows a sign-in page could say any date.
 */
#define DAY 86400

enum clock_state {
	CLOCK_UNKNOWN,
	CLOCK_SUSPECT,			/* several servers are out of date */
	CLOCK_RIGHT,			/* so the certificate is wrong */
	CLOCK_WRONG
};

static bool is_date_fault(enum fault_kind f)
{
	return f == FAULT_CERT_EXPIRED || f == FAULT_CERT_FUTURE;
}

/* Would the whole chain be valid on that day? */
static bool is_valid_on(const struct tls_facts *t, epoch day)
{
	for (size_t i = 0; i < t->chain; i++)
		if (day < t->cert[i].not_before || day > t->cert[i].not_after)
			return false;
	return t->chain > 0;
}

/* What time the servers of this run say it is; 0: none does. */
static epoch stated_by_servers(const struct view *v, size_t i)
{
	if (v->seen[i]->stated_at > 0)
		return v->seen[i]->stated_at;
	for (size_t k = 0; k < v->n; k++)
		if (v->seen[k]->stated_at > 0)
			return v->seen[k]->stated_at;
	return 0;
}

static bool any_verified(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->seen[i]->tls.handshake_done &&
		    v->seen[i]->tls.verified)
			return true;
	return false;
}

/* Certificates of different servers are out of date at once: it is us. */
static bool several_fail(const struct view *v)
{
	const char *first = NULL;

	for (size_t i = 0; i < v->n; i++) {
		const struct tls_facts *t = &v->seen[i]->tls;

		if (!is_date_fault(view_fault(v, i)) || t->chain == 0)
			continue;
		if (first && strcmp(first, t->cert[0].sha256) != 0)
			return true;
		if (!first)
			first = t->cert[0].sha256;
	}
	return false;
}

/* A clock that is behind makes certificates too young, never too old. */
static bool is_before_build(const struct tls_facts *t)
{
	return t->built_at > 0 && t->checked_at > 0 &&
	       t->checked_at < t->built_at - DAY;
}

static enum clock_state clock_of(const struct view *v, size_t i)
{
	const struct tls_facts *t = &v->seen[i]->tls;
	epoch stated = stated_by_servers(v, i);
	bool future = view_fault(v, i) == FAULT_CERT_FUTURE;

	if (stated > 0)
		return is_valid_on(t, stated) ? CLOCK_WRONG : CLOCK_RIGHT;
	if (is_before_build(t))
		return future ? CLOCK_WRONG : CLOCK_RIGHT;
	if (any_verified(v))
		return CLOCK_RIGHT;
	return several_fail(v) ? CLOCK_SUSPECT : CLOCK_UNKNOWN;
}

void combine_dates(struct view *v, size_t i)
{
	struct rule_match *m = &v->opinion[i].match;
	enum fault_kind f = view_fault(v, i);

	if (!is_date_fault(f))
		return;
	switch (clock_of(v, i)) {
	case CLOCK_WRONG:
		match_drop(m, CAUSE_CERT_EXPIRED);
		match_drop(m, CAUSE_CERT_UNTRUSTED);
		match_lead(m, CAUSE_CLOCK_WRONG, CONFIDENCE_PROVEN);
		break;
	case CLOCK_RIGHT:
		match_drop(m, CAUSE_CLOCK_WRONG);
		match_lead(m, f == FAULT_CERT_EXPIRED ? CAUSE_CERT_EXPIRED :
			   CAUSE_CERT_UNTRUSTED, CONFIDENCE_PROVEN);
		break;
	case CLOCK_SUSPECT:
		match_lead(m, CAUSE_CLOCK_WRONG, CONFIDENCE_LIKELY);
		for (size_t k = 1; k < m->causes; k++)
			m->cause[k].confidence = CONFIDENCE_POSSIBLE;
		break;
	case CLOCK_UNKNOWN:
		break;
	}
}
