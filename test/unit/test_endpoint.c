#include "test/unit/unit.h"

#include <string.h>

#include "probes/endpoint.h"

static void hosts_that_could_be(void **state)
{
	static const struct {
		const char *host;
		bool legal;
	} rows[] = {
		{ "imap.example.com", true }, { "a.b", true },
		{ "xn--bcher-kva.example", true }, { "with_line.example", true },
		{ "1.2.3.example", true }, { "a-b.example", true },
		{ "", false }, { ".", false }, { "localhost", false },
		{ "a..b", false }, { ".a.b", false }, { "a.b.", false },
		{ "-a.b", false }, { "a.-b", false }, { "a b.example", false },
		{ "a\\046b.example", false }, { "{server}.example", false },
		{ "192.0.2.1", false }, { "[::1]", false }, { "a/b.c", false },
		{ "b\xc3\xbc" "cher.example", false },
	};
	char longest[HOST_CAP + 8];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (endpoint_host_is_legal(rows[i].host) != rows[i].legal)
			print_error("%s\n", rows[i].host);
		assert_int_equal(endpoint_host_is_legal(rows[i].host),
				 rows[i].legal);
	}
	memset(longest, 'a', 64);
	memcpy(longest + 64, ".example", 9);
	assert_false(endpoint_host_is_legal(longest));
	assert_true(endpoint_host_is_legal(longest + 1));
	for (size_t i = 0; i < 254; i++)
		longest[i] = i % 60 == 59 ? '.' : 'a';
	longest[254] = '\0';
	assert_false(endpoint_host_is_legal(longest));
	longest[253] = '\0';
	assert_true(endpoint_host_is_legal(longest));
}

static void ports_and_purposes(void **state)
{
	static const struct {
		uint16_t port;
		enum service service;
		enum security security;
	} rows[] = {
		{ 993, SERVICE_IMAP, SECURITY_TLS },
		{ 143, SERVICE_IMAP, SECURITY_STARTTLS },
		{ 465, SERVICE_SMTP, SECURITY_TLS },
		{ 587, SERVICE_SMTP, SECURITY_STARTTLS },
		{ 995, SERVICE_POP3, SECURITY_TLS },
		{ 110, SERVICE_POP3, SECURITY_STARTTLS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum service service;
		enum security security;

		assert_int_equal(default_port(rows[i].service,
					      rows[i].security), rows[i].port);
		assert_true(port_purpose(rows[i].port, &service, &security));
		assert_int_equal(service, rows[i].service);
		assert_int_equal(security, rows[i].security);
	}
}

static void this_machine_by_name(void **state)
{
	static const char *const here[] = {
		"localhost", "LOCALHOST", "imap.localhost", "127.0.0.1",
		"127.1.2.3", "::1",
	};
	static const char *const elsewhere[] = {
		"", "localhost.example", "127.example", "128.0.0.1", "::2",
		"127.0.0.1.example.com", "mylocalhost",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(here); i++)
		assert_true(endpoint_host_is_here(here[i]));
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
		assert_false(endpoint_host_is_here(elsewhere[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_that_could_be),
		cmocka_unit_test(ports_and_purposes),
		cmocka_unit_test(this_machine_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
