#include "test/unit/unit.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "probes/wire/dns_message.h"

/* ---- messages, written like the RFC draws them ---- */

struct message {
	uint8_t data[4096];
	size_t len;
};

static void put(struct message *m, const void *bytes, size_t len)
{
	assert_true(len <= sizeof(m->data) - m->len);
	memcpy(m->data + m->len, bytes, len);
	m->len += len;
}

static void put_u16(struct message *m, unsigned n)
{
	uint8_t b[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	put(m, b, 2);
}

static void put_name(struct message *m, const char *name)
{
	while (*name && strcmp(name, ".") != 0) {
		size_t len = strcspn(name, ".");
		uint8_t b = (uint8_t)len;

		put(m, &b, 1);
		put(m, name, len);
		name += len + (name[len] == '.');
	}
	put(m, "", 1);
}

static void put_head(struct message *m, unsigned flags, unsigned answers,
		     const char *asked)
{
	m->len = 0;
	put_u16(m, 4711);
	put_u16(m, flags);
	put_u16(m, 1);
	put_u16(m, answers);
	put_u16(m, 0);
	put_u16(m, 0);
	put_name(m, asked);
	put_u16(m, 1);
	put_u16(m, 1);
}

/* Everything of a record but its data. */
static void put_record(struct message *m, const char *owner, unsigned type,
		       size_t len)
{
	put_name(m, owner);
	put_u16(m, type);
	put_u16(m, 1);
	put(m, "\0\0\0\x3c", 4);
	put_u16(m, (unsigned)len);
}

enum { A = 1, CNAME = 5, TXT = 16, AAAA = 28 };

struct entry {
	const char *owner;
	unsigned type;
	const char *data;	/* an address, or a name */
};

static void put_entry(struct message *m, const struct entry *e)
{
	uint8_t address[16];
	struct message name = { .len = 0 };

	if (e->type == A || e->type == AAAA) {
		size_t len = e->type == A ? 4 : 16;

		put_record(m, e->owner, e->type, len);
		assert_int_equal(inet_pton(e->type == A ? AF_INET : AF_INET6,
					   e->data, address), 1);
		put(m, address, len);
		return;
	}
	put_name(&name, e->data);
	put_record(m, e->owner, e->type, name.len);
	put(m, name.data, name.len);
}

#define ANSWER 0x8180	/* QR, RD, RA */
#define ASKED "imap.example"

static void read_message(const struct message *m, struct name_facts *ret,
			 enum fault_kind *ret_fault)
{
	/* A copy of the exact size, so that the sanitizer sees every step
	 * beyond it. */
	uint8_t *exact = test_malloc(m->len + 1);

	memcpy(exact + 1, m->data, m->len);
	*ret = (struct name_facts){ .asked = ASKED };
	*ret_fault = FAULT_KIND_COUNT;
	dns_message_read(exact + 1, m->len, ASKED, 993, ret, ret_fault);
	test_free(exact);
}

/* ---- what answers mean ---- */

static const struct {
	unsigned flags;
	struct entry entry[5];
	enum fault_kind fault;
	const char *cnames, *addresses;
} answers[] = {
	{ ANSWER, { { ASKED, A, "192.0.2.1" } }, FAULT_NONE, "", "192.0.2.1" },
	{ ANSWER, { { ASKED, AAAA, "2001:db8::1" } }, FAULT_NONE, "",
	  "2001:db8::1" },
	{ ANSWER, { { "IMAP.Example", A, "192.0.2.1" } }, FAULT_NONE, "",
	  "192.0.2.1" },
	{ ANSWER, { { ASKED, A, "192.0.2.1" }, { ASKED, A, "192.0.2.2" },
		    { ASKED, A, "192.0.2.1" } },
	  FAULT_NONE, "", "192.0.2.1 192.0.2.2" },
	{ ANSWER, { { ASKED, CNAME, "a.example" },
		    { "a.example", CNAME, "B.example" },
		    { "b.example", A, "192.0.2.1" } },
	  FAULT_NONE, "a.example b.example", "192.0.2.1" },
	/* the order of the records means nothing */
	{ ANSWER, { { "b.example", A, "192.0.2.1" },
		    { "a.example", CNAME, "b.example" },
		    { ASKED, CNAME, "a.example" } },
	  FAULT_NONE, "a.example b.example", "192.0.2.1" },
	/* an address of somebody else is none of ours */
	{ ANSWER, { { "other.example", A, "192.0.2.1" } }, FAULT_NO_DATA, "",
	  "" },
	{ ANSWER, { { ASKED, CNAME, "a.example" },
		    { "other.example", A, "192.0.2.1" } },
	  FAULT_NO_DATA, "a.example", "" },
	{ ANSWER, { { ASKED, TXT, "text" } }, FAULT_NO_DATA, "", "" },
	{ ANSWER, { { NULL, 0, NULL } }, FAULT_NO_DATA, "", "" },
	{ ANSWER, { { ASKED, CNAME, "." } }, FAULT_NO_DATA, ".", "" },
	/* circles */
	{ ANSWER, { { ASKED, CNAME, ASKED } }, FAULT_CNAME_LOOP, ASKED, "" },
	{ ANSWER, { { ASKED, CNAME, "a.example" },
		    { "a.example", CNAME, ASKED } },
	  FAULT_CNAME_LOOP, "a.example " ASKED, "" },
	{ ANSWER, { { ASKED, CNAME, "a.example" },
		    { "a.example", CNAME, "b.example" },
		    { "b.example", CNAME, "a.example" } },
	  FAULT_CNAME_LOOP, "a.example b.example a.example", "" },
	{ ANSWER | 2, { { ASKED, CNAME, ASKED } }, FAULT_CNAME_LOOP, ASKED,
	  "" },
	/* a circle beside the way to the address does not matter */
	{ ANSWER, { { ASKED, A, "192.0.2.1" },
		    { "a.example", CNAME, "a.example" } },
	  FAULT_NONE, "", "192.0.2.1" },
	/* codes */
	{ ANSWER | 3, { { NULL, 0, NULL } }, FAULT_NXDOMAIN, "", "" },
	{ ANSWER | 3, { { ASKED, CNAME, "gone.example" } }, FAULT_NXDOMAIN,
	  "gone.example", "" },
	{ ANSWER | 3, { { ASKED, A, "192.0.2.1" } }, FAULT_NXDOMAIN, "", "" },
	{ ANSWER | 2, { { NULL, 0, NULL } }, FAULT_SERVFAIL, "", "" },
	{ ANSWER | 1, { { NULL, 0, NULL } }, FAULT_SERVFAIL, "", "" },
	{ ANSWER | 4, { { NULL, 0, NULL } }, FAULT_SERVFAIL, "", "" },
	{ ANSWER | 5, { { NULL, 0, NULL } }, FAULT_DNS_REFUSED, "", "" },
	/* a question that came back */
	{ 0x0100, { { ASKED, A, "192.0.2.1" } }, FAULT_DNS_MALFORMED, "", "" },
};

static void compare(const struct name_facts *facts, const char *cnames,
		    const char *addresses)
{
	char seen[1024];
	size_t at = 0;

	seen[0] = '\0';
	for (size_t i = 0; i < facts->cnames; i++)
		at += (size_t)snprintf(seen + at, sizeof(seen) - at, "%s%s",
				       i ? " " : "", facts->cname[i]);
	assert_string_equal(seen, cnames);
	at = 0;
	seen[0] = '\0';
	for (size_t i = 0; i < facts->addresses; i++) {
		at += (size_t)snprintf(seen + at, sizeof(seen) - at, "%s%s",
				       i ? " " : "", facts->address[i].text);
		assert_int_equal(facts->address[i].port, 993);
	}
	assert_string_equal(seen, addresses);
}

static void build(struct message *m, size_t i)
{
	size_t n = 0;

	while (n < ARRAY_SIZE(answers[i].entry) && answers[i].entry[n].owner)
		n++;
	put_head(m, answers[i].flags, (unsigned)n, ASKED);
	for (size_t k = 0; k < n; k++)
		put_entry(m, &answers[i].entry[k]);
}

static void tells_what_an_answer_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;

		build(&m, i);
		read_message(&m, &facts, &fault);
		assert_string_equal(fault_name(fault),
				    fault_name(answers[i].fault));
		compare(&facts, answers[i].cnames, answers[i].addresses);
	}
}

