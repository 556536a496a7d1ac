#ifndef MAILWHY_TEST_SCRIPT_PROBE_H
#define MAILWHY_TEST_SCRIPT_PROBE_H

/* One endpoint, one script, one probe. */
#include <stdlib.h>

#include "probes/probe.h"
#include "test/unit/script_stream.h"

struct play {
	struct script script;
	struct evidence *seen;
	struct probe_plan plan;
	struct secret secret;
	struct credentials who;
	struct redactor *redactor;
};

#define PLAY_USER "taro@example.com"
#define PLAY_SECRET "hunter\"22"

static inline void play_init(struct play *p, enum service service,
			     enum security security, const char *text)
{
	memset(p, 0, sizeof(*p));
	script_init(&p->script, text);
	p->seen = calloc(1, sizeof(*p->seen));
	assert_non_null(p->seen);
	p->seen->endpoint = (struct endpoint){
		.service = service, .security = security,
		.host = "mail.example.com",
		.port = default_port(service, security),
	};
	assert_true(secret_init(&p->secret, 256));
	assert_true(secret_add(&p->secret, span_of(PLAY_SECRET)));
	assert_true(redactor_new(&p->secret, &p->redactor));
	p->who = (struct credentials){ PLAY_USER, &p->secret, false };
	p->plan = (struct probe_plan){
		.world = &p->script.world, .redactor = p->redactor,
		.login = { .who = &p->who, .client_name = "[192.0.2.9]" },
		.last_stage = STAGE_LOGOUT, .timeout = PROBE_MSEC,
	};
}

static inline void play_secret(struct play *p, const char *secret)
{
	secret_clear(&p->secret);
	secret_add(&p->secret, span_of(secret));
	redactor_free(p->redactor);
	assert_true(redactor_new(&p->secret, &p->redactor));
	p->plan.redactor = p->redactor;
}

static inline void play_run(struct play *p)
{
	struct probe probe = { &p->plan, p->seen };

	probe_run(&probe);
}

static inline void play_release(struct play *p)
{
	redactor_free(p->redactor);
	secret_release(&p->secret);
	free(p->seen);
}

static inline const struct step *play_step(const struct play *p,
					   enum stage stage)
{
	const struct step *s = evidence_step(p->seen, stage);

	assert_non_null(s);
	return s;
}

static inline bool bytes_hold(const void *bytes, size_t n, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= n; i++)
		if (memcmp((const char *)bytes + i, what, len) == 0)
			return true;
	return false;
}

/* What evidence must never hold, in any of its fields. */
static inline void assert_no_secret(const struct play *p)
{
	assert_false(bytes_hold(p->seen, sizeof(*p->seen), p->secret.bytes));
}

#endif
