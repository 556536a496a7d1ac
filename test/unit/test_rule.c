#include "test/unit/unit.h"

#include <string.h>

#include "reports/rule.h"
#include "reports/symptom.h"

static int load(void **state)
{
	struct fault why = { FAULT_NONE, "" };

	*state = rules_general(&why);
	if (!*state)
		print_error("%s\n", why.text);
	return *state ? 0 : -1;
}

static int unload(void **state)
{
	rules_free(*state);
	return 0;
}

/* A rule that another one hides, or that does not fit its own reply, is dead. */
static void every_example_selects_its_own_rule(void **state)
{
	const struct rules *rules = *state;
	unsigned bad = 0, seen = 0;

	for (size_t r = 0; r < rules_count(rules); r++) {
		struct rule_example e;

		for (size_t n = 0; rules_example(rules, r, n, &e); n++) {
			struct rule_match m = { .rule = "(none)" };

			seen++;
			rules_match(NULL, rules, &e.symptom, &m);
			if (strcmp(m.rule, e.rule) == 0)
				continue;
			print_error("%s: example %zu \"%s\" selects %s\n",
				    e.rule, n, e.reply.text, m.rule);
			bad++;
		}
	}
	assert_true(seen >= rules_count(rules));
	assert_int_equal(bad, 0);
}

/* Those that no single step shows: diagnose() concludes them. */
static bool is_concluded(enum cause c)
{
	return c == CAUSE_STARTTLS_STRIPPED || c == CAUSE_WORKS ||
	       c == CAUSE_NOT_TRIED || c == CAUSE_DOMAIN_WRONG ||
	       c == CAUSE_SERVERS_UNKNOWN;
}

static void every_cause_is_reached(void **state)
{
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		if (is_concluded((enum cause)c))
			continue;
		if (!rules_name_cause(*state, (enum cause)c))
			print_error("no rule: %s\n", cause_id((enum cause)c));
		assert_true(rules_name_cause(*state, (enum cause)c));
	}
}

static const char *verdict(const struct rules *rules, enum service service,
			   enum stage stage, const char *text,
			   const char *own)
{
	struct rule_match m;
	struct reply reply;
	struct symptom s;

	reply_from_text(service, span_of(text), &reply);
	s = symptom_of(&reply);
	s.service_known = s.stage_known = true;
	s.service = service;
	s.stage = stage;
	s.security_known = true;
	s.security = SECURITY_TLS;
	s.own_words[0] = own;
	return rules_match(NULL, rules, &s, &m) ? cause_id(m.cause[0].cause)
						: "unknown";
}

