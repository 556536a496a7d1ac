#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/outcome.h"
#include "test/unit/samples.h"

static const struct outcome_about plain = {
	.name = "taro@example.org", .file = "accounts.csv", .line = 12,
	.attempts = 1,
};

static void same_case(const struct outcome_case *a, const struct outcome_case *b)
{
	assert_memory_equal(&a->endpoint, &b->endpoint, sizeof(a->endpoint));
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->cause, b->cause);
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->stage, b->stage);
	assert_int_equal(a->fault, b->fault);
	assert_string_equal(a->title, b->title);
	assert_string_equal(a->reply, b->reply);
	assert_int_equal(a->logged_in, b->logged_in);
	assert_int_equal(a->took, b->took);
	assert_int_equal(a->cert_end, b->cert_end);
	assert_string_equal(a->tls, b->tls);
}

static void same_texts(const struct account_outcome *a,
		       const struct account_outcome *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->file, b->file);
	assert_string_equal(a->provider, b->provider);
	assert_string_equal(a->why, b->why);
	assert_string_equal(a->title, b->title);
	assert_string_equal(a->brief, b->brief);
	assert_string_equal(a->remedy, b->remedy);
	assert_string_equal(a->url, b->url);
}

static void same(const struct account_outcome *a,
		 const struct account_outcome *b)
{
	same_texts(a, b);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->reason, b->reason);
	assert_int_equal(a->exit_code, b->exit_code);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->cases, b->cases);
	for (size_t i = 0; i < a->cases; i++)
		same_case(&a->case_of[i], &b->case_of[i]);
	assert_int_equal(a->expectations, b->expectations);
	assert_memory_equal(a->expectation, b->expectation,
			    sizeof(a->expectation));
	assert_int_equal(a->labels, b->labels);
	for (size_t i = 0; i < a->labels; i++) {
		assert_string_equal(a->label[i].name, b->label[i].name);
		assert_string_equal(a->label[i].value, b->label[i].value);
	}
	assert_int_equal(a->attempts, b->attempts);
	assert_int_equal(a->logins_attempted, b->logins_attempted);
	assert_int_equal(a->logins_refused, b->logins_refused);
	assert_int_equal(a->made_at, b->made_at);
	assert_int_equal(a->took, b->took);
}

/* Of the sample, which is freed; and what is read back must be the same. */
static struct account_outcome outcome(struct sample *s,
				      const struct outcome_about *a)
{
	struct account_outcome o, again;
	struct fault why = { 0 };
	char *line;

	assert_true(outcome_of(&s->in, a, LANG_EN, &o, &line, &why));
	assert_null(strpbrk(line, "\n\r"));
	if (!outcome_read(span_of(line), &again, &why))
		FAIL_MSG("%s in:\n%s", why.text, line);
	same(&o, &again);
	outcome_release(&again);
	free(line);
	free(s);
	return o;
}

static void reads_a_check(void **state)
{
	(void)state;
	struct sample *s = sample_app_password(LANG_EN);
	struct account_outcome o = outcome(s, &plain);

	assert_int_equal(o.result, RESULT_FAILED);
	assert_int_equal(o.exit_code, 1);
	assert_int_equal(o.verdict, CAUSE_APP_PASSWORD);
	assert_int_equal(o.confidence, CONFIDENCE_PROVEN);
	assert_string_equal(o.provider, "gmail");
	assert_string_equal(o.remedy, "Turn on 2-Step Verification.");
	assert_string_equal(o.url,
			    "https://myaccount.google.com/signinoptions/twosv");
	assert_int_equal(o.logins_refused, 1);
	assert_int_equal(o.made_at, NOW);
	assert_int_equal(o.took, 365);
	assert_int_equal(o.cases, 3);
	const struct outcome_case *c = &o.case_of[0];
	int days;
	assert_int_equal(c->result, RESULT_FAILED);
	assert_int_equal(c->stage, STAGE_LOGIN);
	assert_int_equal(c->fault, FAULT_REJECTED);
	assert_non_null(strstr(c->reply, "Application-specific"));
	assert_string_equal(c->tls, "TLSv1.3");
	assert_true(outcome_cert_days(&o, c, &days));
	assert_int_equal(days, 61);
	assert_int_equal(c->took, 12 + 9 + 24 + 8 + 310);
	/* ready, but not tried: the refusal names the cause */
	assert_int_equal(o.case_of[1].result, RESULT_SKIPPED);
	assert_int_equal(o.case_of[1].stage, STAGE_COUNT);
	outcome_release(&o);
}

