#include "test/unit/account_scene.h"

/* What is known of the provider, of the secret and of the right servers. */

static void the_kind_of_secret(void **state)
{
	static const struct {
		bool like, unlike, sure, suspicious;
		const char *first;
		enum confidence confidence;
	} rows[] = {
		{ false, true,  true,  false, "app_password_required",
		  CONFIDENCE_LIKELY },
		{ true,  false, true,  false, "wrong_credentials",
		  CONFIDENCE_LIKELY },
		{ false, false, true,  false, "app_password_required",
		  CONFIDENCE_LIKELY },
		{ false, false, false, false, "app_password_required",
		  CONFIDENCE_POSSIBLE },
		{ true,  false, true,  true,  "password_mangled",
		  CONFIDENCE_LIKELY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;

		account_begin(&a);
		a.known.provider = "example";
		a.known.ordinary_refusal = CAUSE_APP_PASSWORD;
		a.known.ordinary_refusal_sure = rows[i].sure;
		a.known.secret_like_kind = rows[i].like;
		a.known.secret_unlike_kind = rows[i].unlike;
		a.known.secret_suspicious = rows[i].suspicious;
		a.known.secret_notes = rows[i].suspicious;
		a.known.secret_note[0] = "trailing_space";
		a.known.secret_odd = rows[i].unlike;
		refuses(&a, SERVICE_IMAP,
			"a NO [AUTHENTICATIONFAILED] Invalid credentials");
		assert_string_equal(verdict(&a), rows[i].first);
		assert_int_equal(a.d.cause[0].confidence, rows[i].confidence);
		assert_true(has_cause(&a, CAUSE_WRONG_CREDENTIALS));
		assert_true(has_cause(&a, CAUSE_APP_PASSWORD));
		assert_int_equal(has_finding(&a, FINDING_SECRET_SUSPICIOUS,
					     -1), rows[i].suspicious);
		assert_int_equal(has_finding(&a, FINDING_SECRET_SHAPE, -1),
				 rows[i].unlike);
	}
}

/* What was accepted is right, whatever it looks like. */
static void no_remark_on_a_secret_that_works(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	a.known.secret_suspicious = a.known.secret_odd = true;
	a.known.secret_notes = 1;
	a.known.secret_note[0] = "trailing_space";
	works(&a, SERVICE_IMAP, SECURITY_TLS);
	assert_string_equal(verdict(&a), "works");
	assert_int_equal(a.d.findings, 0);
}

/*
 * A secret of the right kind was withdrawn or mistyped: its kind stays a rival
 * right behind, and a switch that the answer speaks of comes before both.
 */
static void the_right_kind_refused(void **state)
{
	static const struct {
		enum cause usual;
		const char *reply;
		enum cause first, second;
	} rows[] = {
		{ CAUSE_APP_PASSWORD,
		  "a NO [AUTHENTICATIONFAILED] Invalid credentials",
		  CAUSE_WRONG_CREDENTIALS, CAUSE_APP_PASSWORD },
		{ CAUSE_APP_PASSWORD,
		  "a NO Invalid credentials or IMAP is disabled",
		  CAUSE_PROTOCOL_DISABLED, CAUSE_APP_PASSWORD },
		{ CAUSE_WRONG_CREDENTIALS,
		  "a NO [AUTHENTICATIONFAILED] Invalid credentials",
		  CAUSE_WRONG_CREDENTIALS, CAUSE_USERNAME_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;

		account_begin(&a);
		a.known.provider = "example";
		a.known.ordinary_refusal = rows[i].usual;
		a.known.ordinary_refusal_sure = true;
		a.known.secret_like_kind = true;
		refuses(&a, SERVICE_IMAP, rows[i].reply);
		verdict(&a);
		assert_true(a.d.causes > 1);
		assert_int_equal(a.d.cause[0].cause, rows[i].first);
		assert_int_equal(a.d.cause[1].cause, rows[i].second);
	}
}

/* What an account has not from the start is a rival of an ordinary refusal. */
static void what_is_switched_off(void **state)
{
	static const struct {
		enum service off;
		bool with_2fa;
		const char *reply, *first;
		enum cause last;
	} rows[] = {
		{ SERVICE_IMAP, false,
		  "a NO [AUTHENTICATIONFAILED] Authentication failed",
		  "wrong_credentials", CAUSE_PROTOCOL_DISABLED },
		{ SERVICE_SMTP, true,
		  "a NO [AUTHENTICATIONFAILED] Authentication failed",
		  "wrong_credentials", CAUSE_APP_PASSWORD },
		{ SERVICE_IMAP, true,
		  "a NO [AUTHENTICATIONFAILED] Authentication failed",
		  "wrong_credentials", CAUSE_PROTOCOL_DISABLED },
		/* a reason is given: nothing else is possible */
		{ SERVICE_IMAP, true, "a NO [EXPIRED] Password expired",
		  "password_expired", CAUSE_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool named = rows[i].last == CAUSE_COUNT;
		struct account a;

		account_begin(&a);
		a.known.provider = "example";
		a.known.switched_off[rows[i].off] = true;
		a.known.app_password_with_2fa = rows[i].with_2fa;
		refuses(&a, SERVICE_IMAP, rows[i].reply);
		assert_string_equal(verdict(&a), rows[i].first);
		assert_true(named || has_cause(&a, rows[i].last));
		assert_true(named || !rows[i].with_2fa ||
			    has_cause(&a, CAUSE_APP_PASSWORD));
		assert_int_equal(has_cause(&a, CAUSE_PROTOCOL_DISABLED),
				 rows[i].off == SERVICE_IMAP && !named);
	}
}

static void missing_starttls(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	a.known.starttls_offered = true;
	fails(&a, SERVICE_SMTP, SECURITY_STARTTLS, STAGE_STARTTLS,
	      FAULT_NOT_OFFERED);
	assert_string_equal(verdict(&a), "starttls_unsupported");
	/* that is known of the provider's own server */
	a.known.right = (struct right){ .n = 1, .server = { &a.e[0].endpoint } };
	assert_string_equal(verdict(&a), "starttls_stripped");
	assert_int_equal(a.d.exit_code, 3);
}

static void only_tokens_are_taken(void **state)
{
	static const struct {
		const char *offers, *wanted;
	} rows[] = {
		{ "IMAP4REV1 AUTH=XOAUTH2 AUTH=OAUTHBEARER",
		  "oauth_required" },
		{ "AUTH=XOAUTH2 AUTH=GSSAPI", "mech_unsupported" },
		{ "AUTH=GSSAPI", "mech_unsupported" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account a;
		struct evidence *e;

		account_begin(&a);
		e = fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_LOGIN,
			  FAULT_NO_MECHANISM);
		e->capabilities[PHASE_TLS].known = true;
		span_copy(span_of(rows[i].offers),
			  e->capabilities[PHASE_TLS].words, CAPABILITIES_CAP);
		assert_string_equal(verdict(&a), rows[i].wanted);
	}
}

static void strangers_in_between(void **state)
{
	struct account a;
	struct evidence *e;

	(void)state;
	account_begin(&a);
	e = fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_TLS,
		  FAULT_CERT_UNKNOWN_CA);
	assert_string_equal(verdict(&a), "cert_untrusted");
	e->tls.chain = 1;
	span_copy(span_of("CN=Kaspersky Anti-Virus Personal Root"),
		  e->tls.cert[0].issuer, sizeof(e->tls.cert[0].issuer));
	assert_string_equal(verdict(&a), "tls_intercepted");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_PROVEN);
	e->tls.chain = 0;
	a.known.right = right;
	assert_string_equal(verdict(&a), "tls_intercepted");
	assert_int_equal(a.d.cause[0].confidence, CONFIDENCE_LIKELY);
}

/* One web server is an error of the port; two of them are a sign-in page. */
static void web_pages_everywhere(void **state)
{
	struct account a;

	(void)state;
	account_begin(&a);
	for (int i = 0; i < 2; i++) {
		struct evidence *e = fails(&a, i ? SERVICE_SMTP : SERVICE_IMAP,
					   SECURITY_TLS, STAGE_TLS,
					   FAULT_NOT_TLS);

		e->step[e->steps - 1].speech = SPEECH_HTTP;
		assert_string_equal(verdict(&a), i ? "captive_portal"
						   : "wrong_protocol");
	}
}

/* Nobody answers where the provider has no server. */
static void settings_are_held_against_the_right_ones(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		enum fault_kind fault;
		const char *verdict;
	} rows[] = {
		{ "imap.example.com", 143,  FAULT_TIMEOUT, "wrong_port" },
		{ "imap.example.com", 143,  FAULT_REFUSED, "wrong_port" },
		{ "mail.example.com", 993,  FAULT_TIMEOUT, "wrong_host" },
		{ "imap.example.com", 993,  FAULT_TIMEOUT, "network_blocked" },
		{ "imap.example.com", 993,  FAULT_REFUSED, "network_blocked" },
		{ "imap.example.com", 143,  FAULT_UNREACHABLE, "network_down" },
	};
	struct account a;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct evidence *e;

		account_begin(&a);
		a.known.right = right;
		e = fails(&a, SERVICE_IMAP, SECURITY_TLS, STAGE_CONNECT,
			  rows[i].fault);
		span_copy(span_of(rows[i].host), e->endpoint.host,
			  sizeof(e->endpoint.host));
		e->endpoint.port = rows[i].port;
		e->endpoint.demanded = true;
		assert_string_equal(verdict(&a), rows[i].verdict);
		assert_int_not_equal(a.d.cause[0].confidence,
				     CONFIDENCE_PROVEN);
	}
}