/* Cut anywhere, an answer is never good and never a different one. */
static void a_cut_answer_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;

		build(&m, i);
		while (m.len-- > 0) {
			bool failing = (answers[i].flags & 0xf) != 0 &&
				       (answers[i].flags & 0xf) != 3;

			read_message(&m, &facts, &fault);
			if (!failing || fault != FAULT_SERVFAIL)
				assert_int_equal(fault, FAULT_DNS_MALFORMED);
			assert_int_equal(facts.addresses, 0);
			assert_int_equal(facts.cnames, 0);
		}
	}
}

/* ---- names ---- */

static void follows_compression(void **state)
{
	struct name_facts facts;
	enum fault_kind fault;
	struct message m;

	(void)state;
	put_head(&m, ANSWER, 2, ASKED);
	put_u16(&m, 0xc00c);		/* imap.example */
	put_u16(&m, CNAME);
	put_u16(&m, 1);
	put(&m, "\0\0\0\x3c\0\5\2mx\xc0\x11", 11);	/* mx + example */
	put_u16(&m, 0xc000u | (unsigned)(m.len - 5));	/* mx.example */
	put_u16(&m, A);
	put_u16(&m, 1);
	put(&m, "\0\0\0\x3c\0\4\xc0\0\2\1", 10);
	read_message(&m, &facts, &fault);
	assert_int_equal(fault, FAULT_NONE);
	compare(&facts, "mx.example", "192.0.2.1");
}

