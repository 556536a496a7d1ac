#include "test/unit/unit.h"

#include "test/unit/tls_peer.h"

/* One handshake, then both sides close. */
static void meet(const struct tls_request *request, enum cert_kind kind,
		 const char *issued_for, struct outcome *ret)
{
	struct peer p = { .server = server_of(kind, issued_for) };
	struct stream client;

	memset(ret, 0, sizeof(*ret));
	peer_start(&p, &client);
	ret->ok = tls_client(request, &client, soon(), &ret->facts,
			     &ret->why);
	stream_close(&client);
	thread_join(&p.thread);
	tls_server_free(p.server);
}

/* ---- the certificate zoo ---- */

enum defect {
	EXPIRED = 1, FUTURE = 2, NAME = 4, UNTRUSTED = 8, WEAK = 16,
	USAGE = 32, INVALID = 64
};

static unsigned defects(const struct tls_facts *f)
{
	return (f->cert_expired ? EXPIRED : 0u) |
	       (f->cert_future ? FUTURE : 0u) |
	       (f->cert_wrong_name ? NAME : 0u) |
	       (f->cert_untrusted ? UNTRUSTED : 0u) |
	       (f->cert_weak ? WEAK : 0u) |
	       (f->cert_wrong_usage ? USAGE : 0u) |
	       (f->cert_invalid ? INVALID : 0u);
}

static const struct zoo {
	enum cert_kind kind;
	const char *issued_for, *asked_for;
	enum fault_kind fault;
	unsigned defects;
} zoo[] = {
	{ CERT_GOOD, HOST, HOST, FAULT_NONE, 0 },
	{ CERT_GOOD, HOST, "MAIL.Example.TEST", FAULT_NONE, 0 },
	{ CERT_GOOD, HOST, HOST ".", FAULT_NONE, 0 },
	{ CERT_GOOD, HOST, "imap.example.test", FAULT_CERT_NAME, NAME },
	{ CERT_GOOD, HOST, "127.0.0.1", FAULT_CERT_NAME, NAME },
	{ CERT_GOOD, "127.0.0.1", "127.0.0.1", FAULT_NONE, 0 },
	{ CERT_GOOD, "::1", "::1", FAULT_NONE, 0 },
	{ CERT_KIND_EXPIRED, HOST, HOST, FAULT_CERT_EXPIRED, EXPIRED },
	/* the name decides the verdict, both are recorded */
	{ CERT_KIND_EXPIRED, HOST, "b.test", FAULT_CERT_NAME, EXPIRED | NAME },
	{ CERT_KIND_FUTURE, HOST, HOST, FAULT_CERT_FUTURE, FUTURE },
	{ CERT_KIND_OTHER_NAME, HOST, HOST, FAULT_CERT_NAME, NAME },
	{ CERT_KIND_SELF_SIGNED, HOST, HOST, FAULT_CERT_SELF_SIGNED,
	  UNTRUSTED },
	{ CERT_KIND_SELF_SIGNED, HOST, "b.test", FAULT_CERT_SELF_SIGNED,
	  UNTRUSTED | NAME },
	{ CERT_KIND_UNKNOWN_CA, HOST, HOST, FAULT_CERT_UNKNOWN_CA, UNTRUSTED },
	{ CERT_KIND_INSPECTED, HOST, HOST, FAULT_NONE, 0 },
	{ CERT_KIND_UNLISTED, HOST, HOST, FAULT_CERT_UNKNOWN_CA,
	  UNTRUSTED },
	{ CERT_KIND_NO_ROOT, HOST, HOST, FAULT_CERT_INCOMPLETE,
	  UNTRUSTED },
	{ CERT_KIND_NO_INTERMEDIATE, HOST, HOST, FAULT_CERT_INCOMPLETE,
	  UNTRUSTED },
	{ CERT_KIND_WILDCARD, HOST, HOST, FAULT_NONE, 0 },
	{ CERT_KIND_WILDCARD, HOST, "other.example.test", FAULT_NONE, 0 },
	{ CERT_KIND_WILDCARD, HOST, "example.test", FAULT_CERT_NAME, NAME },
	{ CERT_KIND_WILDCARD, HOST, "a.b.example.test", FAULT_CERT_NAME,
	  NAME },
	{ CERT_KIND_IP, HOST, "127.0.0.1", FAULT_NONE, 0 },
	{ CERT_KIND_IP, HOST, "::1", FAULT_NONE, 0 },
	{ CERT_KIND_IP, HOST, "[0:0::0:1]", FAULT_NONE, 0 },
	{ CERT_KIND_IP, HOST, "127.0.0.2", FAULT_CERT_NAME, NAME },
	{ CERT_KIND_IP, HOST, HOST, FAULT_CERT_NAME, NAME },
	{ CERT_KIND_SHA1, HOST, HOST, FAULT_CERT_WEAK, WEAK },
	{ CERT_KIND_INTERCEPTED, HOST, HOST, FAULT_CERT_UNKNOWN_CA,
	  UNTRUSTED },
	{ CERT_KIND_CLIENT_ONLY, HOST, HOST, FAULT_CERT_USAGE, USAGE },
	{ CERT_KIND_CROSS_SIGNED, HOST, HOST, FAULT_NONE, 0 },
};

