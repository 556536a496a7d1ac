#include "cmd/check.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"
#include "test/unit/samples.h"

/*
 * What check.c adds to its parts: who may log in after whom, what is known of
 * the mailbox, and what of it reaches the report. The probes are played by a
 * run function: each endpoint is ready, and the server says at the gate what
 * the script has for it.
 */
#define SECRET_TEXT "tanuki-7Zebra"
#define NO_BREAK_SPACE "\xc2\xa0"
#define USER_TEXT "taro@vague.example"

static const char vague_provider[] =
	"{ \"id\": \"vague\", \"names\": { \"en\": \"Vague Mail\","
	" \"ja\": \"Vague \xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab\" },"
	" \"domains\": [\"vague.example\"], \"mx_suffixes\": [],"
	" \"servers\": [ { \"service\": \"imap\","
	" \"host\": \"imap.vague.example\", \"port\": 993,"
	" \"security\": \"tls\" } ],"
	" \"user_form\": \"address\", \"secret\": { \"kind\": \"any\" },"
	" \"answers_more\": [\"smtp\"],"
	" \"remedies\": { \"wrong_credentials\": ["
	" { \"en\": \"Ask Vague.\", \"ja\": \"Vague \xe3\x81\xb8\","
	" \"url\": \"https://vague.example/help\" } ] },"
	" \"sources\": [\"https://vague.example/\"],"
	" \"checked\": \"2026-08\", \"sure\": false }";

/* ---- a world that only has a clock, and probes that only have answers ---- */

static msec clock_now(struct world *w)
{
	(void)w;
	return 1000;
}

struct scripted_world {
	struct world world;		/* first */
	const char *answer[ENDPOINTS_MAX];	/* NULL: accepted */
	enum skip skip[ENDPOINTS_MAX];	/* what the gate said */
	struct login_request login;	/* of the plan, as probes see it */
	bool has_redactor, has_gate;
};

static void log_in(struct scripted_world *w, size_t i, struct evidence *e)
{
	if (!w->answer[i]) {
		sample_accepted(e);
		return;
	}
	sample_refused(e, w->answer[i]);
	if (e->endpoint.service == SERVICE_SMTP) {
		struct reply *r = &e->step[e->steps - 1].reply;

		r->code = 535;
		PUT(r->enhanced, "5.7.8");
	}
}

static void run_script(struct probe *probes, size_t n)
{
	const struct probe_plan *plan = probes[0].plan;
	struct scripted_world *w = (struct scripted_world *)plan->world;

	w->login = plan->login;
	w->has_redactor = plan->redactor != NULL;
	w->has_gate = plan->gate != NULL;
	for (size_t i = 0; i < n; i++) {
		struct evidence *e = probes[i].evidence;
		const struct endpoint asked = e->endpoint;
		struct fault why;

		sample_endpoint(e, asked.service, asked.host, asked.security);
		sample_ready(e, "OK ready");
		if (!plan->login.who) {
			sample_skip(e, STAGE_LOGIN, SKIP_NO_SECRET);
			continue;
		}
		if (!gate_enter(plan->gate, &e->endpoint, 2000, &w->skip[i],
				&why)) {
			sample_skip(e, STAGE_LOGIN, w->skip[i]);
			continue;
		}
		w->skip[i] = SKIP_NONE;
		log_in(w, i, e);
		gate_leave(plan->gate, e);
	}
}

/* ---- one account ---- */

struct scene {
	struct scripted_world world;
	struct secret secret;
	struct provider *provider;
	struct check_request request;
	struct check_result result;
};

static void add(struct scene *s, enum service service, enum security security,
		const char *answer)
{
	size_t i = s->request.endpoints++;
	struct endpoint *e = &s->request.endpoint[i];

	e->service = service;
	e->security = security;
	e->port = default_port(service, security);
	PUT(e->host, service == SERVICE_IMAP ? "imap.vague.example" :
	    service == SERVICE_SMTP ? "smtp.vague.example" :
	    "pop.vague.example");
	s->world.answer[i] = answer;
}

