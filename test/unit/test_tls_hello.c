#include "probes/wire/tls_hello.h"

#include <string.h>

#include "test/unit/unit.h"

static const unsigned char zeros[64];

static size_t u16(const unsigned char *at)
{
	return (size_t)at[0] << 8 | at[1];
}

/* Where extension `type` begins, its length in *ret_len; NULL: not there. */
static const unsigned char *extension(const unsigned char *m, size_t len,
				      unsigned type, size_t *ret_len)
{
	const unsigned char *at = m + 5 + 4 + 2 + 32, *end = m + len;

	at += 1 + at[0];		/* session id */
	at += 2 + u16(at);		/* suites */
	at += 1 + at[0];		/* compression */
	assert_int_equal(u16(at), end - at - 2);
	for (at += 2; at < end; at += 4 + u16(at + 2)) {
		if (u16(at) == type) {
			*ret_len = u16(at + 2);
			return at + 4;
		}
	}
	assert_ptr_equal(at, end);
	return NULL;
}

static void lengths_add_up(void **state)
{
	static const char *const hosts[] = { "a", "imap.mail.example",
					     "192.0.2.1", "2001:db8::1" };
	unsigned char m[TLS_HELLO_CAP];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		size_t len = tls_hello_write(hosts[i], zeros, m, sizeof(m)), n;
		const unsigned char *sni;

		assert_true(len > 100);
		assert_int_equal(u16(m + 3), len - 5);
		assert_int_equal(u16(m + 7), len - 9);
		assert_non_null(extension(m, len, 0x2b, &n));
		assert_int_equal(n, 9);
		sni = extension(m, len, 0, &n);
		/* RFC 6066: literal addresses are not permitted */
		assert_int_equal(sni != NULL, i < 2);
		if (sni)
			assert_memory_equal(sni + 5, hosts[i],
					    strlen(hosts[i]));
	}
}

static void what_has_no_room_is_not_there(void **state)
{
	unsigned char m[TLS_HELLO_CAP];
	char host[255];

	(void)state;
	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_true(tls_hello_write(host, zeros, m, sizeof(m)) > 254);
	for (size_t cap = 0; cap < 300; cap += 7)
		assert_int_equal(tls_hello_write(host, zeros, m, cap), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_add_up),
		cmocka_unit_test(what_has_no_room_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
