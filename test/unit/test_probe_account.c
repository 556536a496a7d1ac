#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

#define IMAP_OK "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\n" \
	"C: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\n" \
	"C: a2 EXAMINE INBOX\nS: * 1 EXISTS\nS: a2 OK\nC: a3 LOGOUT\n"

/* Several endpoints of one account, and the gate between their logins. */

static bool tells_more(void *context, const struct evidence *refused,
		       const struct endpoint *next)
{
	(void)context, (void)refused;
	return next->service == SERVICE_SMTP;
}

static bool names_cause(void *context, const struct evidence *refused)
{
	(void)context;
	return strstr(evidence_step(refused, STAGE_LOGIN)->reply.text,
		      "app password") != NULL;
}

#define IMAP_NO(text) "S: * OK [CAPABILITY SASL-IR AUTH=PLAIN] hi\n" \
	"C: a1 AUTHENTICATE PLAIN *\nS: a1 NO " text "\n"
#define SMTP_NO(text) "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH PLAIN\n" \
	"C: AUTH PLAIN *\nS: " text "\n"
#define SMTP_OK SMTP_NO("235 ok") "C: QUIT\n"
#define LOGINS_MAX 3

struct account {
	struct play play[LOGINS_MAX];
	struct probe probe[LOGINS_MAX];
	struct login_policy policy;
	struct gate gate;
};

static void account_run(struct account *a, const char *const script[3],
			void (*run)(struct probe *, size_t))
{
	static const enum service services[] = { SERVICE_IMAP, SERVICE_SMTP,
						 SERVICE_SMTP };

	memset(a, 0, sizeof(*a));
	a->policy = (struct login_policy){ NULL, tells_more, names_cause,
					   1, 2 };
	assert_true(gate_init(&a->gate, &a->policy));
	for (size_t i = 0; i < LOGINS_MAX; i++) {
		play_init(&a->play[i], services[i], SECURITY_TLS, script[i]);
		a->play[i].plan.gate = &a->gate;
		a->probe[i] = (struct probe){ &a->play[i].plan,
					      a->play[i].seen };
	}
	run(a->probe, LOGINS_MAX);
}

static void account_release(struct account *a)
{
	gate_release(&a->gate);
	for (size_t i = 0; i < LOGINS_MAX; i++)
		play_release(&a->play[i]);
}

static unsigned logins(const struct account *a)
{
	unsigned n = 0;

	for (size_t i = 0; i < LOGINS_MAX; i++)
		n += strstr(a->play[i].script.all, "PLAIN ") != NULL;
	return n;
}

static void the_gate_counts_logins(void **state)
{
	static const struct {
		const char *script[3];
		unsigned logins, refused;
		enum skip skip[3];	/* in this order, one after the other */
	} rows[] = {
		{ { IMAP_OK, SMTP_OK, SMTP_OK }, 3, 0, { 0, 0, 0 } },
		{ { IMAP_NO("wrong"), SMTP_NO("535 wrong"), SMTP_OK }, 2, 2,
		  { 0, 0, SKIP_BUDGET } },
		{ { IMAP_NO("use an app password"), SMTP_OK, SMTP_OK }, 1, 1,
		  { 0, SKIP_CAUSE_NAMED, SKIP_CAUSE_NAMED } },
		{ { IMAP_NO("wrong"), SMTP_OK, SMTP_OK }, 3, 1, { 0, 0, 0 } },
		{ { IMAP_OK, SMTP_NO("535 wrong"), SMTP_OK }, 2, 1,
		  { 0, 0, SKIP_BUDGET } },
		{ { IMAP_NO("[UNAVAILABLE] later"), SMTP_OK, SMTP_OK }, 3, 0,
		  { 0, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;

		account_run(&a, rows[i].script, probe_each);
		assert_int_equal(logins(&a), rows[i].logins);
		assert_int_equal(a.gate.refused, rows[i].refused);
		for (size_t j = 0; j < LOGINS_MAX; j++)
			assert_int_equal(play_step(&a.play[j],
						   STAGE_LOGIN)->skip,
					 rows[i].skip[j]);
		account_release(&a);
		/* the same at once, in whatever order they come */
		account_run(&a, rows[i].script, probe_all);
		assert_in_range(a.gate.refused, 0, 2);
		assert_in_range(a.gate.refused_by_service[SERVICE_SMTP], 0, 1);
		assert_int_equal(logins(&a), a.gate.attempted);
		account_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_gate_counts_logins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
