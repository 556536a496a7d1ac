#include "test/unit/unit.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/wire/dns.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

/*
 * What needs no name server that answers. All that one can answer is asked
 * of a real one in live/dns_live.py.
 */
static int fresh(void **state)
{
	(void)state;
	if (!wait_setup() || !dns_setup())
		return -1;
	wait_reset();
	return 0;
}

static int done(void **state)
{
	(void)state;
	dns_teardown();
	return 0;
}

/* A UDP port of ours that says nothing; `text` is its --dns-server form. */
struct mute {
	int fd;
	char text[32];
};

static void mute_open(struct mute *m)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(here);
	struct address a;

	m->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(m->fd >= 0);
	assert_int_equal(bind(m->fd, (struct sockaddr *)&here, len), 0);
	assert_int_equal(getsockname(m->fd, (struct sockaddr *)&here, &len), 0);
	assert_true(address_parse("127.0.0.1", ntohs(here.sin_port), &a));
	dns_server_show(&a, true, m->text, sizeof(m->text));
}

static void an_address_is_itself(void **state)
{
	static const struct {
		const char *host;
		enum family family;
		enum fault_kind fault;
		const char *shown;
	} cases[] = {
		{ "192.0.2.1", FAMILY_ANY, FAULT_NONE, "192.0.2.1" },
		{ "192.0.2.1", FAMILY_IPV4, FAULT_NONE, "192.0.2.1" },
		{ "192.0.2.1", FAMILY_IPV6, FAULT_NO_IPV6, NULL },
		{ "[2001:DB8::1]", FAMILY_ANY, FAULT_NONE, "2001:db8::1" },
		{ "2001:db8::1", FAMILY_IPV4, FAULT_NO_IPV4, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_options options = { .family = cases[i].family };
		struct fault why = { .kind = FAULT_NONE };
		struct name_facts facts;
		bool ok = dns_lookup(&options, cases[i].host, 993, MSEC_NEVER,
				     &facts, &why);

		assert_int_equal(why.kind, cases[i].fault);
		assert_int_equal(ok, cases[i].fault == FAULT_NONE);
		assert_int_equal(facts.source, NAME_IS_ADDRESS);
		assert_false(facts.asked_a || facts.asked_aaaa);
		assert_int_equal(facts.addresses, ok);
		if (!ok)
			continue;
		assert_string_equal(facts.address[0].text, cases[i].shown);
		assert_string_equal(facts.asked, cases[i].shown);
		assert_int_equal(facts.address[0].port, 993);
	}
}

static void localhost_asks_nobody(void **state)
{
	static const struct {
		const char *host;
		enum family family;
		const char *shown;
	} cases[] = {
		{ "mail.localhost", FAMILY_IPV4, "127.0.0.1" },
		{ "mail.localhost", FAMILY_IPV6, "::1" },
		{ "Mail.LOCALHOST.", FAMILY_IPV4, "127.0.0.1" },
	};
	struct mute mute;

	(void)state;
	mute_open(&mute);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dns_options options = { mute.text, cases[i].family };
		struct name_facts facts;
		struct fault why;

		assert_true(dns_lookup(&options, cases[i].host, 143,
				       MSEC_NEVER, &facts, &why));
		assert_false(facts.asked_a || facts.asked_aaaa);
		assert_int_equal(facts.addresses, 1);
		assert_int_equal(facts.address[0].port, 143);
		assert_string_equal(facts.address[0].text, cases[i].shown);
	}
	close(mute.fd);
}

static void a_bad_name_goes_nowhere(void **state)
{
	struct dns_options options = { .server = NULL };
	struct name_facts facts;
	struct fault why;

	(void)state;
	assert_false(dns_lookup(&options, "two words", 993, MSEC_NEVER, &facts,
				&why));
	assert_int_equal(why.kind, FAULT_BAD_NAME);
	assert_false(facts.asked_a || facts.asked_aaaa);
}