static struct scene *scene_new(bool with_provider)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct fault why;

	assert_non_null(s);
	s->world.world.now = clock_now;
	assert_true(secret_init(&s->secret, 64));
	assert_true(secret_add(&s->secret, span_of(SECRET_TEXT)));
	if (with_provider)
		assert_true(provider_parse(span_of(vague_provider), "vague",
					   &s->provider, &why));
	s->request = (struct check_request){
		.address = USER_TEXT, .user = USER_TEXT,
		.secret = &s->secret, .provider = s->provider,
		.how_found = "domain", .login_budget = 2, .run = run_script,
	};
	s->request.plan.world = &s->world.world;
	s->request.plan.last_stage = STAGE_LOGOUT;
	return s;
}

static void scene_run(struct scene *s)
{
	struct fault why;

	assert_true(check_account(&s->request, &s->result, &why));
}

static void scene_free(struct scene *s)
{
	check_release(&s->result);
	provider_free(s->provider);
	secret_release(&s->secret);
	free(s);
}

static void usual_three(struct scene *s, const char *imap, const char *smtp)
{
	add(s, SERVICE_IMAP, SECURITY_TLS, imap);
	add(s, SERVICE_SMTP, SECURITY_TLS, smtp);
	add(s, SERVICE_SMTP, SECURITY_STARTTLS, smtp);
}

#define VAGUE "NO [AUTHENTICATIONFAILED] Authentication failed."
#define VAGUE_SMTP "535 5.7.8 Error: authentication failed"
#define CLEAR "NO [ALERT] Application-specific password required"

static void test_all_accepted(void **state)
{
	struct scene *s = scene_new(false);

	(void)state;
	usual_three(s, NULL, NULL);
	scene_run(s);
	assert_int_equal(s->result.diagnosis.verdict, CAUSE_WORKS);
	assert_int_equal(s->result.diagnosis.exit_code, 0);
	assert_int_equal(s->result.diagnosis.logins_attempted, 3);
	assert_int_equal(s->result.n, 3);
	assert_int_equal(s->result.took, 0);
	scene_free(s);
}

/* A vague refusal: another service may try only where it says more. */
static void test_vague_refusal(void **state)
{
	static const struct {
		bool provider;
		enum skip smtp;
	} cases[] = {
		{ true, SKIP_NONE }, { false, SKIP_BUDGET },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *s = scene_new(cases[i].provider);

		usual_three(s, VAGUE, VAGUE_SMTP);
		scene_run(s);
		assert_int_equal(s->world.skip[1], cases[i].smtp);
		assert_int_equal(s->world.skip[2], SKIP_BUDGET);
		assert_int_equal(s->result.diagnosis.logins_refused,
				 cases[i].provider ? 2 : 1);
		assert_int_equal(s->result.diagnosis.exit_code, 1);
		scene_free(s);
	}
}

/* SMTP has answered, the one that says more: IMAP has nothing to add. */
static void test_the_precise_one_first(void **state)
{
	struct scene *s = scene_new(true);

	(void)state;
	add(s, SERVICE_SMTP, SECURITY_TLS, VAGUE_SMTP);
	add(s, SERVICE_IMAP, SECURITY_TLS, VAGUE);
	scene_run(s);
	assert_int_equal(s->world.skip[1], SKIP_BUDGET);
	assert_int_equal(s->result.diagnosis.logins_refused, 1);
	scene_free(s);
}

static void test_named_cause_ends_logins(void **state)
{
	struct scene *s = scene_new(true);

	(void)state;
	usual_three(s, CLEAR, NULL);
	scene_run(s);
	assert_int_equal(s->world.skip[1], SKIP_CAUSE_NAMED);
	assert_int_equal(s->world.skip[2], SKIP_CAUSE_NAMED);
	assert_int_equal(s->result.diagnosis.verdict, CAUSE_APP_PASSWORD);
	scene_free(s);
}

static void test_budget_of_one(void **state)
{
	struct scene *s = scene_new(true);

	(void)state;
	s->request.login_budget = 1;
	usual_three(s, VAGUE, VAGUE_SMTP);
	scene_run(s);
	assert_int_equal(s->world.skip[1], SKIP_BUDGET);
	assert_int_equal(s->result.diagnosis.logins_refused, 1);
	scene_free(s);
}

