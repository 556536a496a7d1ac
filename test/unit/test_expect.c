#include "test/unit/unit.h"

#include <string.h>

#include "reports/expect.h"

/* What is wanted of an account, and whether it is so. */

static struct expect of(const char *text)
{
	struct expect e;
	struct fault why = { .kind = FAULT_NONE };
	struct json *v;

	assert_true(json_parse(span_of(text), &v, &why));
	if (!expect_read(v, &e, &why))
		print_error("%s\n", why.text);
	assert_int_equal(why.kind, FAULT_NONE);
	json_free(v);
	return e;
}

static void test_what_is_no_expectation(void **state)
{
	static const char *const rows[] = {
		"[]", "{\"logn\": []}", "{\"login\": \"imap\"}",
		"{\"login\": [\"http\"]}",
		"{\"login\": [\"imap\"], \"no_login\": [\"imap\"]}",
		"{\"certificate_days\": -1}", "{\"certificate_days\": \"3\"}",
		"{\"tls\": \"2\"}", "{\"tls\": 1.2}",
		"{\"capabilities\": [\"IDLE\"]}",
		"{\"capabilities\": {\"imap\": [\"A B\"]}}",
		"{\"max_ms\": 0}", "{\"cause\": \"bad luck\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct expect e;
		struct fault why = { .kind = FAULT_NONE };
		struct json *v;
		bool ok;

		assert_true(json_parse(span_of(rows[i]), &v, &why));
		ok = expect_read(v, &e, &why);
		json_free(v);
		if (ok)
			print_error("taken: %s\n", rows[i]);
		assert_false(ok);
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		assert_true(why.text[0] != '\0');
	}
}

static void test_the_last_one_holds(void **state)
{
	const struct expect all = of("{\"login\": [\"imap\", \"smtp\"],"
		"\"tls\": \"1.2\", \"max_ms\": 9}");
	struct expect one = of("{\"no_login\": [\"imap\"], \"max_ms\": 5}");
	struct expect none = EXPECT_NOTHING;

	(void)state;
	assert_true(expect_is_empty(&none));
	assert_false(expect_is_empty(&all));
	expect_over(&all, &one);
	assert_int_equal(one.login[SERVICE_IMAP], WISH_NO_LOGIN);
	assert_int_equal(one.login[SERVICE_SMTP], WISH_LOGIN);
	assert_string_equal(one.tls, "1.2");
	assert_int_equal(one.max_msec, 5);
}

/* ---- judging ---- */

static struct evidence seen[2];
static struct diagnosis diagnosis;

/* IMAP over TLS 1.2 with 10 days left and IDLE, SMTP not tried. */
static struct report_input scene(enum login_outcome imap, enum cause verdict)
{
	static const struct evidence *const both[] = { &seen[0], &seen[1] };

	memset(seen, 0, sizeof(seen));
	seen[0].endpoint.service = SERVICE_IMAP;
	seen[1].endpoint.service = SERVICE_SMTP;
	seen[0].login.outcome = imap;
	seen[0].tls.chain = 1;
	seen[0].tls.cert[0].not_after = 1000 + 10 * 86400 + 5;
	memcpy(seen[0].tls.version, "TLSv1.3", 8);
	memcpy(seen[1].tls.version, "TLSv1.2", 8);
	seen[0].capabilities[PHASE_TLS].known = true;
	capability_add(&seen[0].capabilities[PHASE_TLS], span_of("IDLE"));
	memset(&diagnosis, 0, sizeof(diagnosis));
	diagnosis.verdict = verdict;
	diagnosis.logins_refused = imap == LOGIN_REFUSED;
	return (struct report_input){
		.n = 2, .seen = both, .diagnosis = &diagnosis,
		.made_at = 1000, .took = 40,
	};
}

static void judged(const char *wanted, const struct report_input *in,
		   const char *id, const char *got, bool met)
{
	const struct expect e = of(wanted);
	struct outcome_expectation row[EXPECTATIONS_MAX];
	size_t n = expect_judge(&e, in, row);

	assert_int_equal(n, 1);
	assert_string_equal(row[0].id, id);
	assert_string_equal(row[0].got, got);
	assert_int_equal(row[0].met, met);
}

static void test_facts(void **state)
{
	const struct report_input in = scene(LOGIN_ACCEPTED, CAUSE_WORKS);

	(void)state;
	judged("{\"certificate_days\": 10}", &in, "certificate_days", "10",
	       true);
	judged("{\"certificate_days\": 11}", &in, "certificate_days", "10",
	       false);
	judged("{\"tls\": \"1.2\"}", &in, "tls", "1.2", true);
	judged("{\"tls\": \"1.3\"}", &in, "tls", "1.2", false);
	judged("{\"capabilities\": {\"imap\": [\"idle\"]}}", &in,
	       "capabilities.imap", "IDLE", true);
	judged("{\"capabilities\": {\"imap\": [\"IDLE\", \"QUOTA\"]}}", &in,
	       "capabilities.imap", "IDLE", false);
	judged("{\"capabilities\": {\"smtp\": [\"DSN\"]}}", &in,
	       "capabilities.smtp", "", false);
	judged("{\"max_ms\": 40}", &in, "max_ms", "40", true);
	judged("{\"max_ms\": 39}", &in, "max_ms", "40", false);
	judged("{\"cause\": \"works\"}", &in, "cause", "works", true);
	judged("{\"cause\": \"mailbox_full\"}", &in, "cause", "works", false);
	judged("{\"login\": [\"imap\"]}", &in, "login.imap", "accepted", true);
	judged("{\"login\": [\"pop3\"]}", &in, "login.pop3", "no server",
	       false);
}

/* A leaver: refused is fine, and what was not asked or broke is not. */
static void test_no_login(void **state)
{
	struct report_input in = scene(LOGIN_REFUSED, CAUSE_ACCOUNT_DISABLED);

	(void)state;
	judged("{\"no_login\": [\"imap\"]}", &in, "no_login.imap", "refused",
	       true);
	judged("{\"no_login\": [\"smtp\"]}", &in, "no_login.smtp", "refused",
	       true);
	/* that one service is off says nothing of another */
	in = scene(LOGIN_REFUSED, CAUSE_PROTOCOL_DISABLED);
	judged("{\"no_login\": [\"smtp\"]}", &in, "no_login.smtp",
	       login_outcome_name(LOGIN_NOT_TRIED), false);
	in = scene(LOGIN_UNDECIDED, CAUSE_SERVER_UNAVAILABLE);
	judged("{\"no_login\": [\"imap\"]}", &in, "no_login.imap",
	       login_outcome_name(LOGIN_UNDECIDED), false);
	in = scene(LOGIN_ACCEPTED, CAUSE_WORKS);
	judged("{\"no_login\": [\"imap\"]}", &in, "no_login.imap",
	       "accepted", false);
}

static void test_all_of_them_have_room(void **state)
{
	const struct report_input in = scene(LOGIN_ACCEPTED, CAUSE_WORKS);
	const struct expect e = of("{\"login\": [\"imap\", \"smtp\", \"pop3\"],"
		"\"certificate_days\": 1, \"tls\": \"1.0\", \"max_ms\": 1,"
		"\"cause\": \"works\", \"capabilities\": {\"imap\": [\"A\"],"
		"\"smtp\": [\"B\"], \"pop3\": [\"C\"]}}");
	struct outcome_expectation row[EXPECTATIONS_MAX];

	(void)state;
	assert_int_equal(expect_judge(&e, &in, row), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_expectation),
		cmocka_unit_test(test_the_last_one_holds),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_no_login),
		cmocka_unit_test(test_all_of_them_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
