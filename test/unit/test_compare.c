#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/text.h"
#include "reports/compare.h"
#include "test/unit/samples.h"

static void add(struct settings_known *k, enum service service,
		const char *host, uint16_t port, enum security security,
		const char *user)
{
	struct settings_server *s = &k->server[k->servers++];

	s->endpoint = (struct endpoint){ .service = service, .port = port,
					 .security = security };
	PUT(s->endpoint.host, host);
	PUT(s->user, user);
	s->per_customer = strchr(host, '{') != NULL;
}

static struct settings_known gmail(void)
{
	struct settings_known k = { .provider = "Gmail", .domain = "gmail.com",
				    .address = "taro@gmail.com",
				    .user_sure = true };

	add(&k, SERVICE_IMAP, "imap.gmail.com", 993, SECURITY_TLS, k.address);
	add(&k, SERVICE_SMTP, "smtp.gmail.com", 465, SECURITY_TLS, k.address);
	add(&k, SERVICE_SMTP, "smtp.gmail.com", 587, SECURITY_STARTTLS,
	    k.address);
	add(&k, SERVICE_POP3, "pop.gmail.com", 995, SECURITY_TLS, k.address);
	return k;
}

/* "imap HOST PORT SECURITY", "-" for what is not told. */
static struct customer_server customer(const char *text)
{
	struct customer_server c = { .service = SERVICE_IMAP };
	struct span rest = span_of(text), word;
	char room[HOST_CAP];
	unsigned port;

	assert_true(span_word(&rest, &word));
	span_copy(word, room, sizeof(room));
	assert_true(service_by_name(room, &c.service));
	assert_true(span_word(&rest, &word));
	if (!span_is(word, "-"))
		span_copy(word, c.host, sizeof(c.host));
	assert_true(span_word(&rest, &word));
	if (span_number(word, &port))
		c.port = (uint16_t)port;
	assert_true(span_word(&rest, &word));
	span_copy(word, room, sizeof(room));
	c.has_security = security_by_name(room, &c.security);
	return c;
}

static void sees(const struct settings_known *k,
		 const struct customer_server *c, enum compare_field field,
		 enum compare_reason reason, enum compare_result result)
{
	struct compared_server got;

	compare_server(k, c, &got);
	if (got.field[field].reason != reason ||
	    got.field[field].result != result)
		FAIL_MSG("%s %s:%u: %s %s, not %s %s", service_name(c->service),
			 c->host, c->port,
			 compare_result_name(got.field[field].result),
			 compare_reason_name(got.field[field].reason),
			 compare_result_name(result),
			 compare_reason_name(reason));
}

static void each_value_has_its_reason(void **state)
{
	static const struct {
		const char *given;
		enum compare_field field;
		enum compare_reason why;
	} rows[] = {
		{ "imap imap.gmail.com 993 tls", COMPARE_HOST, REASON_NONE },
		{ "imap IMAP.Gmail.com 993 tls", COMPARE_HOST, REASON_NONE },
		{ "imap pop.gmail.com 993 tls", COMPARE_HOST,
		  REASON_HOST_SERVICE },
		{ "smtp imap.gmail.com 465 tls", COMPARE_HOST,
		  REASON_HOST_SERVICE },
		{ "imap imap.gmial.com 993 tls", COMPARE_HOST,
		  REASON_HOST_TYPO },
		{ "imap imap.gmail.co 993 tls", COMPARE_HOST,
		  REASON_HOST_REGION },
		{ "imap gmail.com 993 tls", COMPARE_HOST, REASON_HOST_DOMAIN },
		{ "imap www.gmail.com 993 tls", COMPARE_HOST,
		  REASON_HOST_DOMAIN },
		{ "imap mail.example.net 993 tls", COMPARE_HOST,
		  REASON_HOST_UNKNOWN },
		{ "imap imap.gmail.com 993 tls", COMPARE_PORT, REASON_NONE },
		{ "imap imap.gmail.com 143 none", COMPARE_PORT,
		  REASON_PORT_UNKNOWN },
		{ "imap imap.gmail.com 995 tls", COMPARE_PORT,
		  REASON_PORT_SERVICE },
		{ "smtp smtp.gmail.com 25 none", COMPARE_PORT,
		  REASON_PORT_25 },
		{ "smtp smtp.gmail.com 993 tls", COMPARE_PORT,
		  REASON_PORT_SERVICE },
		/* both ways that are offered are right */
		{ "smtp smtp.gmail.com 587 starttls", COMPARE_PORT,
		  REASON_NONE },
		{ "smtp smtp.gmail.com 587 starttls", COMPARE_SECURITY,
		  REASON_NONE },
		{ "smtp smtp.gmail.com 465 tls", COMPARE_SECURITY,
		  REASON_NONE },
		{ "smtp smtp.gmail.com 465 starttls", COMPARE_SECURITY,
		  REASON_SECURITY_TLS },
		{ "smtp smtp.gmail.com 587 tls", COMPARE_SECURITY,
		  REASON_SECURITY_STARTTLS },
		{ "smtp smtp.gmail.com 587 none", COMPARE_SECURITY,
		  REASON_SECURITY_NONE },
		{ "imap imap.gmail.com 993 none", COMPARE_SECURITY,
		  REASON_SECURITY_NONE },
		{ "imap imap.gmail.com 143 starttls", COMPARE_SECURITY,
		  REASON_SECURITY_PORT },
	};
	struct settings_known k = gmail();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct customer_server c = customer(rows[i].given);

		sees(&k, &c, rows[i].field, rows[i].why,
		     rows[i].why == REASON_NONE ? COMPARE_RIGHT :
		     COMPARE_WRONG);
	}
}

