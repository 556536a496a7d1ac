#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/layout.h"
#include "reports/report.h"
#include "test/unit/samples.h"

static const struct report_style plain = { LANG_EN, 0, false, true, 80 };
static const struct report_style japanese = { LANG_JA, 0, false, true, 80 };

static void golden(const char *name, struct sample *s,
		   struct report_style style)
{
	char *text = report_human(&s->in, &style);
	assert_non_null(text);
	golden_compare(__FILE__, name, text);
	char *again = report_human(&s->in, &style);
	assert_string_equal(text, again);
	free(again);
	free(text);
	free(s);
}

static void reads_as_agreed(void **state)
{
	(void)state;
	struct report_style style = plain;
	golden("human_app_password.en.txt", sample_app_password(LANG_EN), plain);
	golden("human_app_password.ja.txt", sample_app_password(LANG_JA),
	       japanese);
	golden("human_works.en.txt", sample_works(), plain);
	golden("human_works.ja.txt", sample_works(), japanese);
	golden("human_rivals.en.txt", sample_rivals(), plain);
	golden("human_rivals.ja.txt", sample_rivals(), japanese);
	golden("human_other_name.en.txt", sample_other_name(), plain);
	golden("human_other_name.ja.txt", sample_other_name(), japanese);
	golden("human_old_facts.en.txt", sample_old_facts(LANG_EN), plain);
	golden("human_old_facts.ja.txt", sample_old_facts(LANG_JA), japanese);
	style.width = 40;
	golden("human_narrow.en.txt", sample_app_password(LANG_EN), style);
	style.width = 0;
	golden("human_wide.en.txt", sample_mixed(), style);
	style = (struct report_style){ LANG_EN, 1, true, false, 80 };
	golden("human_verbose.en.txt", sample_mixed(), style);
	golden("human_mixed.ja.txt", sample_mixed(), japanese);
}

/* ---- whatever the verdict: complete sentences, within the margin ---- */

static void fits(const char *text, size_t width)
{
	struct span rest = span_of(text), line;
	while (width > 0 && span_cut(&rest, '\n', &line)) {
		char room[4096];
		span_copy(line, room, sizeof(room));
		if (span_has(line, "https://"))
			continue;
		if (layout_width(room) > width)
			FAIL_MSG("over %zu columns: %s", width, room);
		assert_false(line.len > 0 && line.at[line.len - 1] == ' ');
	}
}

static bool has_id(const char *text, const char *prefix)
{
	for (; (text = strstr(text, prefix)) != NULL; text++) {
		if (ascii_is_alpha(text[strlen(prefix)]))
			return true;	/* "cause.x", not "no known cause." */
	}
	return false;
}

static void complete(const char *text, bool ascii)
{
	static const char *const leftovers[] = {
		"cause.", "fault.", "stage.", "label.", "skip.", "finding.",
		"speech.", "not.", "step.", "hygiene.", "list.", "ports.",
	};
	assert_true(text_is_utf8(span_of(text)));
	assert_null(strpbrk(text, "{}"));
	assert_null(strstr(text, "(null)"));
	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		if (has_id(text, leftovers[i]))
			FAIL_MSG("\"%s\" left over in:\n%s", leftovers[i],
				 text);
	}
	for (; ascii && *text; text++)
		assert_true((unsigned char)*text < 0x80);
}

static void try_styles(const struct report_input *in)
{
	static const unsigned widths[] = { 40, 80, 0, 132 };
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
			bool unicode = w % 2 == 0;
			struct report_style style = { (enum lang)l, w == 3,
						      false, unicode,
						      widths[w] };
			char *text = report_human(in, &style);
			assert_non_null(text);
			fits(text, widths[w]);
			complete(text, l == LANG_EN && !unicode);
			free(text);
		}
	}
}

static void every_cause_has_a_report(void **state)
{
	(void)state;
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		for (unsigned k = 0; k <= CONFIDENCE_PROVEN; k++) {
			struct sample *s = sample_mixed();
			s->d.causes = 0;
			sample_cause(s, (enum cause)c, (enum confidence)k, 1);
			sample_cause(s, CAUSE_UNKNOWN, CONFIDENCE_POSSIBLE, -1);
			try_styles(&s->in);
			free(s);
		}
	}
}

static void every_fault_at_every_stage(void **state)
{
	(void)state;
	for (unsigned f = 1; f < FAULT_KIND_COUNT; f++) {
		struct sample *s = sample_works();
		struct step *step = &s->e[2].step[f % s->e[2].steps];
		step->result = STEP_FAILED;
		step->speech = (enum speech)(f % (SPEECH_FTP + 1));
		fail(&step->why, (enum fault_kind)f, "x");
		step->reply.text[0] = '\0';
		s->d.causes = 0;
		sample_cause(s, CAUSE_UNKNOWN, CONFIDENCE_POSSIBLE, -1);
		s->d.cause[0].proofs = 1;
		s->d.cause[0].proof[0] = (struct proof){
			2, (uint8_t)(step - s->e[2].step) };
		try_styles(&s->in);
		free(s);
	}
}

