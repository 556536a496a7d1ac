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

static struct rules *general;

static int load(void **state)
{
	struct fault why;

	(void)state;
	general = rules_general(&why);
	return general ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	rules_free(general);
	return 0;
}

static struct step *step_add(struct evidence *e, enum stage stage,
			     enum step_result result)
{
	struct step *s = &e->step[e->steps++];

	s->stage = stage;
	s->result = result;
	s->in_tls = e->tls.handshake_done;
	return s;
}

/* A new endpoint that passed everything before `stage`. */
static struct evidence *endpoint_until(struct account *a, enum service service,
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

static struct evidence *works(struct account *a, enum service service,
			      enum security security)
{
	struct evidence *e = endpoint_until(a, service, security, STAGE_LOGIN);

	step_add(e, STAGE_LOGIN, STEP_PASSED);
	step_add(e, STAGE_MAILBOX, STEP_PASSED);
	e->login.outcome = LOGIN_ACCEPTED;
	e->mailbox.examined = true;
	return e;
}

static struct evidence *fails(struct account *a, enum service service,
			      enum security security, enum stage stage,
			      enum fault_kind kind)
{
	struct evidence *e = endpoint_until(a, service, security, stage);

	step_add(e, stage, STEP_FAILED)->why.kind = kind;
	return e;
}

static struct evidence *refuses(struct account *a, enum service service,
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

static struct evidence *waits(struct account *a, enum service service,
			      enum security security, enum skip skip)
{
	struct evidence *e = endpoint_until(a, service, security, STAGE_LOGIN);

	step_add(e, STAGE_LOGIN, STEP_SKIPPED)->skip = skip;
	return e;
}

static void account_begin(struct account *a)
{
	memset(a, 0, sizeof(*a));
	a->known.ordinary_refusal = CAUSE_COUNT;
	a->known.provider = "";
	a->known.address = "taro@example.com";
	a->known.user = "taro@example.com";
}

static const char *verdict(struct account *a)
{
	diagnose(a->seen, a->n, &a->known, general, &a->d);
	assert_int_equal(a->d.exit_code, cause_exit_code(a->d.verdict));
	assert_int_equal(a->d.verdict, a->d.cause[0].cause);
	return cause_id(a->d.verdict);
}

static bool has_cause(const struct account *a, enum cause c)
{
	for (size_t i = 0; i < a->d.causes; i++)
		if (a->d.cause[i].cause == c)
			return true;
	return false;
}

static bool has_finding(const struct account *a, enum finding_id id,
			int endpoint)
{
	for (size_t i = 0; i < a->d.findings; i++)
		if (a->d.finding[i].id == id &&
		    a->d.finding[i].endpoint == endpoint)
			return true;
	return false;
}

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

static const struct endpoint right_imap = {
	.service = SERVICE_IMAP, .host = "IMAP.example.com", .port = 993,
	.security = SECURITY_TLS,
};
static const struct right right = { .n = 1, .server = { &right_imap } };

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

/* ---- what is known of the provider ---- */

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

/* Names are stable and each its own. */
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
		cmocka_unit_test(nothing_is_reachable),
		cmocka_unit_test(one_name_exists_the_other_not),
		cmocka_unit_test(the_own_server_is_not_the_wrong_one),
		cmocka_unit_test(settings_are_held_against_the_right_ones),
		cmocka_unit_test(what_worked_a_moment_ago),
		cmocka_unit_test(no_network_is_in_between),
		cmocka_unit_test(the_clock),
		cmocka_unit_test(the_kind_of_secret),
		cmocka_unit_test(no_remark_on_a_secret_that_works),
		cmocka_unit_test(the_right_kind_refused),
		cmocka_unit_test(what_is_switched_off),
		cmocka_unit_test(missing_starttls),
		cmocka_unit_test(only_tokens_are_taken),
		cmocka_unit_test(strangers_in_between),
		cmocka_unit_test(web_pages_everywhere),
		cmocka_unit_test(the_gate_hears_of_final_answers),
		cmocka_unit_test(the_mailbox_says_no),
		cmocka_unit_test(a_quota_without_end),
		cmocka_unit_test(names),
		cmocka_unit_test(findings),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
