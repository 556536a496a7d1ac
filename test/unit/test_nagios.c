#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "reports/nagios.h"
#include "test/unit/samples.h"

/* ---- states ---- */

static void states_of_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(nagios_of_code(0), 0);
	assert_int_equal(nagios_of_code(1), 2);
	assert_int_equal(nagios_of_code(2), 3);
	assert_int_equal(nagios_of_code(3), 2);
	assert_int_equal(nagios_of_code(4), 2);
	assert_int_equal(nagios_of_code(5), 3);
	assert_int_equal(nagios_of_code(130), 3);
}

/* An account that works, 1.5 s, its certificate ends in `days`. */
static struct account_outcome works(int days)
{
	struct account_outcome o = {
		.verdict = CAUSE_WORKS, .took = 1500, .made_at = NOW,
		.cases = 2,
	};
	o.case_of[0] = (struct outcome_case){ .stage = STAGE_COUNT,
		.cert_end = NOW + (epoch)days * DAY };
	o.case_of[1] = (struct outcome_case){ .stage = STAGE_COUNT,
		.cert_end = NOW + 365 * DAY };
	return o;
}

static void time_has_thresholds(void **state)
{
	(void)state;
	struct account_outcome o = works(61);
	struct writer_style s = { .days_warning = -1, .days_critical = -1 };
	static const struct { msec warning, critical; int wanted; } rows[] = {
		{ 0, 0, NAGIOS_OK }, { 1500, 0, NAGIOS_OK },
		{ 1499, 0, NAGIOS_WARNING }, { 1000, 1500, NAGIOS_WARNING },
		{ 1000, 1499, NAGIOS_CRITICAL }, { 0, 1000, NAGIOS_CRITICAL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		s.warning = rows[i].warning;
		s.critical = rows[i].critical;
		assert_int_equal(nagios_state(&o, &s), rows[i].wanted);
	}
}

static void certificates_have_thresholds(void **state)
{
	(void)state;
	static const struct { int left, warning, critical, wanted; } rows[] = {
		{ 61, -1, -1, NAGIOS_OK }, { 14, 14, 7, NAGIOS_OK },
		{ 13, 14, 7, NAGIOS_WARNING }, { 7, 14, 7, NAGIOS_WARNING },
		{ 6, 14, 7, NAGIOS_CRITICAL }, { -1, -1, -1, NAGIOS_OK },
		{ -2, 14, -1, NAGIOS_CRITICAL }, { 0, 1, -1, NAGIOS_WARNING },
		{ 6, -1, 7, NAGIOS_CRITICAL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct account_outcome o = works(rows[i].left);
		struct writer_style s = { .days_warning = rows[i].warning,
			.days_critical = rows[i].critical };
		assert_int_equal(nagios_state(&o, &s), rows[i].wanted);
	}
}

/* A login that fails is told as that, however long it took. */
static void the_login_comes_first(void **state)
{
	(void)state;
	struct account_outcome o = works(3);
	struct writer_style s = { .warning = 1, .days_warning = 14,
		.days_critical = 1 };
	o.exit_code = 2;
	o.result = RESULT_ERROR;
	assert_int_equal(nagios_state(&o, &s), NAGIOS_UNKNOWN);
	o.exit_code = 1;
	o.result = RESULT_FAILED;
	assert_int_equal(nagios_state(&o, &s), NAGIOS_CRITICAL);
	o.result = RESULT_SKIPPED;
	assert_int_equal(nagios_state(&o, &s), NAGIOS_UNKNOWN);
}

/* ---- the line ---- */

static char *said(struct sample *s, const struct writer_style *style)
{
	const struct outcome_about about = { .name = "taro@example.org",
		.attempts = 1 };
	struct account_outcome o;
	struct fault why;
	struct page page;
	assert_true(outcome_of(&s->in, &about, style->lang, &o, NULL, &why));
	struct writer *w = writer_open(writer_by_name("nagios"), style);
	assert_non_null(w);
	page_open(&page);
	writer_begin(w, &page);
	writer_add(w, &o, "", &page);
	writer_end(w, &page);
	writer_close(w);
	outcome_release(&o);
	free(s);
	return page_close(&page);
}

static void begins(const char *text, const char *wanted)
{
	if (strncmp(text, wanted, strlen(wanted)) != 0)
		FAIL_MSG("wanted:\n%s\nbut it is:\n%s", wanted, text);
}

static void one_line_and_performance(void **state)
{
	(void)state;
	struct writer_style s = { .lang = LANG_EN, .warning = 2000,
		.critical = 5500, .days_warning = 90, .days_critical = 14 };
	char *text = said(sample_works(), &s);
	begins(text, "MAIL WARNING - It works: IMAP and SMTP accepted the "
	       "login of taro@example.org. A certificate ends in 61 days. | "
	       "time=0.365s;2.000;5.500;0 cert_days=61;90:;14:;; "
	       "imap=0.185s;;;0 smtp=0.182s;;;0 smtp2=0.200s;;;0 "
	       "refused_logins=0;;;0\n");
	free(text);
	s.days_warning = s.days_critical = -1;
	s.warning = 100;
	text = said(sample_works(), &s);
	begins(text, "MAIL WARNING - It works: IMAP and SMTP accepted the "
	       "login of taro@example.org. It took 0.365 s. | ");
	free(text);
}

/* What a server says must not begin performance data of its own. */
static void servers_say_no_numbers(void **state)
{
	(void)state;
	struct writer_style s = { .lang = LANG_EN, .days_warning = -1,
		.days_critical = -1 };
	struct sample *sample = sample_mixed();
	PUT(sample->e[1].step[sample->e[1].steps - 1].reply.text,
	    "535 no | time=0s;;;0\nMAIL OK - it's fine | x=1");
	char *text = said(sample, &s);
	char *first = strchr(text, '\n');
	assert_non_null(first);
	assert_null(strchr(first, '|'));
	begins(text, "MAIL CRITICAL - ");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_of_exit_codes),
		cmocka_unit_test(time_has_thresholds),
		cmocka_unit_test(certificates_have_thresholds),
		cmocka_unit_test(the_login_comes_first),
		cmocka_unit_test(one_line_and_performance),
		cmocka_unit_test(servers_say_no_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
