#include "test/unit/account_scene.h"

/* ---- one endpoint: every fault at its stage ---- */

static void faults_lead_to_causes(void **state)
{
	static const struct {
		enum stage stage;
		enum fault_kind fault;
		enum security security;
		const char *wanted;
		enum confidence at_most;
	} rows[] = {
		{ STAGE_RESOLVE, FAULT_NXDOMAIN, SECURITY_TLS, "wrong_host",
		  CONFIDENCE_LIKELY },
		{ STAGE_RESOLVE, FAULT_NO_DATA, SECURITY_TLS, "wrong_host",
		  CONFIDENCE_LIKELY },
		{ STAGE_RESOLVE, FAULT_NO_IPV4, SECURITY_TLS,
		  "address_family", CONFIDENCE_PROVEN },
		{ STAGE_RESOLVE, FAULT_NO_IPV6, SECURITY_TLS,
		  "address_family", CONFIDENCE_PROVEN },
		{ STAGE_RESOLVE, FAULT_SERVFAIL, SECURITY_TLS, "dns_failure",
		  CONFIDENCE_PROVEN },
		{ STAGE_RESOLVE, FAULT_DNS_TIMEOUT, SECURITY_TLS,
		  "dns_failure", CONFIDENCE_LIKELY },
		{ STAGE_RESOLVE, FAULT_DNS_UNREACHABLE, SECURITY_TLS,
		  "network_down", CONFIDENCE_LIKELY },
		{ STAGE_CONNECT, FAULT_REFUSED, SECURITY_TLS, "wrong_port",
		  CONFIDENCE_LIKELY },
		{ STAGE_CONNECT, FAULT_TIMEOUT, SECURITY_TLS,
		  "network_blocked", CONFIDENCE_LIKELY },
		{ STAGE_CONNECT, FAULT_UNREACHABLE, SECURITY_TLS,
		  "network_down", CONFIDENCE_LIKELY },
		{ STAGE_TLS, FAULT_TLS_VERSION, SECURITY_TLS,
		  "tls_version_mismatch", CONFIDENCE_PROVEN },
		{ STAGE_TLS, FAULT_CERT_EXPIRED, SECURITY_TLS, "cert_expired",
		  CONFIDENCE_PROVEN },
		{ STAGE_TLS, FAULT_CERT_FUTURE, SECURITY_TLS, "clock_wrong",
		  CONFIDENCE_LIKELY },
		{ STAGE_TLS, FAULT_CERT_NAME, SECURITY_TLS,
		  "cert_hostname_mismatch", CONFIDENCE_PROVEN },
		{ STAGE_TLS, FAULT_NO_TRUST, SECURITY_TLS, "cert_untrusted",
		  CONFIDENCE_PROVEN },
		{ STAGE_TLS, FAULT_RESET, SECURITY_TLS, "connection_dropped",
		  CONFIDENCE_LIKELY },
		{ STAGE_GREETING, FAULT_TIMEOUT, SECURITY_TLS,
		  "server_unavailable", CONFIDENCE_LIKELY },
		{ STAGE_STARTTLS, FAULT_NOT_OFFERED, SECURITY_STARTTLS,
		  "starttls_unsupported", CONFIDENCE_PROVEN },
		{ STAGE_LOGIN, FAULT_NOT_OFFERED, SECURITY_TLS,
		  "auth_not_offered", CONFIDENCE_LIKELY },
		{ STAGE_LOGIN, FAULT_NO_MECHANISM, SECURITY_TLS,
		  "mech_unsupported", CONFIDENCE_PROVEN },
		{ STAGE_LOGIN, FAULT_TLS_REQUIRED, SECURITY_NONE,
		  "tls_required", CONFIDENCE_PROVEN },
		{ STAGE_LOGIN, FAULT_BAD_SECRET, SECURITY_TLS,
		  "password_mangled", CONFIDENCE_LIKELY },
		{ STAGE_LOGIN, FAULT_CLOSED, SECURITY_TLS,
		  "connection_dropped", CONFIDENCE_PROVEN },
		{ STAGE_LOGIN, FAULT_TIMEOUT, SECURITY_TLS,
		  "connection_dropped", CONFIDENCE_LIKELY },
		{ STAGE_LOGIN, FAULT_CANCELLED, SECURITY_TLS, "unknown",
		  CONFIDENCE_POSSIBLE },
		{ STAGE_TLS, FAULT_NO_MEMORY, SECURITY_TLS, "unknown",
		  CONFIDENCE_POSSIBLE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;

		account_begin(&a);
		fails(&a, SERVICE_IMAP, rows[i].security, rows[i].stage,
		      rows[i].fault);
		if (strcmp(verdict(&a), rows[i].wanted) != 0)
			print_error("%s at %s\n", fault_name(rows[i].fault),
				    stage_name(rows[i].stage));
		assert_string_equal(verdict(&a), rows[i].wanted);
		assert_true(a.d.cause[0].confidence <= rows[i].at_most);
		assert_int_equal(a.d.cause[0].proof[0].endpoint, 0);
		assert_int_equal(a.d.cause[0].proof[0].step, a.e[0].steps - 1);
	}
}

/* When the wire broke or the answer was put off, nobody is to blame. */
static void never_blames_the_secret_unanswered(void **state)
{
	static const char *const words[] = {
		"a NO [AUTHENTICATIONFAILED] Invalid password",
		"* BYE wrong password", "",
	};

	(void)state;
	for (unsigned stage = 0; stage <= STAGE_LOGIN; stage++) {
		for (unsigned f = 1; f < FAULT_KIND_COUNT; f++) {
			struct account a;
			struct evidence *e;

			if (f == FAULT_BAD_SECRET ||
			    (stage == STAGE_LOGIN && f == FAULT_REJECTED))
				continue;
			account_begin(&a);
			a.known.secret_suspicious = true;
			a.known.provider = "gmail";
			a.known.ordinary_refusal = CAUSE_APP_PASSWORD;
			e = fails(&a, SERVICE_IMAP, SECURITY_TLS,
				  (enum stage)stage, (enum fault_kind)f);
			reply_from_text(SERVICE_IMAP,
					span_of(words[f % ARRAY_SIZE(words)]),
					&e->step[e->steps - 1].reply);
			verdict(&a);
			assert_int_not_equal(a.d.verdict, CAUSE_WORKS);
			assert_int_not_equal(a.d.verdict, CAUSE_NOT_TRIED);
			assert_false(has_cause(&a, CAUSE_WRONG_CREDENTIALS));
			assert_false(has_cause(&a, CAUSE_PASSWORD_MANGLED));
			assert_false(has_cause(&a, CAUSE_APP_PASSWORD));
		}
	}
}

/* ---- several endpoints ---- */

/* Half of a refusal is no refusal: the line broke before its end. */
static void half_a_refusal_is_none(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	e = fails(&a, SERVICE_SMTP, SECURITY_TLS, STAGE_LOGIN, FAULT_CLOSED);
	reply_from_text(SERVICE_SMTP,
			span_of("535-5.7.8 Username and Password not accepted"),
			&e->step[e->steps - 1].reply);
	assert_string_equal(verdict(&a), "connection_dropped");
	assert_false(has_cause(&a, CAUSE_USERNAME_FORMAT));
	assert_int_equal(a.d.exit_code, 3);
}

static void all_well(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	works(&a, SERVICE_IMAP, SECURITY_TLS);
	works(&a, SERVICE_SMTP, SECURITY_TLS);
	fails(&a, SERVICE_SMTP, SECURITY_STARTTLS, STAGE_CONNECT,
	      FAULT_TIMEOUT);
	assert_string_equal(verdict(&a), "works");
	assert_int_equal(a.d.exit_code, 0);
	assert_true(a.d.service_works[SERVICE_SMTP]);
	assert_false(a.d.service_works[SERVICE_POP3]);
	assert_true(has_finding(&a, FINDING_ENDPOINT_FAILS, 2));
	assert_int_equal(a.d.endpoint_verdict[2], CAUSE_NETWORK_BLOCKED);
	assert_int_equal(a.d.logins_attempted, 2);
	assert_int_equal(a.d.logins_refused, 0);
}

static void demanded_endpoints_count_themselves(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	works(&a, SERVICE_SMTP, SECURITY_TLS);
	fails(&a, SERVICE_SMTP, SECURITY_STARTTLS, STAGE_CONNECT,
	      FAULT_TIMEOUT)->endpoint.demanded = true;
	assert_string_equal(verdict(&a), "network_blocked");
	assert_int_equal(a.d.exit_code, 3);
	assert_false(a.d.service_works[SERVICE_SMTP]);
	assert_true(has_cause(&a, CAUSE_WRONG_PORT));
	assert_false(has_cause(&a, CAUSE_SERVER_UNAVAILABLE));
}

static void a_goodbye_harms_nobody(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	e = works(&a, SERVICE_IMAP, SECURITY_TLS);
	step_add(e, STAGE_LOGOUT, STEP_FAILED)->why.kind = FAULT_RESET;
	assert_string_equal(verdict(&a), "works");
	assert_true(has_finding(&a, FINDING_LOGOUT_FAILED, 0));
}

static void no_login_wanted(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	waits(&a, SERVICE_IMAP, SECURITY_TLS, SKIP_NO_SECRET);
	waits(&a, SERVICE_SMTP, SECURITY_TLS, SKIP_ASKED);
	assert_string_equal(verdict(&a), "login_not_tried");
	assert_int_equal(a.d.exit_code, 0);
	assert_int_equal(a.d.logins_attempted, 0);
}

static void nothing_seen_is_not_well(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	a.seen[a.n++] = &a.e[0];
	assert_string_equal(verdict(&a), "unknown");
	assert_int_equal(a.d.exit_code, 4);
}

/* One refusal says it all; who waited for it inherits the verdict. */
static void the_named_cause(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	refuses(&a, SERVICE_IMAP, "a NO [ALERT] Application-specific password "
				  "required: https://example.com (Failure)");
	waits(&a, SERVICE_SMTP, SECURITY_TLS, SKIP_CAUSE_NAMED);
	fails(&a, SERVICE_SMTP, SECURITY_STARTTLS, STAGE_CONNECT,
	      FAULT_REFUSED);
	assert_string_equal(verdict(&a), "app_password_required");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_PROVEN);
	assert_int_equal(a.d.causes, 1);
	assert_int_equal(a.d.endpoint_verdict[1], CAUSE_APP_PASSWORD);
	assert_true(has_finding(&a, FINDING_ENDPOINT_FAILS, 2));
	assert_int_equal(a.d.logins_refused, 1);
	for (unsigned i = 0; i < EXCLUSION_COUNT; i++)
		assert_true(a.d.excluded[i]);
}

