#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/span.h"

static void compares_protocol_words_in_any_case(void **state)
{
	(void)state;
	assert_true(span_is(SPAN_LIT("starttls"), "STARTTLS"));
	assert_false(span_is(SPAN_LIT("STARTTLSX"), "STARTTLS"));
	assert_false(span_is(SPAN_LIT("START"), "STARTTLS"));
	assert_true(span_starts(SPAN_LIT("AUTH=PLAIN"), "auth="));
	assert_false(span_starts(SPAN_LIT("AU"), "auth="));
	assert_true(span_has(SPAN_LIT("x LoginDisabled"), "LOGINDISABLED"));
	assert_false(span_has(SPAN_LIT("LOGINDISABLE"), "LOGINDISABLED"));
	assert_true(span_has(span_of(NULL), ""));
}

static void cuts_words_and_parts(void **state)
{
	struct span rest = SPAN_LIT("  AUTH \t PLAIN  LOGIN ");
	struct span word;

	(void)state;
	assert_true(span_word(&rest, &word));
	assert_true(span_is(word, "AUTH"));
	assert_true(span_word(&rest, &word));
	assert_true(span_is(word, "PLAIN"));
	assert_true(span_word(&rest, &word));
	assert_true(span_is(word, "LOGIN"));
	assert_false(span_word(&rest, &word));
	assert_int_equal(word.len, 0);

	rest = SPAN_LIT("a::b");
	assert_true(span_cut(&rest, ':', &word) && span_is(word, "a"));
	assert_true(span_cut(&rest, ':', &word) && word.len == 0);
	assert_true(span_cut(&rest, ':', &word) && span_is(word, "b"));
	word = SPAN_LIT("before");
	assert_false(span_cut(&rest, ':', &word));
	assert_int_equal(word.len, 0);		/* never what was there */
}

static void reads_numbers_strictly(void **state)
{
	static const struct { const char *text; bool good; unsigned n; } rows[] = {
		{ "0", true, 0 }, { "65535", true, 65535 },
		{ "999999999", true, 999999999 }, { "1000000000", false, 0 },
		{ "", false, 0 }, { "-1", false, 0 }, { "1a", false, 0 },
		{ " 1", false, 0 }, { "0x10", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned n = 77;

		assert_int_equal(span_number(span_of(rows[i].text), &n),
				 rows[i].good);
		assert_int_equal(n, rows[i].good ? rows[i].n : 77);
	}
}

static void never_leaves_its_bytes(void **state)
{
	char to[4];

	(void)state;
	assert_int_equal(span_from(SPAN_LIT("abc"), 9).len, 0);
	assert_int_equal(span_head(SPAN_LIT("abc"), 9).len, 3);
	assert_int_equal(span_trim(SPAN_LIT(" \t ")).len, 0);
	span_copy(SPAN_LIT("abcdef"), to, sizeof(to));
	assert_string_equal(to, "abc");
	span_copy(span_of(NULL), to, sizeof(to));
	assert_string_equal(to, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_protocol_words_in_any_case),
		cmocka_unit_test(cuts_words_and_parts),
		cmocka_unit_test(reads_numbers_strictly),
		cmocka_unit_test(never_leaves_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
