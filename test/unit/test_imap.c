#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

#define READY "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN ID QUOTA] hi\n"
#define TRY "C: a1 AUTHENTICATE PLAIN AHRhcm9AZXhhbXBsZS5jb20AaHVudGVyIjIy\n"
#define BOX "C: a2 ID (\"name\" \"mailwhy\" \"version\" \"*\")\n" \
	    "C: a3 EXAMINE INBOX\nC: a4 GETQUOTAROOT INBOX\n"

/* ---- a login that works ---- */

static void the_whole_story(void **state)
{
	struct play p;
	const struct evidence *e;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  READY TRY
		  "S: a1 OK [CAPABILITY IMAP4rev1 ID QUOTA IDLE] Logged in\n"
		  BOX
		  "S: * ID (\"name\" \"Dovecot\")\nS: a2 OK done\n"
		  "S: * 23 EXISTS\nS: * OK [UIDNEXT 7] next\n"
		  "S: * OK [ALERT] nearly full\n"
		  "S: a3 OK [READ-ONLY] done\n"
		  "S: * QUOTAROOT INBOX \"\"\n"
		  "S: * QUOTA \"\" (MESSAGE 1 2 STORAGE 90 18014398509481983)\n"
		  "S: a4 OK done\nC: a5 LOGOUT\n");
	play_run(&p);
	e = p.seen;
	assert_true(script_satisfied(&p.script));
	assert_true(p.script.closed);
	assert_string_equal(p.script.host, "mail.example.com");
	/* one packet for the login, one for the mailbox, one for goodbye */
	assert_int_equal(p.script.writes, 3);
	assert_null(evidence_failure(e));
	assert_int_equal(e->login.outcome, LOGIN_ACCEPTED);
	assert_string_equal(e->login.mechanism, "PLAIN");
	assert_int_equal(play_step(&p, STAGE_CAPABILITY)->skip,
			 SKIP_NOT_NEEDED);
	assert_true(capability_has(&e->capabilities[PHASE_TLS], "AUTH=PLAIN"));
	assert_true(capability_has(&e->capabilities[PHASE_LOGGED_IN], "IDLE"));
	assert_true(e->mailbox.examined);
	assert_int_equal(e->mailbox.messages, 23);
	assert_true(e->mailbox.has_quota);
	assert_int_equal(e->mailbox.quota_used, 90);
	assert_true(e->mailbox.quota_limit == 18014398509481983u);
	assert_string_equal(e->mailbox.server_id, "(\"name\" \"Dovecot\")");
	assert_string_equal(play_step(&p, STAGE_MAILBOX)->reply.text,
			    "OK [READ-ONLY] done");
	assert_string_equal(play_step(&p, STAGE_MAILBOX)->reply.untagged,
			    "OK [ALERT] nearly full");
	assert_no_secret(&p);
	play_release(&p);
}

static void starttls_forgets_what_was_clear(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_STARTTLS,
		  "S: * OK hi\nC: a1 CAPABILITY\n"
		  "S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\n"
		  "S: a1 OK\nC: a2 STARTTLS\nS: a2 OK begin\n"
		  "S: * CAPABILITY AUTH=EVIL\n"
		  "C: a3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a3 OK\n"
		  "C: a4 LOGIN \"taro@example.com\" \"hunter\\\\\"22\"\n"
		  "S: a4 OK in\nC: a5 EXAMINE INBOX\nS: a5 OK\nC: a6 LOGOUT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_string_equal(p.seen->login.mechanism, "LOGIN command");
	assert_int_equal(p.seen->clear_bytes_dropped, 24);
	assert_string_equal(p.seen->clear_bytes,
			    "* CAPABILITY AUTH=EVIL\\x0D\\x0A");
	assert_false(capability_has(&p.seen->capabilities[PHASE_TLS],
				    "AUTH=EVIL"));
	assert_true(capability_has(&p.seen->capabilities[PHASE_CLEAR],
				   "STARTTLS"));
	assert_no_secret(&p);
	play_release(&p);
}

/* ---- answers to the login ---- */