static void judges_the_zoo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(zoo); i++) {
		const struct tls_request request = {
			.host = zoo[i].asked_for, .trust = trust,
		};
		struct outcome o;

		meet(&request, zoo[i].kind, zoo[i].issued_for, &o);
		assert_true(o.facts.handshake_done);
		assert_int_equal(o.ok, zoo[i].fault == FAULT_NONE);
		assert_int_equal(o.facts.verified, o.ok);
		assert_int_equal(defects(&o.facts), zoo[i].defects);
		if (!o.ok)
			assert_string_equal(fault_name(o.why.kind),
					    fault_name(zoo[i].fault));
	}
}

static void records_what_it_agreed_on(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct outcome o;
	const struct tls_facts *f = &o.facts;

	(void)state;
	meet(&request, CERT_GOOD, HOST, &o);
	assert_true(o.ok);
	assert_string_equal(f->group, "X25519");
	assert_string_equal(f->server_name, HOST);
	assert_string_equal(f->trust_file, "test root");
	assert_string_equal(f->root, "mailwhy test root");
	assert_int_equal(f->alert, -1);
	assert_int_equal(f->library_code, 0);
	assert_int_equal(f->first_bytes, 0);
	if (HAS_TLS_1_3) {
		assert_string_equal(f->version, "TLSv1.3");
		assert_string_equal(f->cipher, "TLS_AES_128_GCM_SHA256");
		assert_string_equal(f->our_versions, "TLSv1.2-1.3");
	} else {
		assert_string_equal(f->version, "TLSv1.2");
		assert_string_equal(f->cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_"
				    "GCM_SHA256");
		assert_string_equal(f->our_versions, "TLSv1.2");
	}
}

static void records_the_chain(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct outcome o;
	const struct cert_facts *leaf = &o.facts.cert[0];
	const struct cert_facts *issuer = &o.facts.cert[1];

	(void)state;
	meet(&request, CERT_GOOD, HOST, &o);
	assert_int_equal(o.facts.chain, 2);
	assert_string_equal(leaf->subject, "CN=" HOST);
	assert_string_equal(leaf->subject_name, HOST);
	assert_string_equal(leaf->issuer,
			    "CN=mailwhy test issuer,O=mailwhy demo,C=XX");
	assert_string_equal(leaf->issuer_name, "mailwhy test issuer");
	assert_string_equal(leaf->issuer_org, "mailwhy demo");
	assert_int_equal(leaf->names, 1);
	assert_string_equal(leaf->name[0], HOST);
	assert_string_equal(leaf->key, "EC P-256");
	assert_string_equal(leaf->signature, "ecdsa-with-SHA256");
	assert_int_equal(strlen(leaf->sha256), 64);
	assert_int_equal(leaf->not_after - leaf->not_before, 91 * 86400);
	assert_in_range(o.facts.checked_at, leaf->not_before + 86400,
			leaf->not_before + 86400 + 60);
	assert_false(leaf->is_ca);
	assert_false(leaf->self_signed);
	assert_true(issuer->is_ca);
	assert_false(issuer->self_signed);
	assert_string_equal(issuer->issuer_name, "mailwhy test root");
}

static void records_addresses_of_a_certificate(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct outcome o;
	const struct cert_facts *leaf = &o.facts.cert[0];

	(void)state;
	meet(&request, CERT_KIND_IP, HOST, &o);
	assert_int_equal(leaf->names, 2);
	assert_string_equal(leaf->name[0], "127.0.0.1");
	assert_string_equal(leaf->name[1], "::1");
	assert_non_null(strstr(o.why.text, "127.0.0.1"));
}

/* The interceptor's name is what the diagnosis goes by. */
static void names_the_interceptor(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct outcome o;

	(void)state;
	meet(&request, CERT_KIND_INTERCEPTED, HOST, &o);
	assert_string_equal(o.facts.cert[0].issuer_name,
			    "mailwhy test antivirus Web/Mail Shield Root");
	assert_string_equal(o.facts.cert[0].issuer_org,
			    "mailwhy test antivirus");
	assert_true(o.facts.cert[1].self_signed);
	assert_string_equal(o.facts.root, "");
}

