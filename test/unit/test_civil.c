#include "test/unit/unit.h"

#include "probes/base/civil.h"

static const struct {
	struct civil c;
	epoch t;
} rows[] = {
	{ { 1970, 1, 1, 0, 0, 0 }, 0 },
	{ { 1969, 12, 31, 23, 59, 59 }, -1 },
	{ { 2000, 2, 29, 12, 0, 0 }, 951825600 },
	{ { 1900, 3, 1, 0, 0, 0 }, -2203891200 },
	{ { 2038, 1, 19, 3, 14, 8 }, 2147483648 },
	{ { 2026, 11, 22, 4, 5, 6 }, 1795320306 },
	{ { 2100, 3, 1, 0, 0, 0 }, 4107542400 },
	{ { 9999, 12, 31, 23, 59, 59 }, 253402300799 },
};

static void knows_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct civil c = civil_of_epoch(rows[i].t);

		assert_int_equal(civil_to_epoch(&rows[i].c), rows[i].t);
		assert_int_equal(c.year, rows[i].c.year);
		assert_int_equal(c.month, rows[i].c.month);
		assert_int_equal(c.day, rows[i].c.day);
		assert_int_equal(c.hour, rows[i].c.hour);
		assert_int_equal(c.minute, rows[i].c.minute);
		assert_int_equal(c.second, rows[i].c.second);
	}
}

/* Every day of 800 years, one after the other. */
static void counts_days_without_a_gap(void **state)
{
	struct civil before = civil_of_epoch(-400 * 31556952LL);

	(void)state;
	for (epoch t = civil_to_epoch(&before); t < 400 * 31556952LL;
	     t += 86400) {
		struct civil c = civil_of_epoch(t);

		assert_int_equal(civil_to_epoch(&c), t);
		assert_true(c.day == 1 || t == civil_to_epoch(&before) ||
			    c.day == before.day + 1);
		before = c;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_both_ways),
		cmocka_unit_test(counts_days_without_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
