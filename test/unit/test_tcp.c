#include "test/unit/unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/wire/dns.h"
#include "probes/wire/tcp.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

static int fresh(void **state)
{
	(void)state;
	if (!wait_setup())
		return -1;
	wait_reset();
	return 0;
}

/* ---- places to call ---- */

struct place {
	int listener;
	uint16_t port;
	int fillers[8];		/* connections that keep a silent one full */
};

static struct place open_place(int backlog)
{
	struct place p = { .listener = -1 };

	memset(p.fillers, -1, sizeof(p.fillers));
	p.listener = tcp_listen(&p.port, backlog);
	assert_true(p.listener >= 0);
	assert_int_not_equal(p.port, 0);
	return p;
}

static void close_place(struct place *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(p->fillers); i++)
		if (p->fillers[i] >= 0)
			close(p->fillers[i]);
	if (p->listener >= 0)
		close(p->listener);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A full backlog drops every further SYN: that is silence. */
static struct place silent_place(void)
{
	struct place p = open_place(0);
	struct sockaddr_in to = loopback(p.port);

	for (size_t i = 0; i < ARRAY_SIZE(p.fillers); i++) {
		p.fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
		assert_true(p.fillers[i] >= 0);
		assert_true(fd_prepare(p.fillers[i]));
		connect(p.fillers[i], (struct sockaddr *)&to, sizeof(to));
	}
	return p;
}

static uint16_t closed_port(void)
{
	struct place p = open_place(1);

	close_place(&p);
	return p.port;
}

static void call(struct connect_facts *io, const char *address, uint16_t port)
{
	assert_true(address_parse(address, port,
				  &io->attempt[io->attempts++].address));
}

/* The kernel knows no way to a broadcast address by TCP, and sends nothing. */
#define NO_ROUTE "127.255.255.255"

/* ---- connect ---- */

static void reaches_a_server(void **state)
{
	struct place p = open_place(4);
	struct connect_facts io = { 0 };
	struct stream s, other;
	struct fault why;
	char got[8];
	size_t len;
	int fd;

	(void)state;
	call(&io, "127.0.0.1", p.port);
	assert_true(tcp_connect(&io, now_msec() + 5000, &s, &why));
	assert_int_equal(io.winner, 0);
	assert_int_equal(io.attempt[0].state, ATTEMPT_WON);
	assert_int_equal(io.attempt[0].fault, FAULT_NONE);
	assert_true(io.attempt[0].ended >= io.attempt[0].began);
	assert_true(io.attempt[0].began > 0);
	assert_true(tcp_accept(p.listener, now_msec() + 5000, &fd, &why));
	assert_true(tcp_stream(fd, &other));
	assert_true(stream_write(&s, "EHLO", 4, now_msec() + 5000, &why));
	assert_true(stream_read(&other, got, sizeof(got), &len,
				now_msec() + 5000, &why));
	assert_int_equal(len, 4);
	assert_memory_equal(got, "EHLO", 4);
	stream_close(&other);
	assert_false(stream_read(&s, got, sizeof(got), &len,
				 now_msec() + 5000, &why));
	assert_int_equal(why.kind, FAULT_CLOSED);
	stream_close(&s);
	close_place(&p);
}

enum where { NOWHERE, OPEN, SHUT, SILENT, UNROUTED };