static void answers_to_the_login(void **state)
{
	static const struct {
		const char *script;
		enum fault_kind fault;
		enum login_outcome outcome;
		enum answer answer;
		const char *code, *text;
	} rows[] = {
		{ READY TRY "S: a1 NO [AUTHENTICATIONFAILED] no\n",
		  FAULT_REJECTED, LOGIN_REFUSED, ANSWER_NO,
		  "AUTHENTICATIONFAILED", "NO [AUTHENTICATIONFAILED] no" },
		{ READY TRY "S: * NO [ALERT] watch out\nS: a1 NO [alert x] no\n",
		  FAULT_REJECTED, LOGIN_REFUSED, ANSWER_NO, "ALERT",
		  "NO [alert x] no" },
		{ READY TRY "S: a1 NO [UNAVAILABLE] later\n",
		  FAULT_DEFERRED, LOGIN_UNDECIDED, ANSWER_NO, "UNAVAILABLE",
		  "NO [UNAVAILABLE] later" },
		{ READY TRY "S: a1 BAD what\n",
		  FAULT_REJECTED, LOGIN_REFUSED, ANSWER_BAD, "", "BAD what" },
		{ READY TRY "S: * BYE too many failures\n!close\n",
		  FAULT_CLOSED, LOGIN_UNDECIDED, ANSWER_BYE, "",
		  "BYE too many failures" },
		{ READY TRY "S: * BYE [UNAVAILABLE] restart\n!close\n",
		  FAULT_DEFERRED, LOGIN_UNDECIDED, ANSWER_BYE, "UNAVAILABLE",
		  "BYE [UNAVAILABLE] restart" },
		{ READY TRY "!close\n",
		  FAULT_CLOSED, LOGIN_UNDECIDED, ANSWER_NONE, "", "" },
		{ READY TRY "s: a1 NO [AUTHENTICATIONFAILED] no\n!reset\n",
		  FAULT_RESET, LOGIN_UNDECIDED, ANSWER_NONE, "", "" },
		{ READY TRY "!silence\n",
		  FAULT_TIMEOUT, LOGIN_UNDECIDED, ANSWER_NONE, "", "" },
		{ READY TRY "S: a9 OK not yours\n",
		  FAULT_PROTOCOL, LOGIN_UNDECIDED, ANSWER_OK, "",
		  "OK not yours" },
		{ READY TRY "S: HTTP/1.1 400 Bad Request\n",
		  FAULT_PROTOCOL, LOGIN_UNDECIDED, ANSWER_NONE, "",
		  "HTTP/1.1 400 Bad Request" },
		/* a server that wants the initial response once more */
		{ READY TRY "S: +\nC: AHRhcm9AZXhhbXBsZS5jb20AaHVudGVyIjIy\n"
		  "S: a1 NO no\n",
		  FAULT_REJECTED, LOGIN_REFUSED, ANSWER_NO, "", "NO no" },
		{ READY TRY "S: + again\nC: AHRhcm*\nS: + again\nC: [*]\n",
		  FAULT_PROTOCOL, LOGIN_UNDECIDED, ANSWER_CONTINUE, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;
		const struct step *s;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, rows[i].script);
		play_run(&p);
		s = play_step(&p, STAGE_LOGIN);
		assert_ptr_equal(evidence_failure(p.seen), s);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(p.seen->login.outcome, rows[i].outcome);
		assert_int_equal(s->reply.answer, rows[i].answer);
		assert_string_equal(s->reply.response_code, rows[i].code);
		assert_string_equal(s->reply.text, rows[i].text);
		assert_false(p.seen->capabilities[PHASE_LOGGED_IN].known);
		assert_false(p.script.wrong);
		assert_no_secret(&p);
		play_release(&p);
	}
}

static void an_echo_is_hidden(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  READY TRY "S: * NO got AHRhcm9AZXhhbXBsZS5jb20AaHVudGVyIjIy\n"
		  "S: a1 NO [X hunter\"22] bad: hunter\"22\033[0m\n");
	play_run(&p);
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.text,
			    "NO [X <secret>] bad: <secret>\\x1B[0m");
	assert_string_equal(play_step(&p, STAGE_LOGIN)->reply.untagged,
			    "NO got <secret>");
	assert_no_secret(&p);
	play_release(&p);
}