/* Bytes where the first answer's owner should be. */
static const struct {
	const char *bytes;
	size_t len;
} bad_names[] = {
	{ "\xc0\x1e", 2 },		/* at itself (offset 30) */
	{ "\xc0\x1f", 2 },		/* forward */
	{ "\xff\xff", 2 },		/* out of the message */
	{ "\x01" "a" "\xc0\x1e", 4 },	/* a.a.a.a... */
	{ "\x40" "a", 2 },		/* reserved label type */
	{ "\x80" "a", 2 },
	{ "\x3f" "abc", 4 },		/* label longer than the message */
};

static void refuses_names_without_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++) {
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;

		put_head(&m, ANSWER, 1, ASKED);
		assert_int_equal(m.len, 30);
		put(&m, bad_names[i].bytes, bad_names[i].len);
		put_u16(&m, A);
		put_u16(&m, 1);
		put(&m, "\0\0\0\x3c\0\4\xc0\0\2\1", 10);
		read_message(&m, &facts, &fault);
		assert_int_equal(fault, FAULT_DNS_MALFORMED);
		assert_int_equal(facts.addresses, 0);
	}
}

static void put_long_name(struct message *m, size_t labels)
{
	char label[51];

	memset(label, 'x', sizeof(label));
	label[0] = 50;
	for (size_t i = 0; i < labels; i++)
		put(m, label, sizeof(label));
	put(m, "", 1);
}

static void a_name_has_255_bytes_at_most(void **state)
{
	(void)state;
	for (size_t labels = 4; labels <= 5; labels++) {
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;

		put_head(&m, ANSWER, 1, ASKED);
		put_record(&m, ASKED, CNAME, labels * 51 + 1);
		put_long_name(&m, labels);
		read_message(&m, &facts, &fault);
		assert_int_equal(fault, labels == 4 ? FAULT_NO_DATA
						    : FAULT_DNS_MALFORMED);
		assert_int_equal(facts.cnames, labels == 4 ? 1 : 0);
	}
}

static void strange_bytes_in_a_name_are_made_printable(void **state)
{
	struct name_facts facts;
	enum fault_kind fault;
	struct message m;

	(void)state;
	put_head(&m, ANSWER, 1, ASKED);
	put_record(&m, ASKED, CNAME, 8);
	put(&m, "\6a.\x1b \0\xff\0", 8);
	read_message(&m, &facts, &fault);
	assert_int_equal(fault, FAULT_NO_DATA);
	assert_string_equal(facts.cname[0], "a\\046\\027\\032\\000\\255");
}

