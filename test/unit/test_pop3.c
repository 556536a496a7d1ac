#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

#define HELLO "S: +OK ready <1@x>\nC: CAPA\n"
#define READY HELLO "S: +OK\nS: USER\nS: SASL PLAIN CRAM-MD5\n" \
	"S: LOGIN-DELAY 900\nS: RESP-CODES\nS: .\n"
#define TRY "C: USER taro@example.com\nS: +OK\nC: PASS hunter\"22\n"

static void the_whole_story(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_POP3, SECURITY_TLS,
		  READY TRY "S: +OK in\nC: STAT\nS: +OK 23 4567\nC: QUIT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_null(evidence_failure(p.seen));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_string_equal(p.seen->login.mechanism, "USER/PASS");
	assert_string_equal(p.seen->capabilities[PHASE_TLS].words,
			    "USER AUTH=PLAIN AUTH=CRAM-MD5 LOGIN-DELAY=900 "
			    "RESP-CODES");
	assert_true(p.seen->mailbox.has_messages);
	assert_int_equal(p.seen->mailbox.messages, 23);
	assert_no_secret(&p);
	play_release(&p);
}

static void stls_asks_again(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_POP3, SECURITY_STARTTLS,
		  HELLO "S: +OK\nS: STLS\nS: .\nC: STLS\nS: +OK begin\n"
		  "S: +OK injected\nC: CAPA\nS: +OK\nS: USER\nS: .\n"
		  TRY "S: -ERR [AUTH] no\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->clear_bytes_dropped, 14);
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	play_release(&p);
}

