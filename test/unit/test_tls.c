#include "test/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "probes/doubt.h"
#include "test/unit/tls_peer.h"

/* ---- data ---- */

static void carries_data_of_any_size(void **state)
{
	static char sent[50000], got[50000];
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .server = server_of(CERT_GOOD, HOST) };
	struct tls_facts facts;
	struct stream client;
	struct fault why;
	size_t have = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)(i * 7 + i / 251);
	p.echo = 4 * sizeof(sent);
	peer_start(&p, &client);
	assert_true(tls_client(&request, &client, soon(), &facts, &why));
	assert_string_equal(client.ops->name, "tls");
	for (int round = 0; round < 4; round++) {
		size_t cap = round == 0 ? 1 : sizeof(got);

		/* in halves: both at once would fill the pipe both ways */
		for (size_t at = 0; at < sizeof(sent); at += 25000) {
			assert_true(stream_write(&client, sent + at, 25000,
						 soon(), &why));
			for (have = 0; have < 25000; ) {
				size_t n, room = 25000 - have;

				assert_true(stream_read(&client, got + have,
					room < cap ? room : cap, &n, soon(),
					&why));
				have += n;
			}
			assert_memory_equal(got, sent + at, 25000);
		}
	}
	/* the other side has closed now, politely */
	assert_false(stream_read(&client, got, 1, &have, soon(), &why));
	assert_int_equal(why.kind, FAULT_CLOSED);
	stream_close(&client);
	thread_join(&p.thread);
	assert_true(p.accepted);
	tls_server_free(p.server);
}

static void a_silent_peer_costs_the_deadline_only(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .server = server_of(CERT_GOOD, HOST), .hold = true };
	struct tls_facts facts;
	struct stream client;
	struct fault why;
	char c;
	size_t n;

	(void)state;
	peer_start(&p, &client);
	assert_true(tls_client(&request, &client, soon(), &facts, &why));
	assert_false(stream_read(&client, &c, 1, &n, now_msec() + 50, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	/* and it is not broken by that */
	assert_true(stream_write(&client, "x", 1, soon(), &why));
	stream_close(&client);
	thread_join(&p.thread);
	tls_server_free(p.server);
}

static msec go_on(void *context, const struct evidence *seen, msec by)
{
	(void)seen;
	++*(unsigned *)context;
	return by;
}

/* Silence that somebody had doubts about is no fault once it ends. */
static void a_slow_peer_is_only_slow(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .server = server_of(CERT_GOOD, HOST), .delay = 200 };
	unsigned asked = 0;
	struct doubt doubt = { .ask = go_on, .context = &asked,
			       .at = now_msec() + 20 };
	struct tls_facts facts;
	struct stream client;
	struct fault why;

	(void)state;
	peer_start(&p, &client);
	doubt_stream(&doubt, &client);
	assert_true(tls_client(&request, &client, soon(), &facts, &why));
	assert_true(facts.verified);
	assert_int_equal(asked, 1);
	stream_close(&client);
	thread_join(&p.thread);
	tls_server_free(p.server);
}

/* ---- peers that do not speak TLS, or not to the end ---- */

#define BYTES(s) { s, sizeof(s) - 1 }
#define RANDOM32 "0123456789abcdef0123456789abcdef"

static const struct rude {
	struct span raw;
	enum fault_kind fault;
	int alert;
	const char *version;
	size_t first;			/* bytes kept as evidence */
} rude[] = {
	{ BYTES("* OK Dovecot ready.\r\n"), FAULT_NOT_TLS, -1, "", 21 },
	{ BYTES("220 mx.example ESMTP"), FAULT_NOT_TLS, -1, "", 20 },
	{ BYTES("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"),
	  FAULT_NOT_TLS, -1, "", 0 },
	{ BYTES("S"), FAULT_NOT_TLS, -1, "", 1 },
	{ BYTES(""), FAULT_CLOSED, -1, "", 0 },
	{ BYTES("\x16\x03\x03"), FAULT_CLOSED, -1, "", 0 },
	{ BYTES("\x15\x03\x01\x00\x02\x02\x46"), FAULT_TLS_VERSION, 70, "",
	  0 },
	{ BYTES("\x15\x03\x03\x00\x02\x02\x28"), FAULT_TLS_CIPHER, 40, "", 0 },
	{ BYTES("\x15\x03\x03\x00\x02\x02\x47"), FAULT_TLS_CIPHER, 71, "", 0 },
	{ BYTES("\x15\x03\x03\x00\x02\x02\x70"), FAULT_TLS_ALERT, 112, "", 0 },
	{ BYTES("\x15\x03\x03\x00\x02\x02\x50"), FAULT_TLS_ALERT, 80, "", 0 },
	/* a warning, then nothing more */
	{ BYTES("\x15\x03\x03\x00\x02\x01\x70"), FAULT_CLOSED, 112, "", 0 },
	{ BYTES("\x15\x03\x03\x00\x02\x01\x00"), FAULT_CLOSED, 0, "", 0 },
	/* a server that knows TLS 1.0, SSL 3.0 */
	{ BYTES("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" RANDOM32
		"\x00\xc0\x13\x00"), FAULT_TLS_VERSION, -1, "TLSv1.0", 0 },
	{ BYTES("\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00" RANDOM32
		"\x00\x00\x0a\x00"), FAULT_TLS_VERSION, -1, "SSLv3", 0 },
	/* a suite nobody asked for (RC4) */
	{ BYTES("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" RANDOM32
		"\x00\x00\x05\x00"), FAULT_TLS_CIPHER, -1, "TLSv1.2", 0 },
	/* a server hello without its second half; its end before it */
	{ BYTES("\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"),
	  FAULT_TLS_PROTOCOL, -1, "", 0 },
	{ BYTES("\x16\x03\x03\x00\x04\x0e\x00\x00\x00"),
	  FAULT_TLS_PROTOCOL, -1, "", 0 },
};

