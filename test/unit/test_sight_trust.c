#include "reports/experiment_private.h"

#include "test/unit/samples.h"

/* What a further host shows beside what the failing endpoint shows. */
struct pair {
	struct evidence here, there;
	struct trials trials;
};

static struct pair *pair_new(void)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	sample_endpoint(&p->here, SERVICE_IMAP, "imap.one.example",
			SECURITY_TLS);
	sample_endpoint(&p->there, SERVICE_IMAP, "imap.two.example",
			SECURITY_TLS);
	p->trials.n = 1;
	p->trials.first = &p->here;
	p->trials.seen[0] = &p->there;
	return p;
}

static void shows(struct evidence *e, const char *subject, const char *issuer,
		  enum fault_kind fault)
{
	e->tls.chain = 1;
	e->tls.handshake_done = true;
	e->tls.cert_wrong_name = fault == FAULT_CERT_NAME;
	PUT(e->tls.cert[0].subject, subject);
	PUT(e->tls.cert[0].issuer, issuer);
	sample_fail(e, STAGE_TLS, 1, fault, "");
}

static bool saw(const struct pair *p, enum sight s)
{
	return sight_trust(&p->trials, 0, s);
}

static void one_issuer_for_both(void **state)
{
	struct pair *p = pair_new();

	(void)state;
	shows(&p->here, "CN=imap.one.example", "CN=Corp Root",
	      FAULT_CERT_UNKNOWN_CA);
	shows(&p->there, "CN=imap.two.example", "CN=Corp Root",
	      FAULT_CERT_INCOMPLETE);
	assert_true(saw(p, SIGHT_SAME_ISSUER));
	assert_false(saw(p, SIGHT_SAME_CERTIFICATE));
	/* a list of one's own (--ca-file) makes strangers of all others */
	PUT(p->there.tls.cert[0].issuer, "CN=Good Public CA");
	assert_false(saw(p, SIGHT_SAME_ISSUER));
	/* nobody knows what the failing one showed */
	p->trials.first = NULL;
	assert_false(saw(p, SIGHT_SAME_ISSUER));
	free(p);
}

static void one_certificate_for_both(void **state)
{
	struct pair *p = pair_new();

	(void)state;
	shows(&p->here, "CN=login.hotspot.example", "CN=Good Public CA",
	      FAULT_CERT_NAME);
	shows(&p->there, "CN=login.hotspot.example", "CN=Good Public CA",
	      FAULT_CERT_NAME);
	assert_true(saw(p, SIGHT_SAME_CERTIFICATE));
	assert_false(saw(p, SIGHT_SAME_ISSUER));
	/* two hosts, each with a wrong name of its own */
	PUT(p->there.tls.cert[0].subject, "CN=www.two.example");
	assert_false(saw(p, SIGHT_SAME_CERTIFICATE));
	free(p);
}

static void starttls_there(void **state)
{
	struct pair *p = pair_new();

	(void)state;
	assert_false(saw(p, SIGHT_STARTTLS));
	assert_false(saw(p, SIGHT_NO_STARTTLS));
	sample_fail(&p->there, STAGE_STARTTLS, 1, FAULT_NOT_OFFERED, "");
	assert_true(saw(p, SIGHT_NO_STARTTLS));
	p->there.step[0] = (struct step){ .stage = STAGE_STARTTLS };
	assert_true(saw(p, SIGHT_STARTTLS));
	assert_false(saw(p, SIGHT_NO_STARTTLS));
	/* refused for now: that says nothing of what is on offer */
	p->there.steps = 0;
	sample_fail(&p->there, STAGE_STARTTLS, 1, FAULT_DEFERRED, "454 x");
	assert_false(saw(p, SIGHT_STARTTLS));
	assert_false(saw(p, SIGHT_NO_STARTTLS));
	free(p);
}

static void pages_and_dates(void **state)
{
	struct pair *p = pair_new();

	(void)state;
	shows(&p->there, "CN=x", "CN=y", FAULT_CERT_FUTURE);
	assert_true(saw(p, SIGHT_OUTDATED));
	assert_false(saw(p, SIGHT_WEB_PAGE));
	p->there.steps = 0;
	sample_fail(&p->there, STAGE_TLS, 1, FAULT_NOT_TLS, "")->speech =
		SPEECH_HTTP;
	assert_true(saw(p, SIGHT_WEB_PAGE));
	assert_false(saw(p, SIGHT_OUTDATED));
	free(p);
}

static void names_that_lead_to_one_address(void **state)
{
	static const struct { const char *text; uint8_t bytes[16]; bool is; }
	rows[] = {
		{ "10.0.0.1", { 10, 0, 0, 1 }, true },
		{ "172.31.0.1", { 172, 31, 0, 1 }, true },
		{ "172.32.0.1", { 172, 32, 0, 1 }, false },
		{ "192.168.1.1", { 192, 168, 1, 1 }, true },
		{ "100.64.0.1", { 100, 64, 0, 1 }, true },
		{ "100.128.0.1", { 100, 128, 0, 1 }, false },
		/* a large host may bear both names; so may this machine */
		{ "192.0.2.1", { 192, 0, 2, 1 }, false },
		{ "127.0.0.1", { 127, 0, 0, 1 }, false },
		{ "fd00::1", { 0xfd }, true },
		{ "2001:db8::1", { 0x20, 0x01 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pair *p = pair_new();
		struct address *a = &p->here.name.address[0];

		p->here.name.addresses = p->there.name.addresses = 1;
		sample_address(a, rows[i].text);
		memcpy(a->bytes, rows[i].bytes, sizeof(a->bytes));
		p->there.name.address[0] = *a;
		assert_int_equal(sight_is_private(&p->here), rows[i].is);
		assert_int_equal(saw(p, SIGHT_SAME_ADDRESS), rows[i].is);
		/* its own name once more is no news */
		PUT(p->there.endpoint.host, "IMAP.one.example");
		assert_false(saw(p, SIGHT_SAME_ADDRESS));
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_issuer_for_both),
		cmocka_unit_test(one_certificate_for_both),
		cmocka_unit_test(starttls_there),
		cmocka_unit_test(pages_and_dates),
		cmocka_unit_test(names_that_lead_to_one_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
