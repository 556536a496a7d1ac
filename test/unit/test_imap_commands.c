#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

/* What is said once the greeting is over: LOGIN, SASL, the mailbox. */
#define READY "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ID QUOTA] hi\n"
#define TRY "C: a1 AUTHENTICATE PLAIN AHRhcm9AZXhhbXBsZS5jb20AaHVudGVyIjIy\n"
#define BOX "C: a2 ID (\"name\" \"mailwhy\" \"version\" \"*\")\n" \
	    "C: a3 EXAMINE INBOX\nC: a4 GETQUOTAROOT INBOX\n"

/* ---- the LOGIN command ---- */

static void literals(void **state)
{
	static const struct {
		const char *offer, *talk;
	} rows[] = {
		{ "LITERAL+", "C: a1 LOGIN \"taro@example.com\" {5+}\n"
			      "C: p\xc3\xa4ss\n" },
		{ "LITERAL-", "C: a1 LOGIN \"taro@example.com\" {5+}\n"
			      "C: p\xc3\xa4ss\n" },
		{ "", "C: a1 LOGIN \"taro@example.com\" {5}\nS: + go\n"
		      "C: p\xc3\xa4ss\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;

		snprintf(script, sizeof(script),
			 "S: * OK [CAPABILITY IMAP4rev1 %s] hi\n%s"
			 "S: a1 NO no\n", rows[i].offer, rows[i].talk);
		play_init(&p, SERVICE_IMAP, SECURITY_TLS, script);
		play_secret(&p, "p\xc3\xa4ss");
		play_run(&p);
		assert_true(script_satisfied(&p.script));
		assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
		assert_no_secret(&p);
		play_release(&p);
	}
}

static void a_literal_that_is_refused(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY IMAP4rev1] hi\n"
		  "C: a1 LOGIN \"taro@example.com\" {5}\n"
		  "S: a1 OK of course\n");
	play_secret(&p, "p\xc3\xa4ss");
	play_run(&p);
	/* yes to half a command is no login */
	assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind, FAULT_PROTOCOL);
	assert_int_equal(p.seen->login.outcome, LOGIN_UNDECIDED);
	play_release(&p);
}

/* ---- SASL ---- */

static void oauth_errors_are_decoded(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY SASL-IR AUTH=XOAUTH2] hi\n"
		  "C: a1 AUTHENTICATE XOAUTH2 *\n"
		  "S: + eyJzdGF0dXMiOiI0MDAifQ==\nC: \n"
		  "S: a1 NO [AUTHENTICATIONFAILED] Invalid\n");
	p.who.is_token = true;
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.challenge,
			    "{\"status\":\"400\"}");
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	play_release(&p);
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY SASL-IR AUTH=OAUTHBEARER] hi\n"
		  "C: a1 AUTHENTICATE OAUTHBEARER *\n"
		  "S: + eyJzdGF0dXMiOiI0MDAifQ==\nC: AQ==\n"
		  "S: a1 NO no\n");
	p.who.is_token = true;
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.challenge,
			    "{\"status\":\"400\"}");
	play_release(&p);
}

static void scram_wants_proof(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY SASL-IR AUTH=SCRAM-SHA-256] hi\n"
		  "C: a1 AUTHENTICATE SCRAM-SHA-256 *\n"
		  "S: a1 OK come in, I believe you\n");
	p.plan.login.mechanism = "SCRAM-SHA-256";
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind,
			 FAULT_SERVER_UNPROVEN);
	assert_int_equal(p.seen->login.outcome, LOGIN_UNDECIDED);
	play_release(&p);
}

static void nonsense_is_cancelled(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY AUTH=CRAM-MD5] hi\n"
		  "C: a1 AUTHENTICATE CRAM-MD5\nS: + not base64!\nC: [*]\n");
	p.plan.login.mechanism = "CRAM-MD5";
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind, FAULT_PROTOCOL);
	/* nothing of the login was said */
	assert_int_equal(p.seen->login.outcome, LOGIN_NOT_TRIED);
	play_release(&p);
}

/* ---- mailbox ---- */

static void literals_of_the_server_are_skipped(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  READY TRY "S: a1 OK in\n" BOX
		  "S: * ID (\"name\" {9}\nS: a2 NO x\n"
		  "S:  \"version\" {3}\ns: abc\nS: )\n"
		  "S: a2 OK\nS: a3 OK\nS: a4 NO no quota\nC: a5 LOGOUT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(play_step(&p, STAGE_MAILBOX)->result, STEP_PASSED);
	assert_int_equal(play_step(&p, STAGE_MAILBOX)->reply.answer, ANSWER_OK);
	play_release(&p);
}

static void an_endless_literal_is_too_long(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  READY TRY "S: * X {999999999}\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind, FAULT_TOO_LONG);
	assert_int_equal(p.seen->login.outcome, LOGIN_UNDECIDED);
	play_release(&p);
}