/* Read into its parts, half of a secret would be left of each. */
static void an_echo_in_pieces(void **state)
{
	struct play p;
	const struct reply *r;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY IMAP4rev1] hi\nC: a1 LOGIN *\n"
		  "S: a1 NO [Correct horse]battery] no\n");
	play_secret(&p, "Correct horse]battery");
	play_run(&p);
	r = &play_step(&p, STAGE_LOGIN)->reply;
	assert_string_equal(r->text, "NO [<secret>] no");
	assert_string_equal(r->response_code, "");
	assert_string_equal(r->response_arg, "");
	assert_int_equal(p.seen->login.outcome, LOGIN_REFUSED);
	play_release(&p);
}

static void an_echo_is_no_capability(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  READY TRY "S: a1 OK [CAPABILITY IMAP4rev1 hunter\"22] in\n"
		  "C: a2 ID *\nC: a3 EXAMINE INBOX\n"
		  "S: * CAPABILITY IDLE XHUNTER\"22X\nS: a2 OK\nS: a3 OK\n");
	play_run(&p);
	assert_string_equal(p.seen->capabilities[PHASE_LOGGED_IN].words,
			    "IDLE X<SECRET>X");
	assert_no_secret(&p);
	play_release(&p);
}

/* A yes to half of a login says nothing of the secret: never healthy. */
static void ok_before_the_login(void **state)
{
	static const char *const scripts[] = {
		"S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] hi\n"
		"C: a1 AUTHENTICATE PLAIN\nS: a1 OK in\n",
		"S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] hi\n"
		"C: a1 AUTHENTICATE LOGIN\nS: + VXNlcm5hbWU6\nC: *\n"
		"S: a1 OK in\n",
		"S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5]\n"
		"C: a1 AUTHENTICATE CRAM-MD5\nS: a1 OK in\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct play p;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, scripts[i]);
		play_run(&p);
		assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind,
				 FAULT_PROTOCOL);
		assert_int_not_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
		play_release(&p);
	}
}

/* ---- greetings ---- */

static void greetings(void **state)
{
	static const struct {
		const char *script;
		enum fault_kind fault;
		enum speech speech;
		const char *text;
	} rows[] = {
		{ "!silence\n", FAULT_TIMEOUT, SPEECH_SILENCE, "" },
		{ "!close\n", FAULT_CLOSED, SPEECH_SILENCE, "" },
		{ "s: * OK Dov\n!silence\n", FAULT_TIMEOUT, SPEECH_IMAP,
		  "* OK Dov" },
		{ "s: * OK Dov\n!close\n", FAULT_CLOSED, SPEECH_IMAP,
		  "* OK Dov" },
		{ "S: * BYE busy\n", FAULT_REJECTED, SPEECH_IMAP, "BYE busy" },
		{ "S: * BYE [UNAVAILABLE] x\n", FAULT_DEFERRED, SPEECH_IMAP,
		  "BYE [UNAVAILABLE] x" },
		{ "S: * OK Waiting for authentication process to respond..\n"
		  "S: * BYE Disconnected: Auth process broken\n",
		  FAULT_REJECTED, SPEECH_IMAP,
		  "BYE Disconnected: Auth process broken" },
		{ "S: * OK Waiting for authentication process to respond..\n",
		  FAULT_TIMEOUT, SPEECH_IMAP, "" },
		{ "S: 220 mx.example.com ESMTP\n", FAULT_PROTOCOL,
		  SPEECH_SMTP, "220 mx.example.com ESMTP" },
		{ "S: +OK ready\n", FAULT_PROTOCOL, SPEECH_POP3, "+OK ready" },
		{ "S: HTTP/1.1 400 Bad\n", FAULT_PROTOCOL, SPEECH_HTTP,
		  "HTTP/1.1 400 Bad" },
		{ "S: SSH-2.0-x\n", FAULT_PROTOCOL, SPEECH_SSH, "SSH-2.0-x" },
		{ "S: a1 OK hello\n", FAULT_PROTOCOL, SPEECH_UNKNOWN,
		  "a1 OK hello" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;
		const struct step *s;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, rows[i].script);
		play_run(&p);
		s = play_step(&p, STAGE_GREETING);
		assert_ptr_equal(evidence_failure(p.seen), s);
		assert_int_equal(s->why.kind, rows[i].fault);
		assert_int_equal(s->speech, rows[i].speech);
		assert_string_equal(s->reply.text, rows[i].text);
		assert_int_equal(p.seen->login.outcome, LOGIN_NOT_TRIED);
		/* nothing was said to a server that has not spoken */
		assert_int_equal(p.script.writes, 0);
		play_release(&p);
	}
}

