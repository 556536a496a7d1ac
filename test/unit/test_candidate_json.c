#include "probes/candidate_json.h"

#include <stdlib.h>
#include <string.h>

#include "test/unit/samples.h"
#include "test/unit/whole.h"

static void every_member_has_its_row(void **state)
{
	(void)state;
	assert_whole(&search_record, sizeof(struct search));
}

static char *written(const struct search *s)
{
	struct json *doc = json_object_new();
	char *text;

	search_to_json(s, doc);
	text = json_print(doc, false);
	assert_non_null(text);
	json_free(doc);
	return text;
}

static bool parse(const char *text, struct search *ret, struct fault *why)
{
	struct json *doc;
	bool ok;

	assert_true(json_parse(span_of(text), &doc, why));
	ok = search_from_json(doc, ret, why);
	json_free(doc);
	return ok;
}

static void fill(struct search *s)
{
	struct candidate *c = &s->candidate[1];

	PUT(s->domain, "x.example");
	PUT(s->suggestion, "gmail.com");
	s->network = s->no_mail = s->denied[SERVICE_SMTP] = true;
	s->winner = 1;
	s->took = 812;
	s->candidates = 2;
	s->candidate[0].outcome = OUTCOME_FAILED;
	s->candidate[0].offer[0].user_form = "";
	fail(&s->candidate[0].why, FAULT_TIMEOUT, "no answer");
	c->source = SOURCE_AUTOCONFIG;
	c->outcome = OUTCOME_FOUND;
	c->status = 200;
	c->in_clear = true;
	PUT(c->asked, "http://autoconfig.x.example/");
	PUT(c->answer, "X Mail");
	c->offers = 1;
	c->offer[0] = (struct offer){ .user_form = "local", .chosen = true,
				      .auth = AUTH_PASSWORD | AUTH_OTHER,
				      .checked = true,
				      .fault = FAULT_CERT_NAME };
	PUT(c->offer[0].endpoint.host, "imap.x.example");
	c->offer[0].endpoint.port = 993;
}

static void nothing_is_lost(void **state)
{
	struct search *s = calloc(2, sizeof(*s));
	struct fault why;
	char *text, *again;

	(void)state;
	assert_non_null(s);
	fill(&s[0]);
	text = written(&s[0]);
	assert_true(parse(text, &s[1], &why));
	again = written(&s[1]);
	assert_string_equal(text, again);
	assert_int_equal(s[1].winner, 1);
	assert_true(s[1].denied[SERVICE_SMTP]);
	assert_string_equal(s[1].candidate[1].offer[0].user_form, "local");
	assert_string_equal(s[1].candidate[0].why.text, "no answer");
	free(text);
	free(again);
	free(s);
}

/* Readers follow these without asking. */
static void strange_files_are_refused(void **state)
{
	static const struct {
		const char *text, *named;
	} cases[] = {
		{ "[]", "search" },
		{ "{\"winner\":0}", "winner" },
		{ "{\"winner\":-2}", "winner" },
		{ "{\"winner\":1,\"candidates\":[{}]}", "winner" },
		{ "{\"candidates\":[{},{},{},{},{},{},{},{},{}]}",
		  "candidates" },
		{ "{\"candidates\":[{\"source\":\"rumour\"}]}", "source" },
		{ "{\"candidates\":[{\"offers\":[{\"user_form\":\"any\"}]}]}",
		  "user_form" },
		{ "{\"candidates\":[{\"offers\":[{\"user_form\":7}]}]}",
		  "user_form" },
		{ "{\"candidates\":[{\"status\":-1}]}", "status" },
	};
	struct search *s = calloc(1, sizeof(*s));

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fault why = { .kind = FAULT_NONE };

		assert_false(parse(cases[i].text, s, &why));
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		assert_non_null(strstr(why.text, cases[i].named));
	}
	free(s);
}

/* What is not there is nothing, and a word is never a null pointer. */
static void words_are_never_null(void **state)
{
	struct search *s = calloc(1, sizeof(*s));
	struct fault why;

	(void)state;
	assert_non_null(s);
	assert_true(parse("{\"candidates\":[{\"offers\":[{}]}]}", s, &why));
	assert_int_equal(s->winner, -1);
	assert_string_equal(s->candidate[0].offer[0].user_form, "");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_has_its_row),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(strange_files_are_refused),
		cmocka_unit_test(words_are_never_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