static void check_rude(const struct rude *r, size_t split)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .raw = r->raw, .split = split };
	struct stream client;
	struct outcome o = { .ok = true };

	peer_start(&p, &client);
	o.ok = tls_client(&request, &client, soon(), &o.facts, &o.why);
	/* closed and forgotten on failure */
	assert_null(client.ops);
	thread_join(&p.thread);
	assert_false(o.ok);
	assert_false(o.facts.handshake_done);
	assert_false(o.facts.verified);
	assert_string_equal(fault_name(o.why.kind), fault_name(r->fault));
	assert_int_equal(o.facts.alert, r->alert);
	assert_string_equal(o.facts.version, r->version);
	if (r->fault != FAULT_NOT_TLS) {
		assert_int_equal(o.facts.first_bytes, 0);
		return;
	}
	/* at least the first line whole, whatever came with it */
	assert_in_range(o.facts.first_bytes, r->first ? r->first : 26,
			r->raw.len);
	assert_memory_equal(o.facts.first, r->raw.at, o.facts.first_bytes);
}

static void tells_rude_peers_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rude); i++) {
		check_rude(&rude[i], 0);
		check_rude(&rude[i], 1);
	}
}

static void silence_is_a_timeout(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .raw = { "", 0 }, .hold = true };
	struct stream client;
	struct tls_facts facts;
	struct fault why;

	(void)state;
	peer_start(&p, &client);
	assert_false(tls_client(&request, &client, now_msec() + 50, &facts,
				&why));
	thread_join(&p.thread);
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	assert_non_null(strstr(why.text, "TLS handshake"));
}

/* Warnings without end: they cost the deadline, not for ever. */
static void endless_alerts_end(void **state)
{
	static char flood[7 * 60000];
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .raw = { flood, sizeof(flood) } };
	struct stream client;
	struct tls_facts facts;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < sizeof(flood); i += 7)
		memcpy(flood + i, "\x15\x03\x03\x00\x02\x01\x5a", 7);
	peer_start(&p, &client);
	assert_false(tls_client(&request, &client, now_msec() + 20, &facts,
				&why));
	thread_join(&p.thread);
	assert_int_equal(facts.alert, 90);
	assert_false(facts.alert_fatal);
}

static void a_client_without_tls_is_refused(void **state)
{
	struct peer p = { .server = server_of(CERT_GOOD, HOST) };
	struct stream client;
	struct fault why;

	(void)state;
	p.accepted = true;
	peer_start(&p, &client);
	assert_true(stream_write(&client, "a001 NOOP\r\n", 11, soon(), &why));
	thread_join(&p.thread);
	assert_false(p.accepted);
	stream_close(&client);
	tls_server_free(p.server);
}

/*
 * The connection is gone before the first byte of ours: writing meets the
 * reset, and Linux lets the read behind it find a plain end.
 */
static void a_reset_before_the_first_write_stays_one(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int client_fd = socket(AF_INET, SOCK_STREAM, 0), server_fd;
	uint16_t port = 0;
	int listener = tcp_listen(&port, 1);
	struct stream client;
	struct tls_facts facts;
	struct fault why;

	(void)state;
	to.sin_port = htons(port);
	assert_int_equal(connect(client_fd, (struct sockaddr *)&to,
				 sizeof(to)), 0);
	assert_true(tcp_accept(listener, soon(), &server_fd, &why));
	assert_true(tcp_stream(client_fd, &client));
	tcp_reset_on_close(server_fd);
	close(server_fd);
	close(listener);
	assert_false(tls_client(&request, &client, soon(), &facts, &why));
	assert_string_equal(fault_name(why.kind), fault_name(FAULT_RESET));
}

/* ---- every operation fails once ---- */

struct brittle {
	struct stream inner;
	size_t left;			/* operations until it breaks */
	size_t writes;
	enum fault_kind fault;
	bool closed;
	bool one_byte;
};

static bool brittle_breaks(struct brittle *b, struct fault *why)
{
	if (b->left > 0) {
		b->left--;
		return false;
	}
	why->kind = b->fault;
	memcpy(why->text, "broken", 7);
	return true;
}

