#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/explain_run.h"
#include "probes/base/text.h"

/* ---- one text through the whole way ---- */

struct scene {
	struct explain_tools tools;
	struct explain_request request;
	struct explain_result result;
	char *report;
};

static int load(void **state)
{
	struct fault why = { FAULT_NONE, "" };
	struct scene *s = calloc(1, sizeof(*s));

	*state = s;
	if (s && explain_tools_load(&s->tools, &why))
		return 0;
	print_error("%s\n", why.text);
	return -1;
}

static void forget(struct scene *s)
{
	explain_result_release(&s->result);
	free(s->report);
	s->report = NULL;
}

static int unload(void **state)
{
	struct scene *s = *state;

	forget(s);
	explain_tools_release(&s->tools);
	free(s);
	return 0;
}

/* Fed in pieces of `step` bytes: where it is cut makes no difference. */
static void feed(struct explain *x, const char *text, size_t step)
{
	struct span rest = span_of(text);

	while (rest.len > 0) {
		explain_add(x, span_head(rest, step));
		rest = span_from(rest, step);
	}
	explain_end(x);
}

static void explain(struct scene *s, const char *text, size_t step)
{
	struct explain *x = explain_new(&s->request.hints);
	struct fault why = { FAULT_NONE, "" };

	forget(s);
	assert_non_null(x);
	feed(x, text, step);
	assert_true(explain_run(&s->request, x, &s->tools, &s->result, &why));
	explain_free(x);
}

static const char *report(struct scene *s, bool json, enum lang l)
{
	const struct report_style style = { .lang = l, .width = 80,
					    .unicode = true };

	free(s->report);
	s->report = explain_report(&s->result, json, &style);
	assert_non_null(s->report);
	return s->report;
}

static void no_hints(struct scene *s)
{
	memset(&s->request, 0, sizeof(s->request));
}

/* ---- the answer, wherever it stands ---- */

