#include "test/unit/unit.h"

#include <string.h>

#include "probes/wire/tls_watch.h"

#define BYTES(s) s, sizeof(s) - 1

#define RANDOM32 "0123456789abcdef0123456789abcdef"

/* version 1.2, suite c02b, no extensions: 2+32+1+2+1 = 38 = 0x26 */
#define HELLO_12 "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" RANDOM32 \
	"\x00\xc0\x2b\x00"
#define HELLO_10 "\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" RANDOM32 \
	"\x00\xc0\x13\x00"
/* supported_versions 0304, key_share x25519: 2+32+1+2+1+2+6+8 = 0x36 */
#define HELLO_13 "\x16\x03\x03\x00\x3a\x02\x00\x00\x36\x03\x03" RANDOM32 \
	"\x00\x13\x01\x00\x00\x0e\x00\x2b\x00\x02\x03\x04" \
	"\x00\x33\x00\x04\x00\x1d\x00\x00"
/* a key exchange on P-256: type 0c, named curve 0017 */
#define EXCHANGE "\x16\x03\x03\x00\x07\x0c\x00\x00\x03\x03\x00\x17"
#define CCS "\x14\x03\x03\x00\x01\x01"

static const struct row {
	const char *bytes;
	size_t len;
	enum watch_state state;
	unsigned version, suite, group;
	int alert;
	bool fatal;
} rows[] = {
	{ BYTES(""), WATCH_FIRST, 0, 0, 0, -1, false },
	{ BYTES("\x16\x03"), WATCH_FIRST, 0, 0, 0, -1, false },
	{ BYTES("* OK ready\r\n"), WATCH_NOT_TLS, 0, 0, 0, -1, false },
	{ BYTES("220 a\r\n"), WATCH_NOT_TLS, 0, 0, 0, -1, false },
	{ BYTES("\x16\x04\x00\x00\x00"), WATCH_NOT_TLS, 0, 0, 0, -1, false },
	/* application data is no beginning */
	{ BYTES("\x17\x03\x03\x00\x01z"), WATCH_NOT_TLS, 0, 0, 0, -1, false },
	{ BYTES("\x15\x03\x01\x00\x02\x02\x46"), WATCH_ON, 0, 0, 0, 70, true },
	{ BYTES("\x15\x03\x01\x00\x02\x01\x70"), WATCH_ON, 0, 0, 0, 112,
	  false },
	/* the fatal one stays, whatever follows */
	{ BYTES("\x15\x03\x01\x00\x02\x02\x28\x15\x03\x01\x00\x02\x01\x00"),
	  WATCH_ON, 0, 0, 0, 40, true },
	/* encrypted alerts are longer and tell nothing */
	{ BYTES("\x15\x03\x03\x00\x03\x02\x28\x00"), WATCH_ON, 0, 0, 0, -1,
	  false },
	{ BYTES(HELLO_12), WATCH_ON, 0x0303, 0xc02b, 0, -1, false },
	{ BYTES(HELLO_10), WATCH_ON, 0x0301, 0xc013, 0, -1, false },
	{ BYTES(HELLO_13), WATCH_ON, 0x0304, 0x1301, 0x1d, -1, false },
	{ BYTES(HELLO_12 EXCHANGE), WATCH_ON, 0x0303, 0xc02b, 0x17, -1,
	  false },
	{ BYTES(HELLO_12 CCS EXCHANGE), WATCH_DONE, 0x0303, 0xc02b, 0, -1,
	  false },
	/* in TLS 1.3 the change_cipher_spec is for show */
	{ BYTES(HELLO_13 CCS HELLO_13), WATCH_ON, 0x0304, 0x1301, 0x1d, -1,
	  false },
	{ BYTES(HELLO_13 "\x17\x03\x03\x00\x01z"), WATCH_DONE, 0x0304, 0x1301,
	  0x1d, -1, false },
	/* hellos cut short by their own length */
	{ BYTES("\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03"), WATCH_ON, 0,
	  0, 0, -1, false },
	{ BYTES("\x16\x03\x03\x00\x04\x02\x00\x00\x00"), WATCH_ON, 0, 0, 0,
	  -1, false },
	/* one message over two records */
	{ BYTES("\x16\x03\x03\x00\x05\x0c\x00\x00\x03\x03"
		"\x16\x03\x03\x00\x02\x00\x18"), WATCH_ON, 0, 0, 0x18, -1,
	  false },
	/* an empty record is nothing */
	{ BYTES("\x16\x03\x03\x00\x00" EXCHANGE), WATCH_ON, 0, 0, 0x17, -1,
	  false },
};