/* Names of hosts and people are no words of the server. */
static void names_are_no_words(void **state)
{
	static const struct {
		enum service service;
		const char *text, *own, *wanted;
	} rows[] = {
		{ SERVICE_SMTP, "535 5.7.8 Error: authentication failed for "
				"mail.app-password.invalid", NULL,
		  "wrong_credentials" },
		{ SERVICE_IMAP, "a NO [AUTHENTICATIONFAILED] Authentication "
				"failed for locked@expired.example", NULL,
		  "wrong_credentials" },
		{ SERVICE_IMAP, "a NO Login failed for user \"suspended\"",
		  NULL, "wrong_credentials" },
		{ SERVICE_IMAP, "a NO Login failed (disabled)", "disabled",
		  "wrong_credentials" },
		{ SERVICE_SMTP, "535 5.7.8 Bad credentials, see "
				"https://help.example/?topic=two-factor,blocked",
		  NULL, "wrong_credentials" },
		{ SERVICE_IMAP, "a NO [CAPABILITY IMAP4rev1 STARTTLS "
				"LOGINDISABLED] Authentication failed",
		  NULL, "wrong_credentials" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(verdict(*state, rows[i].service,
					    STAGE_LOGIN, rows[i].text,
					    rows[i].own),
				    rows[i].wanted);
}

/* A new wording of a known concept still says what it says. */
static void words_are_families(void **state)
{
	static const struct {
		enum service service;
		enum stage stage;
		const char *text, *wanted;
	} rows[] = {
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO パスワードの有効期限が切れています",
		  "password_expired" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO アカウントはロックされています", "account_locked" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO アプリ用パスワードを使用してください",
		  "app_password_required" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO ＰＡＳＳＷＯＲＤ　ＥＸＰＩＲＥＤ", "password_expired" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO IMAP4 service isn't enabled on this mailbox",
		  "protocol_disabled" },
		{ SERVICE_POP3, STAGE_LOGIN,
		  "-ERR POP3 access has been turned off by the administrator",
		  "protocol_disabled" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "535 5.7.8 Passwort oder Benutzername falsch",
		  "wrong_credentials" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "550 5.7.1 Logins from your country are not allowed",
		  "ip_blocked" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "454 4.7.0 Temporary authentication failure: wrong password?",
		  "server_unavailable" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO [UNAVAILABLE] Invalid password database reply",
		  "server_unavailable" },
		{ SERVICE_SMTP, STAGE_MAILBOX,
		  "550 5.1.0 From address is not one of your addresses: "
		  "not authorized", "sender_mismatch" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "421 4.7.0 Too many sessions from your host",
		  "rate_limited" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO Acces IMAP desactive pour ce compte",
		  "protocol_disabled" },	/* accents left out */
		{ SERVICE_POP3, STAGE_LOGIN,
		  "-ERR Bledny login lub haslo", "wrong_credentials" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "535 5.7.8 Error: authentication failed: generic failure",
		  "server_unavailable" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "535 5.7.139 Authentication unsuccessful, your password "
		  "has expired", "password_expired" },
		{ SERVICE_SMTP, STAGE_MAILBOX,
		  "553 sorry, that domain isn't in my list of allowed "
		  "rcpthosts (#5.7.1)", "auth_required" },
		{ SERVICE_SMTP, STAGE_MAILBOX,
		  "550-Requested action not taken: mailbox unavailable\n"
		  "550 Sender address is not allowed.", "sender_mismatch" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "535 Wrong password. After 5 failures your IP will be "
		  "blocked for an hour", "wrong_credentials" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "535 Bad credentials. If you use 2FA, use an app password",
		  "wrong_credentials" },
		{ SERVICE_IMAP, STAGE_LOGIN,
		  "a NO Mailbox moved to another server", "wrong_host" },
		{ SERVICE_SMTP, STAGE_LOGIN,
		  "334 5.7.8 Missing TOTP token", "two_factor_enabled" },
		{ SERVICE_IMAP, STAGE_CONNECT, "No route to host",
		  "network_blocked" },
		{ SERVICE_SMTP, STAGE_RESOLVE,
		  "No address associated with hostname", "wrong_host" },
		{ SERVICE_IMAP, STAGE_GREETING, "220 mail ESMTP Postfix",
		  "wrong_protocol" },
		{ SERVICE_IMAP, STAGE_GREETING,
		  "SSH-2.0-OpenSSH_9.2p1 Debian-2", "wrong_protocol" },
		{ SERVICE_SMTP, STAGE_TLS,
		  "tls: first record does not look like a TLS handshake",
		  "tls_on_plaintext_port" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *got = verdict(*state, rows[i].service,
					  rows[i].stage, rows[i].text, NULL);

		if (strcmp(got, rows[i].wanted) != 0)
			print_error("%s\n", rows[i].text);
		assert_string_equal(got, rows[i].wanted);
	}
}

/* A slip of the pen names the rule and what is wrong with it. */
static void mistakes_are_named(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"stagee\":[\"tls\"]}}]}",
		  "stagee" },
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"stage\":[\"tea\"]}}]}",
		  "tea" },
		{ "{\"rules\":[{\"id\":\"a\",\"causes\":[[\"x\",\"proven\"]]}]}",
		  "causes: x" },
		{ "{\"rules\":[{\"id\":\"a\",\"causes\":[[\"works\",\"sure\"]]}]}",
		  "sure" },
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"words\":[\"@no\"]}}]}",
		  "@no" },
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"words\":[[1]]}}]}",
		  "not a string" },
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"words\":[[]]}}]}",
		  "empty" },
		{ "{\"words\":{\"a\":[\"b\",2]},\"rules\":[]}",
		  "not a string" },
		{ "{\"words\":{},\"rules\":[],\"rules\":[]}", "unknown" },
		{ "{\"rules\":[{\"id\":\"a\",\"when\":{\"smtp\":[\"5\"]}}]}",
		  "reply code" },
		{ "{\"rules\":[{\"id\":\"a\",\"causes\":[[\"works\",\"proven\"]]}]}",
		  "examples" },
		{ "{\"rules\":[{\"when\":{}}]}", "without id" },
		{ "{\"rule\":[]}", "\"rule\"" },
		{ "{\"rules\":[{\"id\":\"a\",\"extra\":1}]}", "extra" },
		{ "{\"rules\":", "JSON" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault why = { FAULT_NONE, "" };
		struct rules *r = NULL;

		assert_false(rules_parse(span_of(rows[i].text), "t", &r, &why));
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		if (!strstr(why.text, rows[i].says))
			print_error("%s: %s\n", rows[i].text, why.text);
		assert_non_null(strstr(why.text, rows[i].says));
	}
}

