#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/sasl.h"

/* One client, ready for its first turn. */
struct client {
	struct secret secret, out;
	struct credentials who;
	struct sasl_session session;
	struct fault why;
};

static void client_init(struct client *c, const char *mechanism,
			const char *user, const char *secret)
{
	memset(c, 0, sizeof(*c));
	assert_true(secret_init(&c->secret, strlen(secret) + 1));
	secret_add(&c->secret, span_of(secret));
	assert_true(secret_init(&c->out, 1024));
	c->who = (struct credentials){ user, &c->secret, false };
	sasl_begin(&c->session, sasl_by_name(mechanism), &c->who,
		   "server.example.com", 143);
}

static void client_release(struct client *c)
{
	sasl_end(&c->session);
	secret_release(&c->secret);
	secret_release(&c->out);
}

static bool says(struct client *c, const char *challenge)
{
	return sasl_respond(&c->session, span_of(challenge), &c->out, &c->why);
}

#define ASSERT_SAID(c, text) do { \
	assert_int_equal((c)->out.len, sizeof(text) - 1); \
	assert_memory_equal((c)->out.bytes, text, sizeof(text) - 1); \
} while (0)

static void plain_of_rfc_4616(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, "plain", "tim", "tanstaaftanstaaf");
	assert_true(sasl_client_first(c.session.mechanism));
	assert_true(says(&c, ""));
	ASSERT_SAID(&c, "\0tim\0tanstaaftanstaaf");
	/* a server that takes no initial response asks again, once */
	assert_true(says(&c, ""));
	ASSERT_SAID(&c, "\0tim\0tanstaaftanstaaf");
	assert_false(says(&c, ""));
	assert_int_equal(c.why.kind, FAULT_PROTOCOL);
	client_release(&c);
}

static void nul_is_no_secret(void **state)
{
	static const char *const names[] = { "PLAIN", "LOGIN", "XOAUTH2",
					     "OAUTHBEARER" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct client c;

		client_init(&c, names[i], "tim", "abcdef");
		c.secret.bytes[2] = '\0';
		if (strcmp(names[i], "LOGIN") == 0)
			assert_true(says(&c, ""));
		assert_false(says(&c, ""));
		assert_int_equal(c.why.kind, FAULT_BAD_SECRET);
		client_release(&c);
	}
}

static void login_says_name_then_secret(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, "LOGIN", "tim", "p@ss");
	assert_false(sasl_client_first(c.session.mechanism));
	assert_true(says(&c, "Username:"));
	ASSERT_SAID(&c, "tim");
	assert_true(says(&c, "Password:"));
	ASSERT_SAID(&c, "p@ss");
	assert_false(says(&c, "Pet:"));
	client_release(&c);
}

static void cram_of_rfc_2195(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, "CRAM-MD5", "tim", "tanstaaftanstaaf");
	assert_true(says(&c, "<1896.697170952@postoffice.reston.mci.net>"));
	ASSERT_SAID(&c, "tim b913a602c7eda7a495b4e6e7334d3890");
	client_release(&c);
	client_init(&c, "CRAM-MD5", "tim", "tanstaaftanstaaf");
	assert_false(says(&c, ""));
	client_release(&c);
}

struct scram_vector {
	const char *mechanism, *nonce, *first, *server_first, *final,
		   *server_final;
};

static const struct scram_vector rfc_5802 = {
	"SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL",
	"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
	"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	"s=QSXCR+Q6sek8bf92,i=4096",
	"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
	"p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
};

static const struct scram_vector rfc_7677 = {
	"SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO",
	"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
	"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
	"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
	"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

static void scram_begin(struct client *c, const struct scram_vector *v)
{
	client_init(c, v->mechanism, "user", "pencil");
	snprintf(c->session.nonce, sizeof(c->session.nonce), "%s", v->nonce);
}

static void play_scram(const struct scram_vector *v)
{
	struct client c;

	scram_begin(&c, v);
	assert_true(says(&c, ""));
	assert_string_equal(c.out.bytes, v->first);
	assert_true(says(&c, v->server_first));
	assert_string_equal(c.out.bytes, v->final);
	assert_false(sasl_finish(&c.session, &c.why));
	assert_int_equal(c.why.kind, FAULT_SERVER_UNPROVEN);
	assert_true(says(&c, v->server_final));
	assert_int_equal(c.out.len, 0);
	assert_true(sasl_finish(&c.session, &c.why));
	assert_false(says(&c, "more"));
	client_release(&c);
}

static void scram_of_the_rfcs(void **state)
{
	(void)state;
	play_scram(&rfc_5802);
	play_scram(&rfc_7677);
}

static void scram_refuses_false_servers(void **state)
{
	static const char *const firsts[] = {
		"", "nonsense",
		/* not our nonce; ours and nothing more */
		"r=other,s=QSXCR+Q6sek8bf92,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",
		/* a demand for an extension, salts, counts */
		"m=x,r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=?,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=1",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=1000001",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=99999999999",
	};
	static const char *const finals[] = {
		"", "v=", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "v=?", "x",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
	};
	struct client c;

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(firsts); i++) {
		scram_begin(&c, &rfc_5802);
		assert_true(says(&c, ""));
		assert_false(says(&c, firsts[i]));
		assert_int_equal(c.why.kind, FAULT_PROTOCOL);
		client_release(&c);
	}
	for (size_t i = 0; i < ARRAY_SIZE(finals); i++) {
		scram_begin(&c, &rfc_5802);
		assert_true(says(&c, ""));
		assert_true(says(&c, rfc_5802.server_first));
		assert_false(says(&c, finals[i]));
		assert_false(sasl_finish(&c.session, &c.why));
		client_release(&c);
	}
}

