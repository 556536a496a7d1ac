#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"
#include "reports/diagnose.h"
#include "test/unit/samples.h"

/* A search as the reports tell it, and the diagnosis when nothing was found. */
static struct search *s;
static struct diagnosis d;

static struct candidate *add(enum source source, enum outcome outcome)
{
	struct candidate *c = &s->candidate[s->candidates++];

	c->source = source;
	c->outcome = outcome;
	PUT(c->asked, "x.example");
	return c;
}

static void offer(struct candidate *c, enum service service, const char *host,
		  unsigned port)
{
	struct offer *o = &c->offer[c->offers++];

	o->endpoint.service = service;
	o->endpoint.port = (uint16_t)port;
	PUT(o->endpoint.host, host);
	o->user_form = "address";
	o->auth = AUTH_PASSWORD | AUTH_OAUTH2;
	o->chosen = true;
}

static int set_up(void **state)
{
	(void)state;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -1;
	PUT(s->domain, "x.example");
	s->network = true;
	s->winner = -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(s);
	return 0;
}

static char *report(enum lang lang, int verbosity, bool as_json)
{
	const struct report_style style = {
		.lang = lang, .verbosity = verbosity, .unicode = true,
		.width = 80
	};
	const struct report_input in = {
		.diagnosis = &d, .address = "taro@x.example", .user = "",
		.provider_id = "", .provider_name = "", .how_found = "",
		.search = s, .version = "0", .made_at = 1,
	};
	char *text;

	diagnose_search(s, &d);
	text = as_json ? report_json(&in, &style) : report_human(&in, &style);
	assert_non_null(text);
	return text;
}

static void says(enum lang lang, int verbosity, const char *what, bool wanted)
{
	char *text = report(lang, verbosity, false);

	if ((strstr(text, what) != NULL) != wanted)
		print_error("%s\n", text);
	assert_int_equal(strstr(text, what) != NULL, wanted);
	free(text);
}

/* ---- why nothing was found ---- */

static void verdicts(void **state)
{
	(void)state;
	diagnose_search(s, &d);
	assert_int_equal(d.verdict, CAUSE_SERVERS_UNKNOWN);
	assert_int_equal(d.exit_code, 1);
	add(SOURCE_MX, OUTCOME_FAILED)->why.kind = FAULT_DNS_TIMEOUT;
	diagnose_search(s, &d);
	assert_int_equal(d.verdict, CAUSE_DNS_FAILURE);
	assert_int_equal(d.exit_code, 3);
	s->candidate[0].outcome = OUTCOME_NOTHING;
	s->no_domain = true;
	diagnose_search(s, &d);
	assert_int_equal(d.verdict, CAUSE_DOMAIN_WRONG);
	assert_int_equal(d.cause[0].confidence, CONFIDENCE_PROVEN);
	/* a resolver that knows Mozilla's host no better proves nothing */
	add(SOURCE_ISPDB, OUTCOME_NOTHING)->why.kind = FAULT_NXDOMAIN;
	diagnose_search(s, &d);
	assert_int_equal(d.verdict, CAUSE_DOMAIN_WRONG);
	assert_int_equal(d.cause[0].confidence, CONFIDENCE_LIKELY);
	assert_int_equal(d.cause[1].cause, CAUSE_DNS_FAILURE);
}

static void a_suggestion(void **state)
{
	(void)state;
	PUT(s->suggestion, "gmail.com");
	says(LANG_EN, 0, "Did you mean gmail.com?", true);
	says(LANG_JA, 0, "gmail.com \xe3\x81\xae", true);
	/* never more findings than there is room for */
	d.findings = FINDINGS_MAX;
	diagnose_hint(s, &d);
	assert_int_equal(d.findings, FINDINGS_MAX);
}

/* ---- what is told ---- */

static void every_winner(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SOURCE_COUNT; i++) {
		s->candidates = 0;
		s->winner = 0;
		offer(add((enum source)i, OUTCOME_FOUND), SERVICE_IMAP,
		      "imap.x.example", 993);
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			says((enum lang)l, 0, "x.example", true);
			says((enum lang)l, 0, "{", false);
			says((enum lang)l, 1, "imap.x.example:993", true);
			says((enum lang)l, 1, "{", false);
		}
	}
}

static void every_outcome(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
		struct candidate *c = add(SOURCE_AUTOCONFIG, (enum outcome)i);

		c->why.kind = FAULT_CERT_EXPIRED;
	}
	add(SOURCE_WELL_KNOWN, OUTCOME_FAILED)->status = 503;
	says(LANG_EN, 0, "503", true);
	says(LANG_EN, 0, "{", false);
	says(LANG_JA, 0, "503", true);
	says(LANG_JA, 0, "{", false);
	/* the domain is not there: that explains the rest */
	s->no_domain = true;
	says(LANG_EN, 0, "503", false);
	says(LANG_EN, 1, "503", true);
}

static void guesses_that_failed(void **state)
{
	struct candidate *c = add(SOURCE_GUESS, OUTCOME_FOUND);

	(void)state;
	offer(c, SERVICE_IMAP, "imap.x.example", 993);
	offer(c, SERVICE_IMAP, "dead.x.example", 993);
	c->offer[0].checked = c->offer[1].checked = true;
	c->offer[1].chosen = false;
	c->offer[1].fault = FAULT_TIMEOUT;
	s->winner = 0;
	says(LANG_EN, 1, "imap.x.example:993", true);
	says(LANG_EN, 1, "dead.x.example", false);
	c->offer[0].fault = FAULT_CERT_NAME;
	says(LANG_EN, 0, "a certificate that cannot", true);
}

static void in_json(void **state)
{
	struct candidate *c = add(SOURCE_SRV, OUTCOME_FOUND);
	struct fault why;
	struct json *doc;
	const struct json *found, *one;
	char *text;

	(void)state;
	offer(c, SERVICE_IMAP, "imap.x.example", 993);
	add(SOURCE_AUTOCONFIG, OUTCOME_FAILED)->status = 503;
	s->winner = 0;
	text = report(LANG_EN, 0, true);
	assert_true(json_parse(span_of(text), &doc, &why));
	found = json_get(doc, "discovery");
	assert_string_equal(json_get_str(found, "domain"), "x.example");
	assert_string_equal(json_get_str(found, "winner"), "srv");
	assert_true(json_is_null(json_get(found, "suggestion")));
	one = json_first(json_get(found, "candidates"));
	assert_string_equal(json_get_str(one, "outcome"), "found");
	assert_int_equal(json_int(json_get(json_next(one), "status"), 0), 503);
	one = json_first(json_get(one, "endpoints"));
	assert_string_equal(json_get_str(one, "host"), "imap.x.example");
	assert_true(json_true(json_get(one, "chosen")));
	assert_int_equal(json_count(json_get(one, "authentication")), 2);
	json_free(doc);
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(verdicts),
		TEST(a_suggestion),
		TEST(every_winner),
		TEST(every_outcome),
		TEST(guesses_that_failed),
		TEST(in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
