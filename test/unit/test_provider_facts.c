#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "probes/base/text.h"
#include "providers/provider.h"
#include "reports/symptom.h"

#define PROVIDERS_MIN 15		/* fewer means that they were not found */
#define DOMAINS_MAX 2000

static struct provider *provider(const char *id)
{
	struct fault why = { FAULT_NONE, "" };
	struct provider *p = NULL;

	if (!provider_by_id(NULL, id, &p, &why))
		print_error("%s: %s\n", id, why.text);
	assert_non_null(p);
	return p;
}

/* The n-th of all; NULL past the end. */
static struct provider *provider_at(size_t n)
{
	char id[64];

	return provider_id_at(n, id, sizeof(id)) ? provider(id) : NULL;
}

/* ---- what they say ---- */

static bool says_step(const struct provider_step *s)
{
	return s->text[LANG_EN] && s->text[LANG_EN][0] && s->text[LANG_JA] &&
	       s->text[LANG_JA][0] &&
	       (!s->url || strncmp(s->url, "https://", 8) == 0) &&
	       strcmp(s->text[LANG_EN], s->text[LANG_JA]) != 0;
}

static void remedies_speak_both_languages(void **state)
{
	size_t steps = 0;
	struct provider *p;

	(void)state;
	for (size_t i = 0; (p = provider_at(i)) != NULL; i++) {
		for (unsigned c = 0; c < CAUSE_COUNT; c++) {
			struct provider_step step[PROVIDER_STEPS_MAX];
			size_t n = provider_remedy(p, (enum cause)c, step);

			for (size_t s = 0; s < n; s++)
				assert_true(says_step(&step[s]));
			steps += n;
		}
		provider_free(p);
	}
	assert_true(steps > 100);
}

/* Where another secret is wanted, a switch is off ..., the way is told. */
static void the_usual_refusals_have_remedies(void **state)
{
	struct provider *p;

	(void)state;
	for (size_t i = 0; (p = provider_at(i)) != NULL; i++) {
		struct fault why = { FAULT_NONE, "" };

		if (!provider_is_complete(p, p->id, &why))
			print_error("%s\n", why.text);
		assert_int_equal(why.kind, FAULT_NONE);
		provider_free(p);
	}
}

static void a_remedy_nobody_wrote_is_empty(void **state)
{
	struct provider_step step[PROVIDER_STEPS_MAX];
	struct provider *p = provider("gmail");

	(void)state;
	assert_int_equal(provider_remedy(p, CAUSE_DNS_FAILURE, step), 0);
	provider_free(p);
}