/* Lines that went through a filter of somebody's: their ids stand in. */
static void prose_may_be_missing(void **state)
{
	struct sample *s = sample_app_password(LANG_EN);
	struct account_outcome o;
	struct fault why = { 0 };
	char *line, *title;

	(void)state;
	assert_true(outcome_of(&s->in, &plain, LANG_EN, &o, &line, &why));
	outcome_release(&o);
	while ((title = strstr(line, "\"title\"")))
		title[1] = 'x';
	assert_true(outcome_read(span_of(line), &o, &why));
	assert_string_equal(o.title, "app_password_required");
	assert_string_equal(o.case_of[0].title, "app_password_required");
	outcome_release(&o);
	free(line);
	free(s);
}

static void all_is_well(void **state)
{
	(void)state;
	struct account_outcome o = outcome(sample_works(), &plain);

	assert_int_equal(o.result, RESULT_PASSED);
	assert_int_equal(o.exit_code, 0);
	assert_string_equal(o.remedy, "");
	for (size_t i = 0; i < o.cases; i++) {
		assert_int_equal(o.case_of[i].result, RESULT_PASSED);
		assert_true(o.case_of[i].logged_in);
		assert_string_equal(o.case_of[i].title, "");
	}
	outcome_release(&o);
}

static void every_cause_comes_back(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		struct sample *s = sample_mixed();
		s->d.causes = 0;
		s->d.endpoint_verdict[1] = (enum cause)0;
		sample_cause(s, (enum cause)c, CONFIDENCE_LIKELY, 1);
		struct account_outcome o = outcome(s, &plain);
		int code = cause_exit_code((enum cause)c);
		assert_int_equal(o.verdict, c);
		assert_int_equal(o.exit_code, code);
		assert_int_equal(o.result, code == 0 ? RESULT_PASSED :
				 code == 3 ? RESULT_ERROR : RESULT_FAILED);
		assert_true(o.title[0] && o.brief[0]);
		assert_null(strchr(o.case_of[1].title, '{'));
		assert_int_equal(o.remedy[0] != '\0', code != 0);
		outcome_release(&o);
	}
}

static void another_way_works(void **state)
{
	(void)state;
	struct sample *s = sample_mixed();
	s->d.causes = 0;
	sample_cause(s, CAUSE_WORKS, CONFIDENCE_PROVEN, 0);
	sample_finding(s, FINDING_ENDPOINT_FAILS, 1);
	struct account_outcome o = outcome(s, &plain);
	assert_int_equal(o.result, RESULT_PASSED);
	assert_int_equal(o.case_of[1].result, RESULT_SKIPPED);
	assert_int_equal(o.case_of[1].cause, CAUSE_PROTOCOL_DISABLED);
	outcome_release(&o);
}

/* ---- expectations ---- */

static struct account_outcome expecting(struct sample *s,
					const struct outcome_expectation *e,
					size_t n)
{
	struct outcome_about a = plain;
	a.expectations = n;
	a.expectation = e;
	return outcome(s, &a);
}

static void leavers_cannot_log_in(void **state)
{
	(void)state;
	static const struct outcome_expectation met[] = {
		{ "no_login.imap", "refused", "refused", true },
	};
	static const struct outcome_expectation unmet[] = {
		{ "no_login.imap", "refused", "accepted", false },
	};
	struct account_outcome o = expecting(sample_app_password(LANG_EN),
					     met, 1);
	assert_int_equal(o.result, RESULT_PASSED);
	assert_int_equal(o.exit_code, 0);
	assert_int_equal(o.verdict, CAUSE_APP_PASSWORD);
	assert_int_equal(o.case_of[0].result, RESULT_PASSED);
	assert_string_equal(o.title, "As expected, the login fails.");
	assert_string_equal(o.remedy, "");
	outcome_release(&o);
	o = expecting(sample_works(), unmet, 1);
	assert_int_equal(o.result, RESULT_FAILED);
	assert_int_equal(o.exit_code, 1);
	assert_string_equal(o.title, "No login by IMAP: expected refused, found "
			    "accepted.");
	outcome_release(&o);
}

