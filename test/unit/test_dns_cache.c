#include "test/unit/unit.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "probes/wire/dns_cache.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

/* ---- name servers that we are, and a clock that we move ---- */

static struct {
	atomic_long clock;
	atomic_uint asked;
	unsigned long ttl;
	struct name_facts name;
	struct fault why;
	enum fault_kind record_fault;
	struct bell *hold;		/* answers only once it rings */
} net;

static msec net_now(void)
{
	return atomic_load(&net.clock);
}

static bool net_lookup(const struct dns_options *options, const char *host,
		       uint16_t port, msec by, struct name_facts *ret,
		       unsigned long *ret_ttl, struct fault *why)
{
	struct fault late;

	(void)options;
	atomic_fetch_add(&net.asked, 1);
	*ret = net.name;
	snprintf(ret->asked, sizeof(ret->asked), "%s", host);
	for (size_t i = 0; i < ret->addresses; i++)
		ret->address[i].port = port;
	*ret_ttl = net.ttl;
	if (net.hold)
		bell_wait(net.hold, by, &late);
	*why = net.why;
	return net.why.kind == FAULT_NONE;
}

static bool net_records(const struct dns_options *options,
			struct records_facts *io, unsigned long *ret_ttl,
			size_t n, msec by, struct fault *why)
{
	(void)options, (void)by, (void)why;
	for (size_t i = 0; i < n; i++) {
		atomic_fetch_add(&net.asked, 1);
		io[i].fault = net.record_fault;
		io[i].n = 1;
		snprintf(io[i].record[0].host, HOST_CAP, "of.%.200s",
			 io[i].asked);
		ret_ttl[i] = net.ttl;
	}
	return true;
}

static const struct dns_source source = { net_now, net_lookup, net_records };
static const struct dns_options options;

static int fresh(void **state)
{
	struct dns_cache *c;

	if (!wait_setup() || !dns_cache_new(4, &source, &c))
		return -1;
	wait_reset();
	memset(&net, 0, sizeof(net));
	atomic_store(&net.clock, 1000000);
	net.ttl = 300;
	net.name.addresses = 1;
	net.name.asked_a = true;
	net.name.address[0].family = FAMILY_IPV4;
	*state = c;
	return 0;
}

static int done(void **state)
{
	dns_cache_free(*state);
	return 0;
}

static unsigned asked(void)
{
	return atomic_exchange(&net.asked, 0);
}

static void later(long seconds)
{
	atomic_fetch_add(&net.clock, seconds * 1000);
}

/* Looks up, and returns how many questions that took. */
static unsigned look(struct dns_cache *c, const char *host, uint16_t port,
		     struct name_facts *ret)
{
	struct fault why = { .kind = FAULT_NONE };
	bool ok = dns_cache_lookup(c, &options, host, port, now_msec() + 5000,
				   ret, &why);

	assert_int_equal(ok, why.kind == FAULT_NONE);
	assert_int_equal(why.kind, net.why.kind);
	if (ok)
		assert_int_equal(ret->address[0].port, port);
	return asked();
}

/* ---- addresses ---- */

static void an_answer_lives_as_long_as_it_says(void **state)
{
	static struct name_facts f;

	assert_int_equal(look(*state, "imap.example", 993, &f), 1);
	assert_false(f.shared);
	assert_int_equal(look(*state, "IMAP.example", 465, &f), 0);
	assert_true(f.shared);
	assert_string_equal(f.asked, "imap.example");
	assert_int_equal(look(*state, "smtp.example", 465, &f), 1);
	later(299);
	assert_int_equal(look(*state, "imap.example", 993, &f), 0);
	later(1);
	assert_int_equal(look(*state, "imap.example", 993, &f), 1);
	net.ttl = 0;
	assert_int_equal(look(*state, "never.example", 993, &f), 1);
	assert_int_equal(look(*state, "never.example", 993, &f), 1);
	net.ttl = 1000000;
	assert_int_equal(look(*state, "ever.example", 993, &f), 1);
	later(DNS_KEPT_MOST - 1);
	assert_int_equal(look(*state, "ever.example", 993, &f), 0);
	later(1);
	assert_int_equal(look(*state, "ever.example", 993, &f), 1);
}

