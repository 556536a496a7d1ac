#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

#define HELLO "S: 220 mail.example.com ESMTP\nC: EHLO [[]192.0.2.9]\n"
#define READY HELLO "S: 250-mail.example.com\nS: 250-SIZE 1000\n" \
	"S: 250-PIPELINING\nS: 250 AUTH PLAIN LOGIN CRAM-MD5\n"
#define TRY "C: AUTH PLAIN AHRhcm9AZXhhbXBsZS5jb20AaHVudGVyIjIy\n"

static void the_whole_story(void **state)
{
	struct play p;
	const struct evidence *e;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  READY TRY "S: 235 2.7.0 Accepted\nC: QUIT\n");
	play_run(&p);
	e = p.seen;
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.script.writes, 3);
	assert_null(evidence_failure(e));
	assert_int_equal(e->login.outcome, LOGIN_ACCEPTED);
	assert_string_equal(e->capabilities[PHASE_TLS].words,
			    "SIZE=1000 PIPELINING AUTH=PLAIN AUTH=LOGIN "
			    "AUTH=CRAM-MD5");
	assert_int_equal(play_step(&p, STAGE_MAILBOX)->skip, SKIP_NOT_NEEDED);
	assert_int_equal(play_step(&p, STAGE_LOGIN)->reply.code, 235);
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.enhanced,
			    "2.7.0");
	assert_no_secret(&p);
	play_release(&p);
}

static void keywords_of_old_servers(void **state)
{
	static const struct {
		const char *lines, *words;
	} rows[] = {
		{ "S: 250-x\nS: 250 AUTH=LOGIN PLAIN\n",
		  "AUTH=LOGIN AUTH=PLAIN" },
		{ "S: 250-x\nS: 250-AUTH LOGIN\nS: 250 AUTH=LOGIN\n",
		  "AUTH=LOGIN" },
		{ "S: 250-x\nS: 250-auth=login\nS: 250 size\n",
		  "AUTH=LOGIN SIZE" },
		{ "S: 250-x\nS: 250-AUTH\nS: 250 LIMITS A=1 B=2\n",
		  "AUTH LIMITS=A=1,B=2" },
		{ "S: 250 only a name\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;

		snprintf(script, sizeof(script), HELLO "%s", rows[i].lines);
		play_init(&p, SERVICE_SMTP, SECURITY_TLS, script);
		p.plan.last_stage = STAGE_CAPABILITY;
		play_run(&p);
		assert_string_equal(p.seen->capabilities[PHASE_TLS].words,
				    rows[i].words);
		assert_true(p.seen->capabilities[PHASE_TLS].known);
		play_release(&p);
	}
}

static void starttls_asks_again(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_STARTTLS,
		  HELLO "S: 250-x\nS: 250-AUTH EVIL\nS: 250 STARTTLS\n"
		  "C: STARTTLS\nS: 220 go\nS: 250 AUTH PLAIN\n"
		  "C: EHLO [[]192.0.2.9]\nS: 250-x\nS: 250 AUTH PLAIN\n"
		  TRY "S: 235 ok\nC: QUIT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_true(p.script.secured);
	assert_int_equal(p.seen->clear_bytes_dropped, 16);
	assert_string_equal(p.seen->capabilities[PHASE_TLS].words,
			    "AUTH=PLAIN");
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	play_release(&p);
}

static void answers_to_the_login(void **state)
{
	static const struct {
		const char *script;
		enum fault_kind fault;
		enum login_outcome outcome;
		unsigned code;
		const char *enhanced, *text;
	} rows[] = {
		{ "S: 535-5.7.8 Username and Password not accepted.\n"
		  "S: 535 5.7.8  https://support.example/ - gsmtp\n",
		  FAULT_REJECTED, LOGIN_REFUSED, 535, "5.7.8",
		  "535-5.7.8 Username and Password not accepted.\n"
		  "535 5.7.8  https://support.example/ - gsmtp" },
		{ "S: 454 4.7.0 Temporary authentication failure\n",
		  FAULT_DEFERRED, LOGIN_UNDECIDED, 454, "4.7.0",
		  "454 4.7.0 Temporary authentication failure" },
		{ "S: 421 4.7.0 Too many\n!close\n", FAULT_DEFERRED,
		  LOGIN_UNDECIDED, 421, "4.7.0", "421 4.7.0 Too many" },
		{ "!close\n", FAULT_CLOSED, LOGIN_UNDECIDED, 0, "", "" },
		{ "s: 535 5.7.8 no\n!reset\n", FAULT_RESET, LOGIN_UNDECIDED,
		  0, "", "" },
		{ "S: 535-5.7.8 no\nS: 235 2.7.0 yes\n", FAULT_PROTOCOL,
		  LOGIN_UNDECIDED, 535, "5.7.8",
		  "535-5.7.8 no\n235 2.7.0 yes" },
		{ "S: 535-5.7.8 no\n!close\n", FAULT_CLOSED, LOGIN_UNDECIDED,
		  535, "5.7.8", "535-5.7.8 no" },
		{ "S: 354 go ahead\n", FAULT_PROTOCOL, LOGIN_UNDECIDED, 354,
		  "", "354 go ahead" },
		{ "S: yes\n", FAULT_PROTOCOL, LOGIN_UNDECIDED, 0, "", "yes" },
		{ "!silence\n", FAULT_TIMEOUT, LOGIN_UNDECIDED, 0, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[1024];
		struct play p;
		const struct step *s;

		snprintf(script, sizeof(script), READY TRY "%s",
			 rows[i].script);
		play_init(&p, SERVICE_SMTP, SECURITY_TLS, script);
		play_run(&p);
		s = play_step(&p, STAGE_LOGIN);
		assert_ptr_equal(evidence_failure(p.seen), s);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(p.seen->login.outcome, rows[i].outcome);
		assert_int_equal(s->reply.code, rows[i].code);
		assert_string_equal(s->reply.enhanced, rows[i].enhanced);
		assert_string_equal(s->reply.text, rows[i].text);
		assert_no_secret(&p);
		play_release(&p);
	}
}

static void mechanisms_with_challenges(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  READY "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n"
		  "C: dGFyb0BleGFtcGxlLmNvbQ==\nS: 334 Password please\n"
		  "C: aHVudGVyIjIy\nS: 535 no\n");
	p.plan.login.mechanism = "login";
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	assert_no_secret(&p);
	play_release(&p);
	/* RFC 2195 section 2 */
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  READY "C: AUTH CRAM-MD5\n"
		  "S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5u"
		  "ZXQ+\nC: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\n"
		  "S: 235 ok\nC: QUIT\n");
	p.plan.login.mechanism = "CRAM-MD5";
	p.who.user = "tim";
	play_secret(&p, "tanstaaftanstaaf");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	play_release(&p);
	/* before a name was said nothing of the login is known there */
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  READY "C: AUTH LOGIN\n!close\n");
	p.plan.login.mechanism = "LOGIN";
	play_run(&p);
	assert_int_equal(p.seen->login.outcome, LOGIN_NOT_TRIED);
	play_release(&p);
}