static const char own_rule[] =
	"{\"rules\":[{\"id\":\"mine\","
	"\"when\":{\"words\":[\"authentication .. failed$\"]},"
	"\"causes\":[[\"plan_required\",\"likely\"]],\"ask\":[\"smtp\"],"
	"\"examples\":[{\"service\":\"imap\","
	"\"reply\":\"a NO Authentication failed\"}]}]}";

/* The provider's rules come first, and only where they fit. */
static void own_rules_come_first(void **state)
{
	struct fault why;
	struct rules *mine = NULL;
	struct rule_match m;
	struct reply reply;
	struct symptom s;

	assert_true(rules_parse(span_of(own_rule), "t", &mine, &why));
	reply_from_text(SERVICE_IMAP,
			span_of("a NO [AUTHENTICATIONFAILED] Authentication "
				"failed."), &reply);
	s = symptom_of(&reply);
	assert_true(rules_match(mine, *state, &s, &m));
	assert_string_equal(m.rule, "mine");
	assert_true(m.ask[SERVICE_SMTP]);
	assert_false(m.ask[SERVICE_POP3]);
	assert_false(m.final);
	reply_from_text(SERVICE_IMAP,
			span_of("a NO [AUTHENTICATIONFAILED] failed"), &reply);
	s = symptom_of(&reply);
	assert_true(rules_match(mine, *state, &s, &m));
	assert_string_equal(m.rule, "credentials-code");
	rules_free(mine);
}

static const char listed[] =
	"{\"words\":{\"fruit\":[\"apple|pear\",\"plum\"]},\"rules\":[{\"id\":\"a\","
	"\"when\":{\"words\":[[\"@fruit ~ ripe\",\"jam\"],\"jar\"]},"
	"\"causes\":[[\"plan_required\",\"likely\"]],"
	"\"examples\":[{\"reply\":\"a NO ripe plum in a jar\"}]}]}";

/* A list of strings is what its strings would be in one. */
static void lists_are_alternatives(void **state)
{
	static const struct {
		const char *text;
		bool fits;
	} rows[] = {
		{ "a NO ripe plum in a jar", true },
		{ "a NO jam in a jar", true },
		{ "a NO ripe plum", false },
		{ "a NO plum in a jar", false },
	};
	struct fault why = { FAULT_NONE, "" };
	struct rules *r = NULL;

	(void)state;
	assert_true(rules_parse(span_of(listed), "t", &r, &why));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_match m;
		struct reply reply;
		struct symptom s;

		reply_from_text(SERVICE_IMAP, span_of(rows[i].text), &reply);
		s = symptom_of(&reply);
		assert_int_equal(rules_match(r, NULL, &s, &m), rows[i].fits);
	}
	rules_free(r);
}