static void faults_live_for_seconds(void **state)
{
	static const struct {
		enum fault_kind why, aaaa;
		enum name_source source;
		long lives;
	} rows[] = {
		{ FAULT_NXDOMAIN, FAULT_NXDOMAIN, NAME_FROM_DNS,
		  DNS_KEPT_FAULT },
		{ FAULT_SERVFAIL, FAULT_SERVFAIL, NAME_FROM_DNS,
		  DNS_KEPT_FAULT },
		{ FAULT_NONE, FAULT_SERVFAIL, NAME_FROM_DNS, DNS_KEPT_FAULT },
		{ FAULT_NONE, FAULT_DNS_TIMEOUT, NAME_FROM_DNS,
		  DNS_KEPT_FAULT },
		{ FAULT_NONE, FAULT_NO_DATA, NAME_FROM_DNS, 300 },
		{ FAULT_NONE, FAULT_NONE, NAME_FROM_HOSTS_FILE,
		  DNS_KEPT_HOSTS },
		/* of the asker, not of the name */
		{ FAULT_DNS_TIMEOUT, FAULT_DNS_TIMEOUT, NAME_FROM_DNS, 0 },
		{ FAULT_CANCELLED, FAULT_NONE, NAME_FROM_DNS, 0 },
		{ FAULT_NO_MEMORY, FAULT_NONE, NAME_FROM_DNS, 0 },
	};
	static struct name_facts f;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char host[32];

		snprintf(host, sizeof(host), "host%zu.example", i);
		net.why.kind = rows[i].why;
		net.name.aaaa = rows[i].aaaa;
		net.name.source = rows[i].source;
		net.name.addresses = rows[i].why == FAULT_NONE;
		assert_int_equal(look(*state, host, 993, &f), 1);
		if (rows[i].lives) {
			later(rows[i].lives - 1);
			assert_int_equal(look(*state, host, 993, &f), 0);
			later(1);
		}
		assert_int_equal(look(*state, host, 993, &f), 1);
	}
}

static void an_address_is_not_kept(void **state)
{
	static struct name_facts f;
	struct fault why;

	for (int i = 0; i < 2; i++) {
		assert_true(dns_cache_lookup(*state, &options, "192.0.2.1",
					     993, MSEC_NEVER, &f, &why));
		assert_false(f.shared);
		assert_int_equal(f.source, NAME_IS_ADDRESS);
	}
	assert_int_equal(asked(), 0);
}

static void is_bounded(void **state)
{
	static struct name_facts f;
	char host[32];

	for (int i = 0; i < 5; i++) {
		snprintf(host, sizeof(host), "host%d.example", i);
		assert_int_equal(look(*state, host, 993, &f), 1);
		later(1);
	}
	/* the oldest made room */
	assert_int_equal(look(*state, "host4.example", 993, &f), 0);
	assert_int_equal(look(*state, "host1.example", 993, &f), 0);
	assert_int_equal(look(*state, "host0.example", 993, &f), 1);
}

/* ---- several at once ---- */

#define ASKERS 8

struct asker {
	struct thread thread;
	struct dns_cache *cache;
	msec by;
	bool ok;
	struct name_facts facts;
	struct fault why;
};

static void ask(void *self)
{
	struct asker *a = self;

	a->ok = dns_cache_lookup(a->cache, &options, "imap.example", 993,
				 a->by, &a->facts, &a->why);
}

static void start(struct asker *a, struct dns_cache *c, msec by)
{
	*a = (struct asker){ .cache = c, .by = by };
	assert_true(thread_start(&a->thread, ask, a));
}

static void wait_until_asked(unsigned questions)
{
	struct fault why;

	while (atomic_load(&net.asked) < questions)
		wait_until(now_msec() + 1, &why);
}

static void who_asks_the_same_waits(void **state)
{
	static struct asker a[ASKERS];
	struct fault why;
	struct bell hold;
	size_t shared = 0;

	assert_true(bell_init(&hold));
	net.hold = &hold;
	for (size_t i = 0; i < ASKERS; i++)
		start(&a[i], *state, now_msec() + 20000);
	wait_until_asked(1);
	wait_until(now_msec() + 20, &why);
	bell_ring(&hold);
	for (size_t i = 0; i < ASKERS; i++) {
		thread_join(&a[i].thread);
		assert_true(a[i].ok);
		assert_int_equal(a[i].facts.addresses, 1);
		shared += a[i].facts.shared;
	}
	assert_int_equal(shared, ASKERS - 1);
	assert_int_equal(asked(), 1);
	bell_release(&hold);
}