static void every_finding_is_said(void **state)
{
	(void)state;
	for (unsigned f = 0; f < FINDING_COUNT; f++) {
		for (int endpoint = 0; endpoint < 2; endpoint++) {
			struct sample *s = sample_rivals();
			s->d.findings = 0;
			struct finding *it = sample_finding(
				s, (enum finding_id)f, endpoint);
			it->number = 42;
			s->in.provider_name = "Docomo";
			PUT(it->detail, "timeout");
			try_styles(&s->in);
			free(s);
		}
	}
}

static char *rendered(struct sample *s, struct report_style style)
{
	char *text = report_human(&s->in, &style);
	assert_non_null(text);
	free(s);
	return text;
}

static void says_what_counts(void **state)
{
	(void)state;
	char *text = rendered(sample_app_password(LANG_EN), plain);
	assert_memory_equal(text, "✗ Gmail wants an app password", 31);
	/* The server's own words in full, though the step's line is cut. */
	const char *why = strstr(text, "\nWhy ");
	assert_non_null(why);
	assert_non_null(strstr(why, "(Failure)"));
	assert_non_null(strstr(text, "Refused logins used: 1 of 2."));
	assert_non_null(strstr(text, " proven\n"));
	free(text);

	text = rendered(sample_mixed(), plain);
	assert_non_null(strstr(text, "Demonstration:"));
	const char *loud = strstr(text, "NOT verified (--insecure-");
	assert_non_null(loud);
	assert_true(loud < strstr(text, "\nWhy "));
	assert_non_null(strstr(text, "IMAP works: the same user name"));
	free(text);
}

static size_t count(const char *text, const char *words)
{
	size_t n = 0;
	for (; (text = strstr(text, words)) != NULL; text++)
		n++;
	return n;
}

/* Two ports of one host have one certificate; two hosts have two. */
static void says_it_once(void **state)
{
	(void)state;
	struct sample *s = sample_works();
	s->d.findings = 0;
	for (int i = 0; i < 3; i++)
		sample_finding(s, FINDING_CERT_ENDS_SOON, i)->number = 9;
	char *text = rendered(s, plain);
	assert_int_equal(count(text, "ends soon"), 2);
	free(text);
}

static void logged_in_by_the_server(void **state)
{
	(void)state;
	struct sample *s = sample_works();
	struct evidence *e = &s->e[0];
	e->login = (struct login_facts){ .preauth = true };
	for (size_t i = 0; i < e->steps; i++) {
		if (e->step[i].stage != STAGE_LOGIN)
			continue;
		e->step[i].result = STEP_SKIPPED;
		e->step[i].skip = SKIP_PREAUTH;
	}
	char *text = rendered(s, plain);
	assert_non_null(strstr(text, "✓ logged in already by the server"));
	assert_null(strstr(text, "ready for a login"));
	free(text);
}

/* Where an IPv6 address stands beside a port, it is in brackets. */
static void an_address_is_told_from_its_port(void **state)
{
	(void)state;
	struct sample *s = sample_rivals();
	PUT(s->e[0].endpoint.host, "2001:db8::1");
	char *text = rendered(s, plain);
	assert_int_equal(count(text, "[2001:db8::1]:993"), 2);
	assert_int_equal(count(text, "2001:db8::1"), 2);
	free(text);
}

static void honours_the_style(void **state)
{
	(void)state;
	char *text = rendered(sample_app_password(LANG_EN), plain);
	assert_null(strchr(text, '\033'));
	free(text);
	struct report_style style = plain;
	style.color = true;
	text = rendered(sample_app_password(LANG_EN), style);
	assert_non_null(strstr(text, "\033[31m✗"));
	assert_non_null(strstr(text, "\033[32m✓"));
	free(text);
	style = plain;
	style.unicode = false;
	text = rendered(sample_app_password(LANG_EN), style);
	assert_memory_equal(text, "FAIL Gmail", 10);
	assert_null(strstr(text, "✗"));
	assert_null(strstr(text, "…"));
	free(text);
	style.verbosity = 1;
	text = rendered(sample_mixed(), style);
	assert_non_null(strstr(text, "> AUTH PLAIN <secret>"));
	free(text);
}

static void a_verdict_ends_no_line_in_a_word(void **state)
{
	(void)state;
	assert_int_equal(layout_break_quality("つなぎ、もう一度試します。",
					      strlen("つなぎ、")), 2);
	assert_int_equal(layout_break_quality("one two three", 3), 1);
	assert_int_equal(layout_break_quality("one two three", 2), 0);
	assert_int_equal(layout_break_quality("ポート 465 がふさがれています",
					      strlen("ポート 465")), 0);
	assert_int_equal(layout_break_quality("選んでください。",
					      strlen("選んで")), 0);
	assert_int_equal(layout_break_quality("「違う」という返事です。",
					      strlen("「違う」")), 1);
	/* nothing to speak of would stand on the second line */
	assert_int_equal(layout_break_quality("one two", 3), 0);
	assert_int_equal(layout_break_quality("one", 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_agreed),
		cmocka_unit_test(every_cause_has_a_report),
		cmocka_unit_test(every_fault_at_every_stage),
		cmocka_unit_test(every_finding_is_said),
		cmocka_unit_test(says_what_counts),
		cmocka_unit_test(says_it_once),
		cmocka_unit_test(logged_in_by_the_server),
		cmocka_unit_test(an_address_is_told_from_its_port),
		cmocka_unit_test(honours_the_style),
		cmocka_unit_test(a_verdict_ends_no_line_in_a_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
