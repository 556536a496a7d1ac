#include <string.h>

#include "probes/base/text.h"
#include "reports/diagnose_private.h"

/* What several endpoints together say that none says alone. */

enum fault_kind view_fault(const struct view *v, size_t i)
{
	const struct opinion *o = &v->opinion[i];

	return o->standing == STANDS_FAILS ? v->seen[i]->step[o->step].why.kind
					   : FAULT_NONE;
}

static enum stage stage_of(const struct view *v, size_t i)
{
	return v->seen[i]->step[v->opinion[i].step].stage;
}

static bool is_failure_at(const struct view *v, size_t i, enum stage stage)
{
	return v->opinion[i].standing == STANDS_FAILS &&
	       stage_of(v, i) == stage;
}

bool accepted_anywhere(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->seen[i]->login.outcome == LOGIN_ACCEPTED)
			return true;
	return false;
}

static bool accepted_at_service(const struct view *v, enum service s)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->seen[i]->endpoint.service == s &&
		    v->seen[i]->login.outcome == LOGIN_ACCEPTED)
			return true;
	return false;
}

/*
 * The same name and secret were accepted elsewhere, so they are right: what
 * refuses them here is a switch, or another form of name.
 */
static void right_elsewhere(struct view *v, size_t i)
{
	static const struct ranked_cause other_service[] = {
		{ CAUSE_PROTOCOL_DISABLED, CONFIDENCE_LIKELY },
		{ CAUSE_USERNAME_FORMAT, CONFIDENCE_POSSIBLE },
		{ CAUSE_SEPARATE_PASSWORD, CONFIDENCE_POSSIBLE },
	};
	static const struct ranked_cause same_service[] = {
		{ CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_LIKELY },
		{ CAUSE_PROTOCOL_DISABLED, CONFIDENCE_POSSIBLE },
	};
	struct rule_match *m = &v->opinion[i].match;
	bool vague = match_has(m, CAUSE_WRONG_CREDENTIALS);

	if (!is_failure_at(v, i, STAGE_LOGIN))
		return;
	match_drop(m, CAUSE_WRONG_CREDENTIALS);
	match_drop(m, CAUSE_PASSWORD_MANGLED);
	if (!vague || (m->causes > 0 && cause_is_named(m->cause[0].cause) &&
		       m->cause[0].confidence > CONFIDENCE_POSSIBLE))
		return;
	if (accepted_at_service(v, v->seen[i]->endpoint.service))
		match_set(m, same_service, 2);
	else
		match_set(m, other_service, 3);
	m->rule = "";
}

/* Another service refused the same login, and said more surely why. */
static bool says_more(const struct view *v, size_t i, size_t k)
{
	const struct rule_match *mine = &v->opinion[i].match;
	const struct rule_match *other = &v->opinion[k].match;

	return k != i && is_failure_at(v, k, STAGE_LOGIN) &&
	       mine->causes > 0 && other->causes > 0 &&
	       mine->cause[0].confidence == CONFIDENCE_POSSIBLE &&
	       other->cause[0].confidence > CONFIDENCE_POSSIBLE &&
	       match_has(mine, other->cause[0].cause);
}

/*
 * An answer that stands for several causes, and one of another service that
 * names one of them: the first is explained by the second.
 */
static void combine_refusals(struct view *v, size_t i)
{
	if (!is_failure_at(v, i, STAGE_LOGIN))
		return;
	for (size_t k = 0; k < v->n; k++)
		if (says_more(v, i, k)) {
			match_lead(&v->opinion[i].match,
				   v->opinion[k].match.cause[0].cause,
				   CONFIDENCE_POSSIBLE);
			return;
		}
}

/* ---- the way there ---- */

static bool connected(const struct evidence *e)
{
	return step_passed(e, STAGE_CONNECT);
}

static bool resolved(const struct evidence *e)
{
	return step_passed(e, STAGE_RESOLVE) && e->name.source == NAME_FROM_DNS;
}

