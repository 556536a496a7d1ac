#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/span.h"
#include "probes/wire/dns_message.h"

/* ---- messages, put together by hand ---- */

struct message {
	uint8_t data[2048];
	size_t len;
};

static void put_u16(struct message *m, unsigned n)
{
	m->data[m->len++] = (uint8_t)(n >> 8);
	m->data[m->len++] = (uint8_t)n;
}

static void put_name(struct message *m, const char *name)
{
	while (*name && strcmp(name, ".") != 0) {
		size_t len = strcspn(name, ".");

		m->data[m->len++] = (uint8_t)len;
		memcpy(m->data + m->len, name, len);
		m->len += len;
		name += len + (name[len] == '.');
	}
	m->data[m->len++] = 0;
}

static void begin(struct message *m, unsigned rcode, unsigned answers,
		  const char *asked)
{
	static const uint8_t rest[4] = { 0 };

	m->len = 0;
	put_u16(m, 7);
	put_u16(m, 0x8180 | rcode);
	put_u16(m, 1);
	put_u16(m, answers);
	memcpy(m->data + m->len, rest, 4);
	m->len += 4;
	put_name(m, asked);
	put_u16(m, 15);
	put_u16(m, 1);
}

/* numbers: preference; or priority, weight, port. A CNAME has none. */
static void put_record(struct message *m, const char *owner, unsigned type,
		       const unsigned *numbers, size_t n, const char *target)
{
	size_t length_at;

	put_name(m, owner);
	put_u16(m, type);
	put_u16(m, 1);
	put_u16(m, 0);
	put_u16(m, 60);
	length_at = m->len;
	put_u16(m, 0);
	for (size_t i = 0; i < n; i++)
		put_u16(m, numbers[i]);
	put_name(m, target);
	m->data[length_at] = (uint8_t)((m->len - length_at - 2) >> 8);
	m->data[length_at + 1] = (uint8_t)(m->len - length_at - 2);
}

static void put_mx(struct message *m, const char *owner, unsigned preference,
		   const char *host)
{
	put_record(m, owner, RECORD_MX, &preference, 1, host);
}

static void put_srv(struct message *m, unsigned priority, unsigned weight,
		    unsigned port, const char *host)
{
	const unsigned numbers[] = { priority, weight, port };

	put_record(m, "x.example", RECORD_SRV, numbers, 3, host);
}

static void read_as(const struct message *m, enum record_type type,
		    struct records_facts *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->type = type;
	span_copy(span_of("x.example"), ret->asked, sizeof(ret->asked));
	dns_message_records(m->data, m->len, ret);
}

/* ---- what is read ---- */

static void exchangers_by_preference(void **state)
{
	struct message m;
	struct records_facts f;

	(void)state;
	begin(&m, 0, 3, "x.example");
	put_mx(&m, "x.example", 20, "b.example");
	put_mx(&m, "X.Example", 10, "A.example");
	put_mx(&m, "other.example", 1, "not.ours.example");
	read_as(&m, RECORD_MX, &f);
	assert_int_equal(f.fault, FAULT_NONE);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.record[0].host, "a.example");
	assert_int_equal(f.record[0].priority, 10);
	assert_string_equal(f.record[1].host, "b.example");
}

static void services_by_priority_and_weight(void **state)
{
	struct message m;
	struct records_facts f;

	(void)state;
	begin(&m, 0, 4, "x.example");
	put_srv(&m, 20, 100, 1, "last.example");
	put_srv(&m, 10, 1, 2, "light.example");
	put_srv(&m, 10, 9, 3, "heavy.example");
	put_srv(&m, 10, 1, 4, "able.example");
	read_as(&m, RECORD_SRV, &f);
	assert_int_equal(f.n, 4);
	assert_int_equal(f.record[0].port, 3);
	assert_int_equal(f.record[1].port, 4);
	assert_int_equal(f.record[2].port, 2);
	assert_int_equal(f.record[3].port, 1);
}

static void no_such_service(void **state)
{
	struct message m;
	struct records_facts f;

	(void)state;
	begin(&m, 0, 1, "x.example");
	put_srv(&m, 0, 0, 0, ".");
	read_as(&m, RECORD_SRV, &f);
	assert_int_equal(f.fault, FAULT_NONE);
	assert_string_equal(f.record[0].host, ".");
}

static void behind_an_alias(void **state)
{
	struct message m;
	struct records_facts f;

	(void)state;
	begin(&m, 0, 2, "x.example");
	put_mx(&m, "y.example", 5, "mx.example");
	put_record(&m, "x.example", 5, NULL, 0, "y.example");
	read_as(&m, RECORD_MX, &f);
	assert_int_equal(f.fault, FAULT_NONE);
	assert_string_equal(f.record[0].host, "mx.example");
	begin(&m, 0, 2, "x.example");
	put_record(&m, "y.example", 5, NULL, 0, "x.example");
	put_record(&m, "x.example", 5, NULL, 0, "y.example");
	read_as(&m, RECORD_MX, &f);
	assert_int_equal(f.fault, FAULT_CNAME_LOOP);
	assert_int_equal(f.n, 0);
}

static void the_least_wanted_are_dropped(void **state)
{
	struct message m;
	struct records_facts f;

	(void)state;
	begin(&m, 0, RECORDS_MAX + 3, "x.example");
	for (unsigned i = 0; i < RECORDS_MAX + 3; i++)
		put_mx(&m, "x.example", 100 - i, "mx.example");
	read_as(&m, RECORD_MX, &f);
	assert_int_equal(f.n, RECORDS_MAX);
	assert_int_equal(f.record[0].priority, 100 - RECORDS_MAX - 2);
	assert_int_equal(f.record[RECORDS_MAX - 1].priority, 97);
}

static void nothing_and_faults(void **state)
{
	static const struct {
		unsigned rcode;
		enum fault_kind fault;
	} rows[] = {
		{ 0, FAULT_NO_DATA }, { 3, FAULT_NXDOMAIN },
		{ 2, FAULT_SERVFAIL }, { 5, FAULT_DNS_REFUSED },
	};
	struct message m;
	struct records_facts f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&m, rows[i].rcode, 0, "x.example");
		read_as(&m, RECORD_MX, &f);
		assert_int_equal(f.fault, rows[i].fault);
		assert_int_equal(f.n, 0);
	}
}

/* However far the bytes go: no record, or the whole of it. */
static void cut_anywhere(void **state)
{
	struct message m;
	struct records_facts f;
	size_t whole;

	(void)state;
	begin(&m, 0, 1, "x.example");
	put_srv(&m, 1, 2, 993, "imap.example");
	whole = m.len;
	for (m.len = 0; m.len < whole; m.len++) {
		read_as(&m, RECORD_SRV, &f);
		assert_int_equal(f.fault, FAULT_DNS_MALFORMED);
		assert_int_equal(f.n, 0);
	}
	/* a name that ends before its data does is as wrong */
	m.data[m.len++] = 0;
	m.data[whole - 14 - 6 - 1]++;
	read_as(&m, RECORD_SRV, &f);
	assert_int_equal(f.fault, FAULT_DNS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchangers_by_preference),
		cmocka_unit_test(services_by_priority_and_weight),
		cmocka_unit_test(no_such_service),
		cmocka_unit_test(behind_an_alias),
		cmocka_unit_test(the_least_wanted_are_dropped),
		cmocka_unit_test(nothing_and_faults),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
