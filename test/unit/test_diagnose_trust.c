#include "reports/diagnose.h"

#include "test/unit/samples.h"

/*
 * Who answers, and whose clock is wrong: accounts of one or two endpoints at a
 * provider that is known, each ending in its certificate.
 */
static struct rules *general;

static const struct endpoint right_imap = {
	.service = SERVICE_IMAP, .host = "imap.big.example", .port = 993,
	.security = SECURITY_TLS,
};
static const struct endpoint right_smtp = {
	.service = SERVICE_SMTP, .host = "smtp.big.example", .port = 465,
	.security = SECURITY_TLS,
};

struct account {
	size_t n;
	struct evidence e[3];
	const struct evidence *seen[3];
	struct expectation known;
	struct diagnosis d;
};

static struct account *account_new(bool provider)
{
	struct account *a = calloc(1, sizeof(*a));

	assert_non_null(a);
	a->known.ordinary_refusal = CAUSE_COUNT;
	a->known.address = a->known.user = "taro@big.example";
	if (!provider)
		return a;
	a->known.provider = "big";
	a->known.right = (struct right){
		.n = 2, .server = { &right_imap, &right_smtp },
		.issuers = 1, .issuer = { "Big Trust Services" },
	};
	return a;
}

/* An endpoint whose certificate came, from `issuer`; NONE: it holds. */
static struct evidence *shows(struct account *a, enum service service,
			      const char *host, const char *issuer,
			      enum fault_kind fault)
{
	struct evidence *e = &a->e[a->n];
	struct cert_facts *c = &e->tls.cert[0];

	a->seen[a->n++] = e;
	sample_endpoint(e, service, host, SECURITY_TLS);
	sample_step(e, STAGE_RESOLVE, 1);
	sample_step(e, STAGE_CONNECT, 1);
	e->tls.handshake_done = true;
	e->tls.verified = fault == FAULT_NONE;
	e->tls.chain = 1;
	e->tls.checked_at = NOW;
	PUT(c->issuer, issuer);
	PUT(c->sha256, host);
	c->not_before = NOW - 100 * DAY;
	c->not_after = NOW - 10 * DAY;
	if (fault == FAULT_CERT_FUTURE) {
		c->not_before = NOW + 10 * DAY;
		c->not_after = NOW + 100 * DAY;
	}
	if (fault != FAULT_NONE)
		sample_fail(e, STAGE_TLS, 1, fault, "");
	else
		sample_step(e, STAGE_TLS, 1);
	return e;
}

static void says(struct account *a, enum cause wanted, enum confidence sure)
{
	const struct diagnosed_cause *c = &a->d.cause[0];

	diagnose(a->seen, a->n, &a->known, general, &a->d);
	assert_string_equal(cause_id(c->cause), cause_id(wanted));
	assert_int_equal(c->confidence, sure);
	free(a);
}

/* ---- certificates ---- */