/* A leaver's IMAP is off as wanted, and its SMTP was to work and does not. */
static void only_what_is_expected_is_excused(void **state)
{
	(void)state;
	static const struct outcome_expectation imap_only[] = {
		{ "login.imap", "accepted", "accepted", true },
	};
	static const struct outcome_expectation no_imap[] = {
		{ "no_login.imap", "refused", "accepted", false },
	};
	static const struct outcome_expectation no_pop[] = {
		{ "no_login.pop3", "refused", "refused", true },
	};
	/* SMTP is switched off, IMAP works */
	struct account_outcome o = expecting(sample_mixed(), imap_only, 1);
	assert_int_equal(o.exit_code, 0);
	outcome_release(&o);
	o = expecting(sample_mixed(), no_imap, 1);
	assert_int_equal(o.exit_code, 1);
	outcome_release(&o);
	o = expecting(sample_mixed(), no_pop, 1);
	assert_int_equal(o.exit_code, 1);
	assert_int_equal(o.case_of[1].result, RESULT_FAILED);
	outcome_release(&o);
}

static void other_wishes(void **state)
{
	(void)state;
	static const struct outcome_expectation days[] = {
		{ "certificate_days", "90", "61", false },
		{ "tls", "1.2", "1.3", true },
	};
	static const struct outcome_expectation cause[] = {
		{ "cause", "protocol_disabled", "protocol_disabled", true },
	};
	struct account_outcome o = expecting(sample_works(), days, 2);
	assert_int_equal(o.result, RESULT_FAILED);
	assert_int_equal(o.exit_code, 1);
	assert_string_equal(o.title, "Days the certificate has left: expected at "
			    "least 90, found 61.");
	outcome_release(&o);
	o = expecting(sample_mixed(), cause, 1);
	assert_int_equal(o.exit_code, 0);
	outcome_release(&o);
}

static void a_server_that_is_down_proves_nothing(void **state)
{
	(void)state;
	static const struct outcome_expectation none[] = {
		{ "no_login.smtp", "refused", "", false },
	};
	struct sample *s = sample_mixed();
	s->d.causes = 0;
	s->d.endpoint_verdict[1] = CAUSE_SERVER_UNAVAILABLE;
	sample_cause(s, CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_LIKELY, 1);
	struct account_outcome o = expecting(s, none, 1);
	assert_int_equal(o.exit_code, 3);
	assert_int_equal(o.result, RESULT_ERROR);
	outcome_release(&o);
}

/* ---- not tried ---- */

static void skips_have_reasons(void **state)
{
	(void)state;
	for (unsigned r = UNTRIED_NONE + 1; r < UNTRIED_COUNT; r++) {
		struct outcome_about a = plain;
		struct sample *s = sample_new(0, "");
		enum untried back;
		sample_cause(s, CAUSE_NOT_TRIED, CONFIDENCE_PROVEN, -1);
		a.reason = (enum untried)r;
		a.why = "mail.example.org";
		a.attempts = 0;
		struct account_outcome o = outcome(s, &a);
		assert_int_equal(o.result, r == UNTRIED_BAD_INPUT ||
				 r == UNTRIED_NO_SECRET ? RESULT_ERROR :
				 RESULT_SKIPPED);
		assert_int_equal(o.exit_code,
				 untried_exit_code((enum untried)r));
		assert_string_equal(o.why, "mail.example.org");
		assert_int_equal(strncmp(o.title, "Not tried", 9), 0);
		assert_true(untried_by_id(untried_id((enum untried)r), &back));
		assert_int_equal(back, r);
		outcome_release(&o);
	}
}

/* Bytes of anybody: a name that is no text, labels, cut characters. */
static void stays_one_line(void **state)
{
	(void)state;
	char team[] = "team", odd[] = "a\nb\"\\\x01", no_text[] = "\xff";
	char section[] = "\xe9\x83\xa8";
	struct outcome_label labels[] = {
		{ team, odd }, { no_text, team }, { section, section },
	};
	struct outcome_about a = plain;
	struct sample *s = sample_mixed();
	struct outcome_expectation e = { "cause", "\xe3\x82", "x\ny", false };
	a.name = "\xff\xfe\n";
	a.labels = 3;
	a.label = labels;
	a.expectations = 1;
	a.expectation = &e;
	PUT(s->e[1].step[s->e[1].steps - 1].reply.text, "cut \xe3\x82");
	struct account_outcome o = outcome(s, &a);
	assert_string_equal(o.name, "\\xFF\\xFE\\x0A");
	assert_int_equal(o.labels, 2);
	assert_string_equal(o.label[0].value, "a\\x0Ab\"\\\\x01");
	assert_string_equal(o.case_of[1].reply, "cut \\xE3\\x82");
	outcome_release(&o);
}

