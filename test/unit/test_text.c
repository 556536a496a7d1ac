#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "reports/diagnose.h"
#include "reports/text.h"

/* ---- the two files ---- */

static const struct embedded *file(enum lang l)
{
	const struct embedded *e = embedded_texts;
	while (e->name && strncmp(e->name, lang_code(l), 2) != 0)
		e++;
	assert_non_null(e->name);
	return e;
}

/* The next line "id = text" of a file; NULL past the end. */
static const char *next_line(const struct embedded *e, const char *line)
{
	const char *next = line ? line + strlen(line) + 1 : e->bytes;
	return (size_t)(next - e->bytes) < e->len ? next : NULL;
}

static void id_of(const char *line, char *to, size_t cap)
{
	const char *end = strstr(line, " = ");
	assert_non_null(end);
	assert_true((size_t)(end - line) < cap);
	span_copy((struct span){ line, (size_t)(end - line) }, to, cap);
}

static void lines_are_sorted_and_whole(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const struct embedded *e = file((enum lang)l);
		char last[96] = "", id[96];
		size_t n = 0;
		for (const char *at = next_line(e, NULL); at;
		     at = next_line(e, at), n++) {
			size_t len = strlen(at);
			id_of(at, id, sizeof(id));
			if (strcmp(last, id) >= 0)
				print_error("%s stands twice\n", id);
			assert_true(strcmp(last, id) < 0);
			assert_true(len > strlen(id) + 3);
			assert_int_not_equal(at[len - 1], ' ');
			assert_true(text_is_utf8(span_of(at)));
			/* The bisection finds each of them. */
			assert_ptr_equal(text_of((enum lang)l, id),
					 at + strlen(id) + 3);
			memcpy(last, id, sizeof(last));
		}
		assert_true(n > 400);
	}
}

/* Terminals without UTF-8 get English: it has to do with ASCII. */
static void english_is_ascii(void **state)
{
	(void)state;
	const struct embedded *e = file(LANG_EN);
	for (size_t i = 0; i < e->len; i++)
		assert_true((unsigned char)e->bytes[i] < 0x80);
}

static bool has_name(const char *text, const char *name, size_t len)
{
	for (; (text = strchr(text, '{')) != NULL; text++) {
		if (strncmp(text + 1, name, len) == 0 && text[1 + len] == '}')
			return true;
	}
	return false;
}

static void names_of_one_are_in_other(const char *id, const char *one,
				      const char *other)
{
	for (const char *at = one; (at = strchr(at, '{')) != NULL; at++) {
		size_t len = strcspn(at + 1, "}");
		bool there = has_name(other, at + 1, len);
		if (!there)
			print_error("%s: {%.*s} only in one language\n", id,
				    (int)len, at + 1);
		assert_true(there);
	}
}

static void languages_agree(void **state)
{
	(void)state;
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		enum lang other = (enum lang)((l + 1) % LANG_COUNT);
		const struct embedded *e = file((enum lang)l);
		for (const char *at = next_line(e, NULL); at;
		     at = next_line(e, at)) {
			char id[96];
			id_of(at, id, sizeof(id));
			if (!text_known(other, id))
				print_error("%s is missing in %s\n", id,
					    lang_code(other));
			assert_true(text_known(other, id));
			names_of_one_are_in_other(id, at, text_of(other, id));
		}
	}
}

/* ---- everything that can be reported has its words ---- */

static void known(const char *first, const char *second, const char *third)
{
	char id[96];
	snprintf(id, sizeof(id), "%s%s%s", first, second, third);
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		if (!text_known((enum lang)l, id))
			print_error("no text %s in %s\n", id,
				    lang_code((enum lang)l));
		assert_true(text_known((enum lang)l, id));
	}
}

static void every_cause_is_told(void **state)
{
	(void)state;
	static const char *const parts[] = { ".title", ".short", ".why",
					     ".do.1", ".settle" };
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		/* Where nothing is wrong there is nothing to do. */
		size_t n = c == CAUSE_WORKS ? 3 : 5;
		const char *who = cause_who((enum cause)c);

		assert_non_null(who);
		if (c != CAUSE_WORKS && c != CAUSE_NOT_TRIED)
			known("who.", who, "");
		for (size_t p = 0; p < n; p++)
			known("cause.", cause_id((enum cause)c), parts[p]);
	}
}

