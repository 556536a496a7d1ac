#include "cmd/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/demo/scenario.h"
#include "test/unit/samples.h"

/* ---- files of old ---- */

/*
 * Written by `mailwhy demo NAME --save` of 0.1.0 before a session knew how
 * servers were found. Never made anew: that they can be read is the test.
 */
static const char *const old_files[] = {
	"gmail-app-password", "variant-trimmed", "au-wrong-port",
	"cert-expired",
};

static char *read_old(const char *name)
{
	char path[300];
	char *text = calloc(1, SESSION_MOST);
	FILE *from;
	const char *folder = strrchr(__FILE__, '/');

	snprintf(path, sizeof(path), "%.*s/../session/%s.v1.json",
		 (int)(folder - __FILE__), __FILE__, name);
	from = fopen(path, "r");
	assert_non_null(from);
	assert_non_null(text);
	assert_true(fread(text, 1, SESSION_MOST - 1, from) > 1000);
	fclose(from);
	return text;
}

static void parse(const char *text, struct session *ret)
{
	struct fault why = { .kind = FAULT_NONE };

	if (!session_parse(span_of(text), ret, &why))
		FAIL_MSG("%s\n", why.text);
}

static void judged_as_then(const char *name, struct session *s)
{
	struct check_request request;
	struct scenario *scenario;
	struct provider *p;
	struct fault why;

	assert_true(scenario_load(name, &scenario, &why));
	session_provider(s, NULL, &p, &why);
	session_request(s, p, &request);
	assert_true(check_judge(&request, &s->result, &why));
	assert_string_equal(cause_id(s->result.diagnosis.verdict),
			    scenario->verdict);
	provider_free(p);
	scenario_free(scenario);
}

static void old_files_are_diagnosed(void **state)
{
	struct session *s = calloc(1, sizeof(*s));

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(old_files); i++) {
		char *text = read_old(old_files[i]);

		parse(text, s);
		judged_as_then(old_files[i], s);
		session_release(s);
		free(text);
	}
	free(s);
}

static void assert_holds(const struct json *now, const struct json *then);

static void assert_holds_members(const struct json *now,
				 const struct json *then)
{
	const struct json *n = json_first(now), *t;

	for (t = json_first(then); t; t = json_next(t)) {
		if (json_is_object(then))
			n = json_get(now, json_name(t));
		if (!n)
			FAIL_MSG("%s is gone\n", json_name(t));
		assert_holds(n, t);
		n = json_next(n);
	}
}

static void assert_holds(const struct json *now, const struct json *then)
{
	if (json_is_object(then) || json_is_array(then))
		assert_holds_members(now, then);
	else if (json_is_string(then))
		assert_string_equal(json_str(now), json_str(then));
	else if (json_is_number(then))
		assert_int_equal(json_int(now, -1), json_int(then, -2));
	else
		assert_int_equal(json_true(now), json_true(then));
}

/* Whatever version 1 ever wrote is still written, and says the same. */
static void the_format_is_add_only(void **state)
{
	struct session *s = calloc(1, sizeof(*s));
	struct json *then, *now;
	struct fault why;

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(old_files); i++) {
		char *old = read_old(old_files[i]), *text;

		parse(old, s);
		text = session_print(s, NULL);
		assert_true(json_parse(span_of(old), &then, &why));
		assert_true(json_parse(span_of(text), &now, &why));
		assert_holds(now, then);
		json_free(then);
		json_free(now);
		free(text);
		free(old);
		session_release(s);
	}
	free(s);
}

/* ---- a search ---- */

static const char nobody[] =
	"{\"schema\":\"mailwhy/session\",\"version\":1,"
	"\"address\":\"taro@x.example\",\"endpoints\":[],"
	"\"search\":{\"domain\":\"x.example\",\"network\":true,%s"
	"\"candidates\":[{\"source\":\"mx\",\"outcome\":\"%s\"}]}}";

