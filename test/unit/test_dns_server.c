#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "cmd/demo/dns_server.h"
#include "probes/wire/dns_message.h"

#include <cmocka.h>

/* What the little name server says, read by the parser of the real probe. */
#define TEXT "title.en: a\ntitle.ja: b\naddress: x@y.example\n" \
	"verdict: works\nexit: 0\nlogins: 0\n" \
	"dns two.example 192.0.2.1/refused 192.0.2.2 2001:db8::1/timeout\n" \
	"dns no.example nxdomain\ndns none.example nodata\n" \
	"dns fail.example servfail\ndns shut.example refused\n" \
	"dns late.example timeout\ndns loop.example cname-loop\n" \
	"dns alias.example alias two.example\n" \
	"dns y.example mx mx1.example mx2.example\n" \
	"dns y.example srv imap imap.example:1993 tls\n" \
	"dns y.example srv smtp smtp.example:587 starttls\n" \
	"endpoint imap imap.example:993 tls\n"

#define TYPE_A 1
#define TYPE_AAAA 28

static size_t make_query(const char *name, uint8_t type, uint8_t *to)
{
	struct span rest = span_of(name), label;
	size_t at = 12;

	memset(to, 0, 12);
	to[0] = 0xab;
	to[5] = 1;
	while (span_cut(&rest, '.', &label)) {
		to[at++] = (uint8_t)label.len;
		memcpy(to + at, label.at, label.len);
		at += label.len;
	}
	memcpy(to + at, (uint8_t[]){ 0, 0, type, 0, 1 }, 5);
	return at + 5;
}

static void test_answers(void **state)
{
	static const struct {
		const char *name; uint8_t type; enum fault_kind fault;
		size_t addresses; const char *first;
	} rows[] = {
		{ "imap.example", TYPE_A, FAULT_NONE, 1, "127.0.0.1" },
		{ "IMAP.example", TYPE_A, FAULT_NONE, 1, "127.0.0.1" },
		{ "imap.example", TYPE_AAAA, FAULT_NO_DATA, 0, "" },
		{ "two.example", TYPE_A, FAULT_NONE, 2, "127.0.0.2" },
		{ "two.example", TYPE_AAAA, FAULT_NONE, 1, "::1" },
		{ "alias.example", TYPE_A, FAULT_NONE, 2, "127.0.0.2" },
		{ "no.example", TYPE_A, FAULT_NXDOMAIN, 0, "" },
		{ "other.example", TYPE_A, FAULT_NXDOMAIN, 0, "" },
		{ "none.example", TYPE_A, FAULT_NO_DATA, 0, "" },
		{ "fail.example", TYPE_A, FAULT_SERVFAIL, 0, "" },
		{ "shut.example", TYPE_A, FAULT_DNS_REFUSED, 0, "" },
		{ "loop.example", TYPE_A, FAULT_CNAME_LOOP, 0, "" },
	};
	struct scenario *s;
	struct fault why;

	(void)state;
	assert_true(scenario_parse("t", span_of(TEXT), &s, &why));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t query[300], answer[DNS_ANSWER_CAP];
		struct name_facts facts = { 0 };
		enum fault_kind fault;
		size_t len = make_query(rows[i].name, rows[i].type, query);

		len = dns_server_answer(s, query, len, answer);
		assert_true(len > 12);
		assert_int_equal(answer[0], 0xab);
		dns_message_read(answer, len, rows[i].name, 993, &facts, &fault);
		assert_int_equal(fault, rows[i].fault);
		assert_int_equal(facts.addresses, rows[i].addresses);
		assert_string_equal(facts.address[0].text, rows[i].first);
	}
	scenario_free(s);
}

static void test_stays_silent(void **state)
{
	uint8_t query[300], answer[DNS_ANSWER_CAP];
	struct scenario *s;
	struct fault why;
	size_t len;

	(void)state;
	assert_true(scenario_parse("t", span_of(TEXT), &s, &why));
	len = make_query("late.example", TYPE_A, query);
	assert_int_equal(dns_server_answer(s, query, len, answer), 0);
	/* and for what is no question, cut at every byte */
	len = make_query("imap.example", TYPE_A, query);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(dns_server_answer(s, query, i, answer), 0);
	query[12] = 0xc0;
	assert_int_equal(dns_server_answer(s, query, len, answer), 0);
	scenario_free(s);
}

static void test_records(void **state)
{
	static const struct {
		enum record_type type; const char *asked;
		enum fault_kind fault; size_t n; const char *host;
		unsigned port;
	} rows[] = {
		{ RECORD_MX, "y.example", FAULT_NONE, 2, "mx1.example", 0 },
		{ RECORD_SRV, "_imaps._tcp.Y.example", FAULT_NONE, 1,
		  "imap.example", 1993 },
		{ RECORD_SRV, "_submission._tcp.y.example", FAULT_NONE, 1,
		  "smtp.example", 587 },
		{ RECORD_SRV, "_imap._tcp.y.example", FAULT_NO_DATA, 0, "", 0 },
		{ RECORD_MX, "none.example", FAULT_NO_DATA, 0, "", 0 },
		{ RECORD_MX, "other.example", FAULT_NXDOMAIN, 0, "", 0 },
		{ RECORD_SRV, "_imaps._tcp.no.example", FAULT_NXDOMAIN, 0, "",
		  0 },
		{ RECORD_MX, "fail.example", FAULT_SERVFAIL, 0, "", 0 },
	};
	struct scenario *s;
	struct fault why;

	(void)state;
	assert_true(scenario_parse("t", span_of(TEXT), &s, &why));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t query[300], answer[DNS_ANSWER_CAP];
		struct records_facts facts = { .type = rows[i].type };
		size_t len = make_query(rows[i].asked, (uint8_t)rows[i].type,
					query);

		strcpy(facts.asked, rows[i].asked);
		len = dns_server_answer(s, query, len, answer);
		dns_message_records(answer, len, &facts);
		assert_int_equal(facts.fault, rows[i].fault);
		assert_int_equal(facts.n, rows[i].n);
		assert_string_equal(facts.record[0].host, rows[i].host);
		assert_int_equal(facts.record[0].port, rows[i].port);
	}
	scenario_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_stays_silent),
		cmocka_unit_test(test_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
