#include "test/unit/unit.h"

#include <string.h>

#include "probes/wire/dns.h"

#define L63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const struct {
	const char *host, *wanted;	/* NULL: no host name */
} hosts[] = {
	{ "imap.example.com", "imap.example.com" },
	{ "IMAP.Example.COM", "imap.example.com" },
	{ "imap.example.com.", "imap.example.com" },
	{ "localhost", "localhost" },
	{ "my_host.example", "my_host.example" },
	{ "r3---sn.example", "r3---sn.example" },
	{ "1.2.3.4.example", "1.2.3.4.example" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	/* other scripts, as people type them (UTS #46, non-transitional) */
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.example", "xn--bcher-kva.example" },
	/* NFD */
	{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
	{ "fa\xc3\x9f.example", "xn--fa-hia.example" },
	{ "\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab.example",
	  "xn--4dkua4c.example" },
	/* full-width letters and the ideographic full stop */
	{ "\xef\xbd\x89\xef\xbd\x8d\xef\xbd\x81\xef\xbd\x90\xe3\x80\x82"
	  "example", "imap.example" },
	{ L63 ".example", L63 ".example" },
	/* no host names */
	{ "", NULL }, { ".", NULL }, { "..", NULL },
	{ ".example", NULL }, { "imap..example", NULL },
	{ "example..", NULL },
	{ "imap .example", NULL }, { " imap.example", NULL },
	{ "imap.example\r\n", NULL }, { "imap/example", NULL },
	{ "user@imap.example", NULL }, { "imap.example:993", NULL },
	{ "imap\x1b[31m.example", NULL },
	{ "b\xfc" "cher.example", NULL },		/* Latin-1 */
	{ "\xe3\x80\x80" "imap.example", NULL },	/* ideographic space */
	{ "x" L63 ".example", NULL },
	{ L63 "." L63 "." L63 "." L63, NULL },		/* 255 */
	/* mistyped addresses */
	{ "192.0.2.256", NULL }, { "192.0.2", NULL }, { "192.0.2.1.7", NULL },
	{ "1", NULL },
};

static void makes_host_names_or_says_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct fault why = { .kind = FAULT_NONE };
		char ascii[HOST_CAP] = "";
		bool ok = host_to_ascii(hosts[i].host, ascii, sizeof(ascii),
					&why);

		if (ok != (hosts[i].wanted != NULL))
			print_error("\"%s\" gave \"%s\" (%s)\n", hosts[i].host,
				    ascii, why.text);
		assert_int_equal(ok, hosts[i].wanted != NULL);
		assert_string_equal(ascii, ok ? hosts[i].wanted : "");
		assert_int_equal(why.kind, ok ? FAULT_NONE : FAULT_BAD_NAME);
		/* What it says is fit for a terminal. */
		assert_null(strchr(why.text, '\x1b'));
		assert_null(strchr(why.text, '\n'));
	}
}

static void has_exactly_the_length_of_dns(void **state)
{
	/* 63 + 1 + 63 + 1 + 63 + 1 + 61 = 253 (RFC 1035 2.3.4) */
	char longest[] = L63 "." L63 "." L63 "." L63;
	char ascii[HOST_CAP];
	struct fault why;

	(void)state;
	longest[253] = '\0';
	assert_true(host_to_ascii(longest, ascii, sizeof(ascii), &why));
	assert_int_equal(strlen(ascii), 253);
	assert_false(host_to_ascii(longest, ascii, 253, &why));
	assert_true(host_to_ascii(longest, ascii, 254, &why));
	longest[253] = 'x';
	longest[254] = '\0';
	assert_false(host_to_ascii(longest, ascii, sizeof(ascii), &why));
}

static void a_huge_name_is_too_long(void **state)
{
	static char huge[70000];
	char ascii[HOST_CAP];
	struct fault why;

	(void)state;
	memset(huge, 'a', sizeof(huge) - 1);
	assert_false(host_to_ascii(huge, ascii, sizeof(ascii), &why));
	assert_int_equal(why.kind, FAULT_BAD_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_host_names_or_says_why_not),
		cmocka_unit_test(has_exactly_the_length_of_dns),
		cmocka_unit_test(a_huge_name_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