/* Without a server the search is all there is to judge by. */
static void nothing_found_is_diagnosed(void **state)
{
	static const struct {
		const char *said, *mx;
		enum cause verdict;
	} cases[] = {
		{ "\"no_domain\":true,", "nothing", CAUSE_DOMAIN_WRONG },
		{ "", "nothing", CAUSE_SERVERS_UNKNOWN },
		{ "", "failed", CAUSE_DNS_FAILURE },
	};
	struct session *s = calloc(1, sizeof(*s));
	struct check_request request;
	struct fault why;
	char text[600];

	(void)state;
	assert_non_null(s);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), nobody, cases[i].said,
			 cases[i].mx);
		parse(text, s);
		session_request(s, NULL, &request);
		assert_true(check_judge(&request, &s->result, &why));
		assert_int_equal(s->result.diagnosis.verdict,
				 cases[i].verdict);
		session_release(s);
	}
	free(s);
}

/* ---- the user's own provider file ---- */

static const char acme[] =
	"{\"id\":\"acme\",\"names\":{\"en\":\"Acme\",\"ja\":\"Acme\"},"
	"\"domains\":[\"acme.example\"],\"mx_suffixes\":[],\"user_form\":\"local\","
	"\"servers\":[{\"service\":\"imap\","
	"\"host\":\"mail.acme.example\",\"port\":993,\"security\":\"tls\"}],"
	"\"secret\":{\"kind\":\"any\"},\"sources\":[\"us\"],"
	"\"checked\":\"2026-11\",\"sure\":true}";

static void make_own(struct provider_own *own, struct check_request *request,
		     struct check_result *result, struct session *ret)
{
	struct fault why = { .kind = FAULT_NONE };

	if (!provider_own_add(own, "acme.json", span_of(acme), &why) ||
	    !own->file[0].provider)
		FAIL_MSG("%s\n", own->file[0].why.text);
	*request = (struct check_request){
		.address = "taro@acme.example", .user = "taro",
		.provider = own->file[0].provider, .how_found = "domain",
	};
	result->n = 1;
	result->seen = calloc(1, sizeof(*result->seen));
	assert_non_null(result->seen);
	result->seen[0].tls.alert = result->seen[0].connection.winner = -1;
	PUT(result->seen[0].endpoint.host, "mail.acme.example");
	assert_true(session_of(request, result, NULL, own, ret, &why));
}

/* The machine that replays knows what the one that checked knew. */
static void own_provider_goes_along(void **state)
{
	struct provider_own *own = calloc(1, sizeof(*own));
	struct session *s = calloc(2, sizeof(*s));
	struct check_result result = { .n = 0 };
	struct check_request request;
	struct provider *p;
	struct fault why;
	char *text;

	(void)state;
	make_own(own, &request, &result, &s[0]);
	text = session_print(&s[0], NULL);
	parse(text, &s[1]);
	assert_true(session_provider(&s[1], NULL, &p, &why));
	assert_string_equal(p->name[LANG_EN], "Acme");
	provider_free(p);
	session_release(&s[0]);
	session_release(&s[1]);
	check_release(&result);
	provider_own_free(own);
	free(text);
	free(s);
}

/* A company is named by its file, its hosts and its domain. */
static void own_provider_stays_private(void **state)
{
	struct provider_own *own = calloc(1, sizeof(*own));
	struct session *s = calloc(1, sizeof(*s));
	struct check_result result = { .n = 0 };
	struct check_request request;
	struct provider *p;
	struct fault why;
	char *text;

	(void)state;
	make_own(own, &request, &result, s);
	assert_true(session_mask(s, false, &why));
	text = session_print(s, NULL);
	assert_null(strstr(text, "acme"));
	assert_null(strstr(text, "Acme"));
	assert_non_null(strstr(text, "mail.example.com"));
	assert_true(s->own_provider);
	assert_false(session_provider(s, own, &p, &why));
	assert_int_equal(why.kind, FAULT_NONE);
	session_release(s);
	check_release(&result);
	provider_own_free(own);
	free(text);
	free(s);
}

/* ---- masks: what a search and a certificate tell ---- */

static void add_certificate(struct evidence *e)
{
	struct cert_facts *c = &e->tls.cert[0];

	e->tls.chain = 1;
	PUT(c->subject, "CN=sv7.kaisha.co.jp,O=Kaisha K.K.");
	PUT(c->subject_name, "sv7.kaisha.co.jp");
	PUT(c->sha256, "0011223344");
	c->names = 2;
	PUT(c->name[0], "*.kaisha.co.jp");
	PUT(c->name[1], "other-customer.jp");
}

