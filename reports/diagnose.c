#include "reports/diagnose.h"

#include <string.h>

#include "reports/diagnose_private.h"

bool step_passed(const struct evidence *e, enum stage stage)
{
	const struct step *s = evidence_step(e, stage);

	return s && s->result == STEP_PASSED;
}

/* ---- each endpoint by itself ---- */

/* A failed goodbye harms nobody. */
static const struct step *failure_of(const struct evidence *e)
{
	const struct step *s = evidence_failure(e);

	return s && s->stage != STAGE_LOGOUT ? s : NULL;
}

static void opinion_unknown(struct opinion *o)
{
	o->standing = STANDS_FAILS;
	o->match.rule = "";
	match_lead(&o->match, CAUSE_UNKNOWN, CONFIDENCE_POSSIBLE);
}

/* No step failed: what became of the login? */
static void opinion_of_login(const struct evidence *e, struct opinion *o)
{
	const struct step *login = evidence_step(e, STAGE_LOGIN);

	if (login)
		o->step = (size_t)(login - e->step);
	else
		o->step = e->steps > 0 ? e->steps - 1 : 0;
	if (e->login.outcome == LOGIN_ACCEPTED || e->login.preauth)
		o->standing = STANDS_WORKS;
	else if (!login || login->result != STEP_SKIPPED ||
		 login->skip == SKIP_FAILED_BEFORE)
		opinion_unknown(o);
	else if (login->skip == SKIP_CAUSE_NAMED ||
		 login->skip == SKIP_BUDGET)
		o->standing = STANDS_WAITED;
	else
		o->standing = STANDS_READY;
}

static void opinion_form(struct view *v, size_t i, const struct rules *general)
{
	const struct evidence *e = v->seen[i];
	const struct step *failed = failure_of(e);
	struct opinion *o = &v->opinion[i];

	if (!failed) {
		opinion_of_login(e, o);
		return;
	}
	o->standing = STANDS_FAILS;
	o->step = (size_t)(failed - e->step);
	diagnose_step(e, failed, v->known, general, &o->match);
}

/* ---- each service ---- */

static bool is_good(const struct opinion *o)
{
	return o->standing == STANDS_WORKS || o->standing == STANDS_READY;
}

static bool reached_login(const struct view *v, size_t i)
{
	const struct opinion *o = &v->opinion[i];

	return o->standing != STANDS_FAILS ||
	       v->seen[i]->step[o->step].stage >= STAGE_LOGIN;
}

/*
 * A failure counts when the endpoint was asked for itself; else only when no
 * other way to its service does better.
 */
static bool failure_counts(const struct view *v, size_t i)
{
	const struct endpoint *e = &v->seen[i]->endpoint;

	if (v->opinion[i].standing != STANDS_FAILS)
		return false;
	if (e->demanded)
		return true;
	for (size_t k = 0; k < v->n; k++) {
		if (k == i || v->seen[k]->endpoint.service != e->service)
			continue;
		if (is_good(&v->opinion[k]) ||
		    (reached_login(v, k) && !reached_login(v, i)))
			return false;
	}
	return true;
}

static bool service_works(const struct view *v, enum service s)
{
	bool works = false;

	for (size_t i = 0; i < v->n; i++) {
		const struct opinion *o = &v->opinion[i];

		if (v->seen[i]->endpoint.service != s)
			continue;
		works = works || o->standing == STANDS_WORKS;
		if (v->seen[i]->endpoint.demanded &&
		    o->standing != STANDS_WORKS)
			return false;
	}
	return works;
}

/* Was any service only brought up to the login? */
static bool is_untried(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct evidence *e = v->seen[i];

		if (v->opinion[i].standing != STANDS_WORKS &&
		    v->opinion[i].standing != STANDS_FAILS &&
		    !service_works(v, e->endpoint.service))
			return true;
	}
	return v->n == 0;
}

/* ---- the account ---- */

static void conclude_good(const struct view *v, struct diagnosis *d)
{
	struct diagnosed_cause *c = &d->cause[0];

	d->causes = 1;
	c->cause = is_untried(v) ? CAUSE_NOT_TRIED : CAUSE_WORKS;
	c->confidence = CONFIDENCE_PROVEN;
	for (size_t i = 0; i < v->n && c->proofs < PROOFS_MAX; i++)
		if (v->opinion[i].standing != STANDS_FAILS)
			c->proof[c->proofs++] = (struct proof){
				(uint8_t)i, (uint8_t)v->opinion[i].step };
}

static void verdict_of_endpoint(const struct view *v, size_t i,
				struct diagnosis *d)
{
	const struct opinion *o = &v->opinion[i];
	enum cause *verdict = &d->endpoint_verdict[i];
	enum confidence *sure = &d->endpoint_confidence[i];

	*sure = CONFIDENCE_PROVEN;
	switch (o->standing) {
	case STANDS_WORKS:
		*verdict = CAUSE_WORKS;
		break;
	case STANDS_READY:
		*verdict = CAUSE_NOT_TRIED;
		break;
	case STANDS_WAITED:
		*verdict = d->verdict;
		*sure = d->cause[0].confidence;
		break;
	case STANDS_FAILS:
		*verdict = o->match.cause[0].cause;
		*sure = o->match.cause[0].confidence;
		break;
	}
}

static void count_login(const struct login_facts *l, struct diagnosis *d)
{
	d->logins_attempted += l->outcome != LOGIN_NOT_TRIED;
	d->logins_refused += l->outcome == LOGIN_REFUSED;
}

static void count_logins(const struct view *v, struct diagnosis *d)
{
	const struct trials *t = v->known->trials;

	for (size_t i = 0; i < v->n; i++)
		count_login(&v->seen[i]->login, d);
	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i])
			count_login(&t->seen[i]->login, d);
}

void diagnose(const struct evidence *const *seen, size_t n,
	      const struct expectation *known, const struct rules *general,
	      struct diagnosis *ret)
{
	struct view v;
	bool bad = false;

	memset(&v, 0, sizeof(v));
	memset(ret, 0, sizeof(*ret));
	v.n = n < ENDPOINTS_MAX ? n : ENDPOINTS_MAX;
	v.seen = seen;
	v.known = known;
	v.general = general;
	for (size_t i = 0; i < v.n; i++)
		opinion_form(&v, i, general);
	opinions_combine(&v);
	for (size_t i = 0; known->trials && i < v.n; i++)
		if (v.opinion[i].standing == STANDS_FAILS)
			trials_weigh(known->trials, i, &v.opinion[i].match);
	for (size_t i = 0; i < v.n; i++) {
		/* every rival was ruled out and nothing took its place */
		if (v.opinion[i].standing == STANDS_FAILS &&
		    v.opinion[i].match.causes == 0)
			opinion_unknown(&v.opinion[i]);
		v.opinion[i].counts = failure_counts(&v, i);
		bad = bad || v.opinion[i].counts;
	}
	if (bad)
		causes_merge(&v, ret);
	else
		conclude_good(&v, ret);
	ret->verdict = ret->cause[0].cause;
	ret->exit_code = cause_exit_code(ret->verdict);
	for (size_t i = 0; i < v.n; i++)
		verdict_of_endpoint(&v, i, ret);
	for (unsigned s = 0; s < SERVICE_COUNT; s++)
		ret->service_works[s] = service_works(&v, (enum service)s);
	count_logins(&v, ret);
	exclusions_find(&v, ret);
	findings_find(&v, ret);
}