static const char fruit[] =
	"{\"rules\":["
	"{\"id\":\"plum\",\"when\":{\"words\":[\"plum\"]},"
	"\"causes\":[[\"server_unavailable\",\"likely\"]],"
	"\"examples\":[{\"reply\":\"a NO plum\"}]},"
	"{\"id\":\"jam\",\"when\":{\"words\":[\"jam\"]},"
	"\"causes\":[[\"account_disabled\",\"likely\"]],"
	"\"examples\":[{\"reply\":\"a NO jam\"}]},"
	"{\"id\":\"tart\",\"when\":{\"smtp\":[\"550\"],"
	"\"words\":[\"tart\"]},"
	"\"causes\":[[\"server_unavailable\",\"likely\"]],"
	"\"examples\":[{\"reply\":\"550 tart\"}]}]}";

/* What words say alone is less sure when the codes beside them say the
 * contrary; a rule that looked at the code knows. */
static void lists_can_be_asked_for(void **state)
{
	const struct rules *rules = *state;

	assert_true(rules_word_in(rules, "trouble", span_of("Неверный пароль")));
	assert_true(rules_word_in(rules, "trouble", span_of("容量を超えています")));
	assert_true(rules_word_in(rules, "trouble", span_of("It doesn't work")));
	assert_false(rules_word_in(rules, "trouble", span_of("IMAP4rev1 ready")));
	assert_false(rules_word_in(rules, "no such list", span_of("fail")));
}

static void words_yield_to_the_class(void **state)
{
	static const struct {
		enum service service;
		const char *text;
		enum confidence sure;
	} rows[] = {
		{ SERVICE_SMTP, "451 plum", CONFIDENCE_LIKELY },
		{ SERVICE_SMTP, "550 plum", CONFIDENCE_POSSIBLE },
		{ SERVICE_SMTP, "5.7.1 plum", CONFIDENCE_POSSIBLE },
		{ SERVICE_SMTP, "550 4.2.0 plum", CONFIDENCE_LIKELY },
		{ SERVICE_SMTP, "550 tart", CONFIDENCE_LIKELY },
		{ SERVICE_SMTP, "550 jam", CONFIDENCE_LIKELY },
		{ SERVICE_SMTP, "454 4.7.0 jam", CONFIDENCE_POSSIBLE },
		{ SERVICE_IMAP, "a NO plum", CONFIDENCE_LIKELY },
		{ SERVICE_IMAP, "a NO [AUTHENTICATIONFAILED] plum",
		  CONFIDENCE_POSSIBLE },
		{ SERVICE_IMAP, "a NO [UNAVAILABLE] jam",
		  CONFIDENCE_POSSIBLE },
		{ SERVICE_POP3, "-ERR [SYS/TEMP] jam", CONFIDENCE_POSSIBLE },
		{ SERVICE_POP3, "-ERR [AUTH] plum", CONFIDENCE_POSSIBLE },
		{ SERVICE_POP3, "-ERR jam", CONFIDENCE_LIKELY },
	};
	struct fault why = { FAULT_NONE, "" };
	struct rules *r = NULL;

	(void)state;
	assert_true(rules_parse(span_of(fruit), "t", &r, &why));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_match m;
		struct reply reply;
		struct symptom s;

		reply_from_text(rows[i].service, span_of(rows[i].text), &reply);
		s = symptom_of(&reply);
		assert_true(rules_match(r, NULL, &s, &m));
		if (m.cause[0].confidence != rows[i].sure)
			print_error("%s\n", rows[i].text);
		assert_int_equal(m.cause[0].confidence, rows[i].sure);
	}
	rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_alternatives),
		cmocka_unit_test(every_example_selects_its_own_rule),
		cmocka_unit_test(every_cause_is_reached),
		cmocka_unit_test(names_are_no_words),
		cmocka_unit_test(words_are_families),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(own_rules_come_first),
		cmocka_unit_test(lists_can_be_asked_for),
		cmocka_unit_test(words_yield_to_the_class),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