static const struct {
	const char *text;
	enum cause want;
} wrapped[] = {
	{ "535 5.7.8 Error: authentication failed", CAUSE_WRONG_CREDENTIALS },
	{ "Invalid login: 535 5.7.8 Error: authentication failed",
	  CAUSE_WRONG_CREDENTIALS },
	{ "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: "
	  "authentication failed')", CAUSE_WRONG_CREDENTIALS },
	{ "{\"error\":\"smtp: 535 5.7.8 Error: authentication failed\\n\"}",
	  CAUSE_WRONG_CREDENTIALS },
	{ "imaplib.error: b'[AUTHENTICATIONFAILED] Authentication failed.'",
	  CAUSE_WRONG_CREDENTIALS },
	/* a sentence that begins like the command LOGIN hides nothing */
	{ "-ERR Login frequency is limited to one login in 15 minutes",
	  CAUSE_RATE_LIMITED },
	{ "mail: a1 NO [EXPIRED] Password has expired.",
	  CAUSE_PASSWORD_EXPIRED },
	{ "S: -ERR [AUTH] Authentication failed", CAUSE_WRONG_CREDENTIALS },
	{ "Server Response: '530 5.7.0 Must issue a STARTTLS command first', "
	  "Port: 587, Secure(SSL): No, Server Error: 530", CAUSE_TLS_REQUIRED },
	/* the code once more says nothing new */
	{ "Risposta del server: '553 5.7.1 <a@example.com>: Sender address "
	  "rejected: not logged in', Porta: 25, Errore del server: 553, "
	  "Numero di errore: 0x800CCC79", CAUSE_AUTH_REQUIRED },
	/* quotes of other scripts: what follows is not the server's */
	{ "R\xc3\xa9ponse du serveur : \xc2\xab\xc2\xa0""535 5.7.8 Error: "
	  "authentication failed\xc2\xa0\xc2\xbb, STARTTLS required : non",
	  CAUSE_WRONG_CREDENTIALS },
	{ "Antwort: \xe2\x80\x9e""535 5.7.8 Error: authentication failed"
	  "\xe2\x80\x9c, STARTTLS required", CAUSE_WRONG_CREDENTIALS },
	{ "\xe3\x80\x8c""535 5.7.8 Error: authentication failed"
	  "\xe3\x80\x8d STARTTLS required", CAUSE_WRONG_CREDENTIALS },
	/* half a quote: what follows is the program's */
	{ "Server Response: 451 a@example.com please authenticate before "
	  "send', Port: 25, Secure(SSL): No, Server Error: 451",
	  CAUSE_AUTH_REQUIRED },
	/* settings behind a reply, in its line and in the next */
	{ "535 5.7.8 Error: authentication failed (host: smtp.example.com, "
	  "port: 587, security: STARTTLS)", CAUSE_WRONG_CREDENTIALS },
	{ "535 5.7.8 Error: authentication failed { secure: false, "
	  "requireTLS: true }", CAUSE_WRONG_CREDENTIALS },
	{ "535 5.7.8 Error: authentication failed\nsmtp_tls: required\n"
	  "auth: login\ntimeout: 30", CAUSE_WRONG_CREDENTIALS },
	{ "535 5.7.8 Error: authentication failed\nMAIL_ENCRYPTION=tls",
	  CAUSE_WRONG_CREDENTIALS },
	{ "SMTP: certificate has expired\ntimeout: 30\nsecure: true",
	  CAUSE_CERT_EXPIRED },
	/* what to look at is no news of what happened */
	{ "Could not connect to smtp.example.com: Connection refused. Check "
	  "your internet connection.", CAUSE_WRONG_PORT },
	{ "SMTP認証に失敗しました。アプリパスワードを確認してください。",
	  CAUSE_WRONG_CREDENTIALS },
	/* words of other stages do not explain the code of a login */
	{ "535 5.7.8 Username and Password not accepted.",
	  CAUSE_APP_PASSWORD },
	/* nor does a program's advice: the server answered */
	{ "Error: Failed to send email. Please check your network connection. "
	  "Details: 435 4.7.8 Error: authentication failed:",
	  CAUSE_SERVER_UNAVAILABLE },
	/* a program's summary is less than the server's answer */
	{ "SERVER -> CLIENT: 454 4.7.0 Too many login attempts\n"
	  "SMTP Error: Could not authenticate.", CAUSE_RATE_LIMITED },
	/* a yes before the no is no success */
	{ "235 2.7.0 Authentication successful\n"
	  "MAIL FROM:<a@example.com>\n"
	  "553 5.7.1 <a@example.com>: Sender address rejected: not owned by "
	  "user b@example.com", CAUSE_SENDER_MISMATCH },
	/* who was refused at login is told later that a login is needed */
	{ "AUTH login not available: 535 5.7.8 Error: authentication failed: "
	  "Invalid authentication mechanism\n"
	  "Trying without.\n"
	  "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
	  CAUSE_MECH_UNSUPPORTED },
	/* what openssl prints of every run is no news */
	{ "error:1408F10B:SSL routines:ssl3_get_record:wrong version number\n"
	  "no peer certificate available\n"
	  "No client certificate CA names sent", CAUSE_TLS_ON_PLAINTEXT_PORT },
	/* nor is the answer that was expected */
	{ "Expected response code 235 but got code \"535\", with message "
	  "\"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6\"",
	  CAUSE_WRONG_CREDENTIALS },
	{ "smtp: expected code(s) [235] but got [550 5.4.5 Daily user sending "
	  "quota exceeded]", CAUSE_RATE_LIMITED },
	{ "235 2.7.0 Authentication successful", CAUSE_WORKS },
	{ "a1 OK [CAPABILITY IMAP4rev1] Logged in", CAUSE_WORKS },
};

static void answers_are_found_anywhere(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	for (size_t i = 0; i < ARRAY_SIZE(wrapped); i++) {
		static const size_t steps[] = { 1, 7, 100000 };

		for (size_t n = 0; n < ARRAY_SIZE(steps); n++) {
			explain(s, wrapped[i].text, steps[n]);
			if (s->result.told.diagnosis.verdict !=
			    wrapped[i].want)
				print_error("%s\n  %s\n", wrapped[i].text,
					    cause_id(s->result.told.diagnosis
							     .verdict));
			assert_int_equal(s->result.told.diagnosis.verdict,
					 wrapped[i].want);
		}
	}
}

/* ---- how sure one may be ---- */

static const struct {
	const char *text;
	enum cause want;
	enum confidence sure;
} weighed[] = {
	/* a code for senders: it was no greeting, whatever words they share */
	{ "550 5.7.1 rejected by policy", CAUSE_SENDER_MISMATCH,
	  CONFIDENCE_POSSIBLE },
	/* ... but a code for logins is one for logins */
	{ "554 5.7.8 Authentication mechanism not supported",
	  CAUSE_MECH_UNSUPPORTED, CONFIDENCE_LIKELY },
	/* whose quota? what programs call so makes it no surer */
	{ "550 Quota Exceeded", CAUSE_MAILBOX_FULL, CONFIDENCE_POSSIBLE },
	/* a code of no list */
	{ "417 4.3.0 Temporary system problem", CAUSE_SERVER_UNAVAILABLE,
	  CONFIDENCE_LIKELY },
	/* that it failed, and what was refused */
	{ "SMTP Error: Could not authenticate.", CAUSE_WRONG_CREDENTIALS,
	  CONFIDENCE_POSSIBLE },
	{ "SMTP: the password is incorrect", CAUSE_WRONG_CREDENTIALS,
	  CONFIDENCE_LIKELY },
};