/* Either end of a cross-signed chain is enough (as with ISRG X1 and DST X3). */
static void takes_any_path_to_a_trusted_root(void **state)
{
	const struct tls_request request = {
		.host = HOST, .trust = other_trust,
	};
	struct outcome o;

	(void)state;
	meet(&request, CERT_KIND_CROSS_SIGNED, HOST, &o);
	assert_true(o.ok);
	assert_int_equal(o.facts.chain, 3);
	assert_string_equal(o.facts.root, "Private Office CA");
	meet(&request, CERT_GOOD, HOST, &o);
	assert_false(o.ok);
	assert_int_equal(o.why.kind, FAULT_CERT_INCOMPLETE);
}

/* Same name, other key: what a forged authority would look like. */
static void a_name_alone_makes_no_authority(void **state)
{
	struct pki *forger;
	struct trust *original = trust;
	struct outcome o;
	struct fault why;
	const struct tls_request request = { .host = HOST, .trust = original };
	struct pki *own = pki;

	(void)state;
	assert_true(pki_new(&forger, &why));
	pki = forger;
	meet(&request, CERT_GOOD, HOST, &o);
	pki = own;
	pki_free(forger);
	assert_false(o.ok);
	assert_int_equal(o.why.kind, FAULT_CERT_UNKNOWN_CA);
	assert_int_equal(defects(&o.facts), UNTRUSTED);
}

static void without_roots_nothing_is_verified(void **state)
{
	const struct tls_request request = { .host = HOST };
	struct outcome o;

	(void)state;
	meet(&request, CERT_GOOD, HOST, &o);
	assert_false(o.ok);
	assert_int_equal(o.why.kind, FAULT_NO_TRUST);
	assert_false(o.facts.verified);
	assert_int_equal(o.facts.chain, 2);
	assert_string_equal(o.facts.trust_file, "");
}

static void insecure_goes_on_and_says_so(void **state)
{
	const struct tls_request request = {
		.host = HOST, .trust = trust, .allow_unverified = true,
	};
	struct outcome o;

	(void)state;
	meet(&request, CERT_KIND_SELF_SIGNED, HOST, &o);
	assert_true(o.ok);
	assert_false(o.facts.verified);
	assert_true(o.facts.cert_untrusted);
	assert_int_equal(o.why.kind, FAULT_CERT_SELF_SIGNED);
	meet(&request, CERT_GOOD, HOST, &o);
	assert_true(o.ok);
	assert_true(o.facts.verified);
	assert_int_equal(o.why.kind, FAULT_NONE);
}

/* ---- names ---- */

static const struct { const char *pattern, *host; bool fits; } names[] = {
	{ "mail.example.com", "mail.example.com", true },
	{ "MAIL.example.com", "mail.EXAMPLE.com.", true },
	{ "mail.example.com", "example.com", false },
	{ "*.example.com", "mail.example.com", true },
	{ "*.example.com", "a.mail.example.com", false },
	{ "*.example.com", "example.com", false },
	{ "*.example.com", ".example.com", false },
	{ "*.example.com", "*.example.com", true },
	{ "*.com", "example.com", false },
	{ "*", "localhost", false },
	{ "*.*.com", "a.b.com", false },
	{ "m*.example.com", "mail.example.com", false },
	{ "mail.*.com", "mail.example.com", false },
	{ "*.xn--fsq.example", "xn--a.xn--fsq.example", true },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.10", false },
	{ "*.0.2.1", "192.0.2.1", false },
	{ "2001:db8::1", "2001:DB8:0:0::1", true },
	{ "2001:db8::1", "[2001:db8::1]", true },
	{ "fe80::1", "fe80::1%eth0", true },
	{ "::ffff:192.0.2.1", "192.0.2.1", false },
	{ "", "", false },
	{ "", "a.example", false },
	{ "a.example", "", false },
	{ "a\\x00.example", "a", false },
};

static void matches_names_as_rfc_9525(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(tls_name_matches(names[i].pattern,
						  names[i].host),
				 names[i].fits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_the_zoo),
		cmocka_unit_test(records_what_it_agreed_on),
		cmocka_unit_test(records_the_chain),
		cmocka_unit_test(records_addresses_of_a_certificate),
		cmocka_unit_test(names_the_interceptor),
		cmocka_unit_test(takes_any_path_to_a_trusted_root),
		cmocka_unit_test(a_name_alone_makes_no_authority),
		cmocka_unit_test(without_roots_nothing_is_verified),
		cmocka_unit_test(insecure_goes_on_and_says_so),
		cmocka_unit_test(matches_names_as_rfc_9525),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
