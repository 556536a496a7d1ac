#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/span.h"
#include "probes/wire/pki.h"
#include "probes/wire/tls.h"
#include "probes/wire/trust.h"

static struct pki *pki;
static char chain[PKI_PEM_CAP], key[PKI_PEM_CAP];

static int setup(void **state)
{
	struct fault why;

	(void)state;
	return tls_setup() && pki_new(&pki, &why) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	pki_free(pki);
	pki_free(NULL);
	return 0;
}

static void names_go_both_ways(void **state)
{
	enum cert_kind k;

	(void)state;
	for (size_t i = 0; i < CERT_KIND_COUNT; i++) {
		assert_true(cert_kind_by_name(
			cert_kind_name((enum cert_kind)i), &k));
		assert_int_equal(k, i);
	}
	assert_false(cert_kind_by_name("", &k));
	assert_false(cert_kind_by_name("Good", &k));
}

static size_t certificates(const char *pem)
{
	size_t n = 0;

	while ((pem = strstr(pem, "-----BEGIN CERTIFICATE-----"))) {
		pem++;
		n++;
	}
	return n;
}

/* What each kind sends besides its own certificate. */
static void sends_the_right_chain(void **state)
{
	static const struct {
		enum cert_kind kind;
		size_t n;
	} rows[] = {
		{ CERT_GOOD, 2 }, { CERT_KIND_EXPIRED, 2 },
		{ CERT_KIND_FUTURE, 2 }, { CERT_KIND_OTHER_NAME, 2 },
		{ CERT_KIND_SELF_SIGNED, 1 }, { CERT_KIND_UNKNOWN_CA, 2 },
		{ CERT_KIND_NO_INTERMEDIATE, 1 }, { CERT_KIND_NO_ROOT, 1 },
		{ CERT_KIND_UNLISTED, 2 }, { CERT_KIND_INSPECTED, 2 }, { CERT_KIND_WILDCARD, 2 },
		{ CERT_KIND_IP, 2 }, { CERT_KIND_SHA1, 2 },
		{ CERT_KIND_INTERCEPTED, 2 }, { CERT_KIND_CLIENT_ONLY, 2 },
		{ CERT_KIND_CROSS_SIGNED, 3 }, { CERT_KIND_SIGN_IN, 1 },
	};

	(void)state;
	assert_int_equal(ARRAY_SIZE(rows), CERT_KIND_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault why;

		assert_true(pki_issue(pki, rows[i].kind, "mail.example.test",
				      chain, key, &why));
		assert_int_equal(certificates(chain), rows[i].n);
	}
}

/* Key and certificate belong together, and a server takes them. */
static void serves_what_it_issues(void **state)
{
	static const char *const hosts[] = {
		"mail.example.test", "localhost", "a.b", "127.0.0.1", "::1",
		"xn--mil-ela.example.test",
		("a-name-that-is-longer-than-a-common-name-may-be-which-is-"
		 "64.characters.example.test"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts) * CERT_KIND_COUNT; i++) {
		enum cert_kind kind = (enum cert_kind)(i % CERT_KIND_COUNT);
		struct tls_server *s;
		struct fault why;

		assert_true(pki_issue(pki, kind, hosts[i / CERT_KIND_COUNT],
				      chain, key, &why));
		assert_true(tls_server_new(span_of(chain), span_of(key), &s,
					   &why));
		tls_server_free(s);
	}
}

static void issues_fresh_serials_and_keys(void **state)
{
	static char before[PKI_PEM_CAP];
	struct fault why;

	(void)state;
	assert_true(pki_issue(pki, CERT_GOOD, "a.example", chain, before,
			      &why));
	assert_true(pki_issue(pki, CERT_GOOD, "a.example", chain, key, &why));
	assert_string_not_equal(before, key);
}

static void its_roots_can_be_trusted(void **state)
{
	struct trust *t;
	struct fault why;

	(void)state;
	assert_true(trust_from_pem(span_of(pki_ca_pem(pki)), "a", &t, &why));
	assert_int_equal(trust_count(t), 1);
	trust_free(t);
	assert_true(trust_from_pem(span_of(pki_other_ca_pem(pki)), "b", &t,
				   &why));
	assert_int_equal(trust_count(t), 1);
	trust_free(t);
}

static void a_server_refuses_nonsense(void **state)
{
	struct tls_server *s = NULL;
	struct fault why;

	(void)state;
	assert_true(pki_issue(pki, CERT_GOOD, "a.example", chain, key, &why));
	assert_false(tls_server_new(span_of("x"), span_of(key), &s, &why));
	assert_int_equal(why.kind, FAULT_INTERNAL);
	assert_false(tls_server_new(span_of(chain), span_of("x"), &s, &why));
	assert_int_equal(why.kind, FAULT_INTERNAL);
	assert_null(s);
	tls_server_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_go_both_ways),
		cmocka_unit_test(sends_the_right_chain),
		cmocka_unit_test(serves_what_it_issues),
		cmocka_unit_test(issues_fresh_serials_and_keys),
		cmocka_unit_test(its_roots_can_be_trusted),
		cmocka_unit_test(a_server_refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
