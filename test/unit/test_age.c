#include "test/unit/unit.h"

#include <string.h>

#include "reports/age.h"

#define NOW 1795305600			/* 2026-11-22 */

static void months(void **state)
{
	static const struct {
		const char *month;
		int age;
		bool old;
	} rows[] = {
		{ "2026-11", 0, false }, { "2026-10", 1, false },
		{ "2025-12", 11, false }, { "2025-11", 12, false },
		{ "2025-10", 13, true }, { "2020-11", 72, true },
		/* a clock that is behind makes nothing old */
		{ "2026-12", 0, false }, { "2031-01", 0, false },
		{ "", -1, false }, { "2025", -1, false },
		{ "2025-00", -1, false }, { "2025-13", -1, false },
		{ "2025-1", -1, false }, { "abcd-ef", -1, false },
		{ "2025-10-01", -1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(age_in_months(rows[i].month, NOW),
				 rows[i].age);
		assert_int_equal(age_is_old(rows[i].month, NOW), rows[i].old);
	}
	assert_int_equal(age_in_months(NULL, NOW), -1);
	/* the last second of a month, and the first of the next */
	assert_int_equal(age_in_months("2026-11", 1796083199), 0);
	assert_int_equal(age_in_months("2026-11", 1796083200), 1);
}

static void words(void **state)
{
	static const struct {
		const char *month, *en, *ja;
	} rows[] = {
		{ "2025-09", "14 months ago (September 2025)",
		  "14か月前(2025年9月)" },
		{ "2024-12", "23 months ago (December 2024)",
		  "23か月前(2024年12月)" },
		{ "2024-11", "more than 2 years ago (November 2024)",
		  "2年以上前(2024年11月)" },
		{ "2021-01", "more than 5 years ago (January 2021)",
		  "5年以上前(2021年1月)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char en[96], ja[96];
		struct buf e = buf_over(en, sizeof(en));
		struct buf j = buf_over(ja, sizeof(ja));

		age_words(LANG_EN, rows[i].month, NOW, &e);
		age_words(LANG_JA, rows[i].month, NOW, &j);
		assert_string_equal(en, rows[i].en);
		assert_string_equal(ja, rows[i].ja);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
