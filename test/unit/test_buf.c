#include "test/unit/unit.h"

#include "probes/base/buf.h"

static void holds_what_fits_and_says_what_did_not(void **state)
{
	char room[8];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	assert_string_equal(room, "");
	buf_str(&b, "abc");
	buf_char(&b, 'd');
	assert_false(b.full);
	buf_fmt(&b, "%d", 567);
	assert_false(b.full);
	assert_string_equal(room, "abcd567");
	buf_char(&b, '8');
	assert_true(b.full);
	assert_string_equal(room, "abcd567");
	assert_int_equal(b.len, 7);
}

static void cuts_formatted_text(void **state)
{
	char room[6];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	buf_fmt(&b, "%s-%s", "abc", "defgh");
	assert_true(b.full);
	assert_string_equal(room, "abc-d");
	assert_int_equal(b.len, 5);
	buf_fmt(&b, "%s", "more");
	assert_string_equal(room, "abc-d");
}

static void keeps_nul_bytes(void **state)
{
	char room[8];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	buf_add(&b, (struct span){ "a\0b", 3 });
	assert_int_equal(buf_span(&b).len, 3);
	assert_memory_equal(room, "a\0b", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_what_fits_and_says_what_did_not),
		cmocka_unit_test(cuts_formatted_text),
		cmocka_unit_test(keeps_nul_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
