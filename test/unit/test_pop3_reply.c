#include "test/unit/unit.h"

#include "probes/pop3_reply.h"

static void lines_are_read(void **state)
{
	static const struct {
		const char *line;
		enum answer answer;
		const char *code, *text;
	} rows[] = {
		{ "+OK", ANSWER_OK, "", "" },
		{ "+OK 2 320", ANSWER_OK, "", "2 320" },
		{ "+ok ready", ANSWER_OK, "", "ready" },
		{ "-ERR", ANSWER_NO, "", "" },
		{ "-ERR [IN-USE] busy", ANSWER_NO, "IN-USE", "busy" },
		{ "-ERR [SYS/TEMP] later", ANSWER_NO, "SYS/TEMP", "later" },
		{ "-ERR [AUTH]", ANSWER_NO, "AUTH", "" },
		{ "-ERR [unclosed", ANSWER_NO, "", "[unclosed" },
		{ "-ERR [] empty", ANSWER_NO, "", "[] empty" },
		{ "+ ", ANSWER_CONTINUE, "", "" },
		{ "+", ANSWER_CONTINUE, "", "" },
		{ "+ PDE2OTY=", ANSWER_CONTINUE, "", "PDE2OTY=" },
		/* hMailServer; a plus sign is no success */
		{ "+ERR Server error", ANSWER_NONE, "", "+ERR Server error" },
		{ "+OKAY", ANSWER_NONE, "", "+OKAY" },
		{ "-ERROR", ANSWER_NONE, "", "-ERROR" },
		{ "* OK imap", ANSWER_NONE, "", "* OK imap" },
		{ "", ANSWER_NONE, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pop3_line l;

		pop3_line_parse(span_of(rows[i].line), &l);
		assert_int_equal(l.answer, rows[i].answer);
		assert_true(span_is(l.response_code, rows[i].code));
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
