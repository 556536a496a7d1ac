#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"
#include "probes/base/text.h"
#include "reports/report.h"
#include "test/unit/samples.h"

static const struct report_style english = { LANG_EN, 0, false, true, 80 };

static char *rendered(const struct sample *s, struct report_style style)
{
	char *text = report_json(&s->in, &style);
	assert_non_null(text);
	assert_true(text_is_utf8(span_of(text)));
	return text;
}

static struct json *parsed(const struct sample *s, struct report_style style)
{
	struct json *doc;
	struct fault why = { 0 };
	char *text = rendered(s, style);
	if (!json_parse(span_of(text), &doc, &why))
		FAIL_MSG("%s in:\n%s", why.text, text);
	free(text);
	return doc;
}

static const struct json *item(const struct json *array, size_t n)
{
	const struct json *v = json_first(array);
	while (n-- > 0)
		v = json_next(v);
	assert_non_null(v);
	return v;
}

static void golden(const char *name, struct sample *s,
		   struct report_style style)
{
	char *text = rendered(s, style), *again = rendered(s, style);
	assert_string_equal(text, again);
	golden_compare(__FILE__, name, text);
	free(again);
	free(text);
	free(s);
}

/* The golden files are what test/live/schema_check.py holds to the schema. */
static void reads_as_agreed(void **state)
{
	(void)state;
	struct report_style style = english;
	golden("json_app_password.en.json", sample_app_password(LANG_EN),
	       style);
	golden("json_works.en.json", sample_works(), style);
	golden("json_other_name.en.json", sample_other_name(), style);
	style.lang = LANG_JA;
	golden("json_rivals.ja.json", sample_rivals(), style);
	style.verbosity = 1;
	golden("json_mixed.ja.json", sample_mixed(), style);
}

static void has_the_fixed_names(void **state)
{
	(void)state;
	struct sample *s = sample_app_password(LANG_EN);
	struct json *doc = parsed(s, english);
	assert_string_equal(json_get_str(doc, "schema"), "mailwhy/report");
	assert_int_equal(json_int(json_get(doc, "version"), 0), 1);
	assert_string_equal(json_get_str(doc, "verdict"),
			    "app_password_required");
	assert_string_equal(json_get_str(doc, "made_at"),
			    "2026-11-22T00:00:00Z");
	assert_int_equal(json_int(json_get(doc, "exit_code"), 0), 1);
	assert_true(json_is_array(json_get(doc, "experiments")));

	const struct json *cause = item(json_get(doc, "causes"), 0);
	assert_string_equal(json_get_str(cause, "id"),
			    "app_password_required");
	assert_string_equal(json_get_str(cause, "confidence"), "proven");
	assert_true(json_count(json_get(cause, "excluded")) > 3);
	assert_int_equal(json_count(json_get(cause, "remedy")), 2);

	const struct json *logins = json_get(doc, "logins");
	assert_int_equal(json_int(json_get(logins, "attempted"), 0), 1);
	assert_int_equal(json_int(json_get(logins, "refused"), 0), 1);
	assert_int_equal(json_int(json_get(logins, "budget"), 0), 2);
	const struct json *provider = json_get(doc, "provider");
	assert_string_equal(json_get_str(provider, "id"), "gmail");
	assert_string_equal(json_get_str(provider, "how_found"), "domain");
	json_free(doc);
	free(s);
}

/* How old and how sure, and whom to ask: for programs as for people. */
static void says_how_well_it_is_known(void **state)
{
	(void)state;
	struct sample *s = sample_old_facts(LANG_EN);
	struct json *doc = parsed(s, english);
	const struct json *p = json_get(doc, "provider");
	const struct json *servers = json_get(p, "servers");
	const struct json *help = json_get(p, "help");
	assert_string_equal(json_get_str(p, "checked"), "2025-09");
	assert_int_equal(json_int(json_get(p, "age_months"), 0), 14);
	assert_false(json_true(json_get(p, "sure")));
	assert_false(json_true(json_get(json_get(p, "remedies"), "sure")));
	assert_string_equal(json_get_str(servers, "checked"), "2024-10");
	assert_int_equal(json_int(json_get(servers, "age_months"), 0), 25);
	assert_int_equal(json_count(json_get(p, "doubts")), 2);
	assert_string_equal(json_get_str(help, "phone"), "0120-000-000");
	json_free(doc);
	s->in.servers_checked = "";
	s->in.help = (struct report_help){ NULL, NULL, NULL };
	doc = parsed(s, english);
	p = json_get(doc, "provider");
	assert_true(json_is_null(json_get(p, "servers")));
	assert_true(json_is_null(json_get(p, "help")));
	json_free(doc);
	free(s);
}

