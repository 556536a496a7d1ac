#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/layout.h"
#include "reports/writer.h"
#include "test/unit/samples.h"

/* One account of each result, and what a file of accounts may hold. */

static const struct outcome_expectation met[] = {
	{ "no_login.imap", "refused", "refused", true },
};
static const struct outcome_expectation unmet[] = {
	{ "certificate_days", "90", "61", false },
	{ "tls", "1.2", "1.3", true },
	{ "capabilities.imap", "IDLE MOVE", "IDLE", false },
	{ "capabilities.smtp", "DSN", "none of them", false },
	{ "max_ms", "100", "365", false },
};

static char team[] = "team", sales[] = "=sales, \"east\"";
static char section[] = "部署", office[] = "営業部";
static const struct outcome_label labels[] = {
	{ team, sales }, { section, office },
};

#define AT(n) .file = "accounts.csv", .line = (n), .attempts = 1

static const struct outcome_about works = { .name = "taro@example.org", AT(2),
	.labels = 2, .label = labels };
static const struct outcome_about refused = { .name = "taro@gmail.com", AT(3),
	.labels = 1, .label = labels };
static const struct outcome_about leaver = { .name = "leaver@gmail.com", AT(4),
	.expectations = 1, .expectation = met };
static const struct outcome_about ends = { .name = "ends@example.org", AT(5),
	.expectations = 5, .expectation = unmet };
static const struct outcome_about down = { .name = "down@example.org", AT(6) };
static const struct outcome_about no_domain = { .name = "x@nodomain.example",
	AT(7) };
static const struct outcome_about rivals = { .name = "hanako@docomo.ne.jp",
	AT(8) };
static const struct outcome_about banned = { .name = "later@example.org",
	.file = "accounts.csv", .line = 9, .reason = UNTRIED_HOST_STOPPED,
	.why = "mail.example.org" };
static const struct outcome_about broken = { .file = "accounts.csv",
	.line = 10, .reason = UNTRIED_BAD_INPUT,
	.why = "accounts.csv:10:7: \"password\" must not be here" };

static struct sample *sample_down(void)
{
	struct sample *s = sample_new(1, "down@example.org");
	sample_endpoint(&s->e[0], SERVICE_IMAP, "mail.example.org",
			SECURITY_TLS);
	sample_resolved(&s->e[0]);
	sample_fail(&s->e[0], STAGE_CONNECT, 10000, FAULT_TIMEOUT, "");
	s->e[0].endpoint.demanded = true;
	sample_cause(s, CAUSE_SERVER_UNAVAILABLE, CONFIDENCE_LIKELY, 0);
	s->in.took = 10012;
	return s;
}

static struct sample *sample_nothing(enum cause c)
{
	static const struct search search = {
		.domain = "nodomain.example", .winner = -1 };
	struct sample *s = sample_new(0, "");
	s->in.search = &search;
	sample_cause(s, c, CONFIDENCE_PROVEN, -1);
	s->in.took = 0;
	return s;
}

struct run {
	struct writer *w;
	struct page page;
	enum lang lang;
};

static void add(struct run *r, struct sample *s, const struct outcome_about *a)
{
	struct account_outcome o;
	struct fault why;
	char *line;
	assert_true(outcome_of(&s->in, a, r->lang, &o, &line, &why));
	writer_add(r->w, &o, line, &r->page);
	outcome_release(&o);
	free(line);
	free(s);
}

static char *written(const struct writer_kind *kind,
		     const struct writer_style *style)
{
	struct run r = { .w = writer_open(kind, style), .lang = style->lang };
	assert_non_null(r.w);
	page_open(&r.page);
	writer_begin(r.w, &r.page);
	if (!kind->one) {
		add(&r, sample_works(), &works);
		add(&r, sample_rivals(), &rivals);
		add(&r, sample_app_password(style->lang), &leaver);
		add(&r, sample_works(), &ends);
		add(&r, sample_down(), &down);
		add(&r, sample_nothing(CAUSE_DOMAIN_WRONG), &no_domain);
		add(&r, sample_nothing(CAUSE_NOT_TRIED), &banned);
		add(&r, sample_nothing(CAUSE_NOT_TRIED), &broken);
	}
	add(&r, sample_app_password(style->lang), &refused);
	writer_end(r.w, &r.page);
	writer_close(r.w);
	char *text = page_close(&r.page);
	assert_non_null(text);
	assert_true(text_is_utf8(span_of(text)));
	assert_null(strstr(text, "(null)"));
	return text;
}

