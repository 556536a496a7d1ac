#include "test/unit/unit.h"

#include <string.h>
#include <unistd.h>

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

/* ---- from what was asked to endpoints ---- */

static struct options asked(const char *first, const char *second)
{
	struct options o = { .lang = LANG_EN };

	if (first)
		o.target[o.targets++] = first;
	if (second)
		o.target[o.targets++] = second;
	return o;
}

/* Complaints are the business of other tests: here they would be noise. */
static bool resolve(const struct options *o, struct target *t, char *said,
		    size_t cap)
{
	int fds[2], code = 0, saved = dup(STDERR_FILENO);
	ssize_t n;
	bool ok;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	ok = target_resolve(o, t, &code);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], said, cap - 1);
	close(fds[0]);
	said[n > 0 ? n : 0] = '\0';
	assert_int_equal(ok, said[0] == '\0');
	assert_int_equal(code, ok ? 0 : 2);
	return ok;
}

static void is_endpoint(const struct target *t, size_t i, const char *host,
			unsigned port, enum security security)
{
	assert_true(i < t->endpoints);
	assert_string_equal(t->endpoint[i].host, host);
	assert_int_equal(t->endpoint[i].port, port);
	assert_int_equal(t->endpoint[i].security, security);
}

static void address_of_known_provider(void **state)
{
	struct options o = asked("Taro.Yamada@gmail.com", NULL);
	struct target t;
	char said[600];

	(void)state;
	assert_true(resolve(&o, &t, said, sizeof(said)));
	assert_string_equal(t.address, "Taro.Yamada@gmail.com");
	assert_string_equal(t.user, "Taro.Yamada@gmail.com");
	assert_non_null(t.provider);
	assert_string_equal(t.how_found, "domain");
	assert_int_equal(t.endpoints, 3);
	is_endpoint(&t, 0, "imap.gmail.com", 993, SECURITY_TLS);
	is_endpoint(&t, 1, "smtp.gmail.com", 465, SECURITY_TLS);
	is_endpoint(&t, 2, "smtp.gmail.com", 587, SECURITY_STARTTLS);
	target_release(&t);
	o.has_service = true;
	o.service = SERVICE_POP3;
	o.user = "jiro";
	assert_true(resolve(&o, &t, said, sizeof(said)));
	assert_int_equal(t.endpoints, 1);
	is_endpoint(&t, 0, "pop.gmail.com", 995, SECURITY_TLS);
	assert_string_equal(t.user, "jiro");
	target_release(&t);
	o.port = 1;
	assert_false(resolve(&o, &t, said, sizeof(said)));
	assert_non_null(strstr(said, "Gmail"));
}

