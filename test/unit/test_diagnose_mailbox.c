#include "test/unit/account_scene.h"

/* After the login: final answers, the mailbox, and what is noticed beside. */

/* What the login gate asks: does this answer end all logins? */
static void the_gate_hears_of_final_answers(void **state)
{
	static const struct {
		const char *reply;
		bool final, smtp_knows_more;
	} rows[] = {
		{ "a NO [ALERT] Application-specific password required", true,
		  false },
		{ "a NO Account is locked", true, false },
		{ "a NO [AUTHENTICATIONFAILED] No", false, false },
		{ "a NO LOGIN failed.", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;
		struct evidence *e;
		struct rule_match m;

		account_begin(&a);
		e = refuses(&a, SERVICE_IMAP, rows[i].reply);
		assert_true(diagnose_step(e, evidence_failure(e), &a.known,
					  general, &m));
		assert_int_equal(m.final, rows[i].final);
		assert_int_equal(m.ask[SERVICE_SMTP], rows[i].smtp_knows_more);
	}
}

/* After a good login the secret is right, whatever the mailbox says. */
static void the_mailbox_says_no(void **state)
{
	static const struct {
		const char *reply, *wanted;
	} rows[] = {
		{ "a NO EXAMINE Unsafe Login. Please contact somebody",
		  "client_id_required" },
		{ "a BAD User is authenticated but not connected.",
		  "protocol_disabled" },
		{ "a NO [OVERQUOTA] Mailbox is full", "mailbox_full" },
		{ "a NO [SERVERBUG] Oops", "server_unavailable" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;
		struct evidence *e;
		struct step *s;

		account_begin(&a);
		e = endpoint_until(&a, SERVICE_IMAP, SECURITY_TLS,
				   STAGE_LOGIN);
		step_add(e, STAGE_LOGIN, STEP_PASSED);
		e->login.outcome = LOGIN_ACCEPTED;
		s = step_add(e, STAGE_MAILBOX, STEP_FAILED);
		reply_from_text(SERVICE_IMAP, span_of(rows[i].reply),
				&s->reply);
		s->why.kind = reply_fault(&s->reply);
		assert_string_equal(verdict(&a), rows[i].wanted);
		assert_true(a.d.excluded[NOT_PASSWORD]);
		assert_true(a.d.excluded[NOT_USER_NAME]);
	}
}

/* The largest numbers a server can send: no overflow, no division by zero. */
static void a_quota_without_end(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	e = works(&a, SERVICE_IMAP, SECURITY_TLS);
	e->mailbox.has_quota = true;
	e->mailbox.quota_limit = UINT64_MAX - 6;
	e->mailbox.quota_used = 1;
	assert_string_equal(verdict(&a), "works");
	assert_false(has_finding(&a, FINDING_QUOTA_NEAR, 0));
	e->mailbox.quota_limit = 1;
	e->mailbox.quota_used = UINT64_MAX;
	verdict(&a);
	assert_true(has_finding(&a, FINDING_QUOTA_NEAR, 0));
}

/* Names are stable and each its own. */
static void names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FINDING_COUNT; i++)
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(finding_name(i),
						finding_name(k));
	assert_string_equal(finding_name(FINDING_OLD_TLS), "old_tls");
	assert_string_equal(exclusion_name(NOT_PORT), "port");
}

static void findings(void **state)
{
	struct account a;
	struct evidence *e;
	struct step *login;

	(void)state;
	account_begin(&a);
	e = works(&a, SERVICE_IMAP, SECURITY_TLS);
	e->tls.chain = 1;
	e->tls.checked_at = 1795305600;
	e->tls.cert[0].not_after = e->tls.checked_at + 9 * 86400 + 5;
	e->clear_bytes_dropped = 12;
	e->mailbox.has_quota = true;
	e->mailbox.quota_limit = 1000;
	e->mailbox.quota_used = 950;
	e->connection.winner = 1;
	e->connection.attempts = 2;
	e->connection.attempt[0].state = ATTEMPT_FAILED;
	e->connection.attempt[0].address.family = FAMILY_IPV6;
	e->connection.attempt[1].state = ATTEMPT_WON;
	e->connection.attempt[1].address.family = FAMILY_IPV4;
	login = (struct step *)evidence_step(e, STAGE_LOGIN);
	login->ended = 9000;
	login->waited = 500;
	assert_string_equal(verdict(&a), "works");
	assert_true(has_finding(&a, FINDING_CERT_ENDS_SOON, 0));
	assert_true(has_finding(&a, FINDING_CLEAR_BYTES, 0));
	assert_true(has_finding(&a, FINDING_QUOTA_NEAR, 0));
	assert_true(has_finding(&a, FINDING_NO_IPV6, 0));
	assert_true(has_finding(&a, FINDING_SLOW_LOGIN, 0));
	assert_false(has_finding(&a, FINDING_ADDRESS_FAILS, 0));
	assert_false(has_finding(&a, FINDING_OLD_TLS, 0));
	assert_int_equal(a.d.findings, 5);
}

/* Who refuses is there: not the network's doing, whatever the family. */
static void an_address_that_refuses(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	e = works(&a, SERVICE_IMAP, SECURITY_TLS);
	e->connection.winner = 1;
	e->connection.attempts = 2;
	e->connection.attempt[0].state = ATTEMPT_FAILED;
	e->connection.attempt[0].fault = FAULT_REFUSED;
	e->connection.attempt[0].address.family = FAMILY_IPV6;
	e->connection.attempt[1].state = ATTEMPT_WON;
	e->connection.attempt[1].address.family = FAMILY_IPV4;
	assert_string_equal(verdict(&a), "works");
	assert_true(has_finding(&a, FINDING_ADDRESS_FAILS, 0));
	assert_false(has_finding(&a, FINDING_NO_IPV6, 0));
	e->connection.attempt[0].fault = FAULT_UNREACHABLE;
	assert_string_equal(verdict(&a), "works");
	assert_false(has_finding(&a, FINDING_ADDRESS_FAILS, 0));
	assert_true(has_finding(&a, FINDING_NO_IPV6, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_that_refuses),
		cmocka_unit_test(the_gate_hears_of_final_answers),
		cmocka_unit_test(the_mailbox_says_no),
		cmocka_unit_test(a_quota_without_end),
		cmocka_unit_test(names),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