static struct writer_style style_of(enum lang l)
{
	return (struct writer_style){ .lang = l, .unicode = true, .width = 80,
		.days_warning = -1, .days_critical = -1 };
}

static void reads_as_agreed(void **state)
{
	(void)state;
	for (size_t i = 0; writer_table[i]; i++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const struct writer_kind *k = writer_table[i];
			struct writer_style style = style_of((enum lang)l);
			char name[80];
			snprintf(name, sizeof(name), "outputs_%s.%s.txt",
				 k->name, lang_code((enum lang)l));
			char *text = written(k, &style);
			golden_compare(__FILE__, name, text);
			free(text);
		}
	}
}

static void knows_its_names(void **state)
{
	(void)state;
	for (size_t i = 0; writer_table[i]; i++) {
		assert_ptr_equal(writer_by_name(writer_table[i]->name),
				 writer_table[i]);
		assert_string_equal(writer_name_at(i), writer_table[i]->name);
		assert_null(writer_name_at(i + 1 + 100));
	}
	assert_null(writer_by_name("xml"));
}

static void nothing_is_whole_too(void **state)
{
	(void)state;
	for (size_t i = 0; writer_table[i]; i++) {
		struct writer_style style = style_of(LANG_EN);
		struct writer *w = writer_open(writer_table[i], &style);
		struct page page;
		page_open(&page);
		writer_begin(w, &page);
		writer_end(w, &page);
		writer_close(w);
		char *text = page_close(&page);
		assert_non_null(text);
		if (strcmp(writer_table[i]->name, "tap") == 0)
			assert_non_null(strstr(text, "1..0"));
		free(text);
	}
}

/* ---- the summary ---- */

static char *summary_of(size_t accounts, unsigned width)
{
	struct writer_style style = style_of(LANG_EN);
	style.width = width;
	struct run r = { .w = writer_open(writer_by_name("summary"), &style) };
	page_open(&r.page);
	for (size_t i = 0; i < accounts; i++) {
		char name[60];
		struct outcome_about a = { .name = name, .attempts = 1,
			.line = (unsigned)i + 1 };
		snprintf(name, sizeof(name), "user%zu@gmail.com", i);
		if (i % 10 == 3)
			add(&r, sample_down(), &a);
		else
			add(&r, sample_app_password(LANG_EN), &a);
	}
	writer_end(r.w, &r.page);
	writer_close(r.w);
	return page_close(&r.page);
}

