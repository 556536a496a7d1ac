#include "test/unit/unit.h"

#include <string.h>

#include "probes/wire/line.h"

/* Hands out `bytes` in pieces of at most `piece`, then says `end`. */
struct script {
	const char *bytes;
	size_t len, at, piece;
	enum fault_kind end;
};

static bool script_read(void *self, char *to, size_t cap, size_t *ret_len,
			msec by, struct fault *why)
{
	struct script *s = self;
	size_t n = s->len - s->at;

	(void)by;
	assert_true(cap > 0);
	if (n == 0)
		return fail(why, s->end, "the script ends");
	n = n < s->piece ? n : s->piece;
	n = n < cap ? n : cap;
	memcpy(to, s->bytes + s->at, n);
	s->at += n;
	*ret_len = n;
	return true;
}

static const struct stream_ops script_ops = {
	.name = "script", .read = script_read,
};

static struct stream script_stream(struct script *s)
{
	return (struct stream){ &script_ops, s };
}

#define SCRIPT(text, size) { .bytes = (text), .len = sizeof(text) - 1, \
			     .piece = (size), .end = FAULT_CLOSED }

static void assert_line(struct span line, const char *wanted, size_t len)
{
	assert_int_equal(line.len, len);
	assert_memory_equal(line.at, wanted, len);
}

static void reads_lines_however_they_are_cut(void **state)
{
	static const char text[] =
		"* OK ready\r\n\r\nbare LF\n8 bit \xe3\x81\x82\r\n"
		"a\0b\r\n\rin front\r\r\nend\n";
	static const struct {
		const char *text;
		size_t len;
	} wanted[] = {
		{ "* OK ready", 10 }, { "", 0 }, { "bare LF", 7 },
		{ "8 bit \xe3\x81\x82", 9 }, { "a\0b", 3 },
		{ "\rin front\r", 10 }, { "end", 3 },
	};

	(void)state;
	for (size_t piece = 1; piece <= sizeof(text); piece++) {
		struct script script = SCRIPT(text, piece);
		struct stream from = script_stream(&script);
		struct lines in = { 0 };
		struct fault why;
		struct span line;

		for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
			assert_true(line_read(&in, &from, MSEC_NEVER, &line,
					      &why));
			assert_line(line, wanted[i].text, wanted[i].len);
		}
		assert_false(line_read(&in, &from, MSEC_NEVER, &line, &why));
		assert_int_equal(why.kind, FAULT_CLOSED);
		assert_int_equal(line.len, 0);
	}
}