/* The vague refusal first, the one that names the cause wins. */
static void the_more_precise_service_wins(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	refuses(&a, SERVICE_IMAP, "a NO LOGIN failed.");
	refuses(&a, SERVICE_SMTP, "535 5.7.139 Authentication unsuccessful, "
				  "basic authentication is disabled.");
	assert_string_equal(verdict(&a), "oauth_required");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_PROVEN);
	assert_int_equal(a.d.cause[0].proofs, 2);
	assert_false(has_cause(&a, CAUSE_WRONG_CREDENTIALS));
	assert_int_equal(a.d.logins_refused, 2);
}

static void right_at_one_service(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	works(&a, SERVICE_IMAP, SECURITY_TLS);
	refuses(&a, SERVICE_SMTP, "535 5.7.8 Error: authentication failed");
	assert_string_equal(verdict(&a), "protocol_disabled");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_LIKELY);
	assert_false(has_cause(&a, CAUSE_WRONG_CREDENTIALS));
	assert_true(has_cause(&a, CAUSE_USERNAME_FORMAT));
	assert_true(a.d.excluded[NOT_NETWORK]);
	assert_true(a.d.excluded[NOT_PASSWORD]);
	assert_false(a.d.excluded[NOT_PROTOCOL_SWITCH]);
	assert_true(a.d.service_works[SERVICE_IMAP]);
	assert_false(a.d.service_works[SERVICE_SMTP]);
}

