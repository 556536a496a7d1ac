#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/providers_set.h"
#include "probes/base/json.h"
#include "reports/layout.h"

#define NOW 1795305600			/* 2026-11-22 */

static const char acme[] =
	"{\"id\":\"acme\",\"names\":{\"en\":\"Acme\",\"ja\":\"アクメ\"},"
	"\"aliases\":[\"the firm\"],\"domains\":[\"acme.example\"],"
	"\"mx_suffixes\":[],\"servers\":["
	"{\"service\":\"imap\",\"host\":\"imap.acme.example\","
	"\"port\":993,\"security\":\"tls\"},"
	"{\"service\":\"smtp\",\"host\":\"{site}.acme.example\","
	"\"port\":587,\"security\":\"starttls\"},"
	"{\"service\":\"pop3\",\"host\":\"p.acme.example\","
	"\"port\":110,\"security\":\"none\"}],"
	"\"user_form\":{\"imap\":\"local\",\"smtp\":\"other\","
	"\"pop3\":\"local\"},"
	"\"user_hint\":{\"en\":\"On your card.\",\"ja\":\"カードを見ます。\"},"
	"\"secret\":{\"kind\":\"separate\",\"min\":8,\"max\":12,"
	"\"alphabet\":\"alnum\",\"separators\":\"-\"},"
	"\"ordinary_refusal\":{\"cause\":\"protocol_disabled\"},"
	"\"switches\":{\"imap\":\"off\",\"smtp\":\"admin\",\"pop3\":\"on\"},"
	"\"app_password_url\":\"https://acme.example/p\","
	"\"remedies\":{\"protocol_disabled\":["
	"{\"en\":\"Tick IMAP.\",\"ja\":\"IMAPをオンにします。\"}],"
	"\"separate_password_required\":["
	"{\"en\":\"Make one.\",\"ja\":\"作ります。\","
	"\"url\":\"https://acme.example/p\"}]},"
	"\"lockout\":{\"en\":\"Ten.\",\"ja\":\"10回です。\"},"
	"\"sources\":[\"ours\"],\"checked\":\"2026-01\",\"sure\":true,"
	"\"parts\":{\"secret\":{\"sure\":false},"
	"\"remedies\":{\"checked\":\"2025-09\"}}}";

static struct provider_own *own;
static struct provider_set set;

static int make(void **state)
{
	struct fault why = { FAULT_NONE, "" };

	(void)state;
	own = calloc(1, sizeof(*own));
	assert_non_null(own);
	assert_true(provider_own_add(own, "acme.json", span_of(acme), &why));
	assert_true(provider_own_add(own, "bad.json", span_of("{\n\"id\":1}"),
				     &why));
	assert_true(provider_set_load(own, &set, &why));
	return 0;
}

static int drop(void **state)
{
	(void)state;
	provider_set_release(&set);
	provider_own_free(own);
	return 0;
}

static const struct provider_row *row_of(const char *id)
{
	for (size_t i = 0; i < set.n; i++)
		if (strcmp(set.row[i].provider->id, id) == 0)
			return &set.row[i];
	return NULL;
}

/* One space for every run of white space: where lines break is no matter. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		bool space = *from == ' ' || *from == '\n';

		if (!space || (to > text && to[-1] != ' '))
			*to++ = space ? ' ' : *from;
	}
	*to = '\0';
}

static void says(const char *text, const char *words)
{
	if (!strstr(text, words))
		print_error("not said: %s\n%s\n", words, text);
	assert_non_null(strstr(text, words));
}

static void the_set_is_ordered_and_whole(void **state)
{
	(void)state;
	assert_true(set.n > 15);
	for (size_t i = 1; i < set.n; i++)
		assert_true(strcmp(set.row[i - 1].provider->id,
				   set.row[i].provider->id) < 0);
	assert_string_equal(row_of("acme")->own_file, "acme.json");
	assert_null(row_of("gmail")->own_file);
	assert_string_equal(provider_set_nearest(&set, "gmial"), "gmail");
	assert_string_equal(provider_set_nearest(&set, "the frm"), "acme");
	assert_null(provider_set_nearest(&set, "qqqqqqqqqqqqqqqqqqqq"));
	/* of three letters one may be wrong, not two */
	assert_null(provider_set_nearest(&set, "9zz"));
	assert_string_equal(provider_set_nearest(&set, "hex"), "hey");
}