static void a_token_and_its_error(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  HELLO "S: 250-x\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2 *\n"
		  "S: 334 eyJzdGF0dXMiOiI0MDAifQ==\nC: \n"
		  "S: 535 5.7.8 Not accepted\n");
	p.who.is_token = true;
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.challenge,
			    "{\"status\":\"400\"}");
	assert_int_equal(play_step(&p, STAGE_LOGIN)->reply.code, 535);
	play_release(&p);
}

static void greetings(void **state)
{
	static const struct {
		const char *script;
		enum fault_kind fault;
		enum speech speech;
		unsigned code;
		const char *text;
	} rows[] = {
		{ "!silence\n", FAULT_TIMEOUT, SPEECH_SILENCE, 0, "" },
		{ "s: 220 mail\n!silence\n", FAULT_TIMEOUT, SPEECH_SMTP, 0,
		  "220 mail" },
		{ "S: 220-mail.example.com\n!close\n", FAULT_CLOSED,
		  SPEECH_SMTP, 220, "220-mail.example.com" },
		{ "S: 554-no\nS: 554 5.7.1 you are listed\n", FAULT_REJECTED,
		  SPEECH_SMTP, 554, "554-no\n554 5.7.1 you are listed" },
		{ "S: 421 busy\n!close\n", FAULT_DEFERRED, SPEECH_SMTP, 421,
		  "421 busy" },
		{ "S: 220 (vsFTPd 3.0.3)\n", FAULT_PROTOCOL, SPEECH_FTP, 220,
		  "220 (vsFTPd 3.0.3)" },
		{ "S: * OK IMAP4rev1\n", FAULT_PROTOCOL, SPEECH_IMAP, 0,
		  "* OK IMAP4rev1" },
		{ "S: +OK\n", FAULT_PROTOCOL, SPEECH_POP3, 0, "+OK" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;
		const struct step *s;

		play_init(&p, SERVICE_SMTP, SECURITY_TLS, rows[i].script);
		play_run(&p);
		s = play_step(&p, STAGE_GREETING);
		assert_ptr_equal(evidence_failure(p.seen), s);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(s->speech, rows[i].speech);
		assert_int_equal(s->reply.code, rows[i].code);
		assert_string_equal(s->reply.text, rows[i].text);
		play_release(&p);
	}
}

static void servers_without_ehlo(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  HELLO "S: 502 unknown\nC: HELO [[]192.0.2.9]\nS: 250 hi\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->result, STEP_PASSED);
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->why.kind,
			 FAULT_NONE);
	assert_string_equal(play_step(&p, STAGE_CAPABILITY)->reply.untagged,
			    "502 unknown");
	/* a server that takes no logins is never fine */
	assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind,
			 FAULT_NOT_OFFERED);
	play_release(&p);
	play_init(&p, SERVICE_SMTP, SECURITY_TLS,
		  HELLO "S: 550 bad\nC: HELO *\nS: 550 still bad\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->why.kind,
			 FAULT_REJECTED);
	play_release(&p);
	play_init(&p, SERVICE_SMTP, SECURITY_TLS, HELLO "S: 421 busy\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->why.kind,
			 FAULT_DEFERRED);
	play_release(&p);
}