static void refusal_beats_network_trouble(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	fails(&a, SERVICE_SMTP, SECURITY_TLS, STAGE_CONNECT, FAULT_TIMEOUT);
	refuses(&a, SERVICE_IMAP, "a NO [AUTHENTICATIONFAILED] "
				  "Authentication failed.");
	assert_string_equal(verdict(&a), "wrong_credentials");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_LIKELY);
	assert_true(has_cause(&a, CAUSE_NETWORK_BLOCKED));
	assert_false(a.d.excluded[NOT_PASSWORD]);
	assert_false(a.d.excluded[NOT_NETWORK]);
	assert_true(a.d.excluded[NOT_CERTIFICATE]);
}

/* A name that leads somewhere is not the right one by that. */
static void a_name_is_right_when_its_server_shows_it(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_CONNECT, FAULT_REFUSED);
	verdict(&a);
	assert_false(a.d.excluded[NOT_NAME]);
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_TLS, FAULT_CERT_EXPIRED);
	a.e[0].tls.handshake_done = true;
	verdict(&a);
	assert_true(a.d.excluded[NOT_NAME]);
	a.e[0].tls.cert_wrong_name = true;
	verdict(&a);
	assert_false(a.d.excluded[NOT_NAME]);
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_STARTTLS, STAGE_STARTTLS,
	      FAULT_REJECTED);
	verdict(&a);
	assert_true(a.d.excluded[NOT_NAME]);
}