static void an_end_in_mid_line_shows_what_came(void **state)
{
	struct script script = SCRIPT("220 hi\r\n421 going", 3);
	struct stream from = script_stream(&script);
	struct lines in = { 0 };
	struct fault why;
	struct span line;

	(void)state;
	assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_line(line, "220 hi", 6);
	assert_false(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_int_equal(why.kind, FAULT_CLOSED);
	assert_line(line, "421 going", 9);
	/* It is told once. */
	assert_false(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_int_equal(line.len, 0);
}

static void a_line_may_come_after_a_timeout(void **state)
{
	struct script script = SCRIPT("half a line\r\n", 4);
	struct stream from = script_stream(&script);
	struct lines in = { 0 };
	struct fault why;
	struct span line;

	(void)state;
	script.len = 4;
	script.end = FAULT_TIMEOUT;
	assert_false(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	assert_line(line, "half", 4);
	script.len = sizeof("half a line\r\n") - 1;
	assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_line(line, "half a line", 11);
}

static void a_line_has_a_cap(void **state)
{
	static char text[3 * LINE_CAP];
	static const struct {
		size_t len;		/* of the line, without LF */
		bool fits;
	} cases[] = {
		{ LINE_CAP - 1, true }, { LINE_CAP, false },
		{ 2 * LINE_CAP, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct script script = { .bytes = text, .len = sizeof(text),
					 .piece = 1000, .end = FAULT_CLOSED };
		struct stream from = script_stream(&script);
		struct lines in = { 0 };
		struct fault why = { .kind = FAULT_NONE };
		struct span line;

		memset(text, 'x', sizeof(text));
		text[cases[i].len] = '\n';
		assert_int_equal(line_read(&in, &from, MSEC_NEVER, &line, &why),
				 cases[i].fits);
		assert_int_equal(why.kind, cases[i].fits ? FAULT_NONE
							 : FAULT_TOO_LONG);
		assert_int_equal(line.len, cases[i].fits ? cases[i].len : 0);
		/* An endless line stays bounded, whoever asks how often. */
		while (line_read(&in, &from, MSEC_NEVER, &line, &why) ||
		       why.kind == FAULT_TOO_LONG)
			assert_true(line_pending(&in).len <= LINE_CAP);
	}
}

static void skips_a_literal_and_goes_on(void **state)
{
	static const char text[] =
		"* LIST {12}\r\nmail\r\nbox\r\n\n rest\r\nnext\r\n";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(text); piece++) {
		struct script script = SCRIPT(text, piece);
		struct stream from = script_stream(&script);
		struct lines in = { 0 };
		struct fault why;
		struct span line;

		assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
		assert_true(line_skip(&in, &from, 12, MSEC_NEVER, &why));
		assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
		assert_line(line, " rest", 5);
		assert_true(line_skip(&in, &from, 0, MSEC_NEVER, &why));
		assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
		assert_line(line, "next", 4);
		assert_false(line_skip(&in, &from, 1, MSEC_NEVER, &why));
		assert_int_equal(why.kind, FAULT_CLOSED);
	}
}

static void a_literal_may_be_larger_than_the_buffer(void **state)
{
	static char text[5 * LINE_CAP];
	struct script script = { .bytes = text, .len = sizeof(text),
				 .piece = sizeof(text), .end = FAULT_CLOSED };
	struct stream from = script_stream(&script);
	struct lines in = { 0 };
	struct fault why;
	struct span line;

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text + sizeof(text) - 6, "tail\r\n", 6);
	assert_true(line_skip(&in, &from, sizeof(text) - 6, MSEC_NEVER, &why));
	assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_line(line, "tail", 4);
}

static void shows_what_is_pending_and_forgets_it(void **state)
{
	struct script script = SCRIPT("220 go\r\n250 injected\r\n", 64);
	struct stream from = script_stream(&script);
	struct lines in = { 0 };
	struct fault why;
	struct span line;

	(void)state;
	assert_int_equal(line_pending(&in).len, 0);
	assert_true(line_read(&in, &from, MSEC_NEVER, &line, &why));
	assert_line(line_pending(&in), "250 injected\r\n", 14);
	line_forget(&in);
	assert_int_equal(line_pending(&in).len, 0);
	assert_false(line_read(&in, &from, MSEC_NEVER, &line, &why));
}

static void takes_in_what_has_come_and_reads_nothing(void **state)
{
	static const enum fault_kind ends[] = {
		FAULT_TIMEOUT, FAULT_CLOSED, FAULT_RESET
	};
	static const char big[LINE_CAP + 10];
	struct fault why = { .kind = FAULT_NONE };
	struct span line;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct script s = SCRIPT("first\r\n421 too slow\r\n", 5);
		struct stream from = script_stream(&s);
		struct lines in = { 0 };

		s.end = ends[i];
		assert_true(line_read(&in, &from, 0, &line, &why));
		while (line_fill(&in, &from, 0, &why))
			;
		assert_int_equal(why.kind, ends[i]);
		assert_true(span_is(line_pending(&in), "421 too slow\r\n"));
		assert_true(line_read(&in, &from, 0, &line, &why));
		assert_line(line, "421 too slow", 12);
	}
	{
		struct script s = SCRIPT(big, 4000);
		struct stream from = script_stream(&s);
		struct lines in = { 0 };

		while (line_fill(&in, &from, 0, &why))
			;
		assert_int_equal(why.kind, FAULT_TOO_LONG);
		assert_int_equal(line_pending(&in).len, LINE_CAP);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines_however_they_are_cut),
		cmocka_unit_test(an_end_in_mid_line_shows_what_came),
		cmocka_unit_test(a_line_may_come_after_a_timeout),
		cmocka_unit_test(a_line_has_a_cap),
		cmocka_unit_test(skips_a_literal_and_goes_on),
		cmocka_unit_test(a_literal_may_be_larger_than_the_buffer),
		cmocka_unit_test(shows_what_is_pending_and_forgets_it),
		cmocka_unit_test(takes_in_what_has_come_and_reads_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
