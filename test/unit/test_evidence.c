#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/evidence.h"

static void names_are_their_own_way_back(void **state)
{
	enum stage stage;
	enum speech speech;

	(void)state;
	for (int i = 0; i < STAGE_COUNT; i++) {
		assert_true(stage_by_name(stage_name((enum stage)i), &stage));
		assert_int_equal(stage, i);
	}
	for (int i = SPEECH_UNKNOWN; i <= SPEECH_FTP; i++) {
		assert_true(speech_by_name(speech_name((enum speech)i),
					   &speech));
		assert_int_equal(speech, i);
	}
	assert_false(stage_by_name("nonsense", &stage));
	assert_false(speech_by_name("", &speech));
	assert_string_equal(skip_name(SKIP_CAUSE_NAMED), "cause-named");
	assert_string_equal(answer_name(ANSWER_PREAUTH), "preauth");
	assert_string_equal(step_result_name(STEP_SKIPPED), "skipped");
	assert_string_equal(login_outcome_name(LOGIN_UNDECIDED), "undecided");
}

static void first_bytes_tell_who_speaks(void **state)
{
	static const struct {
		const char *bytes;
		enum speech speech;
	} rows[] = {
		{ "", SPEECH_SILENCE },
		{ "* OK Dovecot ready.", SPEECH_IMAP },
		{ "* BYE overloaded", SPEECH_IMAP },
		{ "+OK POP3 ready", SPEECH_POP3 },
		{ "-ERR go away", SPEECH_POP3 },
		{ "220 mail.example.com ESMTP Postfix", SPEECH_SMTP },
		{ "220-first of several\r\n", SPEECH_SMTP },
		{ "220 mail.example.com ready", SPEECH_SMTP },
		{ "220 ftp.example.com ESMTP", SPEECH_SMTP },
		{ "220 (vsFTPd 3.0.3)", SPEECH_FTP },
		{ "554", SPEECH_SMTP },
		{ "2200 things", SPEECH_UNKNOWN },
		{ "HTTP/1.1 400 Bad Request", SPEECH_HTTP },
		{ "<!doctype html>", SPEECH_HTTP },
		{ "SSH-2.0-OpenSSH_9.2", SPEECH_SSH },
		{ "\x15\x03\x01\x00\x02\x02\x46", SPEECH_TLS },
		{ "\x16\x03\x03", SPEECH_TLS },
		{ "hello", SPEECH_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(speech_of(span_of(rows[i].bytes)),
				 rows[i].speech);
}

static void capabilities_are_upper_case_and_once(void **state)
{
	struct capabilities c = { 0 };
	struct span word;
	size_t at = 0;

	(void)state;
	capability_add(&c, span_of("auth=plain"));
	capability_add(&c, span_of("IMAP4rev1"));
	capability_add(&c, span_of("AUTH=PLAIN"));
	capability_add(&c, span_of("AUTH=XOAUTH2"));
	capability_add(&c, span_of("two words"));
	capability_add(&c, span_of("esc\033[0m"));
	capability_add(&c, span_of(""));
	assert_string_equal(c.words, "AUTH=PLAIN IMAP4REV1 AUTH=XOAUTH2");
	assert_true(capability_has(&c, "imap4rev1"));
	assert_false(capability_has(&c, "AUTH"));
	assert_false(capability_has(&c, "AUTH=XOAUTH"));
	assert_true(capability_next(&c, "AUTH=", &at, &word));
	assert_true(span_is(word, "AUTH=PLAIN"));
	assert_true(capability_next(&c, "AUTH=", &at, &word));
	assert_true(span_is(word, "AUTH=XOAUTH2"));
	assert_false(capability_next(&c, "AUTH=", &at, &word));
}

static void capabilities_have_an_end(void **state)
{
	struct capabilities c = { 0 };
	char word[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(word, sizeof(word), "WORD%d", i);
		capability_add(&c, span_of(word));
	}
	assert_in_range(strlen(c.words), 2000, sizeof(c.words) - 1);
	assert_true(capability_has(&c, "WORD1"));
	assert_false(capability_has(&c, "WORD999"));
}

static void steps_are_found(void **state)
{
	struct evidence *e = calloc(1, sizeof(*e));

	(void)state;
	assert_non_null(e);
	assert_null(evidence_step(e, STAGE_TLS));
	assert_null(evidence_failure(e));
	e->steps = 4;
	e->step[0].stage = STAGE_CAPABILITY;
	e->step[1].stage = STAGE_TLS;
	e->step[2].stage = STAGE_CAPABILITY;
	e->step[3].stage = STAGE_LOGOUT;
	e->step[3].result = STEP_FAILED;
	assert_ptr_equal(evidence_step(e, STAGE_CAPABILITY), &e->step[2]);
	/* a failed goodbye ends nothing */
	assert_null(evidence_failure(e));
	e->step[2].result = STEP_FAILED;
	assert_ptr_equal(evidence_failure(e), &e->step[2]);
	e->capabilities[PHASE_CLEAR].known = true;
	assert_ptr_equal(evidence_capabilities(e),
			 &e->capabilities[PHASE_CLEAR]);
	e->capabilities[PHASE_TLS].known = true;
	assert_ptr_equal(evidence_capabilities(e), &e->capabilities[PHASE_TLS]);
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_their_own_way_back),
		cmocka_unit_test(first_bytes_tell_who_speaks),
		cmocka_unit_test(capabilities_are_upper_case_and_once),
		cmocka_unit_test(capabilities_have_an_end),
		cmocka_unit_test(steps_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
