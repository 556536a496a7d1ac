#include "test/unit/unit.h"

#include <string.h>

#include "probes/wire/dns.h"
#include "probes/wire/dns_message.h"

static const struct {
	const char *text;
	enum family family;		/* ANY: no address */
	const char *shown;
} addresses[] = {
	{ "192.0.2.1", FAMILY_IPV4, "192.0.2.1" },
	{ "2001:db8::1", FAMILY_IPV6, "2001:db8::1" },
	{ "[2001:DB8::1]", FAMILY_IPV6, "2001:db8::1" },
	{ "2001:db8:0:0:0:0:0:1", FAMILY_IPV6, "2001:db8::1" },
	{ "::ffff:192.0.2.1", FAMILY_IPV6, "::ffff:192.0.2.1" },
	{ "fe80::1%7", FAMILY_IPV6, "fe80::1%7" },
	{ "[fe80::1%7]", FAMILY_IPV6, "fe80::1%7" },
	{ "", FAMILY_ANY, NULL }, { "[]", FAMILY_ANY, NULL },
	{ "[", FAMILY_ANY, NULL }, { "]", FAMILY_ANY, NULL },
	{ "192.0.2", FAMILY_ANY, NULL }, { "192.0.2.256", FAMILY_ANY, NULL },
	{ "192.0.2.01x", FAMILY_ANY, NULL }, { "0x7f.1", FAMILY_ANY, NULL },
	{ "[192.0.2.1]", FAMILY_ANY, NULL }, { " ::1", FAMILY_ANY, NULL },
	{ "2001:db8::1]", FAMILY_ANY, NULL },
	{ "[2001:db8::1", FAMILY_ANY, NULL },
	{ "2001:db8:::1", FAMILY_ANY, NULL }, { "fe80::1%", FAMILY_ANY, NULL },
	{ "fe80::1%no-such-interface", FAMILY_ANY, NULL },
	{ "192.0.2.1%7", FAMILY_ANY, NULL },
	{ "imap.example", FAMILY_ANY, NULL },
	{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111:2222",
	  FAMILY_ANY, NULL },
};

static void reads_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct address a;
		bool ok = address_parse(addresses[i].text, 993, &a);

		if (ok != (addresses[i].shown != NULL))
			print_error("\"%s\"\n", addresses[i].text);
		assert_int_equal(ok, addresses[i].shown != NULL);
		if (!ok)
			continue;
		assert_int_equal(a.family, addresses[i].family);
		assert_int_equal(a.port, 993);
		assert_string_equal(a.text, addresses[i].shown);
		assert_int_equal(a.scope, strchr(a.text, '%') ? 7 : 0);
	}
}

static const struct {
	const char *text, *shown, *with_port;	/* NULL: no name server */
} servers[] = {
	{ "127.0.0.1", "127.0.0.1", "127.0.0.1:53" },
	{ "127.0.0.1:53", "127.0.0.1", "127.0.0.1:53" },
	{ "127.0.0.1:5353", "127.0.0.1:5353", "127.0.0.1:5353" },
	{ "::1", "::1", "[::1]:53" },
	{ "[::1]", "::1", "[::1]:53" },
	{ "[::1]:5353", "[::1]:5353", "[::1]:5353" },
	{ "127.0.0.1:65535", "127.0.0.1:65535", "127.0.0.1:65535" },
	{ "", NULL, NULL }, { ":53", NULL, NULL }, { "[]:53", NULL, NULL },
	{ "127.0.0.1:", NULL, NULL }, { "127.0.0.1:0", NULL, NULL },
	{ "127.0.0.1:65536", NULL, NULL }, { "127.0.0.1:53x", NULL, NULL },
	{ "127.0.0.1:-1", NULL, NULL }, { "dns.example", NULL, NULL },
	{ "dns.example:53", NULL, NULL }, { "[127.0.0.1]:53", NULL, NULL },
};

static void reads_name_servers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
		struct address a;
		char text[80];
		bool ok = dns_server_parse(servers[i].text, &a);

		if (ok != (servers[i].shown != NULL))
			print_error("\"%s\"\n", servers[i].text);
		assert_int_equal(ok, servers[i].shown != NULL);
		if (!ok)
			continue;
		dns_server_show(&a, false, text, sizeof(text));
		assert_string_equal(text, servers[i].shown);
		dns_server_show(&a, true, text, sizeof(text));
		assert_string_equal(text, servers[i].with_port);
	}
}

/* Loopback has a route everywhere; a TCP or UDP broadcast never. */
static const struct {
	const char *found[6], *wanted[6];
} orders[] = {
	{ { "127.0.0.1" }, { "127.0.0.1" } },
	{ { "127.0.0.1", "127.0.0.2" }, { "127.0.0.1", "127.0.0.2" } },
	{ { "127.255.255.255", "127.0.0.1" },
	  { "127.255.255.255", "127.0.0.1" } },
	/* as mapped addresses, IPv6 has a route wherever IPv4 has */
	{ { "127.0.0.1", "::ffff:127.0.0.1" },
	  { "::ffff:127.0.0.1", "127.0.0.1" } },
	{ { "127.0.0.1", "127.0.0.2", "127.0.0.3", "::ffff:127.0.0.1",
	    "::ffff:127.0.0.2" },
	  { "::ffff:127.0.0.1", "127.0.0.1", "::ffff:127.0.0.2", "127.0.0.2",
	    "127.0.0.3" } },
	/* no way there by IPv6 */
	{ { "::ffff:127.255.255.255", "127.0.0.1" },
	  { "127.0.0.1", "::ffff:127.255.255.255" } },
	/* no way at all: the usual order */
	{ { "127.255.255.255", "::ffff:127.255.255.255" },
	  { "::ffff:127.255.255.255", "127.255.255.255" } },
};

static void puts_families_in_turn(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct name_facts facts = { .addresses = 0 };
		size_t n = 0;

		for (; orders[i].found[n]; n++)
			assert_true(address_parse(
				orders[i].found[n], 993,
				&facts.address[facts.addresses++]));
		addresses_sort(&facts);
		assert_int_equal(facts.addresses, n);
		for (size_t k = 0; k < n; k++)
			assert_string_equal(facts.address[k].text,
					    orders[i].wanted[k]);
	}
}

static void keeps_each_address_once(void **state)
{
	struct name_facts facts = { .addresses = 0 };
	uint8_t bytes[16] = { 192, 0, 2, 1 };

	(void)state;
	address_add(&facts, FAMILY_IPV4, bytes, 993);
	address_add(&facts, FAMILY_IPV4, bytes, 993);
	/* the same bytes in the other family are another address */
	address_add(&facts, FAMILY_IPV6, bytes, 993);
	assert_int_equal(facts.addresses, 2);
	assert_string_equal(facts.address[0].text, "192.0.2.1");
	assert_string_equal(facts.address[1].text, "c000:201::");
	for (int i = 0; i < 3 * ADDRESSES_MAX; i++) {
		bytes[3]++;
		address_add(&facts, FAMILY_IPV4, bytes, 993);
	}
	assert_int_equal(facts.addresses, ADDRESSES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(reads_name_servers),
		cmocka_unit_test(puts_families_in_turn),
		cmocka_unit_test(keeps_each_address_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