/* The provider's own name and port are no mistake of the settings. */
static void the_own_server_is_not_the_wrong_one(void **state)
{
	static const struct {
		enum stage stage;
		enum fault_kind fault;
		const char *verdict;
	} rows[] = {
		{ STAGE_RESOLVE, FAULT_NXDOMAIN, "dns_failure"     },
		{ STAGE_RESOLVE, FAULT_NO_DATA,  "dns_failure"     },
		{ STAGE_CONNECT, FAULT_REFUSED,  "network_blocked" },
		{ STAGE_CONNECT, FAULT_TIMEOUT,  "network_blocked" },
	};
	struct account a;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		account_begin(&a);
		a.known.right = right;
		fails(&a, SERVICE_IMAP, SECURITY_TLS, rows[i].stage,
		      rows[i].fault);
		works(&a, SERVICE_SMTP, SECURITY_TLS);
		assert_string_equal(verdict(&a), rows[i].verdict);
		assert_int_not_equal(a.d.cause[0].confidence,
				     CONFIDENCE_PROVEN);
		assert_false(has_cause(&a, CAUSE_WRONG_HOST));
		assert_false(has_cause(&a, CAUSE_WRONG_PORT));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kind_of_secret),
		cmocka_unit_test(no_remark_on_a_secret_that_works),
		cmocka_unit_test(the_right_kind_refused),
		cmocka_unit_test(what_is_switched_off),
		cmocka_unit_test(missing_starttls),
		cmocka_unit_test(only_tokens_are_taken),
		cmocka_unit_test(strangers_in_between),
		cmocka_unit_test(web_pages_everywhere),
		cmocka_unit_test(settings_are_held_against_the_right_ones),
		cmocka_unit_test(the_own_server_is_not_the_wrong_one),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