static void answers_to_the_login(void **state)
{
	static const struct {
		const char *answer;
		enum fault_kind fault;
		enum login_outcome outcome;
		const char *code;
	} rows[] = {
		{ "S: -ERR [AUTH] no\n", FAULT_REJECTED, LOGIN_REFUSED,
		  "AUTH" },
		{ "S: -ERR wrong\n", FAULT_REJECTED, LOGIN_REFUSED, "" },
		{ "S: -ERR [SYS/PERM] broken\n", FAULT_REJECTED,
		  LOGIN_REFUSED, "SYS/PERM" },
		{ "S: -ERR [sys/temp] later\n", FAULT_DEFERRED,
		  LOGIN_UNDECIDED, "SYS/TEMP" },
		{ "S: -ERR [IN-USE] locked\n", FAULT_DEFERRED,
		  LOGIN_UNDECIDED, "IN-USE" },
		{ "S: -ERR [LOGIN-DELAY] wait\n", FAULT_DEFERRED,
		  LOGIN_UNDECIDED, "LOGIN-DELAY" },
		/* a plus sign is no success */
		{ "S: +ERR Server error\n", FAULT_PROTOCOL, LOGIN_UNDECIDED,
		  "" },
		{ "S: +OKAY\n", FAULT_PROTOCOL, LOGIN_UNDECIDED, "" },
		{ "S: + more\n", FAULT_PROTOCOL, LOGIN_UNDECIDED, "" },
		{ "!close\n", FAULT_CLOSED, LOGIN_UNDECIDED, "" },
		{ "s: -ERR wro\n!reset\n", FAULT_RESET, LOGIN_UNDECIDED, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;
		const struct step *s;

		snprintf(script, sizeof(script), READY TRY "%s",
			 rows[i].answer);
		play_init(&p, SERVICE_POP3, SECURITY_TLS, script);
		play_run(&p);
		s = play_step(&p, STAGE_LOGIN);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(p.seen->login.outcome, rows[i].outcome);
		assert_string_equal(s->reply.response_code, rows[i].code);
		assert_false(p.script.wrong);
		assert_no_secret(&p);
		play_release(&p);
	}
}

static void the_name_alone_is_refused(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_POP3, SECURITY_TLS,
		  READY "C: USER *\nS: -ERR no such user\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	assert_null(strstr(p.script.all, "PASS"));
	play_release(&p);
}

static void greetings(void **state)
{
	static const struct {
		const char *script;
		enum fault_kind fault;
		enum speech speech;
	} rows[] = {
		{ "!silence\n", FAULT_TIMEOUT, SPEECH_SILENCE },
		{ "S: -ERR [SYS/TEMP] later\n", FAULT_DEFERRED, SPEECH_POP3 },
		{ "S: -ERR go away\n", FAULT_REJECTED, SPEECH_POP3 },
		{ "S: + hello\n", FAULT_PROTOCOL, SPEECH_POP3 },
		{ "S: 220 mail ESMTP\n", FAULT_PROTOCOL, SPEECH_SMTP },
		{ "S: * OK imap\n", FAULT_PROTOCOL, SPEECH_IMAP },
		{ "s: +OK rea\n!close\n", FAULT_CLOSED, SPEECH_POP3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;
		const struct step *s;

		play_init(&p, SERVICE_POP3, SECURITY_TLS, rows[i].script);
		play_run(&p);
		s = play_step(&p, STAGE_GREETING);
		assert_ptr_equal(evidence_failure(p.seen), s);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(s->speech, rows[i].speech);
		play_release(&p);
	}
}

static void choices(void **state)
{
	static const struct {
		enum security security;
		bool token, plaintext;
		const char *forced, *secret, *capa;
		enum fault_kind fault;	/* NONE: `command` is sent */
		const char *command;
	} rows[] = {
		{ SECURITY_TLS, false, false, NULL, "abcdef", "-ERR what",
		  FAULT_NONE, "USER taro@example.com" },
		{ SECURITY_TLS, false, false, NULL, "abcdef",
		  "+OK\nS: SASL PLAIN\nS: .", FAULT_NONE, "AUTH PLAIN AHR*" },
		{ SECURITY_TLS, false, false, "plain", "abcdef",
		  "+OK\nS: USER\nS: SASL PLAIN\nS: .", FAULT_NONE,
		  "AUTH PLAIN AHR*" },
		{ SECURITY_TLS, false, false, "USER", "abcdef",
		  "+OK\nS: SASL PLAIN\nS: .", FAULT_NONE, "USER *" },
		{ SECURITY_TLS, false, false, NULL, "p\xc3\xa4ss",
		  "+OK\nS: USER\nS: UTF8\nS: SASL PLAIN\nS: .", FAULT_NONE,
		  "UTF8\nS: +OK\nC: USER *" },
		{ SECURITY_TLS, false, false, NULL, "p\xc3\xa4ss",
		  "+OK\nS: USER\nS: UTF8 USER\nS: .", FAULT_NONE,
		  "UTF8\nS: -ERR no\nC: USER *" },
		{ SECURITY_TLS, false, false, NULL, "p\xc3\xa4ss",
		  "+OK\nS: USER\nS: SASL PLAIN\nS: .", FAULT_NONE,
		  "AUTH PLAIN *" },
		{ SECURITY_TLS, false, false, NULL, "two\r\nlines",
		  "+OK\nS: USER\nS: .", FAULT_BAD_SECRET, NULL },
		{ SECURITY_TLS, true, false, NULL, "token",
		  "+OK\nS: USER\nS: SASL XOAUTH2\nS: .", FAULT_NONE,
		  "AUTH XOAUTH2 *" },
		{ SECURITY_TLS, true, false, NULL, "token",
		  "+OK\nS: USER\nS: .", FAULT_NO_MECHANISM, NULL },
		{ SECURITY_TLS, false, false, NULL, "abcdef",
		  "+OK\nS: TOP\nS: .", FAULT_NOT_OFFERED, NULL },
		{ SECURITY_NONE, false, false, NULL, "abcdef",
		  "+OK\nS: STLS\nS: .", FAULT_TLS_REQUIRED, NULL },
		{ SECURITY_NONE, false, false, NULL, "abcdef",
		  "+OK\nS: USER\nS: .", FAULT_TLS_REQUIRED, NULL },
		{ SECURITY_NONE, false, true, NULL, "abcdef",
		  "+OK\nS: USER\nS: .", FAULT_NONE, "USER *" },
		{ SECURITY_NONE, false, true, NULL, "abcdef",
		  "+OK\nS: USER\nS: SASL CRAM-MD5\nS: .", FAULT_NONE,
		  "AUTH CRAM-MD5" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;

		snprintf(script, sizeof(script), HELLO "S: %s\n%s%s\n",
			 rows[i].capa, rows[i].command ? "C: " : "",
			 rows[i].command ? rows[i].command : "");
		play_init(&p, SERVICE_POP3, rows[i].security, script);
		play_secret(&p, rows[i].secret);
		p.who.is_token = rows[i].token;
		p.plan.login.allow_plaintext = rows[i].plaintext;
		p.plan.login.mechanism = rows[i].forced;
		play_run(&p);
		assert_false(p.script.wrong);
		if (rows[i].command) {
			assert_int_not_equal(p.script.writes, 1);
		} else {
			assert_int_equal(p.script.writes, 1);
			assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind,
					 rows[i].fault);
			assert_int_equal(p.seen->login.outcome,
					 LOGIN_NOT_TRIED);
		}
		play_release(&p);
	}
}

static void long_tokens_wait_for_the_server(void **state)
{
	char token[240];
	struct play p;

	(void)state;
	memset(token, 'x', sizeof(token) - 1);
	token[sizeof(token) - 1] = '\0';
	/* RFC 5034 section 4: a command has 255 bytes */
	play_init(&p, SERVICE_POP3, SECURITY_TLS,
		  HELLO "S: +OK\nS: SASL XOAUTH2\nS: .\nC: AUTH XOAUTH2\n"
		  "S: + \nC: dXNlcj10*\nS: +OK in\nC: STAT\nS: +OK x\n"
		  "C: QUIT\n");
	play_secret(&p, token);
	p.who.is_token = true;
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_false(p.seen->mailbox.has_messages);
	assert_no_secret(&p);
	play_release(&p);
}

static void stls_that_is_not_there(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_POP3, SECURITY_STARTTLS,
		  HELLO "S: +OK\nS: USER\nS: .\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_NOT_OFFERED);
	assert_string_equal(play_step(&p, STAGE_STARTTLS)->reply.text,
			    "CAPA USER");
	play_release(&p);
}

static void an_endless_list_ends(void **state)
{
	struct play p;
	char *script = malloc(600000);
	size_t n;

	(void)state;
	assert_non_null(script);
	n = (size_t)snprintf(script, 600000, HELLO "S: +OK\n");
	for (int i = 0; i < 20000; i++)
		n += (size_t)snprintf(script + n, 600000 - n,
				      "S: CAPABILITY-%d\n", i);
	play_init(&p, SERVICE_POP3, SECURITY_TLS, script);
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->why.kind,
			 FAULT_TOO_LONG);
	play_release(&p);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_story),
		cmocka_unit_test(stls_asks_again),
		cmocka_unit_test(answers_to_the_login),
		cmocka_unit_test(the_name_alone_is_refused),
		cmocka_unit_test(greetings),
		cmocka_unit_test(choices),
		cmocka_unit_test(long_tokens_wait_for_the_server),
		cmocka_unit_test(stls_that_is_not_there),
		cmocka_unit_test(an_endless_list_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