static void server_and_companions(void **state)
{
	static const struct {
		bool has_service;
		enum service service;
		bool has_security;
		enum security security;
		unsigned port;
		size_t endpoints;
		enum service first_service;
		unsigned first_port;
		enum security first_security;
		bool demanded;
	} rows[] = {
		{ 0, 0, 0, 0, 0, 3, SERVICE_IMAP, 993, SECURITY_TLS, false },
		{ 0, 0, 1, SECURITY_STARTTLS, 0, 1, SERVICE_SMTP, 587,
		  SECURITY_STARTTLS, false },
		{ 0, 0, 0, 0, 465, 1, SERVICE_SMTP, 465, SECURITY_TLS, true },
		{ 0, 0, 0, 0, 587, 1, SERVICE_SMTP, 587, SECURITY_STARTTLS,
		  true },
		{ 0, 0, 0, 0, 995, 1, SERVICE_POP3, 995, SECURITY_TLS, true },
		{ 0, 0, 0, 0, 143, 1, SERVICE_IMAP, 143, SECURITY_STARTTLS,
		  true },
		/* wrong on purpose: what is given wins */
		{ 1, SERVICE_IMAP, 0, 0, 465, 1, SERVICE_IMAP, 465,
		  SECURITY_TLS, true },
		{ 0, 0, 1, SECURITY_NONE, 993, 1, SERVICE_IMAP, 993,
		  SECURITY_NONE, true },
		{ 1, SERVICE_IMAP, 0, 0, 10993, 1, SERVICE_IMAP, 10993,
		  SECURITY_TLS, true },
		{ 1, SERVICE_IMAP, 0, 0, 0, 1, SERVICE_IMAP, 993,
		  SECURITY_TLS, true },
		{ 1, SERVICE_POP3, 1, SECURITY_STARTTLS, 0, 1, SERVICE_POP3,
		  110, SECURITY_STARTTLS, true },
		{ 1, SERVICE_SMTP, 0, 0, 0, 2, SERVICE_SMTP, 465,
		  SECURITY_TLS, false },
		{ 0, 0, 1, SECURITY_NONE, 0, 0, 0, 0, 0, false },
		{ 0, 0, 0, 0, 1234, 0, 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = asked(NULL, NULL);
		struct target t;
		char said[600];

		o.server = i % 2 ? "2001:db8::1" : "mail.example";
		o.has_service = rows[i].has_service;
		o.service = rows[i].service;
		o.has_security = rows[i].has_security;
		o.security = rows[i].security;
		o.port = (uint16_t)rows[i].port;
		assert_int_equal(resolve(&o, &t, said, sizeof(said)),
				 rows[i].endpoints > 0);
		if (rows[i].endpoints == 0) {
			assert_non_null(strstr(said, o.server));
			continue;
		}
		if (t.endpoints != rows[i].endpoints)
			print_error("row %zu\n", i);
		assert_int_equal(t.endpoints, rows[i].endpoints);
		is_endpoint(&t, 0, o.server, rows[i].first_port,
			    rows[i].first_security);
		assert_int_equal(t.endpoint[0].service, rows[i].first_service);
		assert_int_equal(t.endpoint[0].demanded, rows[i].demanded);
		assert_string_equal(t.user, "");
		assert_null(t.provider);
		target_release(&t);
	}
}

/* URLs of several servers make one account; twice the same is once. */
static void several_urls(void **state)
{
	struct options o = asked("imaps://taro@imap.mail.example",
				 "submission://smtp.mail.example");
	struct target t;
	char said[600];

	(void)state;
	o.target[o.targets++] = "imaps://taro@IMAP.mail.example:993";
	assert_true(resolve(&o, &t, said, sizeof(said)));
	assert_int_equal(t.endpoints, 2);
	is_endpoint(&t, 1, "smtp.mail.example", 587, SECURITY_STARTTLS);
	assert_string_equal(t.user, "taro");
	assert_string_equal(t.address, "");
	target_release(&t);
}

/* A relay takes foreign addresses for user names; Google's servers are its. */
static void provider_of_user(void **state)
{
	struct options o = asked("imaps://taro%40gmail.com@imap.gmail.com",
				 NULL);
	struct target t;
	char said[600];

	(void)state;
	assert_true(resolve(&o, &t, said, sizeof(said)));
	assert_non_null(t.provider);
	target_release(&t);
	o.target[0] = "imaps://taro%40gmail.com@relay.example";
	assert_true(resolve(&o, &t, said, sizeof(said)));
	assert_null(t.provider);
	assert_string_equal(t.how_found, "");
	target_release(&t);
}

static void refusals(void **state)
{
	static const struct {
		const char *first, *second, *server;
		const char *names;	/* what the complaint has to name */
		const char *hides;	/* and what it must not */
	} rows[] = {
		{ NULL, NULL, NULL, "--server", NULL },
		{ "taro", NULL, NULL, "\"taro\"", NULL },
		{ "taro@", NULL, NULL, "\"taro@\"", NULL },
		{ "a@b@c.example", NULL, NULL, "a@b@c.example", NULL },
		{ "taro@nobody.example", NULL, NULL, "nobody.example", NULL },
		{ "a@gmail.com", "b@gmail.com", NULL, "b@gmail.com", NULL },
		{ "imaps://a@h", "imap://b@h", NULL, "\"b\"", NULL },
		{ "imaps://h", NULL, "s.example", "s.example", NULL },
		{ "a@gmail.com", "hunter2", NULL, "2", "hunter2" },
		{ "imaps://a@h", "hunter2", NULL, "2", "hunter2" },
		{ "imaps://a:hunter2@h", NULL, NULL, "--password-", "hunter2" },
		{ "imaps://h:0", NULL, NULL, "imaps://h:0", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = asked(rows[i].first, rows[i].second);
		struct target t;
		char said[800];
		const char *hidden = rows[i].hides;

		o.server = rows[i].server;
		assert_false(resolve(&o, &t, said, sizeof(said)));
		if (!strstr(said, rows[i].names))
			print_error("row %zu: %s\n", i, said);
		assert_non_null(strstr(said, rows[i].names));
		assert_true(!hidden || !strstr(said, hidden));
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	}
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
		cmocka_unit_test(bad_urls),
		cmocka_unit_test(address_of_known_provider),
		cmocka_unit_test(server_and_companions),
		cmocka_unit_test(several_urls),
		cmocka_unit_test(provider_of_user),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