static void no_surer_than_the_words(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	for (size_t i = 0; i < ARRAY_SIZE(weighed); i++) {
		const struct diagnosis *d = &s->result.told.diagnosis;

		explain(s, weighed[i].text, 100000);
		if (d->verdict != weighed[i].want ||
		    d->cause[0].confidence != weighed[i].sure)
			print_error("%s\n  %s %s\n", weighed[i].text,
				    cause_id(d->verdict),
				    confidence_name(d->cause[0].confidence));
		assert_int_equal(d->verdict, weighed[i].want);
		assert_int_equal(d->cause[0].confidence, weighed[i].sure);
	}
}

/* ---- names that look like words ---- */

static void names_are_no_words(void **state)
{
	static const char *const texts[] = {
		"connected to authentication.failed.example",
		"message from authentication-failed@password.invalid queued",
		"GET https://login.invalid/password-incorrect 200",
	};
	struct scene *s = *state;

	no_hints(s);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		explain(s, texts[i], 1000);
		assert_int_equal(s->result.told.diagnosis.verdict,
				 CAUSE_UNKNOWN);
	}
}

/* ---- the place ---- */

static void the_place_is_found(void **state)
{
	struct scene *s = *state;
	const struct explain_place *p = &s->result.told.place;

	no_hints(s);
	explain(s, "taro@example.com: smtp.example.com:587 said "
		   "535 5.7.8 Error: authentication failed", 1000);
	assert_string_equal(p->host, "smtp.example.com");
	assert_int_equal(p->port, 587);
	assert_true(p->service_known);
	assert_int_equal(p->service, SERVICE_SMTP);
	assert_string_equal(p->address, "taro@example.com");
	assert_non_null(strstr(report(s, true, LANG_EN),
		"mailwhy --server smtp.example.com --port 587 "
		"taro@example.com"));
}

static void a_hint_beats_the_text(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	s->request.hints.port = 465;
	span_copy(span_of("mail.example.org"), s->request.hints.host,
		  sizeof(s->request.hints.host));
	explain(s, "smtp.example.com:587: 535 5.7.8 no", 1000);
	assert_string_equal(s->result.told.place.host, "mail.example.org");
	assert_int_equal(s->result.told.place.port, 465);
}

/* What stands in a pasted text must not run when the command is pasted. */
static void commands_are_harmless(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	span_copy(span_of("a;rm -rf.example.com"), s->request.hints.host,
		  sizeof(s->request.hints.host));
	span_copy(span_of("$(id)@example.com"), s->request.hints.address,
		  sizeof(s->request.hints.address));
	explain(s, "535 5.7.8 Error: authentication failed", 1000);
	assert_non_null(strstr(report(s, true, LANG_EN),
			       "\"mailwhy YOUR-ADDRESS\""));
}

/* ---- secrets ---- */

static const char *const secrets[] = {
	"C: PASS hunter2secret\nS: -ERR [AUTH] failed",
	"> AUTH PLAIN AGh1bnRlcgBodW50ZXIyc2VjcmV0\n535 5.7.8 Error",
	"a1 LOGIN taro hunter2secret\na1 NO [AUTHENTICATIONFAILED] no",
	"a1 LOGIN failsafe hunter2secret\na1 NO [AUTHENTICATIONFAILED] no",
	"a1 login taro hunter2secret-failed\na1 NO failed",
	"a1 LOGIN \"taro\" \"hunter2secret\"\na1 NO [AUTHENTICATIONFAILED] no",
	"smtp://taro:hunter2secret@smtp.example.com failed: 535 5.7.8 Error",
	"auth: { user: 'taro', pass: 'hunter2secret' } 535 5.7.8 Error",
	"password=hunter2secret 535 5.7.8 Error: authentication failed",
	"Password: hunter2secret\n535 5.7.8 Error",
	"パスワード：hunter2secret エラー 535 5.7.8 Error",
	"curl -u taro:hunter2secret smtp://x 535 5.7.8 Error",
	"334 UGFzc3dvcmQ6\naHVudGVyMnNlY3JldA==\n535 5.7.8 Error",
	"Authorization: Bearer ya29.hunter2secretabcdefgh 535 5.7.8 Error",
};

static void secrets_are_blanked(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		explain(s, secrets[i], 100);
		for (int json = 0; json < 2; json++) {
			const char *text = report(s, json != 0, LANG_EN);

			if (strstr(text, "hunter2secret"))
				print_error("%s\n", secrets[i]);
			assert_null(strstr(text, "hunter2secret"));
			assert_null(strstr(text, "aHVudGVyMnNlY3JldA"));
			assert_null(strstr(text, "AGh1bnRlcgBodW50"));
		}
	}
}

