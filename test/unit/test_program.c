#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/text.h"
#include "providers/provider.h"
#include "reports/program.h"
#include "test/unit/samples.h"

#define PROGRAMS_MAX 32

static size_t load_all(struct program *all[PROGRAMS_MAX])
{
	struct fault why = { .kind = FAULT_NONE };
	size_t n = 0;

	while (n < PROGRAMS_MAX && program_at(n, &all[n], &why))
		n++;
	if (why.kind != FAULT_NONE)
		FAIL_MSG("%s", why.text);
	return n;
}

static void every_file_is_read(void **state)
{
	struct program *all[PROGRAMS_MAX];
	size_t n = load_all(all);

	(void)state;
	assert_true(n >= 5);
	for (size_t i = 0; i < n; i++) {
		assert_true(all[i]->steps >= 4);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(all[i]->id, all[j]->id);
	}
	for (size_t i = 0; i < n; i++)
		program_free(all[i]);
}

/* Everything an account needs is asked for somewhere, in every language. */
static void every_setting_has_its_field(void **state)
{
	static const char *const wanted[] = {
		"{address}", "{secret}", "{in_service}", "{in_host}",
		"{in_port}", "{in_security}", "{in_user}", "{smtp_host}",
		"{smtp_port}", "{smtp_security}",
	};
	struct program *all[PROGRAMS_MAX];
	size_t n = load_all(all);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			char room[8192];
			struct buf b = buf_over(room, sizeof(room));

			for (size_t s = 0; s < all[i]->steps; s++) {
				const struct program_step *step =
					&all[i]->step[s];

				buf_str(&b, step->text.text[l]);
				for (size_t f = 0; f < step->fields; f++)
					buf_str(&b,
						step->field[f].value.text[l]);
			}
			assert_false(b.full);
			for (size_t w = 0; w < ARRAY_SIZE(wanted); w++)
				if (!strstr(room, wanted[w]))
					FAIL_MSG("%s: no %s", all[i]->id,
						 wanted[w]);
		}
		program_free(all[i]);
	}
}

static void is_found_by_any_of_its_names(void **state)
{
	static const char *const names[][2] = {
		{ "iphone", "iphone" }, { "iOS", "iphone" },
		{ "android", "android" }, { "gmail-app", "android" },
		{ "outlook", "outlook" }, { "new-outlook", "outlook-new" },
		{ "THUNDERBIRD", "thunderbird" },
	};
	struct fault why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct program *p = NULL;

		assert_true(program_by_name(names[i][0], &p, &why));
		assert_string_equal(p->id, names[i][1]);
		program_free(p);
	}
	struct program *none = NULL;

	assert_false(program_by_name("pegasus", &none, &why));
	assert_int_equal(why.kind, FAULT_NONE);
	assert_null(none);
}

/* An entry for a provider that is not there would never be shown. */
static void own_entries_name_providers(void **state)
{
	char id[64];
	struct program *p = NULL;
	struct program_text text;
	struct fault why;
	bool only = false;
	size_t entries = 0;

	(void)state;
	assert_true(program_by_name("iphone", &p, &why));
	for (size_t i = 0; provider_id_at(i, id, sizeof(id)); i++)
		entries += program_own_entry(p, id, &text, &only);
	assert_true(entries >= 8);
	assert_true(program_own_entry(p, "outlook_com", &text, &only));
	assert_true(only);
	assert_non_null(strstr(text.text[LANG_EN], "Outlook.com"));
	assert_true(program_own_entry(p, "gmail", &text, &only));
	assert_false(only);
	assert_false(program_own_entry(p, "nifty", &text, &only));
	assert_false(program_own_entry(p, "", &text, &only));
	program_free(p);
}

/* ---- strict: each breach is named ---- */

#define HEAD "{\"id\":\"x\",\"aliases\":[],\"names\":{\"en\":\"X\"," \
	"\"ja\":\"X\"},\"services\":{\"imap\":\"I\",\"pop3\":\"P\"}," \
	"\"security\":{\"tls\":{\"en\":\"a\",\"ja\":\"a\"}," \
	"\"starttls\":{\"en\":\"a\",\"ja\":\"a\"}," \
	"\"none\":{\"en\":\"a\",\"ja\":\"a\"}},"
#define TAIL ",\"notes\":[],\"sources\":[\"s\"],\"checked\":\"2026-01\"," \
	"\"sure\":true}"
#define STEPS(s) HEAD "\"own_entries\":[],\"steps\":[" s "]" TAIL

static void complains(const char *json, const char *words)
{
	struct program *p = NULL;
	struct fault why;

	if (program_parse(span_of(json), "x.json", &p, &why))
		FAIL_MSG("was read: %s", json);
	if (!strstr(why.text, words) || !strstr(why.text, "x.json"))
		FAIL_MSG("\"%s\" does not say \"%s\"", why.text, words);
}

static void every_breach_is_named(void **state)
{
	struct program *p = NULL;
	struct fault why;

	(void)state;
	assert_true(program_parse(
		span_of(STEPS("{\"en\":\"{in_host}\",\"ja\":\"b\"}")),
		"x.json", &p, &why));
	program_free(p);
	complains("{", "line 1");
	complains(STEPS(""), "steps");
	complains(STEPS("{\"en\":\"a\"}"), "en and ja");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"\"}"), "en and ja");
	complains(STEPS("{\"en\":\"{host}\",\"ja\":\"b\"}"), "{names}");
	complains(STEPS("{\"en\":\"in_host}\",\"ja\":\"b\"}"), "{names}");
	complains(STEPS("{\"en\":\"{in_host\",\"ja\":\"b\"}"), "{names}");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"b\",\"x\":1}"), "\"x\"");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"b\",\"when\":\"x\"}"), "when");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"b\",\"fields\":1}"), "fields");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"b\",\"fields\":[{\"en\":\"a\","
			"\"ja\":\"b\"}]}"), "value");
	complains(STEPS("{\"en\":\"a\",\"ja\":\"b\",\"fields\":[{\"en\":\"a\","
			"\"ja\":\"b\",\"value\":\"{x}\"}]}"), "value");
	complains(HEAD "\"own_entries\":[{\"en\":\"a\",\"ja\":\"b\"}],"
		  "\"steps\":[]" TAIL, "own_entries");
	complains(HEAD "\"own_entries\":[{\"en\":\"a\",\"ja\":\"b\","
		  "\"providers\":[\"x\"],\"only\":1}],\"steps\":[]" TAIL,
		  "own_entries");
	complains("{\"id\":\"x\",\"aliases\":\"y\"}", "aliases");
	complains("{\"id\":1}", "id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_read),
		cmocka_unit_test(every_setting_has_its_field),
		cmocka_unit_test(is_found_by_any_of_its_names),
		cmocka_unit_test(own_entries_name_providers),
		cmocka_unit_test(every_breach_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