/* What became of up to three addresses, and the fault when all fail. */
static const struct {
	enum where where[3];
	enum fault_kind fault;
	struct { enum attempt_state state; enum fault_kind fault; } want[3];
} races[] = {
	{ { SHUT }, FAULT_REFUSED, { { ATTEMPT_FAILED, FAULT_REFUSED } } },
	{ { SILENT }, FAULT_TIMEOUT, { { ATTEMPT_FAILED, FAULT_TIMEOUT } } },
	{ { UNROUTED }, FAULT_UNREACHABLE,
	  { { ATTEMPT_FAILED, FAULT_UNREACHABLE } } },
	{ { UNROUTED, SHUT }, FAULT_REFUSED,
	  { { ATTEMPT_FAILED, FAULT_UNREACHABLE },
	    { ATTEMPT_FAILED, FAULT_REFUSED } } },
	{ { UNROUTED, SILENT }, FAULT_TIMEOUT,
	  { { ATTEMPT_FAILED, FAULT_UNREACHABLE },
	    { ATTEMPT_FAILED, FAULT_TIMEOUT } } },
	{ { SILENT, SHUT }, FAULT_REFUSED,
	  { { ATTEMPT_FAILED, FAULT_TIMEOUT },
	    { ATTEMPT_FAILED, FAULT_REFUSED } } },
	{ { OPEN, OPEN }, FAULT_NONE,
	  { { ATTEMPT_WON, FAULT_NONE }, { ATTEMPT_NOT_MADE, FAULT_NONE } } },
	{ { SHUT, OPEN }, FAULT_NONE,
	  { { ATTEMPT_FAILED, FAULT_REFUSED }, { ATTEMPT_WON, FAULT_NONE } } },
	{ { UNROUTED, SHUT, OPEN }, FAULT_NONE,
	  { { ATTEMPT_FAILED, FAULT_UNREACHABLE },
	    { ATTEMPT_FAILED, FAULT_REFUSED }, { ATTEMPT_WON, FAULT_NONE } } },
	{ { SILENT, OPEN }, FAULT_NONE,
	  { { ATTEMPT_LOST, FAULT_NONE }, { ATTEMPT_WON, FAULT_NONE } } },
	{ { SILENT, UNROUTED, OPEN }, FAULT_NONE,
	  { { ATTEMPT_LOST, FAULT_NONE },
	    { ATTEMPT_FAILED, FAULT_UNREACHABLE },
	    { ATTEMPT_WON, FAULT_NONE } } },
};

static void races_addresses(void **state)
{
	struct place open = open_place(16), silent = silent_place();
	const uint16_t ports[] = { 0, open.port, closed_port(), silent.port,
				   open.port };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(races); i++) {
		struct connect_facts io = { 0 };
		struct fault why = { .kind = FAULT_NONE };
		struct stream s = { 0 };
		bool ok = races[i].fault == FAULT_NONE;
		msec by;

		for (size_t k = 0; k < 3 && races[i].where[k]; k++)
			call(&io, races[i].where[k] == UNROUTED ? NO_ROUTE
								: "127.0.0.1",
			     ports[races[i].where[k]]);
		by = now_msec() + (ok ? 5000 : 600);
		assert_int_equal(tcp_connect(&io, by, &s, &why), ok);
		assert_int_equal(why.kind, races[i].fault);
		for (size_t k = 0; k < io.attempts; k++) {
			assert_int_equal(io.attempt[k].state,
					 races[i].want[k].state);
			assert_int_equal(io.attempt[k].fault,
					 races[i].want[k].fault);
			if (io.attempt[k].state == ATTEMPT_WON)
				assert_int_equal(io.winner, k);
		}
		if (!ok)
			assert_int_equal(io.winner, -1);
		stream_close(&s);
	}
	close_place(&open);
	close_place(&silent);
}