static void says_nothing_of_what_was_not_told(void **state)
{
	struct settings_known k = gmail();
	struct customer_server c = customer("smtp - 587 -");
	struct compared_server got;

	(void)state;
	compare_server(&k, &c, &got);
	assert_int_equal(got.field[COMPARE_HOST].result, COMPARE_NOT_TOLD);
	assert_int_equal(got.field[COMPARE_PORT].result, COMPARE_RIGHT);
	assert_int_equal(got.field[COMPARE_SECURITY].result, COMPARE_NOT_TOLD);
	assert_int_equal(got.field[COMPARE_USER].result, COMPARE_NOT_TOLD);
	assert_int_equal(compare_worst(&got), COMPARE_RIGHT);
	/* the way with this port is the one to compare with */
	assert_int_equal(got.right->endpoint.security, SECURITY_STARTTLS);
}

/* What the caller found out about a host changes what is said of it. */
static void hears_what_the_network_says(void **state)
{
	struct settings_known k = gmail();
	struct customer_server c = customer("imap mx.mail.example 993 tls");

	(void)state;
	c.is_mx = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_MX, COMPARE_WRONG);
	c.is_mx = false;
	c.was_tried = c.is_missing = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_MISSING, COMPARE_WRONG);
	c.is_missing = false;
	c.answers = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_ANSWERS, COMPARE_UNSURE);
	c.foreign = "Example Mail";
	sees(&k, &c, COMPARE_HOST, REASON_HOST_FOREIGN, COMPARE_WRONG);
	/* a host that answers is no typing mistake */
	c = customer("imap imap2.gmail.com 143 starttls");
	c.answers = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_ANSWERS, COMPARE_UNSURE);
	sees(&k, &c, COMPARE_PORT, REASON_HOST_ANSWERS, COMPARE_UNSURE);
	sees(&k, &c, COMPARE_SECURITY, REASON_HOST_ANSWERS, COMPARE_UNSURE);
}

static void a_guess_does_not_exclude_others(void **state)
{
	struct settings_known k = gmail();
	struct customer_server c = customer("imap mail.example.net 993 tls");

	(void)state;
	k.guessed = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_UNKNOWN, COMPARE_UNSURE);
	c.was_tried = true;
	sees(&k, &c, COMPARE_HOST, REASON_HOST_UNKNOWN, COMPARE_WRONG);
}