static void long_words_are_cut_between_characters(void **state)
{
	(void)state;
	struct sample *s = sample_mixed();
	char *reply = s->e[1].step[s->e[1].steps - 1].reply.text;
	for (size_t i = 0; i + 3 < 900; i += 3)
		memcpy(reply + i, "\xe3\x81\x82", 4);
	struct account_outcome o = outcome(s, &plain);
	assert_true(text_is_utf8(span_of(o.case_of[1].reply)));
	assert_int_equal(strlen(o.case_of[1].reply), 237);
	outcome_release(&o);
}

/* ---- reading what is not ours ---- */

static void refuses(const char *line, const char *words)
{
	struct account_outcome o;
	struct fault why = { 0 };
	assert_false(outcome_read(span_of(line), &o, &why));
	assert_int_equal(why.kind, FAULT_PROTOCOL);
	if (!strstr(why.text, words))
		FAIL_MSG("\"%s\" does not say \"%s\"", why.text, words);
	for (unsigned l = 0; l < LANG_COUNT; l++)
		assert_true(text_known((enum lang)l, why.text));
}

#define HEAD "{\"schema\":\"mailwhy/report\",\"version\":1,"

static void refuses_other_lines(void **state)
{
	(void)state;
	refuses("", "");
	refuses("[]", "object");
	refuses("{\"schema\":\"mailwhy/rep", "");
	refuses("{\"schema\":\"mailwhy/explanation\"}", "schema");
	refuses("{\"schema\":\"mailwhy/report\",\"version\":2}", "version");
	refuses(HEAD "\"verdict\":\"nonsense\"}", "verdict");
	refuses(HEAD "\"verdict\":\"works\",\"causes\":[{\"confidence\":"
		"\"proven\"}]}", "endpoints");
	refuses(HEAD "\"verdict\":\"works\",\"causes\":[{\"confidence\":"
		"\"proven\"}],\"endpoints\":[{\"service\":\"imap\"}]}",
		"endpoints");
	refuses(HEAD "\"verdict\":\"works\",\"causes\":[{\"confidence\":"
		"\"proven\"}],\"endpoints\":[],\"account\":{\"reason\":\"x\"}}",
		"reason");
}

/* What `mailwhy --json` wrote for one account is a line as well. */
static void takes_a_report_without_account(void **state)
{
	(void)state;
	struct sample *s = sample_works();
	const struct report_style style = { LANG_EN, 1, false, false, 80 };
	char *text = report_json(&s->in, &style);
	struct account_outcome o;
	struct fault why = { 0 };
	assert_true(outcome_read(span_of(text), &o, &why));
	assert_string_equal(o.name, "taro@example.org");
	assert_int_equal(o.attempts, 1);
	assert_int_equal(o.line, 0);
	assert_int_equal(o.result, RESULT_PASSED);
	outcome_release(&o);
	free(text);
	free(s);
}

static void the_worse_code_wins(void **state)
{
	(void)state;
	static const int order[] = { 0, 3, 4, 1, 2, 5 };
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		for (size_t k = 0; k < ARRAY_SIZE(order); k++)
			assert_int_equal(outcome_worse(order[i], order[k]),
					 order[i > k ? i : k]);
}

static void days_are_rounded_down(void **state)
{
	(void)state;
	static const struct { epoch left; int days; } rows[] = {
		{ 0, 0 }, { 86399, 0 }, { 86400, 1 }, { -1, -1 },
		{ -86400, -1 }, { -86401, -2 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account_outcome o = { .made_at = NOW };
		struct outcome_case c = { .cert_end = NOW + rows[i].left };
		int days;
		assert_true(outcome_cert_days(&o, &c, &days));
		assert_int_equal(days, rows[i].days);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_check),
		cmocka_unit_test(prose_may_be_missing),
		cmocka_unit_test(all_is_well),
		cmocka_unit_test(every_cause_comes_back),
		cmocka_unit_test(another_way_works),
		cmocka_unit_test(leavers_cannot_log_in),
		cmocka_unit_test(only_what_is_expected_is_excused),
		cmocka_unit_test(other_wishes),
		cmocka_unit_test(a_server_that_is_down_proves_nothing),
		cmocka_unit_test(skips_have_reasons),
		cmocka_unit_test(stays_one_line),
		cmocka_unit_test(long_words_are_cut_between_characters),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(takes_a_report_without_account),
		cmocka_unit_test(the_worse_code_wins),
		cmocka_unit_test(days_are_rounded_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
