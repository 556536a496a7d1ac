#include "test/unit/unit.h"

#include "probes/imap_reply.h"

static void status_lines_are_read(void **state)
{
	static const struct {
		const char *line;
		bool tagged;
		const char *tag;
		enum answer answer;
		const char *code, *arg, *text;
	} rows[] = {
		{ "* OK Dovecot ready.", false, "", ANSWER_OK, "", "",
		  "Dovecot ready." },
		{ "* ok [CAPABILITY IMAP4rev1 SASL-IR] hi", false, "",
		  ANSWER_OK, "CAPABILITY", "IMAP4rev1 SASL-IR", "hi" },
		{ "a1 NO [AUTHENTICATIONFAILED] Authentication failed.", true,
		  "a1", ANSWER_NO, "AUTHENTICATIONFAILED", "",
		  "Authentication failed." },
		{ "a1 NO [ALERT] see https://x/[1]", true, "a1", ANSWER_NO,
		  "ALERT", "", "see https://x/[1]" },
		{ "a1 OK [X \"a]b\\\"c]\" d] t", true, "a1", ANSWER_OK, "X",
		  "\"a]b\\\"c]\" d", "t" },
		{ "a1 BAD", true, "a1", ANSWER_BAD, "", "", "" },
		{ "a1 NO [unclosed", true, "a1", ANSWER_NO, "", "",
		  "[unclosed" },
		{ "a1 NO [] x", true, "a1", ANSWER_NO, "", "", "[] x" },
		{ "* BYE [UNAVAILABLE] later", false, "", ANSWER_BYE,
		  "UNAVAILABLE", "", "later" },
		{ "* PREAUTH welcome", false, "", ANSWER_PREAUTH, "", "",
		  "welcome" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct imap_line l;

		imap_line_parse(span_of(rows[i].line), &l);
		assert_int_equal(l.kind, IMAP_STATUS);
		assert_int_equal(l.tagged, rows[i].tagged);
		assert_true(span_is(l.tag, rows[i].tag));
		assert_int_equal(l.answer, rows[i].answer);
		assert_true(span_is(l.response_code, rows[i].code));
		assert_true(span_is(l.response_arg, rows[i].arg));
		assert_true(span_is(l.text, rows[i].text));
	}
}

static void data_lines_are_read(void **state)
{
	struct imap_line l;

	(void)state;
	imap_line_parse(span_of("* 23 EXISTS"), &l);
	assert_int_equal(l.kind, IMAP_DATA);
	assert_int_equal(l.number, 23);
	assert_true(span_is(l.name, "EXISTS"));
	imap_line_parse(span_of("* QUOTA \"\" (STORAGE 10 512)"), &l);
	assert_true(span_is(l.name, "QUOTA"));
	assert_true(span_is(l.data, "\"\" (STORAGE 10 512)"));
	assert_false(l.has_literal);
	imap_line_parse(span_of("* ID (\"name\" {12}"), &l);
	assert_true(l.has_literal);
	assert_int_equal(l.literal, 12);
	imap_line_parse(span_of("* LIST () \"/\" {3+}"), &l);
	assert_true(l.has_literal);
	assert_int_equal(l.literal, 3);
	imap_line_parse(span_of("* X {99999999999}"), &l);
	assert_false(l.has_literal);
	imap_literal_parse(span_of(" \"v\" {7}"), &l);
	assert_true(l.has_literal);
	assert_int_equal(l.literal, 7);
}

static void continuations_are_read(void **state)
{
	struct imap_line l;

	(void)state;
	imap_line_parse(span_of("+"), &l);
	assert_int_equal(l.kind, IMAP_CONTINUE);
	assert_int_equal(l.answer, ANSWER_CONTINUE);
	imap_line_parse(span_of("+ PDE4OTYu"), &l);
	assert_int_equal(l.kind, IMAP_CONTINUE);
	assert_true(span_is(l.text, "PDE4OTYu"));
}

static void other_protocols_are_strange(void **state)
{
	static const char *const lines[] = {
		"", " ", "*", "* ", "*OK", "+OK POP3 ready", "220 mail ESMTP",
		"HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH", "a1",
		"a1 BYE", "a1 PREAUTH", "\x15\x03\x01", "* 23", "* (x)",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct imap_line l;

		imap_line_parse(span_of(lines[i]), &l);
		assert_int_equal(l.kind, IMAP_STRANGE);
		assert_int_equal(l.answer, ANSWER_NONE);
	}
}

static void nul_bytes_do_no_harm(void **state)
{
	struct imap_line l;

	(void)state;
	imap_line_parse((struct span){ "a\0 OK x", 7 }, &l);
	assert_int_equal(l.kind, IMAP_STRANGE);
	imap_line_parse((struct span){ "a1 NO [A\0B] x", 13 }, &l);
	assert_int_equal(l.answer, ANSWER_NO);
}

static void temporary_codes(void **state)
{
	(void)state;
	assert_true(imap_code_is_temporary(span_of("unavailable")));
	assert_true(imap_code_is_temporary(span_of("INUSE")));
	assert_true(imap_code_is_temporary(span_of("LIMIT")));
	assert_false(imap_code_is_temporary(span_of("AUTHENTICATIONFAILED")));
	assert_false(imap_code_is_temporary(span_of("EXPIRED")));
	assert_false(imap_code_is_temporary(span_of("ALERT")));
	assert_false(imap_code_is_temporary(span_of("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_lines_are_read),
		cmocka_unit_test(data_lines_are_read),
		cmocka_unit_test(continuations_are_read),
		cmocka_unit_test(other_protocols_are_strange),
		cmocka_unit_test(nul_bytes_do_no_harm),
		cmocka_unit_test(temporary_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