static void nothing_is_reachable(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_RESOLVE,
	      FAULT_DNS_TIMEOUT);
	fails(&a, SERVICE_SMTP, SECURITY_TLS, STAGE_CONNECT,
	      FAULT_UNREACHABLE);
	assert_string_equal(verdict(&a), "network_down");
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_RESOLVE,
	      FAULT_DNS_TIMEOUT);
	fails(&a, SERVICE_SMTP, SECURITY_TLS, STAGE_RESOLVE,
	      FAULT_DNS_TIMEOUT);
	assert_string_equal(verdict(&a), "dns_failure");
	/* nobody got as far as the mail server's port */
	assert_false(has_cause(&a, CAUSE_NETWORK_BLOCKED));
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_CONNECT,
	      FAULT_UNREACHABLE);
	works(&a, SERVICE_SMTP, SECURITY_TLS);
	assert_string_equal(verdict(&a), "network_blocked");
	assert_false(has_cause(&a, CAUSE_NETWORK_DOWN));
}

static void one_name_exists_the_other_not(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_RESOLVE, FAULT_NXDOMAIN);
	works(&a, SERVICE_SMTP, SECURITY_TLS);
	assert_string_equal(verdict(&a), "wrong_host");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_PROVEN);
}

/* Many accounts: a port that greeted for the last one is no wrong port. */
static void what_worked_a_moment_ago(void **state)
{
	static const enum fault_kind faults[] = {
		FAULT_REFUSED, FAULT_TIMEOUT
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		for (int known = 0; known < 2; known++) {
			struct account a;
			struct evidence *e;

			account_begin(&a);
			e = fails(&a, SERVICE_IMAP, SECURITY_TLS,
				  STAGE_CONNECT, faults[i]);
			if (known)
				a.known.right = right;
			a.known.worked = (struct right){
				.n = 1, .server = { &e->endpoint } };
			assert_string_equal(verdict(&a), "server_unavailable");
			assert_int_equal(a.d.exit_code, 3);
			assert_false(has_cause(&a, CAUSE_WRONG_HOST));
			assert_false(has_cause(&a, CAUSE_WRONG_PORT));
			assert_true(has_cause(&a, CAUSE_IP_BLOCKED));
		}
}

/* Between this machine and itself nothing is blocked, whatever is known. */
static void no_network_is_in_between(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "::1" };
	struct endpoint bridge = right_imap;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts) * 2; i++) {
		struct account a;
		struct evidence *e;

		account_begin(&a);
		span_copy(SPAN_LIT("127.0.0.1"), bridge.host, HOST_CAP);
		a.known.right = (struct right){ .n = 1, .server = { &bridge } };
		e = fails(&a, SERVICE_IMAP, SECURITY_STARTTLS, STAGE_CONNECT,
			  i % 2 ? FAULT_REFUSED : FAULT_TIMEOUT);
		span_copy(span_of(hosts[i / 2]), e->endpoint.host,
			  sizeof(e->endpoint.host));
		e->endpoint.port = 993;
		assert_string_equal(verdict(&a), "server_unavailable");
		assert_false(has_cause(&a, CAUSE_NETWORK_BLOCKED));
		assert_true(has_cause(&a, CAUSE_WRONG_PORT));
		assert_true(a.d.excluded[NOT_NETWORK]);
	}
}

static void the_clock(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	for (int i = 0; i < 2; i++) {
		e = fails(&a, i ? SERVICE_SMTP : SERVICE_IMAP, SECURITY_TLS,
			  STAGE_TLS, FAULT_CERT_EXPIRED);
		e->tls.chain = 1;
		e->tls.cert[0].sha256[0] = (char)('a' + i);
	}
	assert_string_equal(verdict(&a), "clock_wrong");
	a.e[1].tls.cert[0].sha256[0] = 'a';
	assert_string_equal(verdict(&a), "cert_expired");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_lead_to_causes),
		cmocka_unit_test(never_blames_the_secret_unanswered),
		cmocka_unit_test(half_a_refusal_is_none),
		cmocka_unit_test(all_well),
		cmocka_unit_test(demanded_endpoints_count_themselves),
		cmocka_unit_test(a_goodbye_harms_nobody),
		cmocka_unit_test(no_login_wanted),
		cmocka_unit_test(nothing_seen_is_not_well),
		cmocka_unit_test(the_named_cause),
		cmocka_unit_test(the_more_precise_service_wins),
		cmocka_unit_test(right_at_one_service),
		cmocka_unit_test(refusal_beats_network_trouble),
		cmocka_unit_test(a_name_is_right_when_its_server_shows_it),
		cmocka_unit_test(nothing_is_reachable),
		cmocka_unit_test(one_name_exists_the_other_not),
		cmocka_unit_test(what_worked_a_moment_ago),
		cmocka_unit_test(no_network_is_in_between),
		cmocka_unit_test(the_clock),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
