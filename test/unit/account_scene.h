#ifndef MAILWHY_TEST_ACCOUNT_SCENE_H
#define MAILWHY_TEST_ACCOUNT_SCENE_H

#include "test/unit/unit.h"

#include <string.h>

#include "reports/diagnose.h"
#include "reports/symptom.h"

/*
 * Accounts as probes would leave them: each endpoint a list of stages that
 * passed, and perhaps one that did not.
 */
struct account {
	size_t n;
	struct evidence e[ENDPOINTS_MAX];
	const struct evidence *seen[ENDPOINTS_MAX];
	struct expectation known;
	struct diagnosis d;
};

/* Where a provider that is known has its IMAP. */
static const struct endpoint right_imap = {
	.service = SERVICE_IMAP, .host = "IMAP.example.com", .port = 993,
	.security = SECURITY_TLS,
};
static const struct right right = { .n = 1, .server = { &right_imap } };

static struct rules *general;

static inline int load(void **state)
{
	struct fault why;

	(void)state;
	general = rules_general(&why);
	return general ? 0 : -1;
}

static inline int unload(void **state)
{
	(void)state;
	rules_free(general);
	return 0;
}

static inline struct step *step_add(struct evidence *e, enum stage stage,
				    enum step_result result)
{
	struct step *s = &e->step[e->steps++];

	s->stage = stage;
	s->result = result;
	s->in_tls = e->tls.handshake_done;
	return s;
}

/* A new endpoint that passed everything before `stage`. */
static inline struct evidence *endpoint_until(struct account *a,
					      enum service service,
					      enum security security,
					      enum stage stage)
{
	struct evidence *e = &a->e[a->n];

	a->seen[a->n++] = e;
	e->endpoint.service = service;
	e->endpoint.security = security;
	e->endpoint.port = default_port(service, security);
	span_copy(span_of(service == SERVICE_SMTP ? "smtp.example.com"
						  : "imap.example.com"),
		  e->endpoint.host, sizeof(e->endpoint.host));
	e->connection.winner = -1;
	e->tls.alert = -1;
	e->name.source = NAME_FROM_DNS;
	for (unsigned s = STAGE_RESOLVE; s < stage && s < STAGE_LOGIN; s++) {
		if (s == STAGE_STARTTLS && security != SECURITY_STARTTLS)
			continue;
		if (s == STAGE_TLS && security == SECURITY_NONE)
			continue;
		if (s == STAGE_TLS)
			e->tls.handshake_done = e->tls.verified = true;
		step_add(e, (enum stage)s, STEP_PASSED);
	}
	return e;
}

static inline struct evidence *works(struct account *a, enum service service,
				     enum security security)
{
	struct evidence *e = endpoint_until(a, service, security, STAGE_LOGIN);

	step_add(e, STAGE_LOGIN, STEP_PASSED);
	step_add(e, STAGE_MAILBOX, STEP_PASSED);
	e->login.outcome = LOGIN_ACCEPTED;
	e->mailbox.examined = true;
	return e;
}

static inline struct evidence *fails(struct account *a, enum service service,
				     enum security security, enum stage stage,
				     enum fault_kind kind)
{
	struct evidence *e = endpoint_until(a, service, security, stage);

	step_add(e, stage, STEP_FAILED)->why.kind = kind;
	return e;
}

static inline struct evidence *refuses(struct account *a,
				       enum service service,
				       const char *reply)
{
	struct evidence *e = endpoint_until(a, service, SECURITY_TLS,
					    STAGE_LOGIN);
	struct step *s = step_add(e, STAGE_LOGIN, STEP_FAILED);

	reply_from_text(service, span_of(reply), &s->reply);
	s->why.kind = reply_fault(&s->reply);
	e->login.outcome = s->why.kind == FAULT_REJECTED ? LOGIN_REFUSED
							  : LOGIN_UNDECIDED;
	return e;
}

static inline struct evidence *waits(struct account *a, enum service service,
				     enum security security, enum skip skip)
{
	struct evidence *e = endpoint_until(a, service, security, STAGE_LOGIN);

	step_add(e, STAGE_LOGIN, STEP_SKIPPED)->skip = skip;
	return e;
}

static inline void account_begin(struct account *a)
{
	memset(a, 0, sizeof(*a));
	a->known.ordinary_refusal = CAUSE_COUNT;
	a->known.provider = "";
	a->known.address = "taro@example.com";
	a->known.user = "taro@example.com";
}

static inline const char *verdict(struct account *a)
{
	diagnose(a->seen, a->n, &a->known, general, &a->d);
	assert_int_equal(a->d.exit_code, cause_exit_code(a->d.verdict));
	assert_int_equal(a->d.verdict, a->d.cause[0].cause);
	return cause_id(a->d.verdict);
}

static inline bool has_cause(const struct account *a, enum cause c)
{
	for (size_t i = 0; i < a->d.causes; i++)
		if (a->d.cause[i].cause == c)
			return true;
	return false;
}

static inline bool has_finding(const struct account *a, enum finding_id id,
			       int endpoint)
{
	for (size_t i = 0; i < a->d.findings; i++)
		if (a->d.finding[i].id == id &&
		    a->d.finding[i].endpoint == endpoint)
			return true;
	return false;
}

#endif