static void a_silent_server_costs_the_deadline(void **state)
{
	struct dns_options options = { .server = NULL };
	struct name_facts facts;
	struct fault why;
	struct mute mute;
	char question[512];

	(void)state;
	mute_open(&mute);
	options.server = mute.text;
	assert_false(dns_lookup(&options, "imap.example", 993,
				now_msec() + 50, &facts, &why));
	assert_int_equal(why.kind, FAULT_DNS_TIMEOUT);
	assert_int_equal(facts.a, FAULT_DNS_TIMEOUT);
	assert_int_equal(facts.aaaa, FAULT_DNS_TIMEOUT);
	assert_true(facts.asked_a && facts.asked_aaaa);
	assert_string_equal(facts.resolver, mute.text);
	assert_string_equal(facts.asked, "imap.example");
	/* Both questions did go out. */
	for (int i = 0; i < 2; i++)
		assert_true(recv(mute.fd, question, sizeof(question),
				 MSG_DONTWAIT) > 0);
	close(mute.fd);
}

struct caller {
	const char *server;
	struct name_facts facts;
	struct fault why;
	bool ok;
};

static void look_up(void *arg)
{
	struct caller *c = arg;
	struct dns_options options = { .server = c->server };

	c->ok = dns_lookup(&options, "imap.example", 993, now_msec() + 5000,
			   &c->facts, &c->why);
}

static void several_threads_find_nobody_there(void **state)
{
	struct caller caller[3] = { 0 };
	struct thread thread[3];
	struct mute mute;

	(void)state;
	mute_open(&mute);
	close(mute.fd);		/* now nothing listens on that port */
	for (size_t i = 0; i < ARRAY_SIZE(caller); i++) {
		caller[i].server = mute.text;
		assert_true(thread_start(&thread[i], look_up, &caller[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(caller); i++) {
		thread_join(&thread[i]);
		assert_false(caller[i].ok);
		assert_int_equal(caller[i].why.kind, FAULT_DNS_UNREACHABLE);
		assert_int_equal(caller[i].facts.a, FAULT_DNS_UNREACHABLE);
	}
}

static void cancel_soon(void *arg)
{
	struct fault ignored;

	(void)arg;
	wait_until(now_msec() + 20, &ignored);
	wait_cancel_all();
}

static void a_lookup_can_be_cancelled(void **state)
{
	struct dns_options options = { .server = NULL };
	struct name_facts facts;
	struct fault why;
	struct thread thread;
	struct mute mute;

	(void)state;
	mute_open(&mute);
	options.server = mute.text;
	assert_true(thread_start(&thread, cancel_soon, NULL));
	assert_false(dns_lookup(&options, "imap.example", 993, MSEC_NEVER,
				&facts, &why));
	thread_join(&thread);
	assert_int_equal(why.kind, FAULT_CANCELLED);
	close(mute.fd);
}

static void a_name_server_must_be_one(void **state)
{
	struct dns_options options = { .server = "not:a:server:53" };
	struct name_facts facts;
	struct fault why;

	(void)state;
	assert_false(dns_lookup(&options, "imap.example", 993, MSEC_NEVER,
				&facts, &why));
	assert_int_equal(why.kind, FAULT_INTERNAL);
	assert_non_null(strstr(why.text, "not:a:server:53"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_address_is_itself, fresh,
						done),
		cmocka_unit_test_setup_teardown(localhost_asks_nobody, fresh,
						done),
		cmocka_unit_test_setup_teardown(a_bad_name_goes_nowhere, fresh,
						done),
		cmocka_unit_test_setup_teardown(
			a_silent_server_costs_the_deadline, fresh, done),
		cmocka_unit_test_setup_teardown(
			several_threads_find_nobody_there, fresh, done),
		cmocka_unit_test_setup_teardown(a_lookup_can_be_cancelled,
						fresh, done),
		cmocka_unit_test_setup_teardown(a_name_server_must_be_one,
						fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