static void mailboxes_that_do_not_open(void **state)
{
	static const struct {
		const char *answer;
		enum fault_kind fault;
	} rows[] = {
		{ "S: a3 NO EXAMINE Unsafe Login.\n", FAULT_REJECTED },
		{ "S: a3 BAD User is authenticated but not connected.\n",
		  FAULT_REJECTED },
		{ "S: a3 NO [INUSE] busy\n", FAULT_DEFERRED },
		{ "S: * BYE gone\n!close\n", FAULT_CLOSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[1024];
		struct play p;

		snprintf(script, sizeof(script), "%s%sS: a2 BAD what ID\n%s",
			 READY TRY "S: a1 OK in\n", BOX, rows[i].answer);
		play_init(&p, SERVICE_IMAP, SECURITY_TLS, script);
		play_run(&p);
		assert_int_equal(play_step(&p, STAGE_MAILBOX)->why.kind,
				 rows[i].fault);
		assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
		assert_false(p.seen->mailbox.examined);
		play_release(&p);
	}
}

/* ---- commands that follow the login in its packet ---- */

static void dovecot_is_told_ahead(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ID] "
		  "Dovecot ready.\n" TRY
		  "C: a2 ID *\nC: a3 EXAMINE INBOX\n"
		  "S: a1 OK [CAPABILITY IMAP4rev1 QUOTA] Logged in\n"
		  "S: * ID NIL\nS: a2 OK\nS: * 5 EXISTS\nS: a3 OK\n"
		  "C: a4 GETQUOTAROOT INBOX\nS: a4 OK\nC: a5 LOGOUT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.script.writes, 3);
	assert_int_equal(p.seen->mailbox.messages, 5);
	assert_string_equal(p.seen->mailbox.server_id, "");
	assert_null(evidence_failure(p.seen));
	/* what was sent stands in the order it was sent */
	assert_memory_equal(p.seen->transcript.text +
			    p.seen->transcript.line[1].start,
			    "a1 AUTHENTICATE PLAIN <secret>", 30);
	assert_no_secret(&p);
	play_release(&p);
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY IMAP4rev1] Dovecot ready.\n"
		  "C: a1 LOGIN *\nC: a2 EXAMINE INBOX\n"
		  "S: a1 NO [AUTHENTICATIONFAILED] no\n"
		  "S: a2 BAD Please login first\n");
	play_run(&p);
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.text,
			    "NO [AUTHENTICATIONFAILED] no");
	assert_int_equal(p.script.writes, 1);
	play_release(&p);
}

static void nobody_else_is_told_ahead(void **state)
{
	static const struct {
		const char *forced, *secret, *script;
		enum stage last;
	} rows[] = {
		/* not asked for */
		{ NULL, "abc", "S: * OK [CAPABILITY X] Dovecot ready.\n"
		  "C: a1 LOGIN *\nS: a1 OK\nC: a2 LOGOUT\n", STAGE_LOGIN },
		/* not known to bear it */
		{ NULL, "abc", "S: * OK [CAPABILITY X] Courier-IMAP ready\n"
		  "C: a1 LOGIN *\nS: a1 OK\nC: a2 EXAMINE INBOX\n"
		  "S: a2 OK\nC: a3 LOGOUT\n", STAGE_LOGOUT },
		/* a challenge or a literal comes between */
		{ "LOGIN", "abc", "S: * OK [CAPABILITY SASL-IR AUTH=LOGIN] "
		  "Dovecot ready.\nC: a1 AUTHENTICATE LOGIN\nS: + \nC: *\n"
		  "S: + \nC: *\nS: a1 OK\nC: a2 EXAMINE INBOX\nS: a2 OK\n"
		  "C: a3 LOGOUT\n", STAGE_LOGOUT },
		{ NULL, "p\xc3\xa4ss", "S: * OK [CAPABILITY X] "
		  "Dovecot ready.\nC: a1 LOGIN * {5}\nS: + \n"
		  "C: p\xc3\xa4ss\nS: a1 OK\nC: a2 EXAMINE INBOX\nS: a2 OK\n"
		  "C: a3 LOGOUT\n", STAGE_LOGOUT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, rows[i].script);
		play_secret(&p, rows[i].secret);
		p.plan.last_stage = rows[i].last;
		p.plan.login.mechanism = rows[i].forced;
		play_run(&p);
		assert_true(script_satisfied(&p.script));
		assert_null(evidence_failure(p.seen));
		play_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(literals),
		cmocka_unit_test(a_literal_that_is_refused),
		cmocka_unit_test(oauth_errors_are_decoded),
		cmocka_unit_test(scram_wants_proof),
		cmocka_unit_test(nonsense_is_cancelled),
		cmocka_unit_test(literals_of_the_server_are_skipped),
		cmocka_unit_test(an_endless_literal_is_too_long),
		cmocka_unit_test(mailboxes_that_do_not_open),
		cmocka_unit_test(dovecot_is_told_ahead),
		cmocka_unit_test(nobody_else_is_told_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
