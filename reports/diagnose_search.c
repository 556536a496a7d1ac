#include <string.h>

#include "reports/diagnose.h"

static const struct candidate *candidate_of(const struct search *s,
					    enum source source)
{
	for (size_t i = 0; i < s->candidates; i++)
		if (s->candidate[i].source == source)
			return &s->candidate[i];
	return NULL;
}

static bool dns_failed(const struct search *s)
{
	const struct candidate *mx = candidate_of(s, SOURCE_MX);

	return mx && mx->outcome == OUTCOME_FAILED;
}

/* Mozilla's host exists: who says it does not knows nothing of the Internet. */
static bool dns_knows_nothing(const struct search *s)
{
	const struct candidate *list = candidate_of(s, SOURCE_ISPDB);

	return list && list->why.kind == FAULT_NXDOMAIN;
}

static void add(struct diagnosis *d, enum cause cause,
		enum confidence confidence)
{
	d->cause[d->causes++] = (struct diagnosed_cause){
		.cause = cause, .confidence = confidence
	};
}

static void found(struct diagnosis *d, enum finding_id id, const char *detail)
{
	struct finding *f = &d->finding[d->findings];

	if (d->findings == FINDINGS_MAX)
		return;
	*f = (struct finding){ .id = id, .endpoint = -1 };
	span_copy(span_of(detail), f->detail, sizeof(f->detail));
	d->findings++;
}

void diagnose_hint(const struct search *s, struct diagnosis *io)
{
	if (s->suggestion[0])
		found(io, FINDING_DOMAIN_SIMILAR, s->suggestion);
	for (size_t i = 0; i < s->candidates; i++)
		if (s->candidate[i].in_clear && s->candidate[i].offers > 0)
			found(io, FINDING_CLEAR_DISCOVERY, s->domain);
}

void diagnose_search(const struct search *s, struct diagnosis *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (dns_failed(s)) {
		add(ret, CAUSE_DNS_FAILURE, CONFIDENCE_LIKELY);
	} else if (!s->no_domain && !s->no_mail) {
		add(ret, CAUSE_SERVERS_UNKNOWN, CONFIDENCE_LIKELY);
	} else if (dns_knows_nothing(s)) {
		add(ret, CAUSE_DOMAIN_WRONG, CONFIDENCE_LIKELY);
		add(ret, CAUSE_DNS_FAILURE, CONFIDENCE_POSSIBLE);
	} else {
		add(ret, CAUSE_DOMAIN_WRONG, CONFIDENCE_PROVEN);
	}
	ret->verdict = ret->cause[0].cause;
	ret->exit_code = cause_exit_code(ret->verdict);
	diagnose_hint(s, ret);
}