static void check(const struct row *r, size_t step)
{
	struct tls_watch w;
	size_t kept = r->len < FIRST_BYTES_MAX ? r->len : FIRST_BYTES_MAX;

	tls_watch_init(&w);
	for (size_t i = 0; i < r->len; i += step)
		tls_watch_feed(&w, r->bytes + i,
			       r->len - i < step ? r->len - i : step);
	assert_int_equal(w.state, r->state);
	assert_int_equal(w.version, r->version);
	assert_int_equal(w.suite, r->suite);
	assert_int_equal(w.group, r->group);
	assert_int_equal(w.alert, r->alert);
	assert_int_equal(w.alert_fatal, r->fatal);
	if (r->state != WATCH_NOT_TLS)
		return;
	assert_int_equal(w.first_bytes, kept);
	assert_memory_equal(w.first, r->bytes, kept);
}

static void reads_whatever_the_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t step = 1; step < 9; step++)
			check(&rows[i], step);
		check(&rows[i], 4096);
	}
}

/* A point of two bytes, then rsa_pss_rsae_sha256; then the point cut off. */
static void reads_the_signature_scheme(void **state)
{
	static const char whole[] = "\x16\x03\x03\x00\x0c\x0c\x00\x00\x08"
		"\x03\x00\x1d\x02pp\x08\x04";
	static const char cut[] = "\x16\x03\x03\x00\x0c\x0c\x00\x00\x08"
		"\x03\x00\x1d\x03pp\x08\x04";
	struct tls_watch w;

	(void)state;
	tls_watch_init(&w);
	tls_watch_feed(&w, whole, sizeof(whole) - 1);
	assert_int_equal(w.signature, 0x0804);
	tls_watch_init(&w);
	tls_watch_feed(&w, cut, sizeof(cut) - 1);
	assert_int_equal(w.signature, 0);
	assert_int_equal(w.group, 0x1d);
}

/* RFC 5746 section 3.4: an extension ff01 with an empty value, of one octet. */
static void reads_secure_renegotiation(void **state)
{
	static const char with[] = "\x16\x03\x03\x00\x31\x02\x00\x00\x2d\x03\x03"
		RANDOM32 "\x00\xc0\x2b\x00\x00\x05\xff\x01\x00\x01\x00";
	struct tls_watch w;

	(void)state;
	tls_watch_init(&w);
	tls_watch_feed(&w, HELLO_12, sizeof(HELLO_12) - 1);
	assert_false(w.secure_renegotiation);
	tls_watch_init(&w);
	tls_watch_feed(&w, with, sizeof(with) - 1);
	assert_int_equal(w.suite, 0xc02b);
	assert_true(w.secure_renegotiation);
}

/* RFC 5246 section 6.2.1: over as many records as it likes. */
static void sees_a_message_in_pieces(void **state)
{
	static const char two[] = "\x16\x03\x03\x00\x02\x02\x00"
		"\x16\x03\x03\x00\x04\x00\x02\x03\x03";
	struct tls_watch w;

	(void)state;
	tls_watch_init(&w);
	tls_watch_feed(&w, HELLO_12, sizeof(HELLO_12) - 1);
	assert_false(w.in_pieces);
	tls_watch_init(&w);
	tls_watch_feed(&w, two, 7);
	assert_true(w.in_pieces);
	tls_watch_feed(&w, two + 7, sizeof(two) - 8);
	assert_int_equal(w.message, 0);
}

static void keeps_only_so_many_first_bytes(void **state)
{
	struct tls_watch w;
	char long_line[500];

	(void)state;
	memset(long_line, 'x', sizeof(long_line));
	tls_watch_init(&w);
	tls_watch_feed(&w, long_line, sizeof(long_line));
	assert_int_equal(w.state, WATCH_NOT_TLS);
	assert_int_equal(w.first_bytes, FIRST_BYTES_MAX);
}

static void survives_a_message_of_16_megabytes(void **state)
{
	static const char head[] = "\x16\x03\x03\x40\x00\x0b\xff\xff\xff";
	struct tls_watch w;

	(void)state;
	tls_watch_init(&w);
	tls_watch_feed(&w, head, sizeof(head) - 1);
	for (int i = 0; i < 2000; i++)
		tls_watch_feed(&w, "aaaaaaa", 7);
	assert_int_equal(w.state, WATCH_ON);
	assert_int_equal(w.version, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_whatever_the_split),
		cmocka_unit_test(reads_the_signature_scheme),
		cmocka_unit_test(reads_secure_renegotiation),
		cmocka_unit_test(sees_a_message_in_pieces),
		cmocka_unit_test(keeps_only_so_many_first_bytes),
		cmocka_unit_test(survives_a_message_of_16_megabytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