static bool brittle_read(void *self, char *to, size_t cap, size_t *ret_len,
			 msec by, struct fault *why)
{
	struct brittle *b = self;

	if (brittle_breaks(b, why))
		return false;
	return stream_read(&b->inner, to, b->one_byte ? 1 : cap, ret_len, by,
			   why);
}

static bool brittle_write(void *self, const char *from, size_t len, msec by,
			  struct fault *why)
{
	struct brittle *b = self;

	b->writes++;
	return !brittle_breaks(b, why) &&
	       stream_write(&b->inner, from, len, by, why);
}

static void brittle_close(void *self)
{
	struct brittle *b = self;

	assert_false(b->closed);
	b->closed = true;
	stream_close(&b->inner);
}

static const struct stream_ops brittle_ops = {
	.name = "brittle", .read = brittle_read,
	.write = brittle_write, .close = brittle_close,
};

static bool meet_brittle(struct brittle *b, const struct tls_server *server,
			 struct tls_facts *facts, struct fault *why)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct peer p = { .server = (struct tls_server *)server };
	struct stream outer = { &brittle_ops, b };
	bool ok;

	peer_start(&p, &b->inner);
	ok = tls_client(&request, &outer, soon(), facts, why);
	if (!ok)
		assert_true(b->closed);
	stream_close(&outer);
	assert_true(b->closed);
	thread_join(&p.thread);
	return ok;
}

static void every_broken_operation_is_reported_as_it_was(void **state)
{
	static const enum fault_kind faults[] = {
		FAULT_RESET, FAULT_CLOSED, FAULT_TIMEOUT, FAULT_CANCELLED,
	};
	struct tls_server *server = server_of(CERT_GOOD, HOST);
	size_t n;

	(void)state;
	for (n = 0; n < 100; n++) {
		struct brittle b = {
			.left = n, .fault = faults[n % ARRAY_SIZE(faults)],
		};
		struct tls_facts facts;
		struct fault why;

		if (meet_brittle(&b, server, &facts, &why))
			break;
		assert_string_equal(fault_name(why.kind),
				    fault_name(b.fault));
		assert_false(facts.verified);
		assert_false(facts.handshake_done);
	}
	assert_in_range(n, 3, 99);
	tls_server_free(server);
}

static void one_byte_at_a_time_is_the_same(void **state)
{
	struct tls_server *server = server_of(CERT_GOOD, HOST);
	struct brittle b = { .left = SIZE_MAX, .one_byte = true };
	struct tls_facts facts;
	struct fault why;

	(void)state;
	assert_true(meet_brittle(&b, server, &facts, &why));
	assert_true(facts.verified);
	assert_string_equal(facts.group, "X25519");
	tls_server_free(server);
}

/* The farewell of TLS goes with the last words, and only once. */
static void last_words_are_one_packet(void **state)
{
	struct tls_server *server = server_of(CERT_GOOD, HOST);
	const struct tls_request request = { .host = HOST, .trust = trust };
	struct brittle b = { .left = SIZE_MAX };
	struct stream outer = { &brittle_ops, &b };
	struct peer p = { .server = server, .echo = 6 };
	struct tls_facts facts;
	struct fault why;
	size_t before;

	(void)state;
	peer_start(&p, &b.inner);
	assert_true(tls_client(&request, &outer, soon(), &facts, &why));
	before = b.writes;
	assert_true(stream_write_last(&outer, "QUIT\r\n", 6, soon(), &why));
	assert_int_equal(b.writes, before + 1);
	stream_close(&outer);
	assert_int_equal(b.writes, before + 1);
	assert_true(b.closed);
	thread_join(&p.thread);
	assert_int_equal(p.heard, 6);
	tls_server_free(server);
}

static void names_every_alert(void **state)
{
	(void)state;
	assert_string_equal(tls_alert_name(40), "handshake_failure");
	assert_string_equal(tls_alert_name(70), "protocol_version");
	assert_string_equal(tls_alert_name(48), "unknown_ca");
	assert_string_equal(tls_alert_name(123), "alert 123");
	assert_string_equal(tls_alert_name(255), "alert 255");
	assert_string_equal(tls_alert_name(-1), "no alert");
	assert_string_equal(tls_alert_name(256), "no alert");
	for (int i = 0; i < 256; i++)
		assert_non_null(tls_alert_name(i));
	assert_non_null(strstr(tls_library(), "TLS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carries_data_of_any_size),
		cmocka_unit_test(a_silent_peer_costs_the_deadline_only),
		cmocka_unit_test(a_slow_peer_is_only_slow),
		cmocka_unit_test(tells_rude_peers_apart),
		cmocka_unit_test(silence_is_a_timeout),
		cmocka_unit_test(endless_alerts_end),
		cmocka_unit_test(a_client_without_tls_is_refused),
		cmocka_unit_test(a_reset_before_the_first_write_stays_one),
		cmocka_unit_test(every_broken_operation_is_reported_as_it_was),
		cmocka_unit_test(one_byte_at_a_time_is_the_same),
		cmocka_unit_test(last_words_are_one_packet),
		cmocka_unit_test(names_every_alert),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
