#include "reports/manner.h"

#include "reports/words.h"
#include "test/unit/samples.h"

static struct evidence *smtp(void)
{
	struct evidence *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	sample_endpoint(e, SERVICE_SMTP, "mail.example", SECURITY_STARTTLS);
	return e;
}

static void words_written_over(void **state)
{
	static const struct {
		enum service service;
		const char *words;
		bool masked, fits;
	} rows[] = {
		{ SERVICE_SMTP, "PIPELINING XXXXXXXA 8BITMIME", true, true },
		{ SERVICE_IMAP, "IMAP4REV1 XXXXXXXX IDLE", true, true },
		{ SERVICE_POP3, "TOP XXXX UIDL", true, true },
		{ SERVICE_SMTP, "PIPELINING XXXA", true, false },
		{ SERVICE_SMTP, "XXXXXXXXXXXXB XXXXXXXC", true, true },
		/* capabilities that only begin with the letter */
		{ SERVICE_IMAP, "XLIST X-GM-EXT-1 XYZZY XAPPLEPUSHSERVICE",
		  false, false },
		{ SERVICE_SMTP, "XCLIENT XFORWARD XXLITERAL", false, false },
		{ SERVICE_SMTP, "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct evidence *e = smtp();
		bool fits;

		e->endpoint.service = rows[i].service;
		PUT(e->capabilities[PHASE_CLEAR].words, rows[i].words);
		assert_int_equal(masks_in_capabilities(e, &fits),
				 rows[i].masked);
		assert_int_equal(fits, rows[i].fits);
		free(e);
	}
}

static void greetings_written_over(void **state)
{
	static const struct { const char *text; bool masked; } rows[] = {
		{ "220 *************************0*0******", true },
		{ "220 *** Welcome ***", false },
		{ "220 mail.example ESMTP", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct evidence *e = smtp();

		PUT(sample_step(e, STAGE_GREETING, 1)->reply.text,
		    rows[i].text);
		assert_int_equal(masks_in_greeting(e), rows[i].masked);
		free(e);
	}
}

static void the_clock_and_who_says_so(void **state)
{
	struct evidence *e = smtp();
	struct diagnosis d = { 0 };
	struct report_input in = { .diagnosis = &d };
	struct words w = { .about = e, .in = &in };

	(void)state;
	e->tls.checked_at = NOW;
	assert_string_equal(manner_of(&w, CAUSE_CLOCK_WRONG), "");
	e->tls.built_at = NOW + 3 * DAY;
	assert_string_equal(manner_of(&w, CAUSE_CLOCK_WRONG), ".built");
	e->stated_at = NOW + 90 * DAY;
	assert_string_equal(manner_of(&w, CAUSE_CLOCK_WRONG), ".stated");
	assert_string_equal(manner_of(&w, CAUSE_CERT_EXPIRED), "");
	/* proven: our clock is right, as the server itself says or others do */
	d.causes = 1;
	d.cause[0].cause = CAUSE_CERT_EXPIRED;
	assert_string_equal(manner_of(&w, CAUSE_CERT_EXPIRED), "");
	d.cause[0].confidence = CONFIDENCE_PROVEN;
	assert_string_equal(manner_of(&w, CAUSE_CERT_EXPIRED), ".sure");
	e->stated_at = NOW - 60;
	assert_string_equal(manner_of(&w, CAUSE_CERT_EXPIRED), ".stated");
	w.about = NULL;
	assert_string_equal(manner_of(&w, CAUSE_CLOCK_WRONG), "");
	free(e);
}

/* Why a name or a certificate is no good. */
static void names_and_certificates(void **state)
{
	static const struct {
		enum stage stage;
		enum fault_kind fault;
		enum cause cause;
		const char *manner;
	} rows[] = {
		{ STAGE_RESOLVE, FAULT_NXDOMAIN, CAUSE_WRONG_HOST, ".nowhere" },
		{ STAGE_RESOLVE, FAULT_NO_DATA, CAUSE_WRONG_HOST, "" },
		{ STAGE_CONNECT, FAULT_TIMEOUT, CAUSE_WRONG_HOST, ".other" },
		{ STAGE_LOGIN, FAULT_REJECTED, CAUSE_WRONG_HOST, "" },
		{ STAGE_TLS, FAULT_CERT_FUTURE, CAUSE_CERT_UNTRUSTED,
		  ".future" },
		{ STAGE_TLS, FAULT_CERT_WEAK, CAUSE_CERT_UNTRUSTED, ".unfit" },
		{ STAGE_TLS, FAULT_CERT_UNKNOWN_CA, CAUSE_CERT_UNTRUSTED, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct evidence *e = smtp();
		struct step *s = sample_step(e, rows[i].stage, 1);
		struct diagnosis d = { 0 };
		struct report_input in = { .diagnosis = &d };
		struct words w = { .about = e, .step = s, .in = &in };

		s->result = STEP_FAILED;
		s->why.kind = rows[i].fault;
		assert_string_equal(manner_of(&w, rows[i].cause),
				    rows[i].manner);
		free(e);
	}
}

/* One trial about `e`, and what it saw. */
static struct report_input tried(const struct evidence *const *e,
				 struct trials *t, struct evidence *saw)
{
	t->n = 1;
	t->seen[0] = saw;
	return (struct report_input){ .n = 1, .seen = e, .trials = t };
}

/* Where another name is found it is not the name service here that is mute. */
static void whose_name_service(void **state)
{
	struct evidence *e = smtp(), *other = smtp();
	const struct evidence *const seen[] = { e };
	struct trials t = { .trial = { { .until = STAGE_RESOLVE } } };
	struct report_input in = tried(seen, &t, other);
	struct words w = { .about = e, .in = &in };
	struct step *s = sample_step(other, STAGE_RESOLVE, 1);

	(void)state;
	PUT(t.trial[0].endpoint.host, "control.example");
	s->result = STEP_FAILED;
	assert_string_equal(manner_of(&w, CAUSE_DNS_FAILURE), "");
	assert_string_equal(words_who(&w, CAUSE_DNS_FAILURE),
			    cause_who(CAUSE_DNS_FAILURE));
	s->result = STEP_PASSED;
	assert_string_equal(manner_of(&w, CAUSE_DNS_FAILURE), ".domain");
	assert_string_equal(words_who(&w, CAUSE_DNS_FAILURE), "operator");
	free(e);
	free(other);
}

/* Of a name, or of an address that was given in its place. */
static void whose_address(void **state)
{
	struct evidence *e = smtp();
	struct report_input in = { .n = 0 };
	struct words w = { .about = e, .in = &in };

	(void)state;
	e->name.source = NAME_FROM_DNS;
	assert_string_equal(manner_of(&w, CAUSE_ADDRESS_FAMILY), "");
	e->name.source = NAME_FROM_OPTION;
	assert_string_equal(manner_of(&w, CAUSE_ADDRESS_FAMILY), ".given");
	free(e);
}

/* Whatever form was right, it is the person who types it. */
static void who_types_a_variant(void **state)
{
	struct evidence *e = smtp(), *other = smtp();
	const struct evidence *const seen[] = { e };
	struct trials t = { .n = 0 };
	struct report_input in = tried(seen, &t, other);
	struct words w = { .about = e, .in = &in };

	(void)state;
	other->login.outcome = LOGIN_ACCEPTED;
	for (int v = VARIANT_NONE + 1; v < VARIANT_COUNT; v++) {
		bool name = v == VARIANT_LOCAL_PART || v == VARIANT_ADDRESS;
		enum cause c = name ? CAUSE_USERNAME_FORMAT :
				      CAUSE_PASSWORD_MANGLED;

		t.trial[0].variant = (enum variant)v;
		assert_string_not_equal(manner_of(&w, c), "");
		assert_string_equal(words_who(&w, c), cause_who(c));
	}
	free(e);
	free(other);
}

/* A refusal that says nothing is not told as one that does. */
static void refusals_without_a_reason(void **state)
{
	struct evidence *e = smtp();
	struct diagnosis d = { .causes = 1 };
	struct report_input in = { .diagnosis = &d };
	struct words w = { .about = e, .in = &in };

	(void)state;
	d.cause[0].cause = CAUSE_WRONG_CREDENTIALS;
	PUT(d.cause[0].rule, "login-refused");
	assert_string_equal(manner_of(&w, CAUSE_WRONG_CREDENTIALS), ".unsaid");
	w.about = NULL;			/* words that were pasted */
	assert_string_equal(manner_of(&w, CAUSE_WRONG_CREDENTIALS), ".unsaid");
	PUT(d.cause[0].rule, "login-refused-unsaid");
	assert_string_equal(manner_of(&w, CAUSE_WRONG_CREDENTIALS), ".unsaid");
	/* a program's, that speaks of the password */
	PUT(d.cause[0].rule, "login-refused-told");
	assert_string_equal(manner_of(&w, CAUSE_WRONG_CREDENTIALS), "");
	PUT(d.cause[0].rule, "dovecot-refused");
	assert_string_equal(manner_of(&w, CAUSE_WRONG_CREDENTIALS), "");
	free(e);
}

/* Ports of one host that are silent both. */
static void how_many_ports(void **state)
{
	struct evidence *a = smtp(), *b = smtp();
	const struct evidence *const seen[] = { a, b };
	struct diagnosis d = { 0 };
	struct report_input in = { .n = 2, .seen = seen, .diagnosis = &d };
	struct words w = { .about = a, .in = &in };

	(void)state;
	b->endpoint.port = 465;
	d.endpoint_verdict[0] = CAUSE_NETWORK_BLOCKED;
	assert_string_equal(manner_of(&w, CAUSE_NETWORK_BLOCKED), "");
	d.endpoint_verdict[1] = CAUSE_NETWORK_BLOCKED;
	assert_string_equal(manner_of(&w, CAUSE_NETWORK_BLOCKED), ".several");
	PUT(b->endpoint.host, "other.example");
	assert_string_equal(manner_of(&w, CAUSE_NETWORK_BLOCKED), "");
	free(a);
	free(b);
}

/* Whose limit a TLS version or a cipher is. */
static void whose_limit(void **state)
{
	static const struct {
		const char *offered;
		bool cipher_is_ours;
		const char *version, *cipher;
	} rows[] = {
		{ "TLSv1.3", true, ".newer", "" },
		{ "TLSv1.0", false, ".older", ".old" },
		{ "TLSv1.1", true, ".older", "" },
		{ "TLSv1.2", true, "", "" },
		{ "TLSv1.2", false, "", ".old" },
	};
	const struct step renewed = { .why.kind = FAULT_TLS_LIMIT };
	const struct step asked = { .why.kind = FAULT_CLIENT_CERT };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct evidence *e = smtp(), *hello = smtp();
		const struct evidence *const seen[] = { e };
		struct trials t = { .n = 1, .seen = { hello } };
		struct report_input in = { .n = 1, .seen = seen, .trials = &t };
		struct words w = { .about = e, .in = &in };

		PUT(e->tls.our_versions, "TLSv1.2");
		PUT(hello->tls.offered, rows[i].offered);
		PUT(hello->tls.offered_cipher, "TLS_X");
		hello->tls.cipher_is_ours = rows[i].cipher_is_ours;
		assert_string_equal(manner_of(&w, CAUSE_TLS_VERSION),
				    rows[i].version);
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER),
				    rows[i].cipher);
		e->tls.own_limit = true;
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER), ".ours");
		e->tls.in_pieces = true;
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER),
				    ".pieces");
		e->tls.own_limit = false;
		w.step = &renewed;
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER), ".rekey");
		w.step = &asked;
		assert_string_equal(manner_of(&w, CAUSE_MECH_UNSUPPORTED),
				    ".certificate");
		w.step = NULL;
		assert_string_equal(manner_of(&w, CAUSE_MECH_UNSUPPORTED), "");
		PUT(e->tls.group, "DH 768");
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER), ".group");
		PUT(e->tls.group, "DH 2048");
		assert_string_equal(manner_of(&w, CAUSE_TLS_CIPHER),
				    rows[i].cipher);
		free(e);
		free(hello);
	}
	assert_string_equal(manner_who(".newer"), "nobody");
	assert_null(manner_who(".masked"));
	assert_null(manner_who(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_written_over),
		cmocka_unit_test(greetings_written_over),
		cmocka_unit_test(the_clock_and_who_says_so),
		cmocka_unit_test(names_and_certificates),
		cmocka_unit_test(whose_name_service),
		cmocka_unit_test(whose_address),
		cmocka_unit_test(who_types_a_variant),
		cmocka_unit_test(refusals_without_a_reason),
		cmocka_unit_test(how_many_ports),
		cmocka_unit_test(whose_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