static void every_id_is_told(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STAGE_COUNT; i++) {
		known("stage.", stage_name((enum stage)i), "");
		known("progress.", stage_name((enum stage)i), "");
	}
	for (unsigned i = 0; i < FAULT_KIND_COUNT; i++)
		known("fault.", fault_name((enum fault_kind)i), "");
	for (unsigned i = 0; i < SKIP_COUNT; i++)
		known("skip.", skip_name((enum skip)i), "");
	for (unsigned i = 0; i < EXCLUSION_COUNT; i++)
		known("not.", exclusion_name((enum exclusion)i), "");
	for (unsigned i = 0; i < FINDING_COUNT; i++)
		known("finding.", finding_name((enum finding_id)i), "");
	for (unsigned i = 0; i <= CONFIDENCE_PROVEN; i++)
		known("confidence.", confidence_name((enum confidence)i), "");
	for (unsigned i = 0; i <= SPEECH_FTP; i++)
		known("speech.", speech_name((enum speech)i), "");
	for (unsigned i = 0; i < SERVICE_COUNT; i++) {
		known("service.", service_name((enum service)i), "");
		known("protocol.", service_name((enum service)i), "");
	}
	for (unsigned i = 0; i <= SECURITY_NONE; i++)
		known("security.", security_name((enum security)i), "");
	for (unsigned i = VARIANT_NONE + 1; i < VARIANT_COUNT; i++)
		known("variant.", variant_name((enum variant)i), "");
	for (unsigned i = SIGHT_RESOLVED; i < SIGHT_COUNT; i++)
		known("trial.result.", sight_name((enum sight)i), "");
	for (unsigned i = SIGHT_RESOLVED; i < SIGHT_COUNT; i++)
		known("trial.sight.", sight_name((enum sight)i), "");
}

/* Numbered steps have no gap: what stands behind one would never be shown. */
static void remedies_have_no_gap(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		bool before = true;
		for (unsigned n = 1; n <= 9; n++) {
			char id[96];
			snprintf(id, sizeof(id), "cause.%s.do.%u",
				 cause_id((enum cause)c), n);
			bool there = text_known(LANG_EN, id);
			assert_false(there && !before);
			before = there;
		}
	}
}

/* ---- lookup and filling ---- */

static void unknown_ids_show_themselves(void **state)
{
	(void)state;
	assert_string_equal(text_of(LANG_EN, "no.such.text"), "no.such.text");
	assert_false(text_known(LANG_EN, "no.such.text"));
	assert_false(text_known(LANG_EN, ""));
	assert_false(text_known(LANG_EN, "cause"));
	assert_false(text_known(LANG_JA, "zzz"));
	assert_string_equal(text_of(LANG_EN, "stage.login"), "login");
	assert_string_equal(text_of(LANG_JA, "stage.login"), "ログイン");
}

static void values_are_filled_in(void **state)
{
	(void)state;
	char room[200];
	struct buf b = buf_over(room, sizeof(room));
	const struct text_arg args[] = { { "address", "192.0.2.1" },
					 { "more", "{address}" },
					 { NULL, NULL } };
	text_fill(&b, LANG_EN, "step.addresses", args);
	/* A value is never read as a text again. */
	assert_string_equal(room, "192.0.2.1 and {address} more");

	b = buf_over(room, sizeof(room));
	text_fill(&b, LANG_EN, "step.address", NULL);
	assert_string_equal(room, "{address}");

	b = buf_over(room, sizeof(room));
	text_fill(&b, LANG_EN, "step.address",
		  (const struct text_arg[]){ { "address", NULL },
					     { NULL, NULL } });
	assert_string_equal(room, "");
}

static void language_follows_the_locale(void **state)
{
	(void)state;
	static const struct {
		const char *all, *messages, *lang;
		enum lang want;
	} rows[] = {
		{ NULL, NULL, NULL, LANG_EN },
		{ "", "", "ja_JP.UTF-8", LANG_JA },
		{ NULL, "ja", "en_US.UTF-8", LANG_JA },
		{ "C", "ja_JP", "ja_JP", LANG_EN },
		{ "ja_JP.eucJP", "C", "C", LANG_JA },
		{ NULL, NULL, "de_DE", LANG_EN },
		{ NULL, NULL, "jam", LANG_EN },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(lang_of_locale(rows[i].all, rows[i].messages,
						rows[i].lang), rows[i].want);
	enum lang l;
	assert_true(lang_by_code("JA", &l));
	assert_int_equal(l, LANG_JA);
	assert_false(lang_by_code("fr", &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_sorted_and_whole),
		cmocka_unit_test(english_is_ascii),
		cmocka_unit_test(languages_agree),
		cmocka_unit_test(every_cause_is_told),
		cmocka_unit_test(every_id_is_told),
		cmocka_unit_test(remedies_have_no_gap),
		cmocka_unit_test(unknown_ids_show_themselves),
		cmocka_unit_test(values_are_filled_in),
		cmocka_unit_test(language_follows_the_locale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