static void one_in_full(void **state)
{
	static const struct report_style style = { LANG_EN, 0, false, true,
						   80 };
	static const char *const words[] = {
		"Acme (acme, your own file acme.json) Servers",
		"IMAP imap.acme.example 993 SSL/TLS",
		"SMTP {site}.acme.example 587 STARTTLS",
		"The part in braces differs",
		"IMAP, POP3: the part before the @ SMTP: a name of its own",
		"On your card.",
		"The password for mail alone.", "(not certain)",
		"8 to 12 ",
		" https://acme.example/p",
		"IMAP: off until", "SMTP: your organisation",
		"POP3: on from",
		"\"Wrong password\" means here, most of the time: IMAP, POP or "
		"SMTP is switched off for this account.",
		"They were checked 14 months ago (September 2025)",
		"1. Make one. https://acme.example/p", "1. Tick IMAP.",
		"Lockout Ten.", "Also called the firm", "Sources ours",
		"Checked January 2026 password: January 2026, not certain "
		"what to do: 14 months ago (September 2025)",
	};
	char *text = providers_show(row_of("acme"), NOW, &style);

	(void)state;
	assert_non_null(text);
	squeeze(text);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		says(text, words[i]);
	assert_null(strstr(text, "{service}"));
	free(text);
}

static void in_japanese(void **state)
{
	static const struct report_style style = { LANG_JA, 0, false, true,
						   0 };
	char *text = providers_show(row_of("acme"), NOW, &style);

	(void)state;
	assert_non_null(text);
	says(text, "アクメ(acme、利用者のファイル acme.json)");
	says(text, "カードを見ます。");
	says(text, "12文字");
	says(text, "(確かではありません)");
	says(text, "14か月前(2025年9月)");
	assert_null(strstr(text, "The "));
	free(text);
}

static void within(const char *text, size_t width)
{
	struct span rest = span_of(text), line;

	while (span_cut(&rest, '\n', &line)) {
		char room[1024];

		span_copy(line, room, sizeof(room));
		if (!span_has(line, "https://") && layout_width(room) > width)
			print_error("%s\n", room);
		assert_true(span_has(line, "https://") ||
			    layout_width(room) <= width);
	}
}

/* Every provider, on a terminal of any width. */
static void all_fit(void **state)
{
	static const unsigned widths[] = { 40, 59, 60, 80, 100 };

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			struct report_style style = { (enum lang)l, 0, false,
						      true, widths[w] };

			for (size_t i = 0; i < set.n; i++) {
				char *text = providers_show(&set.row[i], NOW,
							    &style);

				assert_non_null(text);
				/* a table of hosts cannot be folded */
				if (widths[w] >= 80)
					within(text, widths[w]);
				free(text);
			}
		}
	}
}

static void the_list(void **state)
{
	static const struct report_style style = { LANG_EN, 0, false, true,
						   80 };
	char *text = providers_list(&set, own, &style);

	(void)state;
	assert_non_null(text);
	within(text, 80);
	squeeze(text);
	says(text, "id name domains checked password");
	says(text, " acme Acme 1 2026-01 ");
	says(text, " au au Mail (KDDI) 2 2026-05? ");
	says(text, "acme is your own file acme.json.");
	says(text, "bad.json:2: id: expected");
	free(text);
}

static void for_programs(void **state)
{
	char *text = providers_json(&set, own, row_of("acme"), NOW, LANG_JA);
	struct json *doc = NULL;
	const struct json *p;
	struct fault why;

	(void)state;
	assert_non_null(text);
	assert_true(json_parse(span_of(text), &doc, &why));
	p = json_first(json_get(doc, "providers"));
	assert_null(json_next(p));
	assert_string_equal(json_get_str(p, "name"), "アクメ");
	assert_string_equal(json_get_str(json_get(p, "user_form"), "smtp"),
			    "other");
	assert_string_equal(json_get_str(json_get(p, "switches"), "imap"),
			    "off");
	p = json_get(json_get(p, "parts"), "remedies");
	assert_int_equal(json_int(json_get(p, "age_months"), 0), 14);
	json_free(doc);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_is_ordered_and_whole),
		cmocka_unit_test(one_in_full),
		cmocka_unit_test(in_japanese),
		cmocka_unit_test(all_fit),
		cmocka_unit_test(the_list),
		cmocka_unit_test(for_programs),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
