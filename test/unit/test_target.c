#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/target.h"
#include "providers/provider_own.h"

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

#define PROVIDER(id, kind, servers) \
	"{\"id\":\"" id "\",\"names\":{\"en\":\"The " id "\",\"ja\":\"J\"}," \
	"\"domains\":[\"" id ".example\"],\"mx_suffixes\":[]," \
	"\"servers\":[" servers "],\"user_form\":\"local\"," \
	"\"secret\":{\"kind\":\"" kind "\"},\"sources\":[\"ours\"]," \
	"\"checked\":\"2026-01\",\"sure\":true}"
#define SERVER(service, host) "{\"service\":\"" service "\",\"host\":\"" \
	host "\",\"port\":993,\"security\":\"tls\"}"

/* A host that differs per customer is shown and never an endpoint. */
static void providers_of_ones_own(void **state)
{
	static const struct {
		const char *address, *text, *said;
		size_t endpoints;
	} rows[] = {
		{ "a@one.example", PROVIDER("one", "any",
		  SERVER("imap", "{s}.one.example") ","
		  SERVER("imap", "imap.one.example")), "", 1 },
		{ "a@two.example", PROVIDER("two", "any",
		  SERVER("imap", "{s}.two.example")),
		  "{s}.two.example", 0 },
		{ "a@three.example", PROVIDER("three", "none", ""),
		  "The three gives mail programs no access", 0 },
		{ "a@four.example", PROVIDER("four", "separate", ""),
		  "servers of The four are not known", 0 },
	};
	struct provider_own *own = calloc(1, sizeof(*own));
	struct fault why;

	(void)state;
	assert_non_null(own);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_true(provider_own_add(own, "x.json",
					     span_of(rows[i].text), &why));
	assert_null(provider_own_broken(own));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = asked(rows[i].address, NULL);
		struct target t;
		char said[600];

		o.own_providers = own;
		o.no_network_discovery = true;
		assert_int_equal(resolve(&o, &t, said, sizeof(said)),
				 rows[i].endpoints > 0);
		assert_non_null(strstr(said, rows[i].said));
		if (rows[i].endpoints == 0)
			continue;
		assert_int_equal(t.endpoints, rows[i].endpoints);
		is_endpoint(&t, 0, "imap.one.example", 993, SECURITY_TLS);
		assert_string_equal(t.user, "a");
		target_release(&t);
	}
	provider_own_free(own);
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
		{ "taro@gmial.com", NULL, NULL, "gmail.com", NULL },
		{ "taro@GMIAL.com", NULL, NULL, "gmail.com", NULL },
		{ "taro@outllok.com", NULL, NULL, "outlook.com", NULL },
		{ "a@gmail.com", "b@gmail.com", NULL, "b@gmail.com", NULL },
		{ "imaps://a@h", "imap://b@h", NULL, "\"b\"", NULL },
		{ "imaps://h", NULL, "s.example", "s.example", NULL },
		{ "a@gmail.com", "hunter2", NULL, "2", "hunter2" },
		{ "imaps://a@h", "hunter2", NULL, "2", "hunter2" },
		{ "imaps://a:hunter2@h", NULL, NULL, "--password-", "hunter2" },
		{ "imaps://h:0", NULL, NULL, "imaps://h:0", NULL },
		{ "imaps://taro:hunter2", NULL, NULL, "imaps://taro:...",
		  "hunter2" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = asked(rows[i].first, rows[i].second);
		struct target t;
		char said[800];
		const char *hidden = rows[i].hides;

		o.server = rows[i].server;
		o.no_network_discovery = true;
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
		cmocka_unit_test(address_of_known_provider),
		cmocka_unit_test(server_and_companions),
		cmocka_unit_test(several_urls),
		cmocka_unit_test(provider_of_user),
		cmocka_unit_test(providers_of_ones_own),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
