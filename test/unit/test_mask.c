#include "cmd/mask.h"

#include <string.h>

#include "probes/base/span.h"
#include "probes/wire/dns.h"
#include "test/unit/unit.h"

static struct mask mask_of_taro(void)
{
	struct mask m = { .keep_addresses = false };

	mask_add(&m, "company.example.org", "example.com", true);
	mask_add(&m, "taro@company.example.org", "user@example.com", false);
	mask_add(&m, "taro", "user", false);
	return m;
}

static void names_go_where_they_are_words(void **state)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {
		{ "", "" },
		{ "taro", "user" },
		{ "NO Taro@Company.Example.ORG unknown",
		  "NO user@example.com unknown" },
		{ "EXAMINE \"taro/INBOX\"", "EXAMINE \"user/INBOX\"" },
		{ "GETQUOTAROOT", "GETQUOTAROOT" },
		{ "tarot taro_x taro-kun", "tarot taro_x taro-kun" },
		{ "Hello, taro.", "Hello, user." },
		/* what is no letter is escaped when it is written down */
		{ "a%40company.example.org", "a%40example.com" },
		{ "\\x00taro\\x00", "\\x00user\\x00" },
		{ "x00taro 00taro", "x00taro 00taro" },
		/* in a host name it is no person */
		{ "mail.taro.example", "mail.taro.example" },
		{ "mail.company.example.org:993", "mail.example.com:993" },
		{ "mycompany.example.org", "mycompany.example.org" },
		{ "company.example.org.uk", "company.example.org.uk" },
		{ "\xe5\xa4\xaa\xe9\x83\x8etaro", "\xe5\xa4\xaa\xe9\x83\x8etaro" },
		/* the way AUTH LOGIN sends it */
		{ "dGFybw==", "user" },
		{ "dGFyb0Bjb21wYW55LmV4YW1wbGUub3Jn", "user@example.com" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mask m = mask_of_taro();
		char text[200];

		span_copy(span_of(cases[i].text), text, sizeof(text));
		mask_text(&m, text, sizeof(text));
		assert_string_equal(text, cases[i].masked);
	}
}

static void addresses_get_stand_ins(void **state)
{
	static const struct {
		const char *text, *masked;
	} cases[] = {
		{ "from 203.0.113.9.", "from 192.0.2.1." },
		{ "[203.0.113.9]:25 [198.51.100.1]",
		  "[192.0.2.1]:25 [192.0.2.2]" },
		{ "203.0.113.9 and 203.0.113.9", "192.0.2.1 and 192.0.2.1" },
		{ "[IPv6:2a00:1450::6d]", "[IPv6:2001:db8::1]" },
		{ "127.0.0.1 ::1", "127.0.0.1 ::1" },
		{ "Postfix 3.7.11", "Postfix 3.7.11" },
		{ "5.7.8 at 10:20:30", "5.7.8 at 10:20:30" },
		{ "1.2.3.4.5 x1.2.3.4 1.2.3.4x", "1.2.3.4.5 x1.2.3.4 1.2.3.4x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mask m = { .keep_addresses = false };
		struct mask keep = { .keep_addresses = true };
		char text[200];

		span_copy(span_of(cases[i].text), text, sizeof(text));
		mask_text(&keep, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
		mask_text(&m, text, sizeof(text));
		assert_string_equal(text, cases[i].masked);
	}
}

static void bytes_follow_the_text(void **state)
{
	struct mask m = { .keep_addresses = false };
	struct address a;

	(void)state;
	assert_true(address_parse("203.0.113.9", 993, &a));
	mask_address(&m, &a);
	assert_string_equal(a.text, "192.0.2.1");
	assert_memory_equal(a.bytes, "\xc0\x00\x02\x01", 4);
	assert_int_equal(a.port, 993);
}

static void growth_is_cut_at_the_end(void **state)
{
	struct mask m = { .keep_addresses = false };
	char text[8] = "al al";

	(void)state;
	mask_add(&m, "al", "somebody", false);
	mask_text(&m, text, sizeof(text));
	assert_string_equal(text, "somebod");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_go_where_they_are_words),
		cmocka_unit_test(addresses_get_stand_ins),
		cmocka_unit_test(bytes_follow_the_text),
		cmocka_unit_test(growth_is_cut_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