/* Much came, though no line of it: that is not what a silent server is. */
static void an_endless_greeting_is_no_silence(void **state)
{
	static char script[LINE_CAP + 1000];
	struct play p;

	(void)state;
	memset(script, 'x', sizeof(script) - 2);
	memcpy(script, "s: ", 3);
	script[sizeof(script) - 2] = '\n';
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, script);
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_GREETING)->why.kind,
			 FAULT_TOO_LONG);
	assert_int_equal(play_step(&p, STAGE_GREETING)->speech,
			 SPEECH_UNKNOWN);
	play_release(&p);
}

static void dovecot_takes_its_time(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK Waiting for authentication process to respond..\n"
		  READY TRY "S: a1 NO no\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_GREETING)->result, STEP_PASSED);
	assert_string_equal(play_step(&p, STAGE_GREETING)->reply.untagged,
			    "OK Waiting for authentication process to respond..");
	assert_true(script_satisfied(&p.script));
	play_release(&p);
}

static void preauth(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * PREAUTH [CAPABILITY IMAP4rev1] hi\n"
		  "C: a1 EXAMINE INBOX\nS: a1 OK\nC: a2 LOGOUT\n");
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_true(p.seen->login.preauth);
	assert_int_equal(p.seen->login.outcome, LOGIN_NOT_TRIED);
	assert_int_equal(play_step(&p, STAGE_LOGIN)->skip, SKIP_PREAUTH);
	assert_int_equal(play_step(&p, STAGE_MAILBOX)->result, STEP_PASSED);
	play_release(&p);
	/* RFC 9051 7.1.4: no way to TLS any more */
	play_init(&p, SERVICE_IMAP, SECURITY_STARTTLS,
		  "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_NOT_OFFERED);
	assert_int_equal(p.script.writes, 0);
	play_release(&p);
}

/* ---- what to log in with ---- */