static void facts(void **state)
{
	static const struct {
		const char *id, *imap_form, *host;
		enum secret_kind secret;
		size_t min, max;
		enum cause usual;
		bool usual_sure, smtp_more, starttls, sure;
	} rows[] = {
		{ "gmail", "address", "imap.gmail.com", SECRET_APP_PASSWORD,
		  16, 16, CAUSE_APP_PASSWORD, true, true, true, true },
		{ "icloud", "local", "imap.mail.me.com", SECRET_APP_PASSWORD,
		  16, 16, CAUSE_APP_PASSWORD, true, false, true, true },
		{ "docomo", "other", "imap.spmode.ne.jp", SECRET_SEPARATE, 8,
		  12, CAUSE_SEPARATE_PASSWORD, true, false, false, true },
		{ "outlook_com", "address", "outlook.office365.com",
		  SECRET_OAUTH, 0, 0, CAUSE_OAUTH_REQUIRED, true, true, true,
		  true },
		{ "yahoo_japan", "local", "imap.mail.yahoo.co.jp", SECRET_ANY,
		  0, 0, CAUSE_PROTOCOL_DISABLED, false, false, false, true },
		{ "zoho", "address", "imap.zoho.com",
		  SECRET_APP_PASSWORD_2FA, 12, 12,
		  CAUSE_COUNT, false, false, true, true },
		{ "softbank", "local", "imap.softbank.jp", SECRET_SEPARATE, 0,
		  0, CAUSE_SEPARATE_PASSWORD, false, false, false,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct provider *p = provider(rows[i].id);

		assert_string_equal(p->user_form[SERVICE_IMAP],
				    rows[i].imap_form);
		assert_string_equal(p->server[0].host, rows[i].host);
		assert_int_equal(p->server[0].port, 993);
		assert_int_equal(p->secret, rows[i].secret);
		assert_int_equal(p->secret_min, rows[i].min);
		assert_int_equal(p->secret_max, rows[i].max);
		assert_int_equal(p->ordinary_refusal, rows[i].usual);
		assert_int_equal(p->ordinary_refusal_sure, rows[i].usual_sure);
		assert_int_equal(p->answers_more[SERVICE_SMTP],
				 rows[i].smtp_more);
		assert_false(p->answers_more[SERVICE_IMAP]);
		assert_int_equal(p->starttls_offered, rows[i].starttls);
		assert_int_equal(p->sure, rows[i].sure);
		provider_free(p);
	}
}

/* Forms differ by service; what is not named is the address. */
static void forms_per_service(void **state)
{
	struct provider *p = provider("icloud");

	(void)state;
	assert_string_equal(p->user_form[SERVICE_IMAP], "local");
	assert_string_equal(p->user_form[SERVICE_SMTP], "address");
	assert_string_equal(p->user_form[SERVICE_POP3], "address");
	provider_free(p);
}

/* ---- their own rules ---- */

static void verdicts(void **state)
{
	static const struct {
		const char *id;
		enum service service;
		enum stage stage;
		const char *mechanism, *text, *wanted;
		enum confidence confidence;
		bool ask_smtp;
	} rows[] = {
		{ "outlook_com", SERVICE_IMAP, STAGE_LOGIN, "PLAIN",
		  "a NO AUTHENTICATE failed.", "oauth_required",
		  CONFIDENCE_LIKELY, true },
		{ "outlook_com", SERVICE_IMAP, STAGE_LOGIN, "XOAUTH2",
		  "a NO AUTHENTICATE failed.", "oauth_token_invalid",
		  CONFIDENCE_LIKELY, true },
		{ "microsoft_365", SERVICE_POP3, STAGE_LOGIN, "USER/PASS",
		  "-ERR Logon failure: unknown user name or bad password.",
		  "oauth_required", CONFIDENCE_LIKELY, true },
		{ "microsoft_365", SERVICE_IMAP, STAGE_MAILBOX, "XOAUTH2",
		  "a BAD User is authenticated but not connected.",
		  "protocol_disabled", CONFIDENCE_LIKELY, false },
		{ "yandex", SERVICE_IMAP, STAGE_LOGIN, "",
		  "a NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or "
		  "IMAP is disabled sc=a", "protocol_disabled",
		  CONFIDENCE_POSSIBLE, false },
		{ "yahoo_japan", SERVICE_IMAP, STAGE_LOGIN, "LOGIN command",
		  "a NO (#AUTH011)\xc2\xa0Incorrect username or password.",
		  "protocol_disabled", CONFIDENCE_POSSIBLE, false },
		{ "yahoo", SERVICE_SMTP, STAGE_LOGIN, "PLAIN",
		  "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
		  "app_password_required", CONFIDENCE_LIKELY, false },
		{ "netease_163", SERVICE_IMAP, STAGE_MAILBOX, "",
		  "a NO EXAMINE Unsafe Login. Please contact us",
		  "client_id_required", CONFIDENCE_PROVEN, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct provider *p = provider(rows[i].id);
		struct rule_match m = { .rule = "" };
		struct reply reply;
		struct symptom s;

		reply_from_text(rows[i].service, span_of(rows[i].text), &reply);
		s = symptom_of(&reply);
		s.service_known = s.stage_known = true;
		s.service = rows[i].service;
		s.stage = rows[i].stage;
		s.mechanism = rows[i].mechanism;
		assert_true(rules_match(p->rules, NULL, &s, &m));
		assert_string_equal(cause_id(m.cause[0].cause),
				    rows[i].wanted);
		assert_int_equal(m.cause[0].confidence, rows[i].confidence);
		assert_int_equal(m.ask[SERVICE_SMTP], rows[i].ask_smtp);
		provider_free(p);
	}
}

/* Whoever is found runs that host; those for showing are nobody's. */
static void servers_lead_to_whom_they_serve(void **state)
{
	char id[PROVIDER_ID_CAP];
	struct provider *p, *found;
	struct fault why;

	(void)state;
	for (size_t i = 0; provider_id_at(i, id, sizeof(id)); i++) {
		assert_true(provider_by_id(NULL, id, &p, &why));
		for (size_t k = 0; k < p->servers; k++) {
			bool ok = provider_by_server(p->server[k].host, &found,
						     &why);
			bool same = false;

			assert_int_equal(ok, !p->is_template[k]);
			assert_int_equal(why.kind, FAULT_NONE);
			for (size_t j = 0; ok && j < found->servers; j++)
				same |= strcmp(found->server[j].host,
					       p->server[k].host) == 0;
			assert_int_equal(same, ok);
			if (ok)
				provider_free(found);
		}
		provider_free(p);
	}
	assert_true(provider_by_server("IMAP.Gmail.COM", &found, &why));
	assert_string_equal(found->id, "gmail");
	provider_free(found);
	assert_false(provider_by_server("gmail.com", &found, &why));
	assert_false(provider_by_server("imap.gmail.com = gmail", &found,
					&why));
	assert_false(provider_by_server("", &found, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remedies_speak_both_languages),
		cmocka_unit_test(the_usual_refusals_have_remedies),
		cmocka_unit_test(a_remedy_nobody_wrote_is_empty),
		cmocka_unit_test(facts),
		cmocka_unit_test(forms_per_service),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(servers_lead_to_whom_they_serve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
