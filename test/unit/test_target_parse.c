#include "test/unit/unit.h"

#include <string.h>

#include "cmd/target.h"

/* ---- the parts ---- */

static void addresses(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
		{ "taro@gmail.com", true },
		{ "taro+x.y@mail.example", true },
		{ "taro@localhost", true },
		{ "\xe5\xa4\xaa\xe9\x83\x8e@\xe4\xbe\x8b.jp", true },
		{ "taro", false },
		{ "", false },
		{ "@", false },
		{ "taro@", false },
		{ "@gmail.com", false },
		{ "a@b@gmail.com", false },
		{ "ta ro@gmail.com", false },
		{ "taro@gmail .com", false },
		{ "taro@gmail.com\n", false },
		{ "taro@gmail..com", false },
		{ "taro@.com", false },
		{ "mailto:taro@gmail.com", false },
		{ "<taro@gmail.com>", false },
		{ "taro@gmail.com,", false },
		{ "taro@gmail.com:993", false },
		{ "taro@\xff.com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (target_is_address(rows[i].text) != rows[i].is)
			print_error("%s\n", rows[i].text);
		assert_int_equal(target_is_address(rows[i].text), rows[i].is);
	}
}

static void hosts(void **state)
{
	static const char *const good[] = {
		"imap.gmail.com", "localhost", "a", "192.0.2.1", "2001:db8::1",
		"::1", "imap.gmail.com.", "xn--r8jz45g.jp", "\xe4\xbe\x8b.jp",
	};
	static const char *const bad[] = {
		"", ".", "a b", "a/b", "a@b", "a:1", "-a", ".a", "a..b", "a\t",
		"[::1", "a,b", "a\\b", "a%b", "a#b",
	};
	char big[HOST_CAP + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(target_host_is_plausible(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(target_host_is_plausible(bad[i]));
	memset(big, 'a', sizeof(big));
	big[HOST_CAP] = '\0';
	assert_false(target_host_is_plausible(big));
	big[HOST_CAP - 1] = '\0';
	assert_true(target_host_is_plausible(big));
}

static void ports(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned port;
	} rows[] = {
		{ "a:1", "a", 1 },
		{ "192.0.2.1:65535", "192.0.2.1", 65535 },
		{ "[::1]:53", "::1", 53 },
		{ "a", NULL, 0 }, { "a:", NULL, 0 }, { ":1", NULL, 0 },
		{ "a:0", NULL, 0 }, { "a:65536", NULL, 0 },
		{ "a:1x", NULL, 0 }, { "a:-1", NULL, 0 }, { "a:+1", NULL, 0 },
		{ "a: 1", NULL, 0 }, { "a:1:2", NULL, 0 },
		{ "a:18446744073709551617", NULL, 0 },
		{ "[::1]", NULL, 0 }, { "[::1", NULL, 0 }, { "[]:1", NULL, 0 },
		{ "[::1]x:1", NULL, 0 }, { "", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span host;
		uint16_t port;
		bool ok = target_split_port(span_of(rows[i].text), &host,
					    &port);

		if (ok != (rows[i].host != NULL))
			print_error("%s\n", rows[i].text);
		assert_int_equal(ok, rows[i].host != NULL);
		if (!ok)
			continue;
		assert_true(span_is(host, rows[i].host));
		assert_int_equal(port, rows[i].port);
	}
}

static void secrets_in_the_open(void **state)
{
	static const struct {
		const char *text;
		bool holds;
	} rows[] = {
		{ "imaps://taro:pw@h", true },
		{ "http://taro:pw@h", true },
		{ "imaps://taro@x.example:pw@h", true },
		{ "imaps://taro:@h", true },
		{ "taro:pw@mail.example", true },
		{ "imaps://taro@h:993", false },
		{ "imaps://taro@[::1]:993", false },
		{ "imaps://taro%3Ax@h", false },
		{ "mailto:taro@mail.example", false },
		{ "taro@mail.example", false },
		{ "a:1:b:2", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (target_holds_secret(rows[i].text) != rows[i].holds)
			print_error("%s\n", rows[i].text);
		assert_int_equal(target_holds_secret(rows[i].text),
				 rows[i].holds);
	}
}

static void overrides(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned port;
		const char *address[3];
	} rows[] = {
		{ "h.example:993:192.0.2.1", "h.example", 993,
		  { "192.0.2.1" } },
		{ "h:1:192.0.2.1,2001:db8::1", "h", 1,
		  { "192.0.2.1", "2001:db8::1" } },
		{ "h:1:[2001:db8::1]", "h", 1, { "2001:db8::1" } },
		{ "h:*:127.0.0.1", "h", 0, { "127.0.0.1" } },
		{ "nonsense", NULL, 0, { NULL } },
		{ "h:1", NULL, 0, { NULL } },
		{ "h:1:", NULL, 0, { NULL } },
		{ "h::192.0.2.1", NULL, 0, { NULL } },
		{ ":1:192.0.2.1", NULL, 0, { NULL } },
		{ "h:0:192.0.2.1", NULL, 0, { NULL } },
		{ "h:70000:192.0.2.1", NULL, 0, { NULL } },
		{ "h:1:name.example", NULL, 0, { NULL } },
		{ "h:1:192.0.2.1,", "h", 1, { "192.0.2.1" } },
		{ "h:1:,192.0.2.1", NULL, 0, { NULL } },
		{ "h:1:192.0.2.256", NULL, 0, { NULL } },
		{ "a b:1:192.0.2.1", NULL, 0, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct resolve_override got;
		bool ok = target_parse_override(rows[i].text, &got);

		if (ok != (rows[i].host != NULL))
			print_error("%s\n", rows[i].text);
		assert_int_equal(ok, rows[i].host != NULL);
		if (!ok)
			continue;
		assert_string_equal(got.host, rows[i].host);
		assert_int_equal(got.port, rows[i].port);
		for (size_t j = 0; j < got.addresses; j++)
			assert_string_equal(got.address[j].text,
					    rows[i].address[j]);
		assert_null(rows[i].address[got.addresses]);
	}
}

static void connect_rules(void **state)
{
	static const struct {
		const char *text, *from;
		unsigned from_port;
		const char *to;
		unsigned to_port;
	} rows[] = {
		{ "a:1:b:2", "a", 1, "b", 2 },
		{ "::b:2", "", 0, "b", 2 },
		{ "a:1::", "a", 1, "", 0 },
		{ ":::", "", 0, "", 0 },
		{ "a:993::10993", "a", 993, "", 10993 },
		{ "[::1]:1:[2001:db8::2]:2", "::1", 1, "2001:db8::2", 2 },
		{ "nonsense", NULL, 0, NULL, 0 },
		{ "a:1:b", NULL, 0, NULL, 0 },
		{ "a:1:b:2:3", NULL, 0, NULL, 0 },
		{ "a:0:b:2", NULL, 0, NULL, 0 },
		{ "a:1:b:70000", NULL, 0, NULL, 0 },
		{ "a:x:b:2", NULL, 0, NULL, 0 },
		{ "a b:1:c:2", NULL, 0, NULL, 0 },
		{ "[::1:1:b:2", NULL, 0, NULL, 0 },
		{ "", NULL, 0, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct connect_rule got;
		bool ok = target_parse_connect_rule(rows[i].text, &got);

		if (ok != (rows[i].from != NULL))
			print_error("%s\n", rows[i].text);
		assert_int_equal(ok, rows[i].from != NULL);
		if (!ok)
			continue;
		assert_string_equal(got.from_host, rows[i].from);
		assert_int_equal(got.from_port, rows[i].from_port);
		assert_string_equal(got.to_host, rows[i].to);
		assert_int_equal(got.to_port, rows[i].to_port);
	}
}

/* ---- URLs ---- */

static void urls(void **state)
{
	static const struct {
		const char *text;
		enum service service;
		enum security security;
		unsigned port;
	} rows[] = {
		{ "imaps://h", SERVICE_IMAP, SECURITY_TLS, 993 },
		{ "imap://h", SERVICE_IMAP, SECURITY_STARTTLS, 143 },
		{ "smtps://h", SERVICE_SMTP, SECURITY_TLS, 465 },
		{ "submissions://h", SERVICE_SMTP, SECURITY_TLS, 465 },
		{ "submission://h", SERVICE_SMTP, SECURITY_STARTTLS, 587 },
		{ "smtp://h", SERVICE_SMTP, SECURITY_STARTTLS, 587 },
		{ "pop3s://h", SERVICE_POP3, SECURITY_TLS, 995 },
		{ "pop3://h", SERVICE_POP3, SECURITY_STARTTLS, 110 },
		{ "pops://h", SERVICE_POP3, SECURITY_TLS, 995 },
		{ "pop://h", SERVICE_POP3, SECURITY_STARTTLS, 110 },
		{ "IMAPS://h", SERVICE_IMAP, SECURITY_TLS, 993 },
		{ "imaps://h:1", SERVICE_IMAP, SECURITY_TLS, 1 },
		{ "imap://h:65535/", SERVICE_IMAP, SECURITY_STARTTLS, 65535 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct target_url url;
		const char *wrong = target_parse_url(rows[i].text, &url);

		if (wrong)
			print_error("%s: %s\n", rows[i].text, wrong);
		assert_null(wrong);
		assert_int_equal(url.service, rows[i].service);
		assert_int_equal(url.security, rows[i].security);
		assert_int_equal(url.port, rows[i].port);
		assert_string_equal(url.host, "h");
		assert_string_equal(url.user, "");
	}
}

static void url_names(void **state)
{
	static const struct {
		const char *text, *user, *host;
	} rows[] = {
		{ "imaps://taro@h", "taro", "h" },
		{ "imaps://taro%40mail.example@h", "taro@mail.example", "h" },
		{ "imaps://taro@mail.example@h", "taro@mail.example", "h" },
		{ "imaps://taro@[2001:db8::1]", "taro", "2001:db8::1" },
		{ "imaps://[::1]:993", "", "::1" },
		{ "imaps://ta%20ro@h", "ta ro", "h" },
		{ "imaps://a%3Ab@h", "a:b", "h" },
		{ "imaps://%E5%A4%AA@\xe4\xbe\x8b.jp", "\xe5\xa4\xaa",
		  "\xe4\xbe\x8b.jp" },
		{ "imaps://taro@192.0.2.1:1", "taro", "192.0.2.1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct target_url url;

		assert_null(target_parse_url(rows[i].text, &url));
		assert_string_equal(url.user, rows[i].user);
		assert_string_equal(url.host, rows[i].host);
	}
}

static void bad_urls(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
		{ "http://h", "error.url_scheme" },
		{ "imapx://h", "error.url_scheme" },
		{ "h", "error.url_scheme" },
		{ "", "error.url_scheme" },
		{ "imaps:/h", "error.url_scheme" },
		{ "imaps://a:b@h", "error.url_secret" },
		{ "imaps://a:@h", "error.url_secret" },
		{ "imaps://a:b@h/x", "error.url_secret" },
		{ "imaps://a:b@", "error.url_secret" },
		{ "imaps://@h", "error.url_user" },
		{ "imaps://%@h", "error.url_user" },
		{ "imaps://%4@h", "error.url_user" },
		{ "imaps://%zz@h", "error.url_user" },
		{ "imaps://a%00b@h", "error.url_user" },
		{ "imaps://a%0ab@h", "error.url_user" },
		{ "imaps://a%ffb@h", "error.url_user" },
		{ "imaps://", "error.url_host" },
		{ "imaps://a@", "error.url_host" },
		{ "imaps://h ost", "error.url_host" },
		{ "imaps://[::1", "error.url_host" },
		{ "imaps://:993", "error.url_host" },
		{ "imaps://h?x", "error.url_host" },
		{ "imaps://h:", "error.url_port" },
		{ "imaps://h:0", "error.url_port" },
		{ "imaps://h:70000", "error.url_port" },
		{ "imaps://h:99x", "error.url_port" },
		{ "imaps://[::1]:", "error.url_port" },
		{ "imaps://h/INBOX", "error.url_path" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct target_url url;
		const char *wrong = target_parse_url(rows[i].text, &url);

		if (!wrong || strcmp(wrong, rows[i].wrong) != 0)
			print_error("%s\n", rows[i].text);
		assert_non_null(wrong);
		assert_string_equal(wrong, rows[i].wrong);
	}
}

static void full_width(void **state)
{
	(void)state;
	assert_true(target_is_full_width("taro\xef\xbc\xa0mail.example"));
	assert_true(target_is_full_width("\xef\xbc\x81"));
	assert_true(target_is_full_width("\xef\xbd\x9e"));
	/* their neighbours: half-width katakana, a lone lead byte */
	assert_false(target_is_full_width("\xef\xbd\x9f"));
	assert_false(target_is_full_width("\xef\xbc\x80"));
	assert_false(target_is_full_width("\xef\xbc"));
	assert_false(target_is_full_width("\xef"));
	assert_false(target_is_full_width("taro@mail.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(hosts),
		cmocka_unit_test(ports),
		cmocka_unit_test(secrets_in_the_open),
		cmocka_unit_test(overrides),
		cmocka_unit_test(connect_rules),
		cmocka_unit_test(urls),
		cmocka_unit_test(url_names),
		cmocka_unit_test(full_width),
		cmocka_unit_test(bad_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