static void nothing_to_call_and_no_time_to(void **state)
{
	struct place p = open_place(4);
	struct connect_facts io = { 0 };
	struct fault why;
	struct stream s;

	(void)state;
	assert_false(tcp_connect(&io, MSEC_NEVER, &s, &why));
	assert_int_equal(why.kind, FAULT_NO_ADDRESS);
	call(&io, "127.0.0.1", p.port);
	assert_false(tcp_connect(&io, now_msec() - 1, &s, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	assert_int_equal(io.attempt[0].state, ATTEMPT_NOT_MADE);
	close_place(&p);
}

/* Every descriptor that this process may have is taken. */
static void no_descriptor_is_left(void **state)
{
	struct rlimit before, few;
	struct connect_facts io = { 0 };
	struct stream s;
	struct fault why;
	int taken[64], n = 0;
	bool ok;

	(void)state;
	call(&io, "127.0.0.1", 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 32;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (n < 64 && (taken[n] = dup(STDOUT_FILENO)) >= 0)
		n++;
	ok = tcp_connect(&io, now_msec() + 5000, &s, &why);
	while (n > 0)
		close(taken[--n]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_false(ok);
	assert_int_equal(why.kind, FAULT_NO_DESCRIPTORS);
}

static void cancel_soon(void *arg)
{
	struct fault ignored;

	(void)arg;
	wait_until(now_msec() + 20, &ignored);
	wait_cancel_all();
}

static void connecting_can_be_cancelled(void **state)
{
	struct place p = silent_place();
	struct connect_facts io = { 0 };
	struct fault why;
	struct stream s;
	struct thread t;

	(void)state;
	call(&io, "127.0.0.1", p.port);
	assert_true(thread_start(&t, cancel_soon, NULL));
	assert_false(tcp_connect(&io, MSEC_NEVER, &s, &why));
	thread_join(&t);
	assert_int_equal(why.kind, FAULT_CANCELLED);
	assert_int_equal(io.attempt[0].state, ATTEMPT_FAILED);
	assert_int_equal(io.attempt[0].fault, FAULT_CANCELLED);
	close_place(&p);
}

/* ---- the stream ---- */

struct line_of_two {
	struct place place;
	struct stream client;
	int server;
};

static void connect_two(struct line_of_two *l)
{
	struct connect_facts io = { 0 };
	struct fault why;

	l->place = open_place(4);
	call(&io, "127.0.0.1", l->place.port);
	assert_true(tcp_connect(&io, now_msec() + 5000, &l->client, &why));
	assert_true(tcp_accept(l->place.listener, now_msec() + 5000, &l->server,
			       &why));
}

static void hang_up(struct line_of_two *l)
{
	stream_close(&l->client);
	if (l->server >= 0)
		close(l->server);
	close_place(&l->place);
}

static void reading_silence_times_out(void **state)
{
	struct line_of_two l;
	struct fault why;
	char got[8];
	size_t len;
	msec by;

	(void)state;
	connect_two(&l);
	by = now_msec() + 20;
	assert_false(stream_read(&l.client, got, sizeof(got), &len, by, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	assert_true(now_msec() >= by);
	hang_up(&l);
}

static void writing_to_the_deaf_times_out(void **state)
{
	static char flood[1 << 20];
	struct line_of_two l;
	struct fault why;
	bool ok = true;

	(void)state;
	connect_two(&l);
	for (int i = 0; i < 64 && ok; i++)
		ok = stream_write(&l.client, flood, sizeof(flood),
				  now_msec() + 30, &why);
	assert_false(ok);
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	hang_up(&l);
}

static void a_reset_is_told_from_a_close(void **state)
{
	struct line_of_two l;
	struct fault why;
	char got[8];
	size_t len;

	(void)state;
	connect_two(&l);
	tcp_reset_on_close(l.server);
	close(l.server);
	l.server = -1;
	assert_false(stream_read(&l.client, got, sizeof(got), &len,
				 now_msec() + 5000, &why));
	assert_int_equal(why.kind, FAULT_RESET);
	/* Without MSG_NOSIGNAL this would end the program. */
	assert_false(stream_write(&l.client, "QUIT", 4, now_msec() + 5000,
				  &why));
	assert_int_equal(why.kind, FAULT_RESET);
	hang_up(&l);
}

static void cancel_stops_even_a_stream_with_data(void **state)
{
	struct line_of_two l;
	struct fault why;
	char got[8];
	size_t len;

	(void)state;
	connect_two(&l);
	assert_int_equal(send(l.server, "data", 4, 0), 4);
	assert_true(stream_read(&l.client, got, 1, &len, now_msec() + 5000,
				&why));
	wait_cancel_all();
	assert_false(stream_read(&l.client, got, sizeof(got), &len,
				 MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	hang_up(&l);
}

static void sends_small_pieces_at_once(void **state)
{
	struct line_of_two l;
	struct stream s;
	int on = 0;
	socklen_t len = sizeof(on);

	(void)state;
	connect_two(&l);
	assert_true(tcp_stream(l.server, &s));
	assert_int_equal(getsockopt(l.server, IPPROTO_TCP, TCP_NODELAY, &on,
				    &len), 0);
	assert_int_not_equal(on, 0);
	hang_up(&l);
}

static void refuses_what_is_no_file(void **state)
{
	struct stream s;

	(void)state;
	assert_false(tcp_stream(-1, &s));
}

/* ---- listeners ---- */

static void listens_on_the_port_asked_for(void **state)
{
	struct place p = open_place(1);
	uint16_t same = p.port;

	(void)state;
	assert_int_equal(tcp_listen(&same, 1), -1);
	assert_int_equal(errno, EADDRINUSE);
	close_place(&p);
	p.listener = tcp_listen(&same, 1);
	assert_true(p.listener >= 0);
	assert_int_equal(same, p.port);
	close_place(&p);
}

static void accept_has_a_deadline(void **state)
{
	struct place p = open_place(1);
	struct fault why;
	int fd;

	(void)state;
	assert_false(tcp_accept(p.listener, now_msec() + 10, &fd, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	wait_cancel_all();
	assert_false(tcp_accept(p.listener, MSEC_NEVER, &fd, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	close_place(&p);
}

static void knows_what_errno_means(void **state)
{
	static const struct {
		int error;
		enum fault_kind kind;
	} cases[] = {
		{ ECONNREFUSED, FAULT_REFUSED },
		{ ENETUNREACH, FAULT_UNREACHABLE },
		{ EHOSTUNREACH, FAULT_UNREACHABLE },
		{ EADDRNOTAVAIL, FAULT_UNREACHABLE },
		{ EAFNOSUPPORT, FAULT_UNREACHABLE },
		{ ECONNRESET, FAULT_RESET },
		{ EPIPE, FAULT_RESET },
		{ ETIMEDOUT, FAULT_TIMEOUT },
		{ EACCES, FAULT_NOT_PERMITTED },
		{ EPERM, FAULT_NOT_PERMITTED },
		{ ENOMEM, FAULT_NO_MEMORY },
		{ ENOBUFS, FAULT_NO_MEMORY },
		{ EMFILE, FAULT_NO_DESCRIPTORS },
		{ ENFILE, FAULT_NO_DESCRIPTORS },
		{ EBADF, FAULT_INTERNAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(fault_of_errno(cases[i].error), cases[i].kind);
}

static void knows_whether_there_is_a_way(void **state)
{
	struct address a;

	(void)state;
	assert_true(address_parse("127.0.0.1", 993, &a));
	assert_true(address_has_route(&a));
	assert_true(address_parse(NO_ROUTE, 993, &a));
	assert_false(address_has_route(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reaches_a_server, fresh),
		cmocka_unit_test_setup(races_addresses, fresh),
		cmocka_unit_test_setup(no_descriptor_is_left, fresh),
		cmocka_unit_test_setup(nothing_to_call_and_no_time_to, fresh),
		cmocka_unit_test_setup(connecting_can_be_cancelled, fresh),
		cmocka_unit_test_setup(reading_silence_times_out, fresh),
		cmocka_unit_test_setup(writing_to_the_deaf_times_out, fresh),
		cmocka_unit_test_setup(a_reset_is_told_from_a_close, fresh),
		cmocka_unit_test_setup(cancel_stops_even_a_stream_with_data,
				       fresh),
		cmocka_unit_test_setup(sends_small_pieces_at_once, fresh),
		cmocka_unit_test_setup(refuses_what_is_no_file, fresh),
		cmocka_unit_test_setup(listens_on_the_port_asked_for, fresh),
		cmocka_unit_test_setup(accept_has_a_deadline, fresh),
		cmocka_unit_test_setup(knows_what_errno_means, fresh),
		cmocka_unit_test_setup(knows_whether_there_is_a_way, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
