#include "test/unit/unit.h"

#include "probes/smtp_reply.h"

static void lines_are_read(void **state)
{
	static const struct {
		const char *line;
		bool ok;
		unsigned code;
		bool more;
		const char *enhanced, *text;
	} rows[] = {
		{ "250", true, 250, false, "", "" },
		{ "250 ok", true, 250, false, "", "ok" },
		{ "250-SIZE 100", true, 250, true, "", "SIZE 100" },
		{ "250ok", true, 250, false, "", "ok" },
		{ "235 2.7.0 Accepted", true, 235, false, "2.7.0",
		  "Accepted" },
		{ "535-5.7.8 Username", true, 535, true, "5.7.8",
		  "Username" },
		{ "535 5.7.139 Authentication", true, 535, false, "5.7.139",
		  "Authentication" },
		{ "454 4.7.0", true, 454, false, "4.7.0", "" },
		{ "535 5.7.8.9 no code", true, 535, false, "",
		  "5.7.8.9 no code" },
		{ "535 5.7 no code", true, 535, false, "", "5.7 no code" },
		{ "250 3.1.1 no class", true, 250, false, "",
		  "3.1.1 no class" },
		{ "550 5.1234.1 no code", true, 550, false, "",
		  "5.1234.1 no code" },
		{ "334 VXNlcm5hbWU6", true, 334, false, "", "VXNlcm5hbWU6" },
		{ "", false, 0, false, "", "" },
		{ "25", false, 0, false, "", "" },
		{ "2500 x", false, 0, false, "", "" },
		{ "199 x", false, 0, false, "", "" },
		{ "600 x", false, 0, false, "", "" },
		{ "* OK", false, 0, false, "", "" },
		{ "HTTP/1.1 400", false, 0, false, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smtp_line l;

		assert_int_equal(smtp_line_parse(span_of(rows[i].line), &l),
				 rows[i].ok);
		if (!rows[i].ok)
			continue;
		assert_int_equal(l.code, rows[i].code);
		assert_int_equal(l.more, rows[i].more);
		assert_true(span_is(l.enhanced, rows[i].enhanced));
		assert_true(span_is(l.text, rows[i].text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