static void scram_lets_the_server_refuse(void **state)
{
	struct client c;

	(void)state;
	scram_begin(&c, &rfc_5802);
	assert_true(says(&c, ""));
	assert_true(says(&c, rfc_5802.server_first));
	assert_true(says(&c, "e=invalid-proof"));
	assert_int_equal(c.out.len, 0);
	assert_false(sasl_finish(&c.session, &c.why));
	client_release(&c);
}

static void scram_names_are_escaped(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, "SCRAM-SHA-1", "a=b,c", "pencil");
	snprintf(c.session.nonce, sizeof(c.session.nonce), "x");
	assert_true(says(&c, ""));
	assert_string_equal(c.out.bytes, "n,,n=a=3Db=2Cc,r=x");
	client_release(&c);
	/* a nonce nobody chose is random */
	client_init(&c, "SCRAM-SHA-1", "a", "pencil");
	assert_true(says(&c, ""));
	assert_in_range(strlen(c.session.nonce), 20, 39);
	client_release(&c);
}

static void tokens(void **state)
{
	static const char token[] = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";
	struct client c;

	(void)state;
	/* RFC 7628 section 4.1 */
	client_init(&c, "OAUTHBEARER", "user@example.com", token);
	assert_true(says(&c, ""));
	ASSERT_SAID(&c, "n,a=user@example.com,\001host=server.example.com\001"
		    "port=143\001auth=Bearer "
		    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001");
	assert_true(says(&c, "{\"status\":\"invalid_token\"}"));
	ASSERT_SAID(&c, "\001");
	client_release(&c);
	client_init(&c, "XOAUTH2", "user@example.com", token);
	assert_true(says(&c, ""));
	ASSERT_SAID(&c, "user=user@example.com\001auth=Bearer "
		    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\001\001");
	assert_true(says(&c, "{\"status\":\"400\"}"));
	assert_int_equal(c.out.len, 0);
	client_release(&c);
}

static void too_long_is_a_fault(void **state)
{
	struct client c;
	char name[2000];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	client_init(&c, "PLAIN", name, "secret");
	assert_false(says(&c, ""));
	assert_int_equal(c.why.kind, FAULT_NO_MEMORY);
	client_release(&c);
}

static void the_best_is_chosen(void **state)
{
	static const struct {
		const char *words;
		bool token, tls;
		const char *want;	/* NULL: none */
	} rows[] = {
		{ "AUTH=CRAM-MD5 AUTH=LOGIN AUTH=PLAIN", false, true,
		  "PLAIN" },
		{ "AUTH=CRAM-MD5 AUTH=LOGIN AUTH=PLAIN", false, false,
		  "CRAM-MD5" },
		{ "AUTH=PLAIN AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256", false,
		  false, "SCRAM-SHA-256" },
		{ "AUTH=SCRAM-SHA-256 AUTH=LOGIN", false, true, "LOGIN" },
		{ "AUTH=PLAIN AUTH=XOAUTH2", true, true, "XOAUTH2" },
		{ "AUTH=XOAUTH2 AUTH=OAUTHBEARER", true, true,
		  "OAUTHBEARER" },
		{ "AUTH=XOAUTH2", false, true, NULL },
		{ "AUTH=PLAIN", true, true, NULL },
		{ "AUTH=NTLM AUTH=PLAINTEXT PLAIN", false, true, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capabilities c = { .known = true };
		const struct sasl_mechanism *m;

		snprintf(c.words, sizeof(c.words), "%s", rows[i].words);
		m = sasl_choose(&c, rows[i].token, rows[i].tls);
		if (rows[i].want)
			assert_string_equal(sasl_name(m), rows[i].want);
		else
			assert_null(m);
	}
	assert_null(sasl_by_name("NTLM"));
	assert_true(sasl_proves_server(sasl_by_name("scram-sha-1")));
	assert_false(sasl_sends_secret(sasl_by_name("CRAM-MD5")));
	assert_true(sasl_wants_token(sasl_by_name("XOAUTH2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_of_rfc_4616),
		cmocka_unit_test(nul_is_no_secret),
		cmocka_unit_test(login_says_name_then_secret),
		cmocka_unit_test(cram_of_rfc_2195),
		cmocka_unit_test(scram_of_the_rfcs),
		cmocka_unit_test(scram_refuses_false_servers),
		cmocka_unit_test(scram_lets_the_server_refuse),
		cmocka_unit_test(scram_names_are_escaped),
		cmocka_unit_test(tokens),
		cmocka_unit_test(too_long_is_a_fault),
		cmocka_unit_test(the_best_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