static unsigned lines_of(const char *text)
{
	unsigned n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Ten thousand accounts read like twelve: the names are what grows. */
static void summary_is_bounded(void **state)
{
	(void)state;
	char *text = summary_of(500, 80);
	assert_non_null(strstr(text, "Accounts: 500. To be mended: 450. "
			       "Could not be tested: 50."));
	assert_non_null(strstr(text, "… and 440 more"));
	assert_non_null(strstr(text, "… and 40 more"));
	assert_non_null(strstr(text, "user10@gmail.com"));
	assert_null(strstr(text, "user11@gmail.com"));
	/* those who have to act stand first */
	assert_true(strstr(text, "app password") <
		    strstr(text, "temporary fault"));
	assert_true(lines_of(text) < 40);
	free(text);
}

/*
 * The same cause has another remedy with another provider; where every account
 * has its own, they do not stand alone for ever.
 */
static void summary_groups_by_what_to_do(void **state)
{
	(void)state;
	struct writer_style style = style_of(LANG_EN);
	struct run r = { .w = writer_open(writer_by_name("summary"), &style) };
	page_open(&r.page);
	for (unsigned i = 0; i < 30; i++) {
		struct sample *s = sample_app_password(LANG_EN);
		snprintf(s->remedy[0].text, sizeof(s->remedy[0].text),
			 "Ask provider %u.", i < 4 ? i / 2 : i);
		add(&r, s, &refused);
	}
	writer_end(r.w, &r.page);
	writer_close(r.w);
	char *text = page_close(&r.page);
	const char *first = strstr(text, "Ask provider 0.");
	assert_non_null(first);
	assert_null(strstr(first + 1, "Ask provider 0."));
	assert_non_null(strstr(text, "Ask provider 6."));
	assert_null(strstr(text, "Ask provider 7."));
	assert_non_null(strstr(text, "Each account's own report"));
	assert_non_null(strstr(text, "… and 13 more"));
	free(text);
}

/* Whichever was done first, and what all have in common only once. */
static void summary_is_in_the_order_of_the_list(void **state)
{
	(void)state;
	for (unsigned other = 0; other < 2; other++) {
		struct writer_style style = style_of(LANG_EN);
		struct run r = { .w = writer_open(writer_by_name("summary"),
						  &style) };
		page_open(&r.page);
		for (unsigned i = 0; i < 13; i++) {
			char name[24];
			struct outcome_about a = banned;
			a.name = name;
			a.line = 20 - i * 7 % 13;
			a.why = other && a.line == 8 ? "pop.example.org" :
				"mail.example.org";
			snprintf(name, sizeof(name), "user%u", a.line);
			add(&r, sample_nothing(CAUSE_NOT_TRIED), &a);
		}
		writer_end(r.w, &r.page);
		writer_close(r.w);
		char *text = page_close(&r.page);
		const char *at = text;
		for (unsigned line = 8; line < 18; line++) {
			char name[24];
			snprintf(name, sizeof(name), "user%u  ", line);
			at = strstr(at, name);
			assert_non_null(at);
		}
		assert_null(strstr(text, "user18"));
		const char *once = strstr(text, "mail.example.org");
		assert_non_null(once);
		assert_int_equal(strstr(once + 1, "mail.example.org") != NULL,
				 other);
		free(text);
	}
}

static void summary_fits(void **state)
{
	(void)state;
	static const unsigned widths[] = { 40, 60, 132, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		char *text = summary_of(20, widths[i]), line[4000];
		struct span rest = span_of(text), part;
		while (widths[i] > 0 && span_cut(&rest, '\n', &part)) {
			span_copy(part, line, sizeof(line));
			assert_true(span_has(part, "https://") ||
				    layout_width(line) <= widths[i]);
		}
		free(text);
	}
}

/* Colours only when they were asked for; ASCII without UTF-8. */
static void summary_is_plain_where_it_must(void **state)
{
	(void)state;
	struct writer_style style = style_of(LANG_EN);
	style.unicode = false;
	char *text = written(writer_by_name("summary"), &style);
	assert_null(strchr(text, '\033'));
	assert_non_null(strstr(text, "FAIL "));
	assert_null(strstr(text, "…"));
	free(text);
	style.color = true;
	text = written(writer_by_name("summary"), &style);
	assert_non_null(strstr(text, "\033[31m"));
	free(text);
}

/* ---- Prometheus ---- */

static void repeated_names_are_told_apart(void **state)
{
	(void)state;
	struct writer_style style = style_of(LANG_EN);
	struct run r = { .w = writer_open(writer_by_name("prometheus"),
					  &style) };
	static char a[] = "a-b", b[] = "a b", v[] = "1";
	static const struct outcome_label twice[] = { { a, v }, { b, v } };
	static const struct outcome_about about = { .name = "a\n\"\\",
		.labels = 2, .label = twice };
	page_open(&r.page);
	writer_begin(r.w, &r.page);
	for (unsigned i = 0; i < 300; i++)
		add(&r, sample_works(), &about);
	writer_end(r.w, &r.page);
	writer_close(r.w);
	char *text = page_close(&r.page);
	assert_non_null(strstr(text, "mailwhy_probe_success{account="
		"\"a\\\\x0A\\\"\\\\\",label_a_b=\"1\",label_a_b_conflict2=\"1\"} 1\n"));
	assert_non_null(strstr(text, ",repeated=\"300\","));
	assert_null(strstr(text, ",repeated=\"301\","));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_agreed),
		cmocka_unit_test(knows_its_names),
		cmocka_unit_test(nothing_is_whole_too),
		cmocka_unit_test(summary_is_bounded),
		cmocka_unit_test(summary_groups_by_what_to_do),
		cmocka_unit_test(summary_is_in_the_order_of_the_list),
		cmocka_unit_test(summary_fits),
		cmocka_unit_test(summary_is_plain_where_it_must),
		cmocka_unit_test(repeated_names_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