static void test_login_request(void **state)
{
	struct scene *s = scene_new(false);

	(void)state;
	s->request.mechanism = "CRAM-MD5";
	s->request.sender = "other@vague.example";
	s->request.allow_plaintext = true;
	usual_three(s, NULL, NULL);
	scene_run(s);
	assert_non_null(s->world.login.who);
	assert_string_equal(s->world.login.mechanism, "CRAM-MD5");
	assert_string_equal(s->world.login.sender, "other@vague.example");
	assert_true(s->world.login.allow_plaintext);
	assert_true(s->world.has_redactor);
	assert_true(s->world.has_gate);
	/* RFC 5321 4.1.3: a client without a name shows an address literal */
	assert_int_equal(s->world.login.client_name[0], '[');
	scene_free(s);
}

static void test_no_secret_no_login(void **state)
{
	struct scene *s = scene_new(false);

	(void)state;
	s->request.secret = NULL;
	usual_three(s, NULL, NULL);
	scene_run(s);
	assert_null(s->world.login.who);
	assert_false(s->world.has_redactor);
	assert_int_equal(s->result.diagnosis.verdict, CAUSE_NOT_TRIED);
	assert_int_equal(s->result.diagnosis.logins_attempted, 0);
	scene_free(s);
}

/* ---- the report ---- */

static const struct report_style plain = { .lang = LANG_EN, .width = 80 };

static char *report_of(struct scene *s, bool as_json,
		       const char *demonstration)
{
	char *text = check_report(&s->request, &s->result, as_json, &plain,
				  demonstration);

	assert_non_null(text);
	assert_null(strstr(text, "tanuki"));
	assert_null(strstr(text, "7Zebra"));
	return text;
}

static void test_report_tells_what_is_known(void **state)
{
	struct scene *s = scene_new(true);
	char *text;

	(void)state;
	usual_three(s, VAGUE, VAGUE_SMTP);
	scene_run(s);
	text = report_of(s, false, NULL);
	assert_non_null(strstr(text, "Ask Vague."));
	assert_non_null(strstr(text, "https://vague.example/help"));
	free(text);
	text = report_of(s, false, "a-scenario");
	assert_non_null(strstr(text, "a-scenario"));
	free(text);
	scene_free(s);
}

static void test_report_for_programs(void **state)
{
	struct scene *s = scene_new(true);
	const struct json *provider;
	struct json *doc;
	struct fault why;
	char *text;

	(void)state;
	usual_three(s, VAGUE, VAGUE_SMTP);
	scene_run(s);
	text = report_of(s, true, NULL);
	assert_true(json_parse(span_of(text), &doc, &why));
	provider = json_get(doc, "provider");
	assert_string_equal(json_get_str(provider, "id"), "vague");
	assert_string_equal(json_get_str(provider, "how_found"), "domain");
	assert_int_equal(json_int(json_get(doc, "exit_code"), -1), 1);
	json_free(doc);
	free(text);
	scene_free(s);
}

/* What nobody sees in the secret is a finding, in words, not in letters. */
static void test_hygiene_reaches_the_diagnosis(void **state)
{
	struct scene *s = scene_new(false);
	const struct diagnosis *d = &s->result.diagnosis;
	bool found = false;

	(void)state;
	assert_true(secret_add(&s->secret, SPAN_LIT(NO_BREAK_SPACE)));
	usual_three(s, VAGUE, VAGUE_SMTP);
	scene_run(s);
	for (size_t i = 0; i < d->findings; i++)
		found = found ||
			(d->finding[i].id == FINDING_SECRET_SUSPICIOUS &&
			 strcmp(d->finding[i].detail, "no_break_space") == 0);
	assert_true(found);
	scene_free(s);
}

static void test_release_twice(void **state)
{
	struct scene *s = scene_new(false);

	(void)state;
	usual_three(s, NULL, NULL);
	scene_run(s);
	check_release(&s->result);
	assert_null(s->result.seen);
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_accepted),
		cmocka_unit_test(test_vague_refusal),
		cmocka_unit_test(test_the_precise_one_first),
		cmocka_unit_test(test_named_cause_ends_logins),
		cmocka_unit_test(test_budget_of_one),
		cmocka_unit_test(test_login_request),
		cmocka_unit_test(test_no_secret_no_login),
		cmocka_unit_test(test_report_tells_what_is_known),
		cmocka_unit_test(test_report_for_programs),
		cmocka_unit_test(test_hygiene_reaches_the_diagnosis),
		cmocka_unit_test(test_release_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
