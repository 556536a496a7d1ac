#include "test/unit/unit.h"

#include "test/unit/script_stream.h"

#include <stdlib.h>

struct room {
	struct script script;
	struct evidence *seen;
	struct talk *talk;
	struct fault why;
};

static void room_init(struct room *r, const char *text)
{
	memset(r, 0, sizeof(*r));
	script_init(&r->script, text);
	r->seen = calloc(1, sizeof(*r->seen));
	r->talk = calloc(1, sizeof(*r->talk));
	assert_non_null(r->seen);
	assert_non_null(r->talk);
	r->talk->world = &r->script.world;
	r->talk->stream = (struct stream){ &script_ops, &r->script };
	r->talk->evidence = r->seen;
	r->talk->by = 1000;
}

static void room_release(struct room *r)
{
	free(r->seen);
	free(r->talk);
}

static void assert_line(const struct room *r, size_t i, char mark,
			const char *text)
{
	const struct transcript *t = &r->seen->transcript;

	assert_in_range(i, 0, t->lines - 1);
	assert_int_equal(t->line[i].mark, mark);
	assert_int_equal(t->line[i].len, strlen(text));
	assert_memory_equal(t->text + t->line[i].start, text,
			    t->line[i].len);
}

static void every_line_is_on_record(void **state)
{
	struct secret secret;
	struct span line;
	struct room r;

	(void)state;
	room_init(&r, "C: HELO x\nS: 250 hi\033[31m\nC: PASS abc\n");
	assert_true(talk_send(r.talk, &r.why, "HELO %s", "x"));
	assert_true(talk_read(r.talk, &line, &r.why));
	assert_true(span_is(line, "250 hi\033[31m"));
	r.talk->in_tls = true;
	assert_true(secret_init(&secret, 16));
	secret_add(&secret, span_of("PASS abc\r\n"));
	assert_true(talk_send_secret(r.talk, &secret, "PASS <secret>",
				     &r.why));
	talk_note(r.talk, "%d bytes", 7);
	assert_int_equal(r.seen->transcript.lines, 4);
	assert_line(&r, 0, LINE_SENT, "HELO x");
	assert_line(&r, 1, LINE_RECEIVED, "250 hi\\x1B[31m");
	assert_line(&r, 2, LINE_SENT, "PASS <secret>");
	assert_line(&r, 3, LINE_NOTE, "7 bytes");
	assert_false(r.seen->transcript.line[1].in_tls);
	assert_true(r.seen->transcript.line[2].in_tls);
	assert_true(script_satisfied(&r.script));
	secret_release(&secret);
	room_release(&r);
}

static void queued_lines_share_a_packet(void **state)
{
	struct room r;

	(void)state;
	room_init(&r, "C: one\nC: two\nC: three\n");
	assert_true(talk_queue(r.talk, &r.why, "one"));
	assert_true(talk_queue(r.talk, &r.why, "two"));
	assert_int_equal(r.script.writes, 0);
	assert_true(talk_send(r.talk, &r.why, "three"));
	assert_int_equal(r.script.writes, 1);
	assert_true(script_satisfied(&r.script));
	assert_true(talk_flush(r.talk, &r.why));
	assert_int_equal(r.script.writes, 1);
	room_release(&r);
}

static void a_line_break_is_no_command(void **state)
{
	char name[QUEUE_CAP + 1];
	struct room r;

	(void)state;
	room_init(&r, "");
	assert_false(talk_send(r.talk, &r.why, "USER %s", "a\r\nDELE 1"));
	assert_int_equal(r.why.kind, FAULT_INTERNAL);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(talk_send(r.talk, &r.why, "USER %s", name));
	assert_int_equal(r.why.kind, FAULT_TOO_LONG);
	assert_int_equal(r.script.writes, 0);
	room_release(&r);
}

static void a_part_of_a_line_is_kept(void **state)
{
	struct span line;
	struct room r;

	(void)state;
	room_init(&r, "s: half\n!silence\n");
	assert_false(talk_read(r.talk, &line, &r.why));
	assert_int_equal(r.why.kind, FAULT_TIMEOUT);
	assert_true(span_is(line, "half"));
	assert_line(&r, 0, LINE_RECEIVED, "half");
	room_release(&r);
	room_init(&r, "s: half\n!close\n");
	assert_false(talk_read(r.talk, &line, &r.why));
	assert_int_equal(r.why.kind, FAULT_CLOSED);
	assert_true(span_is(line, "half"));
	room_release(&r);
	room_init(&r, "!close\n");
	assert_false(talk_read(r.talk, &line, &r.why));
	assert_int_equal(line.len, 0);
	assert_int_equal(r.seen->transcript.lines, 0);
	room_release(&r);
}

static void the_transcript_is_bounded(void **state)
{
	struct room r;

	(void)state;
	room_init(&r, "");
	for (int i = 0; i < 1000; i++)
		talk_note(r.talk, "a remark of some length, number %d", i);
	assert_true(r.seen->transcript.cut);
	assert_in_range(r.seen->transcript.lines, 1, TRANSCRIPT_LINES);
	assert_in_range(r.seen->transcript.used, 1, TRANSCRIPT_CAP);
	room_release(&r);
}

static void literals_are_skipped(void **state)
{
	struct span line;
	struct room r;

	(void)state;
	room_init(&r, "S: abcdefgh\n");
	assert_true(talk_skip(r.talk, 3, &r.why));
	assert_true(talk_read(r.talk, &line, &r.why));
	assert_true(span_is(line, "defgh"));
	assert_line(&r, 0, LINE_NOTE, "{3 bytes}");
	assert_false(talk_skip(r.talk, STAGE_BYTES_MAX, &r.why));
	assert_int_equal(r.why.kind, FAULT_TOO_LONG);
	room_release(&r);
}

static void what_is_kept_is_appended(void **state)
{
	char to[12] = "a";
	struct room r;

	(void)state;
	room_init(&r, "");
	talk_keep(r.talk, span_of("b\007"), to, sizeof(to));
	assert_string_equal(to, "ab\\x07");
	talk_keep(r.talk, span_of("a long text"), to, sizeof(to));
	assert_string_equal(to, "ab\\x07a lon");
	room_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_on_record),
		cmocka_unit_test(queued_lines_share_a_packet),
		cmocka_unit_test(a_line_break_is_no_command),
		cmocka_unit_test(a_part_of_a_line_is_kept),
		cmocka_unit_test(the_transcript_is_bounded),
		cmocka_unit_test(literals_are_skipped),
		cmocka_unit_test(what_is_kept_is_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