/* The first was cut short: that is not an answer for the second. */
static void the_next_in_line_asks_itself(void **state)
{
	static struct asker first, second;
	struct fault why;
	struct bell hold;

	assert_true(bell_init(&hold));
	net.hold = &hold;
	net.why.kind = FAULT_DNS_TIMEOUT;
	start(&first, *state, now_msec() + 20000);
	wait_until_asked(1);
	start(&second, *state, now_msec() + 20000);
	wait_until(now_msec() + 20, &why);
	bell_ring(&hold);
	wait_until_asked(2);
	bell_ring(&hold);
	thread_join(&first.thread);
	thread_join(&second.thread);
	assert_int_equal(first.why.kind, FAULT_DNS_TIMEOUT);
	assert_int_equal(second.why.kind, FAULT_DNS_TIMEOUT);
	assert_false(second.facts.shared);
	bell_release(&hold);
}

static void nobody_waits_longer_than_his_time(void **state)
{
	static struct asker first, second;
	struct bell hold;

	assert_true(bell_init(&hold));
	net.hold = &hold;
	start(&first, *state, now_msec() + 20000);
	wait_until_asked(1);
	start(&second, *state, now_msec() + 20);
	thread_join(&second.thread);
	assert_false(second.ok);
	assert_int_equal(second.why.kind, FAULT_DNS_TIMEOUT);
	bell_ring(&hold);
	thread_join(&first.thread);
	assert_true(first.ok);
	bell_release(&hold);
}

/* All places are of answers under way: there is still one for the asker. */
static void no_room_is_no_fault(void **state)
{
	static struct name_facts f;
	struct dns_cache *none;

	(void)state;
	assert_true(dns_cache_new(0, &source, &none));
	assert_int_equal(look(none, "imap.example", 993, &f), 1);
	assert_int_equal(look(none, "imap.example", 993, &f), 1);
	dns_cache_free(none);
}

/* ---- records ---- */

static void only_new_questions_are_asked(void **state)
{
	static struct records_facts f[3];
	struct fault why;

	for (size_t i = 0; i < 3; i++) {
		f[i].type = i == 0 ? RECORD_MX : RECORD_SRV;
		snprintf(f[i].asked, HOST_CAP, "r%zu.example", i / 2);
	}
	assert_true(dns_cache_records(*state, &options, f, 1, 0, &why));
	assert_int_equal(asked(), 1);
	for (size_t i = 0; i < 3; i++)
		f[i].n = 0;
	assert_true(dns_cache_records(*state, &options, f, 3, 0, &why));
	assert_int_equal(asked(), 2);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(f[i].n, 1);
	assert_string_equal(f[0].record[0].host, "of.r0.example");
	assert_string_equal(f[2].record[0].host, "of.r1.example");
	later(300);
	net.record_fault = FAULT_NXDOMAIN;
	assert_true(dns_cache_records(*state, &options, f, 3, 0, &why));
	assert_int_equal(asked(), 3);
	later(DNS_KEPT_FAULT - 1);
	assert_true(dns_cache_records(*state, &options, f, 3, 0, &why));
	assert_int_equal(asked(), 0);
	assert_int_equal(f[1].fault, FAULT_NXDOMAIN);
	later(1);
	net.record_fault = FAULT_DNS_TIMEOUT;
	assert_true(dns_cache_records(*state, &options, f, 3, 0, &why));
	assert_true(dns_cache_records(*state, &options, f, 3, 0, &why));
	assert_int_equal(asked(), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			an_answer_lives_as_long_as_it_says, fresh, done),
		cmocka_unit_test_setup_teardown(faults_live_for_seconds,
						fresh, done),
		cmocka_unit_test_setup_teardown(an_address_is_not_kept,
						fresh, done),
		cmocka_unit_test_setup_teardown(is_bounded, fresh, done),
		cmocka_unit_test_setup_teardown(who_asks_the_same_waits,
						fresh, done),
		cmocka_unit_test_setup_teardown(the_next_in_line_asks_itself,
						fresh, done),
		cmocka_unit_test_setup_teardown(
			nobody_waits_longer_than_his_time, fresh, done),
		cmocka_unit_test_setup_teardown(no_room_is_no_fault, fresh,
						done),
		cmocka_unit_test_setup_teardown(only_new_questions_are_asked,
						fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