/* A proof is a pair of indices: both must lead to the step that is meant. */
static void proof_leads_to_its_step(void **state)
{
	(void)state;
	struct sample *s = sample_app_password(LANG_EN);
	struct json *doc = parsed(s, english);
	const struct json *cause = item(json_get(doc, "causes"), 0);
	const struct json *proof = item(json_get(cause, "proof"), 0);
	int64_t endpoint = json_int(json_get(proof, "endpoint"), -1);
	int64_t at = json_int(json_get(proof, "step"), -1);
	const struct json *e = item(json_get(doc, "endpoints"),
				    (size_t)endpoint);
	const struct json *step = item(json_get(e, "steps"), (size_t)at);
	assert_string_equal(json_get_str(step, "stage"), "login");
	assert_string_equal(json_get_str(step, "result"), "failed");
	assert_string_equal(json_get_str(step, "mechanism"), "PLAIN");
	assert_string_equal(json_get_str(step, "outcome"), "refused");
	assert_int_equal(json_int(json_get(step, "ms"), 0), 310);
	assert_string_equal(json_get_str(step, "reply"),
			    s->e[0].step[at].reply.text);
	json_free(doc);
	free(s);
}

static const struct json *step_of(const struct json *endpoint,
				  const char *stage)
{
	const struct json *v = json_first(json_get(endpoint, "steps"));
	while (v && strcmp(json_get_str(v, "stage"), stage) != 0)
		v = json_next(v);
	assert_non_null(v);
	return v;
}

static void tls_steps_carry_the_chain(void **state)
{
	(void)state;
	struct sample *s = sample_other_name();
	struct json *doc = parsed(s, english);
	const struct json *e = item(json_get(doc, "endpoints"), 0);
	const struct json *tls = step_of(e, "tls");
	assert_string_equal(json_get_str(tls, "version"), "TLSv1.3");
	assert_string_equal(json_get_str(tls, "cipher"),
			    "TLS_AES_256_GCM_SHA384");
	const struct json *cert = item(json_get(tls, "chain"), 0);
	assert_string_equal(json_str(item(json_get(cert, "names"), 0)),
			    "*.hosting.example");
	assert_string_equal(json_str(item(json_get(tls, "defects"), 0)),
			    "wrong-name");
	assert_string_equal(json_get_str(json_get(tls, "fault"), "kind"),
			    "cert-name");
	assert_true(json_is_null(json_get(doc, "provider")));
	assert_true(json_is_null(json_get(doc, "address")));
	json_free(doc);
	free(s);
}

static void transcript_only_when_asked(void **state)
{
	(void)state;
	struct sample *s = sample_mixed();
	struct report_style style = english;
	struct json *doc = parsed(s, style);
	const struct json *e = item(json_get(doc, "endpoints"), 1);
	assert_null(json_get(e, "transcript"));
	json_free(doc);
	style.verbosity = 1;
	doc = parsed(s, style);
	e = item(json_get(doc, "endpoints"), 1);
	const struct json *line = item(json_get(e, "transcript"), 3);
	assert_string_equal(json_get_str(line, "mark"), "sent");
	assert_true(json_true(json_get(line, "in_tls")));
	assert_string_equal(json_get_str(line, "text"), "AUTH PLAIN <secret>");
	assert_true(json_true(json_get(e, "transcript_cut")));
	json_free(doc);
	free(s);
}

static void prose_follows_the_language(void **state)
{
	(void)state;
	struct sample *s = sample_rivals();
	struct report_style style = english;
	struct json *doc = parsed(s, style);
	char title[400];
	span_copy(span_of(json_get_str(doc, "title")), title, sizeof(title));
	json_free(doc);
	style.lang = LANG_JA;
	doc = parsed(s, style);
	assert_string_not_equal(json_get_str(doc, "title"), title);
	assert_string_equal(json_get_str(doc, "verdict"),
			    "separate_password_required");
	json_free(doc);
	free(s);
}

/* A value cut in the middle of a character must not spoil the document. */
static void stays_utf8(void **state)
{
	(void)state;
	struct sample *s = sample_rivals();
	PUT(s->e[0].step[0].reply.text, "cut \xe3\x82");
	s->e[0].step[0].reply.answer = ANSWER_OK;
	struct json *doc = parsed(s, english);
	const struct json *e = item(json_get(doc, "endpoints"), 0);
	assert_string_equal(json_get_str(item(json_get(e, "steps"), 0),
					 "reply"), "cut \\xE3\\x82");
	json_free(doc);
	free(s);
}

static void every_cause_makes_a_document(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		struct sample *s = sample_mixed();
		s->d.causes = 0;
		sample_cause(s, (enum cause)c, CONFIDENCE_LIKELY, 1);
		struct json *doc = parsed(s, english);
		assert_string_equal(json_get_str(doc, "verdict"),
				    cause_id((enum cause)c));
		assert_null(strchr(json_get_str(doc, "why"), '{'));
		assert_null(strchr(json_get_str(doc, "title"), '{'));
		json_free(doc);
		free(s);
	}
}

static void ships_its_schema(void **state)
{
	(void)state;
	struct json *doc;
	struct fault why = { 0 };
	assert_true(json_parse(report_schema(), &doc, &why));
	assert_string_equal(json_get_str(doc, "$schema"),
			    "http://json-schema.org/draft-07/schema#");
	json_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_agreed),
		cmocka_unit_test(has_the_fixed_names),
		cmocka_unit_test(says_how_well_it_is_known),
		cmocka_unit_test(proof_leads_to_its_step),
		cmocka_unit_test(tls_steps_carry_the_chain),
		cmocka_unit_test(transcript_only_when_asked),
		cmocka_unit_test(prose_follows_the_language),
		cmocka_unit_test(stays_utf8),
		cmocka_unit_test(every_cause_makes_a_document),
		cmocka_unit_test(ships_its_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