static void choices(void **state)
{
	static const struct {
		enum security security;
		bool token, plaintext;
		const char *forced, *offer;
		enum fault_kind fault;	/* NONE: `command` is sent */
		const char *command;
	} rows[] = {
		{ SECURITY_TLS, false, false, NULL, "SASL-IR AUTH=PLAIN",
		  FAULT_NONE, "a1 AUTHENTICATE PLAIN AHRhcm9*" },
		{ SECURITY_TLS, false, false, NULL, "AUTH=PLAIN", FAULT_NONE,
		  "a1 LOGIN \"taro@example.com\" \"hunter\\\\\"22\"" },
		{ SECURITY_TLS, false, false, NULL, "AUTH=PLAIN LOGINDISABLED",
		  FAULT_NONE, "a1 AUTHENTICATE PLAIN" },
		{ SECURITY_TLS, false, false, NULL, "LOGINDISABLED",
		  FAULT_NOT_OFFERED, NULL },
		{ SECURITY_TLS, false, false, NULL,
		  "LOGINDISABLED AUTH=XOAUTH2", FAULT_NO_MECHANISM, NULL },
		{ SECURITY_TLS, false, false, "cram-md5", "AUTH=CRAM-MD5",
		  FAULT_NONE, "a1 AUTHENTICATE CRAM-MD5" },
		{ SECURITY_TLS, false, false, "CRAM-MD5", "AUTH=PLAIN",
		  FAULT_NO_MECHANISM, NULL },
		{ SECURITY_TLS, false, false, "NTLM", "AUTH=NTLM",
		  FAULT_NO_MECHANISM, NULL },
		{ SECURITY_TLS, false, false, "XOAUTH2", "AUTH=XOAUTH2",
		  FAULT_NO_MECHANISM, NULL },
		{ SECURITY_TLS, false, false, "LOGIN", "AUTH=PLAIN",
		  FAULT_NONE, "a1 LOGIN *" },
		{ SECURITY_TLS, false, false, "LOGIN", "AUTH=LOGIN",
		  FAULT_NONE, "a1 AUTHENTICATE LOGIN" },
		{ SECURITY_TLS, true, false, NULL, "SASL-IR AUTH=XOAUTH2",
		  FAULT_NONE, "a1 AUTHENTICATE XOAUTH2 dXNlcj10*" },
		{ SECURITY_TLS, true, false, NULL, "AUTH=PLAIN",
		  FAULT_NO_MECHANISM, NULL },
		{ SECURITY_NONE, false, false, NULL, "AUTH=PLAIN",
		  FAULT_TLS_REQUIRED, NULL },
		{ SECURITY_NONE, false, false, NULL, "AUTH=CRAM-MD5",
		  FAULT_TLS_REQUIRED, NULL },
		{ SECURITY_NONE, false, true, NULL, "LOGINDISABLED STARTTLS",
		  FAULT_TLS_REQUIRED, NULL },
		{ SECURITY_NONE, false, true, NULL, "AUTH=PLAIN AUTH=CRAM-MD5",
		  FAULT_NONE, "a1 AUTHENTICATE CRAM-MD5" },
		{ SECURITY_NONE, false, true, NULL, "AUTH=PLAIN", FAULT_NONE,
		  "a1 LOGIN *" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char script[512];
		struct play p;

		snprintf(script, sizeof(script),
			 "S: * OK [CAPABILITY IMAP4rev1 %s] hi\n%s%s\n",
			 rows[i].offer, rows[i].command ? "C: " : "",
			 rows[i].command ? rows[i].command : "");
		play_init(&p, SERVICE_IMAP, rows[i].security, script);
		p.who.is_token = rows[i].token;
		p.plan.login.allow_plaintext = rows[i].plaintext;
		p.plan.login.mechanism = rows[i].forced;
		play_run(&p);
		if (rows[i].command) {
			assert_false(p.script.wrong);
			assert_int_equal(p.seen->login.forced,
					 rows[i].forced != NULL);
		} else {
			assert_int_equal(p.script.writes, 0);
			assert_int_equal(play_step(&p, STAGE_LOGIN)->why.kind,
					 rows[i].fault);
			assert_non_null(strstr(play_step(&p, STAGE_LOGIN)
					       ->reply.text, "CAPABILITY"));
		}
		assert_no_secret(&p);
		play_release(&p);
	}
}

static void starttls_that_is_not_there(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_STARTTLS,
		  "S: * OK [CAPABILITY IMAP4rev1] hi\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_NOT_OFFERED);
	play_release(&p);
	play_init(&p, SERVICE_IMAP, SECURITY_STARTTLS,
		  "S: * OK [CAPABILITY STARTTLS] hi\nC: a1 STARTTLS\n"
		  "S: a1 NO [UNAVAILABLE] no TLS today\n");
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_STARTTLS)->why.kind,
			 FAULT_DEFERRED);
	assert_false(p.script.secured);
	play_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_story),
		cmocka_unit_test(starttls_forgets_what_was_clear),
		cmocka_unit_test(answers_to_the_login),
		cmocka_unit_test(an_echo_is_hidden),
		cmocka_unit_test(an_echo_in_pieces),
		cmocka_unit_test(an_echo_is_no_capability),
		cmocka_unit_test(ok_before_the_login),
		cmocka_unit_test(greetings),
		cmocka_unit_test(an_endless_greeting_is_no_silence),
		cmocka_unit_test(dovecot_takes_its_time),
		cmocka_unit_test(preauth),
		cmocka_unit_test(choices),
		cmocka_unit_test(starttls_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