/* ---- sizes ---- */

static void address_records_have_their_size(void **state)
{
	static const struct { unsigned type; size_t len; } cases[] = {
		{ A, 0 }, { A, 3 }, { A, 5 }, { A, 16 }, { AAAA, 4 },
		{ AAAA, 15 }, { AAAA, 17 }, { CNAME, 0 }, { CNAME, 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char zeros[32];
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;

		put_head(&m, ANSWER, 1, ASKED);
		put_record(&m, ASKED, cases[i].type, cases[i].len);
		put(&m, zeros, cases[i].len);
		read_message(&m, &facts, &fault);
		assert_int_equal(fault, FAULT_DNS_MALFORMED);
		assert_int_equal(facts.addresses, 0);
	}
}

static void keeps_as_many_addresses_as_fit(void **state)
{
	struct name_facts facts;
	enum fault_kind fault;
	struct message m;
	uint8_t address[4] = { 192, 0, 2, 0 };

	(void)state;
	put_head(&m, ANSWER, ADDRESSES_MAX + 9, ASKED);
	for (int i = 0; i < ADDRESSES_MAX + 9; i++, address[3]++) {
		put_record(&m, ASKED, A, 4);
		put(&m, address, 4);
	}
	read_message(&m, &facts, &fault);
	assert_int_equal(fault, FAULT_NONE);
	assert_int_equal(facts.addresses, ADDRESSES_MAX);
}

/* Sixteen aliases are a long way, a seventeenth is no way. */
static void a_long_chain_ends_somewhere(void **state)
{
	(void)state;
	for (unsigned aliases = 15; aliases <= 17; aliases++) {
		struct name_facts facts;
		enum fault_kind fault;
		struct message m;
		char from[24] = ASKED, to[24];
		struct entry alias = { from, CNAME, to };
		struct entry end = { from, A, "192.0.2.1" };

		put_head(&m, ANSWER, aliases + 1, ASKED);
		for (unsigned i = 0; i < aliases; i++) {
			snprintf(to, sizeof(to), "n%u.example", i);
			put_entry(&m, &alias);
			memcpy(from, to, sizeof(from));
		}
		put_entry(&m, &end);
		read_message(&m, &facts, &fault);
		assert_int_equal(fault, aliases > 16 ? FAULT_CNAME_LOOP
						     : FAULT_NONE);
		assert_int_equal(facts.cnames, CNAMES_MAX);
		assert_string_equal(facts.cname[0], "n0.example");
	}
}

/* A and AAAA each bring the chain; it is told once. */
static void two_answers_make_one_story(void **state)
{
	static const struct entry four[] = {
		{ ASKED, CNAME, "a.example" }, { "a.example", A, "192.0.2.1" },
	}, six[] = {
		{ ASKED, CNAME, "a.example" },
		{ "a.example", AAAA, "2001:db8::1" },
	};
	struct name_facts facts = { .asked = ASKED };
	enum fault_kind fault;
	struct message m;

	(void)state;
	put_head(&m, ANSWER, 2, ASKED);
	put_entry(&m, &four[0]);
	put_entry(&m, &four[1]);
	dns_message_read(m.data, m.len, ASKED, 993, &facts, &fault);
	put_head(&m, ANSWER, 2, ASKED);
	put_entry(&m, &six[0]);
	put_entry(&m, &six[1]);
	dns_message_read(m.data, m.len, ASKED, 993, &facts, &fault);
	assert_int_equal(fault, FAULT_NONE);
	compare(&facts, "a.example", "192.0.2.1 2001:db8::1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_an_answer_means),
		cmocka_unit_test(a_cut_answer_is_malformed),
		cmocka_unit_test(follows_compression),
		cmocka_unit_test(refuses_names_without_end),
		cmocka_unit_test(a_name_has_255_bytes_at_most),
		cmocka_unit_test(strange_bytes_in_a_name_are_made_printable),
		cmocka_unit_test(address_records_have_their_size),
		cmocka_unit_test(keeps_as_many_addresses_as_fit),
		cmocka_unit_test(a_long_chain_ends_somewhere),
		cmocka_unit_test(two_answers_make_one_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