static void add_search(struct search *s)
{
	s->candidates = 3;
	PUT(s->domain, "kaisha.co.jp");
	s->candidate[0].source = SOURCE_AUTOCONFIG;
	PUT(s->candidate[0].asked, "https://autoconfig.kaisha.co.jp/mail/"
	    "config-v1.1.xml?emailaddress=postmaster%40kaisha.co.jp");
	s->candidate[1].source = SOURCE_MX;
	PUT(s->candidate[1].answer, "mx3.kaisha-group.com");
	s->candidate[2].source = SOURCE_ISPDB_MX;
	PUT(s->candidate[2].asked, "https://autoconfig.thunderbird.net/v1.1/"
	    "kaisha-group.com");
	s->candidate[2].offers = 2;
	PUT(s->candidate[2].offer[0].endpoint.host, "hanako-pc.kaisha.co.jp");
	PUT(s->candidate[2].offer[1].endpoint.host, "imap.gmail.com");
}

static void own_hosts_are_masked(void **state)
{
	static const char *const gone[] = { "aisha", "other-customer",
		"taro", "hanako", "sv7", "K.K.", "0011" };
	static const char *const there[] = { "imap.gmail.com",
		"https://autoconfig.example.com/mail/config-v1.1.xml?",
		"postmaster%40example.com", "mx3.example.net", "CN=host.example.com",
		"https://autoconfig.thunderbird.net/v1.1/example.net" };
	struct session *s = calloc(1, sizeof(*s));
	struct fault why;
	char *text;

	(void)state;
	assert_non_null(s);
	PUT(s->address, "taro@kaisha.co.jp");
	add_search(&s->search);
	s->result.n = 1;
	s->result.seen = calloc(1, sizeof(*s->result.seen));
	PUT(s->result.seen[0].endpoint.host, "sv7.kaisha.co.jp");
	add_certificate(&s->result.seen[0]);
	assert_true(session_mask(s, false, &why));
	text = session_print(s, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		if (strstr(text, gone[i]))
			FAIL_MSG("holds %s:\n%s\n", gone[i], text);
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		if (!strstr(text, there[i]))
			FAIL_MSG("lacks %s:\n%s\n", there[i], text);
	free(text);
	session_release(s);
	free(s);
}

/* What everybody knows tells nothing, and is needed to understand the rest. */
static void known_hosts_stay(void **state)
{
	struct session *s = calloc(1, sizeof(*s));
	struct evidence *e;
	struct fault why;

	(void)state;
	assert_non_null(s);
	PUT(s->address, "taro@gmail.com");
	s->result.n = 1;
	e = s->result.seen = calloc(1, sizeof(*e));
	PUT(e->endpoint.host, "imap.gmail.com");
	add_certificate(e);
	assert_true(session_mask(s, false, &why));
	assert_string_equal(s->address, "user@gmail.com");
	assert_string_equal(e->endpoint.host, "imap.gmail.com");
	assert_string_equal(e->tls.cert[0].sha256, "0011223344");
	session_release(s);
	free(s);
}

/* One name too many is no reason to publish it. */
static void too_many_names_are_refused(void **state)
{
	struct session *s = calloc(1, sizeof(*s));
	struct fault why;
	size_t n = 0;

	(void)state;
	assert_non_null(s);
	s->search.candidates = SOURCE_COUNT;
	for (size_t i = 0; i < SOURCE_COUNT; i++) {
		struct candidate *c = &s->search.candidate[i];

		c->offers = OFFERS_MAX;
		for (size_t j = 0; j < OFFERS_MAX; j++)
			snprintf(c->offer[j].endpoint.host, HOST_CAP,
				 "imap.own%zu.example", n++);
	}
	assert_false(session_mask(s, false, &why));
	assert_int_equal(why.kind, FAULT_TOO_LONG);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_files_are_diagnosed),
		cmocka_unit_test(the_format_is_add_only),
		cmocka_unit_test(nothing_found_is_diagnosed),
		cmocka_unit_test(own_provider_goes_along),
		cmocka_unit_test(own_provider_stays_private),
		cmocka_unit_test(own_hosts_are_masked),
		cmocka_unit_test(known_hosts_stay),
		cmocka_unit_test(too_many_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