/* ---- size ---- */

static void a_long_log_keeps_what_tells(void **state)
{
	struct scene *s = *state;
	struct explain *x;
	struct fault why = { FAULT_NONE, "" };

	no_hints(s);
	forget(s);
	x = explain_new(&s->request.hints);
	for (unsigned i = 0; i < 20000; i++) {
		if (i == 7000)
			explain_add(x, SPAN_LIT("imap: NO [EXPIRED] Password "
						"has expired.\n"));
		explain_add(x, SPAN_LIT("Nov 25 10:00:00 host cron[7]: job "
					"done in 3 ms\n"));
	}
	explain_end(x);
	assert_true(explain_run(&s->request, x, &s->tools, &s->result, &why));
	explain_free(x);
	assert_int_equal(s->result.told.diagnosis.verdict,
			 CAUSE_PASSWORD_EXPIRED);
	assert_int_equal(s->result.told.line, 7001);
}

static void every_verdict_can_be_told(void **state)
{
	struct scene *s = *state;

	no_hints(s);
	explain(s, "535 5.7.8 Error: authentication failed", 1000);
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		struct diagnosis *d = &s->result.told.diagnosis;

		d->verdict = d->cause[0].cause = (enum cause)c;
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *text = report(s, false, (enum lang)l);

			/* every {name} has been filled in, or was avoided */
			assert_null(strchr(text, '{'));
			assert_null(strstr(text, "cause."));
			assert_null(strstr(text, "explain."));
		}
	}
}

/* ---- the rules for programs ---- */

static const char *rule_for(struct scene *s, const struct rule_example *e)
{
	no_hints(s);
	s->request.hints.port = e->symptom.port;
	explain(s, e->reply.text, 100000);
	return s->result.told.diagnosis.cause[0].rule;
}

/* What only says that there was no login is not told as a wrong password. */
static void a_refusal_without_a_reason(void **state)
{
	static const struct { const char *text; bool unsaid; } rows[] = {
		{ "SMTP Error: Could not authenticate.", true },
		{ "a NO nope", true },
		{ "IMAPパスワードが正しくありません", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *page;

		no_hints(*state);
		explain(*state, rows[i].text, strlen(rows[i].text));
		page = report(*state, false, LANG_EN);
		assert_int_equal(strstr(page, "gives no reason") != NULL,
				 rows[i].unsaid);
	}
}

/* Through the whole way: a server's answer in the text may hide the rule. */
/* A refused recipient is told as such, and nobody is asked to log in as him. */
static void a_refused_message_is_no_login(void **state)
{
	static const char text[] =
		"550 5.1.1 <nobody@example.org>: Recipient address rejected: "
		"User unknown";
	struct scene *s = *state;

	for (int l = 0; l < LANG_COUNT; l++) {
		const char *told;

		no_hints(s);
		explain(s, text, sizeof(text));
		assert_int_equal(s->result.told.diagnosis.verdict,
				 CAUSE_UNKNOWN);
		told = report(s, false, (enum lang)l);
		assert_non_null(strstr(told, l == LANG_JA ? "宛先"
							  : "recipient"));
		assert_null(strstr(told, "mailwhy nobody"));
	}
	explain(s, "a NO no such user", 4);
	assert_int_equal(s->result.told.diagnosis.verdict,
			 CAUSE_USERNAME_FORMAT);
}

static void every_example_selects_its_own_rule(void **state)
{
	struct scene *s = *state;
	const struct rules *rules = s->tools.clients;
	unsigned bad = 0;

	for (size_t r = 0; r < rules_count(rules); r++) {
		struct rule_example e;

		for (size_t n = 0; rules_example(rules, r, n, &e); n++) {
			const char *got = rule_for(s, &e);

			if (strcmp(got, e.rule) == 0)
				continue;
			print_error("%s: example %zu \"%s\" selects %s\n",
				    e.rule, n, e.reply.text, got);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_found_anywhere),
		cmocka_unit_test(no_surer_than_the_words),
		cmocka_unit_test(names_are_no_words),
		cmocka_unit_test(the_place_is_found),
		cmocka_unit_test(a_hint_beats_the_text),
		cmocka_unit_test(commands_are_harmless),
		cmocka_unit_test(secrets_are_blanked),
		cmocka_unit_test(a_long_log_keeps_what_tells),
		cmocka_unit_test(every_verdict_can_be_told),
		cmocka_unit_test(a_refusal_without_a_reason),
		cmocka_unit_test(a_refused_message_is_no_login),
		cmocka_unit_test(every_example_selects_its_own_rule),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