static bool any(const struct view *v, bool (*holds)(const struct evidence *))
{
	for (size_t i = 0; i < v->n; i++)
		if (holds(v->seen[i]))
			return true;
	return false;
}

/* Another port of the same host answers. */
static bool host_answers(const struct view *v, size_t i)
{
	const struct endpoint *e = &v->seen[i]->endpoint;

	for (size_t k = 0; k < v->n; k++)
		if (k != i && v->seen[k]->endpoint.port != e->port &&
		    text_same(v->seen[k]->endpoint.host, e->host) &&
		    connected(v->seen[k]))
			return true;
	return false;
}

/* The provider has this service, and not on this port. */
static bool is_known_wrong(const struct view *v, size_t i)
{
	const struct endpoint *e = &v->seen[i]->endpoint;

	return right_has_service(&v->known->right, e->service) &&
	       !right_is_port(&v->known->right, e);
}

static bool is_no_way_out(const struct view *v, size_t i)
{
	enum fault_kind f = view_fault(v, i);

	return f == FAULT_DNS_UNREACHABLE || f == FAULT_UNREACHABLE ||
	       (f == FAULT_DNS_TIMEOUT && v->n > 1);
}

/* Nothing works at all, and at least one failure is of the way out itself. */
static bool is_network_down(const struct view *v)
{
	bool unreachable = false;

	for (size_t i = 0; i < v->n; i++) {
		if (!is_no_way_out(v, i))
			return false;
		unreachable = unreachable || view_fault(v, i) != FAULT_DNS_TIMEOUT;
	}
	return unreachable;
}

static void combine_network(struct view *v, size_t i)
{
	struct rule_match *m = &v->opinion[i].match;
	enum fault_kind f = view_fault(v, i);

	if (endpoint_host_is_here(v->seen[i]->endpoint.host))
		return;
	if (is_network_down(v)) {
		match_lead(m, CAUSE_NETWORK_DOWN, CONFIDENCE_LIKELY);
		for (size_t k = 1; k < m->causes; k++)
			m->cause[k].confidence = CONFIDENCE_POSSIBLE;
	} else if (f == FAULT_UNREACHABLE && any(v, connected)) {
		match_drop(m, CAUSE_NETWORK_DOWN);
		match_lead(m, CAUSE_NETWORK_BLOCKED, CONFIDENCE_LIKELY);
	} else if (f == FAULT_TIMEOUT && is_failure_at(v, i, STAGE_CONNECT) &&
		   host_answers(v, i) && !is_known_wrong(v, i)) {
		match_drop(m, CAUSE_SERVER_UNAVAILABLE);
		match_drop(m, CAUSE_WRONG_HOST);
		match_lead(m, CAUSE_NETWORK_BLOCKED, CONFIDENCE_LIKELY);
		match_rival(m, CAUSE_WRONG_PORT, CONFIDENCE_POSSIBLE);
	} else if (f == FAULT_REFUSED && host_answers(v, i)) {
		match_drop(m, CAUSE_SERVER_UNAVAILABLE);
	} else if (f == FAULT_NXDOMAIN && any(v, resolved) &&
		   match_has(m, CAUSE_WRONG_HOST)) {
		match_drop(m, CAUSE_DNS_FAILURE);
		match_lead(m, CAUSE_WRONG_HOST, CONFIDENCE_PROVEN);
		m->final = true;
	}
}

void opinions_combine(struct view *v)
{
	bool right = accepted_anywhere(v);

	for (size_t i = 0; i < v->n; i++) {
		if (v->opinion[i].standing != STANDS_FAILS)
			continue;
		if (right)
			right_elsewhere(v, i);
		combine_refusals(v, i);
		combine_network(v, i);
		combine_portal(v, i);
		combine_issuers(v, i);
		combine_dates(v, i);
	}
}