static void names_the_user_form(void **state)
{
	static const struct {
		const char *right, *given;
		enum compare_reason why;
		enum compare_result result;
	} rows[] = {
		{ "taro@gmail.com", "Taro@Gmail.com", REASON_NONE,
		  COMPARE_RIGHT },
		{ "taro@gmail.com", "taro", REASON_USER_ADDRESS,
		  COMPARE_WRONG },
		{ "taro@gmail.com", "taro@gmial.com", REASON_USER_MISTYPED,
		  COMPARE_WRONG },
		{ "taro@gmail.com", "hanako@gmail.com", REASON_USER_OTHER,
		  COMPARE_WRONG },
		{ "taro", "taro@gmail.com", REASON_USER_LOCAL,
		  COMPARE_WRONG },
		{ "taro", "taro", REASON_NONE, COMPARE_RIGHT },
		/* an ID that only its owner knows */
		{ "", "taro@gmail.com", REASON_USER_NOT_ADDRESS,
		  COMPARE_WRONG },
		{ "", "taro-2001", REASON_USER_UNTOLD, COMPARE_UNSURE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct settings_known k = gmail();
		struct customer_server c = customer("imap - - -");

		PUT(k.server[0].user, rows[i].right);
		c.user = rows[i].given;
		sees(&k, &c, COMPARE_USER, rows[i].why, rows[i].result);
		/* where the form is not certain, another may be right */
		k.user_sure = false;
		sees(&k, &c, COMPARE_USER, rows[i].why,
		     rows[i].why == REASON_USER_MISTYPED ||
		     rows[i].why == REASON_USER_OTHER ||
		     rows[i].result != COMPARE_WRONG ? rows[i].result :
		     COMPARE_UNSURE);
	}
}

static void a_pattern_stands_for_its_hosts(void **state)
{
	struct settings_known k = { .provider = "X", .address = "a@b.example",
				    .domain = "b.example" };
	struct customer_server c = customer("imap sv1.host.example 993 tls");

	(void)state;
	add(&k, SERVICE_IMAP, "{server}.host.example", 993, SECURITY_TLS, "");
	sees(&k, &c, COMPARE_HOST, REASON_NONE, COMPARE_RIGHT);
	c = customer("imap host.example 993 tls");
	sees(&k, &c, COMPARE_HOST, REASON_HOST_UNKNOWN, COMPARE_WRONG);
	assert_true(compare_host_fits("mail{n}.a.example", "mail7.a.example"));
	assert_false(compare_host_fits("mail{n}.a.example", "mail.a.example"));
	assert_false(compare_host_fits("mail{n.a.example", "mail1.a.example"));
}

static void tells_a_region_from_a_stranger(void **state)
{
	static const struct {
		const char *right, *given;
		enum compare_reason why;
	} rows[] = {
		{ "imap.zoho.com", "imap.zoho.eu", REASON_HOST_REGION },
		{ "imap.zoho.com", "imap.zoho.com.au", REASON_HOST_REGION },
		{ "imap.zoho.com", "imappro.zoho.com", REASON_HOST_UNKNOWN },
		{ "imap.a.example", "imap.b.example", REASON_HOST_TYPO },
		{ "mail.jp", "imap.com", REASON_HOST_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct settings_known k = { .domain = "x.example",
					    .address = "a@x.example" };
		char text[HOST_CAP];
		struct buf b = buf_over(text, sizeof(text));

		add(&k, SERVICE_IMAP, rows[i].right, 993, SECURITY_TLS, "");
		buf_fmt(&b, "imap %s 993 tls", rows[i].given);
		struct customer_server c = customer(text);

		sees(&k, &c, COMPARE_HOST, rows[i].why, COMPARE_WRONG);
	}
}

static void a_service_that_is_not_there(void **state)
{
	struct settings_known k = gmail();
	struct customer_server c = customer("pop3 pop.gmail.com 995 tls");
	struct compared_server got;

	(void)state;
	k.servers = 3;
	compare_server(&k, &c, &got);
	assert_int_equal(got.missing, REASON_NO_SERVICE);
	assert_int_equal(compare_worst(&got), COMPARE_WRONG);
	k.servers = 0;
	compare_server(&k, &c, &got);
	assert_int_equal(got.missing, REASON_NO_ACCESS);
	assert_null(got.right);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_has_its_reason),
		cmocka_unit_test(says_nothing_of_what_was_not_told),
		cmocka_unit_test(hears_what_the_network_says),
		cmocka_unit_test(a_guess_does_not_exclude_others),
		cmocka_unit_test(names_the_user_form),
		cmocka_unit_test(a_pattern_stands_for_its_hosts),
		cmocka_unit_test(tells_a_region_from_a_stranger),
		cmocka_unit_test(a_service_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