static void logins_not_offered(void **state)
{
	static const struct {
		enum security security;
		const char *lines;
		enum fault_kind fault;
	} rows[] = {
		{ SECURITY_TLS, "S: 250 x\n", FAULT_NOT_OFFERED },
		{ SECURITY_TLS, "S: 250-x\nS: 250 AUTH\n", FAULT_NOT_OFFERED },
		{ SECURITY_TLS, "S: 250-x\nS: 250 AUTH NTLM\n",
		  FAULT_NO_MECHANISM },
		{ SECURITY_NONE, "S: 250-x\nS: 250 STARTTLS\n",
		  FAULT_TLS_REQUIRED },
		{ SECURITY_NONE, "S: 250 x\n", FAULT_NOT_OFFERED },
		{ SECURITY_NONE, "S: 250-x\nS: 250 AUTH PLAIN\n",
		  FAULT_TLS_REQUIRED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;
		const struct step *s;

		snprintf(script, sizeof(script), HELLO "%s", rows[i].lines);
		play_init(&p, SERVICE_SMTP, rows[i].security, script);
		play_run(&p);
		s = play_step(&p, STAGE_LOGIN);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(p.seen->login.outcome, LOGIN_NOT_TRIED);
		assert_string_equal(s->reply.text,
				    play_step(&p, STAGE_CAPABILITY)->reply.text);
		assert_int_equal(p.script.writes, 1);
		play_release(&p);
	}
}

static void starttls_refused(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_STARTTLS, HELLO "S: 250 x\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_NOT_OFFERED);
	assert_string_equal(play_step(&p, STAGE_STARTTLS)->reply.text,
			    "250 x");
	play_release(&p);
	play_init(&p, SERVICE_SMTP, SECURITY_STARTTLS,
		  HELLO "S: 250-x\nS: 250 STARTTLS\nC: STARTTLS\n"
		  "S: 454 4.7.0 TLS not available\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_DEFERRED);
	assert_false(p.script.secured);
	play_release(&p);
}

static void senders(void **state)
{
	static const struct {
		const char *offer, *talk;
		enum fault_kind fault;
	} rows[] = {
		{ "S: 250-PIPELINING\n", "C: MAIL FROM:<me@example.com>\n"
		  "C: RSET\nS: 250 ok\nS: 250 ok\nC: QUIT\n", FAULT_NONE },
		{ "", "C: MAIL FROM:<me@example.com>\nS: 250 ok\n"
		  "C: RSET\nC: QUIT\n", FAULT_NONE },
		{ "", "C: MAIL FROM:<me@example.com>\n"
		  "S: 553 5.7.1 not owned\n", FAULT_REJECTED },
		{ "", "C: MAIL FROM:<me@example.com>\n"
		  "S: 451 4.3.0 later\n", FAULT_DEFERRED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[1024];
		struct play p;

		snprintf(script, sizeof(script), HELLO "S: 250-x\n%s"
			 "S: 250 AUTH PLAIN\n" TRY "S: 235 ok\n%s",
			 rows[i].offer, rows[i].talk);
		play_init(&p, SERVICE_SMTP, SECURITY_TLS, script);
		p.plan.login.sender = "me@example.com";
		play_run(&p);
		assert_int_equal(play_step(&p, STAGE_MAILBOX)->why.kind,
				 rows[i].fault);
		assert_int_equal(p.seen->mailbox.examined,
				 rows[i].fault == FAULT_NONE);
		assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
		assert_false(p.script.wrong);
		play_release(&p);
	}
}

static void a_sender_is_one_command(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_SMTP, SECURITY_TLS, READY TRY "S: 235 ok\n");
	p.plan.login.sender = "a@b>\r\nRCPT TO:<c@d";
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_MAILBOX)->why.kind,
			 FAULT_INTERNAL);
	assert_null(strstr(p.script.all, "RCPT"));
	play_release(&p);
}

static void endless_replies_end(void **state)
{
	struct play p;
	char *script = malloc(600000);
	size_t n = 0;

	(void)state;
	assert_non_null(script);
	for (int i = 0; i < 12000; i++)
		n += (size_t)snprintf(script + n, 600000 - n,
				      "S: 220-for ever and ever and ever %d\n",
				      i);
	play_init(&p, SERVICE_SMTP, SECURITY_TLS, script);
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_GREETING)->why.kind,
			 FAULT_TOO_LONG);
	assert_true(p.seen->transcript.cut);
	play_release(&p);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_story),
		cmocka_unit_test(keywords_of_old_servers),
		cmocka_unit_test(starttls_asks_again),
		cmocka_unit_test(answers_to_the_login),
		cmocka_unit_test(mechanisms_with_challenges),
		cmocka_unit_test(a_token_and_its_error),
		cmocka_unit_test(greetings),
		cmocka_unit_test(servers_without_ehlo),
		cmocka_unit_test(logins_not_offered),
		cmocka_unit_test(starttls_refused),
		cmocka_unit_test(senders),
		cmocka_unit_test(a_sender_is_one_command),
		cmocka_unit_test(endless_replies_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
