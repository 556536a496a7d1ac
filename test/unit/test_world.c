#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/wire/wait.h"
#include "probes/wire/world.h"

/* A name server nobody reaches: whatever is not overridden fails. */
#define NOBODY "127.0.0.1:1"

static void override_add(struct real_world *w, const char *host, uint16_t port,
			 const char *first, const char *second)
{
	struct resolve_override *o = &w->override[w->overrides++];

	memcpy(o->host, host, strlen(host) + 1);
	o->port = port;
	assert_true(address_parse(first, 0, &o->address[o->addresses++]));
	if (second)
		assert_true(address_parse(second, 0,
					  &o->address[o->addresses++]));
}

static const struct {
	const char *host;
	uint16_t port;
	enum family family;
	const char *addresses;		/* NULL: not overridden */
	enum fault_kind fault;
} cases[] = {
	{ "imap.example", 993, FAMILY_ANY, "192.0.2.1 2001:db8::1",
	  FAULT_NONE },
	{ "IMAP.Example.", 993, FAMILY_ANY, "192.0.2.1 2001:db8::1",
	  FAULT_NONE },
	{ "imap.example", 993, FAMILY_IPV4, "192.0.2.1", FAULT_NONE },
	{ "imap.example", 993, FAMILY_IPV6, "2001:db8::1", FAULT_NONE },
	{ "imap.example", 143, FAMILY_ANY, NULL, FAULT_DNS_UNREACHABLE },
	{ "pop.example", 995, FAMILY_ANY, NULL, FAULT_DNS_UNREACHABLE },
	{ "any.example", 25, FAMILY_ANY, "192.0.2.3", FAULT_NONE },
	{ "any.example", 465, FAMILY_ANY, "192.0.2.3", FAULT_NONE },
	{ "any.example", 465, FAMILY_IPV6, "", FAULT_NO_IPV6 },
	{ "b\xc3\xbc" "cher.example", 993, FAMILY_ANY, "192.0.2.4",
	  FAULT_NONE },
	{ "xn--bcher-kva.example", 143, FAMILY_ANY, "192.0.2.4", FAULT_NONE },
	{ "two words", 993, FAMILY_ANY, NULL, FAULT_BAD_NAME },
	{ "192.0.2.9", 993, FAMILY_ANY, NULL, FAULT_NONE },
	{ "imap.example", 4190, FAMILY_ANY, "192.0.2.5", FAULT_NONE },
	{ "any.example", 4190, FAMILY_ANY, "192.0.2.3", FAULT_NONE },
};

static void look_at(const struct name_facts *facts, uint16_t port,
		    const char *wanted)
{
	char seen[200] = "";

	for (size_t i = 0; i < facts->addresses; i++) {
		size_t at = strlen(seen);

		snprintf(seen + at, sizeof(seen) - at, "%s%s", i ? " " : "",
			 facts->address[i].text);
		assert_int_equal(facts->address[i].port, port);
	}
	assert_string_equal(seen, wanted);
	assert_int_equal(facts->source, NAME_FROM_OPTION);
}

static void resolve_options_come_before_dns(void **state)
{
	struct real_world real;
	struct world *w = &real.world;

	(void)state;
	real_world_init(&real);
	real.dns.server = NOBODY;
	override_add(&real, "imap.example", 993, "192.0.2.1", "2001:db8::1");
	override_add(&real, "any.example", 0, "192.0.2.3", NULL);
	override_add(&real, "*", 4190, "192.0.2.5", NULL);
	override_add(&real, "xn--bcher-kva.example", 0, "192.0.2.4", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fault why = { .kind = FAULT_NONE };
		struct name_facts facts;

		real.dns.family = cases[i].family;
		assert_int_equal(w->resolve(w, cases[i].host, cases[i].port,
					    w->now(w) + 5000, &facts, &why),
				 cases[i].fault == FAULT_NONE);
		assert_string_equal(fault_name(why.kind),
				    fault_name(cases[i].fault));
		if (cases[i].addresses)
			look_at(&facts, cases[i].port, cases[i].addresses);
		else
			assert_int_not_equal(facts.source, NAME_FROM_OPTION);
	}
}

static void its_clock_is_that_of_the_wait(void **state)
{
	struct real_world real;
	msec before = now_msec(), seen;

	(void)state;
	real_world_init(&real);
	seen = real.world.now(&real.world);
	assert_true(before <= seen && seen <= now_msec());
}

/* As in curl: the first rule that fits; empty parts fit all and keep all. */
static void connections_are_led_elsewhere(void **state)
{
	static const struct connect_rule rules[] = {
		{ "a.example", 993, "b.example", 1993 },
		{ "a.example", 0, "", 1 },
		{ "", 443, "c.example", 0 },
	};
	static const struct {
		const char *host;
		uint16_t port;
		bool led;
		const char *to;
		uint16_t to_port;
	} rows[] = {
		{ "A.example", 993, true, "b.example", 1993 },
		{ "a.example", 143, true, "a.example", 1 },
		{ "x.example", 443, true, "c.example", 443 },
		{ "x.example", 993, false, "x.example", 993 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char host[HOST_CAP];
		uint16_t port;

		assert_int_equal(connect_rule_apply(rules, ARRAY_SIZE(rules),
						    rows[i].host, rows[i].port,
						    host, &port), rows[i].led);
		assert_string_equal(host, rows[i].to);
		assert_int_equal(port, rows[i].to_port);
	}
}

static int setup(void **state)
{
	(void)state;
	return wait_setup() && dns_setup() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolve_options_come_before_dns),
		cmocka_unit_test(connections_are_led_elsewhere),
		cmocka_unit_test(its_clock_is_that_of_the_wait),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
