#include "probes/stated_date.h"

#include "test/unit/unit.h"

#define AT 1795616303			/* 2026-11-25T14:18:23Z */
#define NOON 1795608000			/* 2026-11-25T12:00:00Z */

static void dates_of_greetings(void **state)
{
	static const struct { const char *text; epoch at; } rows[] = {
		{ "220 mx.example ESMTP Sendmail 8.17.1/8.17.1; "
		  "Wed, 25 Nov 2026 14:18:23 GMT", AT },
		{ "220 mx.example ESMTP Exim 4.96 "
		  "Wed, 25 Nov 2026 23:18:23 +0900 ", AT },
		{ "220 mx.example Microsoft ESMTP MAIL Service ready at "
		  "Wed, 25 Nov 2026 06:18:23 -0800", AT },
		{ "220 x; 25 Nov 2026 23:18:23 +0900 (JST)", AT },
		{ "* OK IMAP4rev1 2001.315 at Wed, 25 Nov 2026 14:18:23 +0000 "
		  "(UTC)", AT },
		{ "* OK server ready, 25-nov-2026", NOON },
		{ "220 x 25 Nov 2026 99:99:99", NOON },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		epoch at = 0;

		assert_true(date_stated(span_of(rows[i].text), &at));
		assert_int_equal(at, rows[i].at);
	}
}

static void what_is_no_date(void **state)
{
	static const char *const texts[] = {
		"", "220 mx.example ESMTP Postfix", "220 8 Nov", "8 Nov 26",
		"* OK [CAPABILITY IMAP4rev1] ready 1896.697170952",
		"220 host3 mar 2026", "220 1254 Nov 2026", "0 Nov 2026",
		"25 Nov 20261", "25 No", "1 Jan 1970 00:00:00 +0000",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		epoch at = 7;

		assert_false(date_stated(span_of(texts[i]), &at));
		assert_int_equal(at, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_of_greetings),
		cmocka_unit_test(what_is_no_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