static void a_foreign_issuer_at_a_known_provider(void **state)
{
	struct account *a = account_new(true);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.big.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	says(a, CAUSE_TLS_INTERCEPTED, CONFIDENCE_LIKELY);

	/* nobody in between would call himself that: the list here is old */
	a = account_new(true);
	shows(a, SERVICE_IMAP, "imap.big.example",
	      "CN=B2,O=Big Trust Services,C=US", FAULT_CERT_UNKNOWN_CA);
	says(a, CAUSE_CERT_UNTRUSTED, CONFIDENCE_LIKELY);

	/* a server of the person's own may have any authority */
	a = account_new(true);
	shows(a, SERVICE_IMAP, "mail.taro.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	says(a, CAUSE_CERT_UNTRUSTED, CONFIDENCE_LIKELY);
}

static void doors_of_one_provider_compared(void **state)
{
	struct account *a = account_new(true);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.big.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	shows(a, SERVICE_SMTP, "smtp.big.example",
	      "CN=B2,O=Big Trust Services,C=US", FAULT_NONE);
	says(a, CAUSE_TLS_INTERCEPTED, CONFIDENCE_PROVEN);
}

static void hosts_with_nothing_in_common_compared(void **state)
{
	struct account *a = account_new(false);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	shows(a, SERVICE_SMTP, "smtp.two.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	says(a, CAUSE_TLS_INTERCEPTED, CONFIDENCE_LIKELY);

	/* one owner may have one authority of his own */
	a = account_new(false);
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	shows(a, SERVICE_SMTP, "smtp.one.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	says(a, CAUSE_CERT_UNTRUSTED, CONFIDENCE_LIKELY);
}

/* A company's authority is in this computer's list: told, and no more. */
static void a_trusted_one_that_reads_along(void **state)
{
	static const struct { const char *issuer; bool told; } rows[] = {
		{ "CN=Zscaler Intermediate Root CA,O=Zscaler Inc.", true },
		{ "CN=R11,O=Let's Encrypt,C=US", false },
		/* a maker of firewalls has a mail server, too */
		{ "CN=Fortinet CA,O=Fortinet", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct account *a = account_new(false);
		struct evidence *e = shows(a, SERVICE_IMAP,
					   "imap.one.example", rows[i].issuer,
					   FAULT_NONE);
		bool told = false;

		e->tls.cert[0].not_after = NOW + 90 * DAY;
		sample_fail(e, STAGE_LOGIN, 1, FAULT_REJECTED,
			    "NO [AUTHENTICATIONFAILED] no");
		diagnose(a->seen, a->n, &a->known, general, &a->d);
		for (size_t k = 0; k < a->d.findings; k++)
			told = told || a->d.finding[k].id == FINDING_INSPECTED;
		assert_int_equal(told, rows[i].told);
		free(a);
	}
}

/* ---- clocks ---- */

static void an_expired_certificate_alone(void **state)
{
	struct account *a = account_new(false);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_EXPIRED);
	says(a, CAUSE_CERT_EXPIRED, CONFIDENCE_LIKELY);
}

static void dates_that_servers_state(void **state)
{
	static const struct {
		enum fault_kind fault;
		int days;		/* from the local clock */
		enum cause wanted;
	} rows[] = {
		{ FAULT_CERT_EXPIRED, -50, CAUSE_CLOCK_WRONG },
		{ FAULT_CERT_EXPIRED, 0, CAUSE_CERT_EXPIRED },
		{ FAULT_CERT_FUTURE, 50, CAUSE_CLOCK_WRONG },
		{ FAULT_CERT_FUTURE, 0, CAUSE_CERT_UNTRUSTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct account *a = account_new(false);
		struct evidence *e = shows(a, SERVICE_IMAP,
					   "imap.one.example", "CN=x",
					   rows[i].fault);

		e->stated_at = NOW + rows[i].days * DAY;
		says(a, rows[i].wanted, CONFIDENCE_PROVEN);
	}
}

/* A clock that is behind cannot make a certificate expire. */
static void the_day_of_the_build(void **state)
{
	struct account *a = account_new(false);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_FUTURE)->tls.built_at = NOW + 5 * DAY;
	says(a, CAUSE_CLOCK_WRONG, CONFIDENCE_PROVEN);

	a = account_new(false);
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_EXPIRED)->tls.built_at = NOW + 5 * DAY;
	says(a, CAUSE_CERT_EXPIRED, CONFIDENCE_PROVEN);

	a = account_new(false);
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_FUTURE)->tls.built_at = NOW - 5 * DAY;
	says(a, CAUSE_CLOCK_WRONG, CONFIDENCE_LIKELY);
}

static void other_certificates_of_the_run(void **state)
{
	struct account *a = account_new(false);

	(void)state;
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_EXPIRED);
	shows(a, SERVICE_SMTP, "smtp.one.example", "CN=x", FAULT_NONE);
	says(a, CAUSE_CERT_EXPIRED, CONFIDENCE_PROVEN);

	a = account_new(false);
	shows(a, SERVICE_IMAP, "imap.one.example", "CN=x",
	      FAULT_CERT_EXPIRED);
	shows(a, SERVICE_SMTP, "smtp.one.example", "CN=x",
	      FAULT_CERT_EXPIRED);
	says(a, CAUSE_CLOCK_WRONG, CONFIDENCE_LIKELY);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_foreign_issuer_at_a_known_provider),
		cmocka_unit_test(doors_of_one_provider_compared),
		cmocka_unit_test(hosts_with_nothing_in_common_compared),
		cmocka_unit_test(a_trusted_one_that_reads_along),
		cmocka_unit_test(an_expired_certificate_alone),
		cmocka_unit_test(dates_that_servers_state),
		cmocka_unit_test(the_day_of_the_build),
		cmocka_unit_test(other_certificates_of_the_run),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
