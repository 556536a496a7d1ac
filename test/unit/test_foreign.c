#include "reports/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "reports/experiment_private.h"
#include "test/unit/samples.h"

static void owners(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "smtp.zoho.com", "mx.zoho.com", true },
		{ "smtp.zoho.com", "SMTP.Zoho.JP", true },
		{ "smtp.zoho.com", "zoho.com", true },
		{ "*.zoho.com", "smtp.zoho.com", true },
		{ "smtp.mail.yahoo.co.jp", "smtp.mail.yahoo.com", true },
		{ "imap.spmode.ne.jp", "mail.spmode.ne.jp", true },
		{ "smtp.zoho.com", "cp12.webhost.example", false },
		{ "smtp.zoho.com", "notzoho.com", false },
		{ "a.ne.jp", "b.ne.jp", false },
		{ "localhost", "localhost", true },
		{ "localhost", "zoho.com", false },
		{ "", "zoho.com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(foreign_same_owner(rows[i].a, rows[i].b),
				 rows[i].same);
}

static void siblings(void **state)
{
	(void)state;
	assert_true(foreign_is_sibling("smtp.zoho.com", "smtppro.zoho.eu"));
	assert_true(foreign_is_sibling("smtp.zoho.com", "smtp.zoho.com.au"));
	assert_false(foreign_is_sibling("smtp.zoho.com", "smtppro.zoho.com"));
	assert_false(foreign_is_sibling("smtp.zoho.com", "smtp.gmail.com"));
}

static void greet(struct evidence *e, const char *text)
{
	struct step *s;

	e->steps = 0;
	sample_step(e, STAGE_RESOLVE, 1);
	s = sample_step(e, STAGE_GREETING, 1);
	span_copy(span_of(text), s->reply.text, sizeof(s->reply.text));
}

static void banners(void **state)
{
	static const struct { const char *text, *host; } rows[] = {
		{ "220 mx.zoho.com SMTP Server ready", "mx.zoho.com" },
		{ "220-cp12.webhost.example ESMTP Exim 4.97\n220 and more",
		  "cp12.webhost.example" },
		{ "220 mail.example.com", "mail.example.com" },
		{ "220 ESMTP Postfix", "" }, { "220 ", "" }, { "220", "" },
		{ "", "" }, { "220 192.0.2.1 ready", "" },
		{ "220 **************", "" },
	};
	struct evidence *e = calloc(1, sizeof(*e));
	char host[HOST_CAP];

	(void)state;
	assert_non_null(e);
	sample_endpoint(e, SERVICE_SMTP, "smtp.zoho.com", SECURITY_TLS);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		greet(e, rows[i].text);
		assert_int_equal(foreign_banner(e, host), rows[i].host[0] != 0);
		assert_string_equal(host, rows[i].host);
	}
	/* IMAP's greeting names no host that could be relied on */
	e->endpoint.service = SERVICE_IMAP;
	greet(e, "* OK mail.example.com ready");
	assert_false(foreign_banner(e, host));
	free(e);
}

/* Both the banner and every name of the certificate must be somebody else's. */
static void who_is_foreign(void **state)
{
	static const struct {
		const char *banner, *name, *other;
		bool foreign;
	} rows[] = {
		{ "220 cp.webhost.example E", "cp.webhost.example",
		  "webhost.example", true },
		{ "220 mx.zoho.com E", "cp.webhost.example", NULL, false },
		{ "220 cp.webhost.example E", "cp.webhost.example",
		  "*.zoho.com", false },
		{ "220 hello", "cp.webhost.example", NULL, false },
	};
	struct evidence *e = calloc(2, sizeof(*e));
	struct trials *t = calloc(1, sizeof(*t));

	(void)state;
	assert_true(e && t);
	t->n = 1;
	t->trial[0].unverified = true;
	t->first = &e[1];
	t->seen[0] = &e[0];
	sample_endpoint(&e[0], SERVICE_SMTP, "smtp.zoho.com", SECURITY_TLS);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tls_facts *tls = &e[i % 2].tls;

		/* STARTTLS: the certificate is the first probe's */
		e[0].tls.chain = e[1].tls.chain = 0;
		tls->chain = 1;
		tls->cert[0].names = rows[i].other ? 2 : 1;
		PUT(tls->cert[0].name[0], rows[i].name);
		PUT(tls->cert[0].name[1], rows[i].other ? rows[i].other : "");
		greet(&e[0], rows[i].banner);
		assert_int_equal(sight_foreign(t, 0), rows[i].foreign);
	}
	greet(&e[0], rows[0].banner);
	e[0].tls.chain = e[1].tls.chain = 0;
	assert_false(sight_foreign(t, 0));
	free(e);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owners),
		cmocka_unit_test(siblings),
		cmocka_unit_test(banners),
		cmocka_unit_test(who_is_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
