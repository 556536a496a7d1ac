#include "test/unit/unit.h"

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "test/unit/tls_peer.h"

/* Servers that are odd, rather than rude. */

#define RANDOM32 "0123456789abcdef0123456789abcdef"

/* ---- a Diffie-Hellman group that nobody should use ---- */

#define DER_CAP 2000

static size_t der_of_a_certificate(char der[DER_CAP])
{
	static char chain[PKI_PEM_CAP], key[PKI_PEM_CAP];
	char text[PKI_PEM_CAP];
	struct buf b = buf_over(text, sizeof(text));
	struct span rest, line;
	struct fault why;
	size_t len;

	assert_true(pki_issue(pki, CERT_GOOD, HOST, chain, key, &why));
	rest = span_of(chain);
	span_cut(&rest, '\n', &line);
	while (span_cut(&rest, '\n', &line) && line.at[0] != '-')
		buf_add(&b, span_trim(line));
	assert_true(base64_decode(buf_span(&b), der, DER_CAP, &len));
	return len;
}

/* Type and length of a message, a record of its own. */
static void begin_message(struct buf *b, char type, size_t len)
{
	const size_t all = len + 4;
	const char head[9] = { 22, 3, 3, (char)(all >> 8), (char)all,
			       type, 0, (char)(len >> 8), (char)len };

	buf_add(b, (struct span){ head, sizeof(head) });
}

static void put_length(struct buf *b, size_t bytes, size_t len)
{
	while (bytes-- > 0)
		buf_char(b, (char)(len >> (8 * bytes)));
}

static void put_key_exchange(struct buf *b)
{
	begin_message(b, 12, 2 + 64 + 2 + 1 + 2 + 64 + 4 + 8);
	put_length(b, 2, 64);		/* p, of 512 bits */
	for (int i = 0; i < 64; i++)
		buf_char(b, (char)0xff);
	put_length(b, 2, 1);		/* g */
	buf_char(b, 2);
	put_length(b, 2, 64);		/* Ys */
	for (int i = 0; i < 64; i++)
		buf_char(b, 0x55);
	buf_add(b, SPAN_LIT("\x04\x01\x00\x08signature"));
	b->len--;			/* eight of its letters */
}

static void a_small_group_is_the_servers_fault(void **state)
{
	const struct tls_request request = { .host = HOST, .trust = trust };
	char raw[4000], der[DER_CAP];
	struct buf b = buf_over(raw, sizeof(raw));
	size_t len = der_of_a_certificate(der);
	struct peer p = { .split = 0 };
	struct stream client;
	struct outcome o;

	(void)state;
	buf_add(&b, SPAN_LIT("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
			     RANDOM32 "\x00\x00\x9e\x00"));
	begin_message(&b, 11, len + 6);
	put_length(&b, 3, len + 3);
	put_length(&b, 3, len);
	buf_add(&b, (struct span){ der, len });
	put_key_exchange(&b);
	p.raw = buf_span(&b);
	peer_start(&p, &client);
	assert_false(tls_client(&request, &client, soon(), &o.facts, &o.why));
	thread_join(&p.thread);
	assert_string_equal(fault_name(o.why.kind), "tls-cipher");
	assert_non_null(strstr(o.why.text, "512 bits"));
	assert_string_equal(o.facts.group, "DH 512");
	assert_false(o.facts.own_limit);
}

/* ---- data ---- */

/* One of nothing is no end; many in a row are an attack. */
static void records_of_nothing(void **state)
{
	for (unsigned times = 0; times < 6; times += 5) {
		const struct tls_request request = { .host = HOST,
						     .trust = trust };
		struct peer p = { .server = server_of(CERT_GOOD, HOST),
				  .nothings = times + 1, .echo = 1 };
		struct stream client;
		struct tls_facts facts;
		struct fault why;
		char byte[8];
		size_t len;

		(void)state;
		peer_start(&p, &client);
		assert_true(tls_client(&request, &client, soon(), &facts,
				       &why));
		assert_true(stream_write(&client, "x", 1, soon(), &why));
		if (times == 0)
			assert_true(stream_read(&client, byte, sizeof(byte),
						&len, soon(), &why));
		else
			assert_false(stream_read(&client, byte, sizeof(byte),
						 &len, soon(), &why));
		stream_close(&client);
		thread_join(&p.thread);
		tls_server_free(p.server);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_group_is_the_servers_fault),
		cmocka_unit_test(records_of_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
