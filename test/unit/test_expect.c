#include "test/unit/unit.h"

#include <string.h>

#include "reports/expect.h"

/* What is wanted of an account, and whether it is so. */

static struct expect of(const char *text)
{
	struct expect e;
	struct expect_slip slip = { .text = NULL };
	struct fault why;
	struct json *v;

	assert_true(json_parse(span_of(text), &v, &why));
	if (!expect_read(v, &e, &slip))
		print_error("%s %s\n", slip.text, slip.member);
	assert_null(slip.text);
	json_free(v);
	return e;
}

/* Each slip is told by its own text, and the member is named. */
static void slipped(const char *row, const struct expect_slip *slip,
		    const char *member, const char *text)
{
	char id[64];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "expect.slip.%s", text);
	if (strcmp(slip->text, id) != 0 || strcmp(slip->member, member) != 0)
		print_error("%s: %s %s\n", row, slip->text, slip->member);
	assert_string_equal(slip->text, id);
	assert_string_equal(slip->member, member);
	for (unsigned l = 0; l < LANG_COUNT; l++)
		assert_true(text_known((enum lang)l, id));
}

static void test_what_is_no_expectation(void **state)
{
	static const struct {
		const char *json, *member, *text;
	} rows[] = {
		{ "[]", "", "object" },
		{ "{\"logn\": []}", "logn", "member" },
		{ "{\"login\": \"imap\"}", "login", "list" },
		{ "{\"login\": [1]}", "login", "list" },
		{ "{\"login\": [\"http\"]}", "login", "service" },
		{ "{\"login\": [\"imap\"], \"no_login\": [\"imap\"]}",
		  "no_login", "both" },
		{ "{\"certificate_days\": -1}", "certificate_days", "days" },
		{ "{\"certificate_days\": \"3\"}", "certificate_days",
		  "days" },
		{ "{\"certificate_days\": 10001}", "certificate_days",
		  "days" },
		{ "{\"tls\": \"2\"}", "tls", "tls" },
		{ "{\"tls\": 1.2}", "tls", "tls" },
		{ "{\"capabilities\": [\"IDLE\"]}", "capabilities", "lists" },
		{ "{\"capabilities\": {\"imap\": \"IDLE\"}}",
		  "capabilities.imap", "list" },
		{ "{\"capabilities\": {\"ftp\": [\"IDLE\"]}}",
		  "capabilities.ftp", "which_list" },
		{ "{\"capabilities\": {\"imap\": [\"A B\"]}}",
		  "capabilities.imap", "capability" },
		{ "{\"max_ms\": 0}", "max_ms", "milliseconds" },
		{ "{\"cause\": \"bad luck\"}", "cause", "cause" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct expect e;
		struct expect_slip slip = { .text = "" };
		struct fault why;
		struct json *v;

		assert_true(json_parse(span_of(rows[i].json), &v, &why));
		assert_false(expect_read(v, &e, &slip));
		json_free(v);
		slipped(rows[i].json, &slip, rows[i].member, rows[i].text);
	}
}

/* ---- in a line ---- */

static struct expect in_line(const char *text)
{
	struct expect e = EXPECT_NOTHING;
	struct expect_slip slip = { .text = NULL };

	if (!expect_parse(text, &e, &slip))
		print_error("%s: %s %s\n", text, slip.text, slip.member);
	assert_null(slip.text);
	return e;
}

static void test_a_line(void **state)
{
	struct expect e = in_line("login=imap,smtp,tls=1.2, no_login = pop3 ,"
				  "certificate_days=14,max_ms=3000,"
				  "capabilities.imap=IDLE,move,"
				  "capabilities.imap=AUTH=PLAIN,"
				  "capabilities.smtp=SIZE DSN,cause=works");

	(void)state;
	assert_int_equal(e.login[SERVICE_IMAP], WISH_LOGIN);
	assert_int_equal(e.login[SERVICE_SMTP], WISH_LOGIN);
	assert_int_equal(e.login[SERVICE_POP3], WISH_NO_LOGIN);
	assert_string_equal(e.tls, "1.2");
	assert_int_equal(e.certificate_days, 14);
	assert_int_equal(e.max_msec, 3000);
	assert_int_equal(e.cause, CAUSE_WORKS);
	assert_int_equal(e.capabilities, 5);
	assert_string_equal(e.capability[1].name, "MOVE");
	assert_string_equal(e.capability[2].name, "AUTH=PLAIN");
	assert_int_equal(e.capability[3].service, SERVICE_SMTP);
	assert_string_equal(e.capability[4].name, "DSN");
}

/* No word is lost, however far behind it stands. */
static void test_a_long_line(void **state)
{
	char line[400];
	struct expect e;

	(void)state;
	snprintf(line, sizeof(line), "login=imap%300ssmtp", "");
	e = in_line(line);
	assert_int_equal(e.login[SERVICE_IMAP], WISH_LOGIN);
	assert_int_equal(e.login[SERVICE_SMTP], WISH_LOGIN);
}

static void test_slips_in_a_line(void **state)
{
	static const struct {
		const char *line, *member, *text;
	} rows[] = {
		{ "", "", "form" }, { "imap", "", "form" },
		{ "=imap", "", "form" }, { "login=", "login", "empty" },
		{ "login=imap,,smtp", "login", "empty" },
		{ "tls=1.2,1.3", "tls", "one" },
		{ "tls=1.2 1.3", "tls", "one" },
		{ "service=imap", "service", "member" },
		{ "tls.imap=1.2", "tls.imap", "member" },
		{ "capabilities=IDLE", "capabilities", "which" },
		{ "capabilities.ftp=IDLE", "capabilities.ftp", "which" },
		{ "capabilities.imap=IDLE,AUTH=PLAIN", "AUTH", "member" },
		{ "login=imap,http", "login", "service" },
		{ "login=imap,no_login=imap", "no_login", "both" },
		{ "max_ms=1s", "max_ms", "milliseconds" },
		{ "certificate_days=-1", "certificate_days", "days" },
		{ "capabilities.imap=ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN,"
		  "X", "capabilities.imap", "capability" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct expect e = EXPECT_NOTHING;
		struct expect_slip slip = { .text = "" };

		assert_false(expect_parse(rows[i].line, &e, &slip));
		slipped(rows[i].line, &slip, rows[i].member, rows[i].text);
	}
}

/* What is judged is shown whole. */
static void test_too_many_capabilities(void **state)
{
	struct expect e = EXPECT_NOTHING;
	struct expect_slip slip = { .text = NULL };
	size_t n = 0;

	(void)state;
	while (expect_add("capabilities.imap", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCD",
			  &e, &slip))
		n++;
	assert_int_equal(n, 5);
	slipped("long", &slip, "capabilities.imap", "many");
	while (expect_add("capabilities.smtp", "X", &e, &slip))
		n++;
	assert_int_equal(n, CAPABILITIES_MAX);
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

/* "login" of all accounts is not of one that is known to be switched off. */
static void test_a_cause_stands_against_logins(void **state)
{
	const struct expect all = in_line("login=imap,no_login=pop3");
	const struct expect off = in_line("cause=protocol_disabled");
	struct expect one = off;

	(void)state;
	expect_over(&all, &one);
	assert_int_equal(one.login[SERVICE_IMAP], WISH_NONE);
	assert_int_equal(one.login[SERVICE_POP3], WISH_NO_LOGIN);
	one = all;
	expect_over(&off, &one);
	assert_int_equal(one.cause, CAUSE_COUNT);
	one = in_line("cause=works");
	expect_over(&all, &one);
	assert_int_equal(one.login[SERVICE_IMAP], WISH_LOGIN);
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
	judged("{\"capabilities\": {\"imap\": [\"QUOTA\"]}}", &in,
	       "capabilities.imap", "none of them", false);
	judged("{\"capabilities\": {\"smtp\": [\"DSN\"]}}", &in,
	       "capabilities.smtp", "not seen", false);
	judged("{\"capabilities\": {\"pop3\": [\"UIDL\"]}}", &in,
	       "capabilities.pop3", "no server", false);
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
		cmocka_unit_test(test_a_line),
		cmocka_unit_test(test_a_long_line),
		cmocka_unit_test(test_slips_in_a_line),
		cmocka_unit_test(test_too_many_capabilities),
		cmocka_unit_test(test_the_last_one_holds),
		cmocka_unit_test(test_a_cause_stands_against_logins),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_no_login),
		cmocka_unit_test(test_all_of_them_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
