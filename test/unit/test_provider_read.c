#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/buf.h"
#include "providers/provider.h"

static const char whole[] =
	"{\"id\":\"x\",\"names\":{\"en\":\"X\",\"ja\":\"XJ\"},\n"
	"\"aliases\":[\"ex\"],"
	"\"domains\":[\"x.test\"],\"mx_suffixes\":[],"
	"\"servers\":[\n"
	"{\"service\":\"imap\",\"host\":\"imap.x.test\","
	"\"port\":993,\"security\":\"tls\"},\n"
	"{\"service\":\"smtp\",\"host\":\"{server}.x.test\","
	"\"port\":587,\"security\":\"starttls\"}],\n"
	"\"user_form\":{\"smtp\":\"other\"},"
	"\"user_hint\":{\"en\":\"HE\",\"ja\":\"HJ\"},"
	"\"secret\":{\"kind\":\"any\"},"
	"\"switches\":{\"imap\":\"off\",\"smtp\":\"admin\"},"
	"\"ordinary_refusal\":{\"cause\":\"web_login_required\"},"
	"\"answers_more\":[\"smtp\"],"
	"\"remedies\":{\"web_login_required\":[\n"
	"{\"en\":\"E\",\"ja\":\"J\",\"url\":\"https://x.test/\"}]},\n"
	"\"app_password_url\":\"https://x.test/p\","
	"\"help\":{\"en\":\"Desk\",\"ja\":\"DJ\",\"phone\":\"0120\"},"
	"\"issuers\":{\"names\":[\"Big Trust\",\"Other CA\"],"
	"\"source\":\"its page\",\"checked\":\"2026-07\"},"
	"\"quirks\":[{\"en\":\"Q1\",\"ja\":\"QJ\"},"
	"{\"en\":\"Q2\",\"ja\":\"QJ\"}],\n"
	"\"lockout\":{\"en\":\"L\",\"ja\":\"LJ\"},"
	"\"doubts\":[{\"en\":\"D\",\"ja\":\"DJ\"}],"
	"\"sources\":[\"https://x.test/\",\"seen\"],\n"
	"\"checked\":\"2026-08\",\"sure\":true,\n"
	"\"parts\":{\"secret\":{\"sure\":false},"
	"\"switches\":{\"checked\":\"2025-01\"}}}";

/* `whole` with the first `old` replaced. */
static struct span broken(const char *old, const char *new, struct buf *b)
{
	const char *at = strstr(whole, old);

	assert_non_null(at);
	buf_add(b, (struct span){ whole, (size_t)(at - whole) });
	buf_str(b, new);
	buf_str(b, at + strlen(old));
	assert_false(b->full);
	return buf_span(b);
}

static struct provider *whole_provider(void)
{
	struct fault why = { FAULT_NONE, "" };
	struct provider *p = NULL;

	if (!provider_parse(span_of(whole), "x.json", &p, &why))
		print_error("%s\n", why.text);
	assert_non_null(p);
	return p;
}

static void access_is_read(void **state)
{
	struct provider *p = whole_provider();

	(void)state;
	assert_string_equal(p->id, "x");
	assert_string_equal(p->name[LANG_JA], "XJ");
	assert_int_equal(p->servers, 2);
	assert_string_equal(p->server[0].host, "imap.x.test");
	assert_false(p->is_template[0]);
	assert_string_equal(p->server[1].host, "{server}.x.test");
	assert_true(p->is_template[1]);
	assert_true(p->starttls_offered);
	assert_string_equal(p->user_form[SERVICE_IMAP], "address");
	assert_string_equal(p->user_form[SERVICE_SMTP], "other");
	assert_string_equal(p->user_hint.text[LANG_JA], "HJ");
	assert_int_equal(p->secret, SECRET_ANY);
	assert_int_equal(p->access[SERVICE_IMAP], SWITCH_OFF);
	assert_int_equal(p->access[SERVICE_SMTP], SWITCH_ADMIN);
	assert_int_equal(p->access[SERVICE_POP3], SWITCH_UNKNOWN);
	assert_int_equal(p->ordinary_refusal, CAUSE_WEB_LOGIN_REQUIRED);
	assert_string_equal(p->app_password_url, "https://x.test/p");
	assert_null(p->rules);
	provider_free(p);
}

static void words_are_read(void **state)
{
	struct provider *p = whole_provider();
	struct provider_step step[PROVIDER_STEPS_MAX];

	(void)state;
	assert_string_equal(p->help.text[LANG_EN], "Desk");
	assert_string_equal(p->help.phone, "0120");
	assert_null(p->help.url);
	assert_int_equal(p->issuers.n, 2);
	assert_string_equal(p->issuers.name[1], "Other CA");
	assert_string_equal(p->issuers.source, "its page");
	assert_string_equal(p->issuers.checked, "2026-07");
	assert_int_equal(p->quirks, 2);
	assert_string_equal(p->quirk[1].text[LANG_EN], "Q2");
	assert_int_equal(p->doubts, 1);
	assert_string_equal(p->doubt[0].text[LANG_JA], "DJ");
	assert_string_equal(p->lockout.text[LANG_EN], "L");
	assert_int_equal(provider_remedy(p, CAUSE_WEB_LOGIN_REQUIRED, step),
			 1);
	assert_string_equal(step[0].url, "https://x.test/");
	assert_string_equal(provider_list_at(p, PROVIDER_ALIASES, 0), "ex");
	assert_null(provider_list_at(p, PROVIDER_ALIASES, 1));
	assert_string_equal(provider_list_at(p, PROVIDER_DOMAINS, 0),
			    "x.test");
	assert_null(provider_list_at(p, PROVIDER_MX_SUFFIXES, 0));
	assert_string_equal(provider_list_at(p, PROVIDER_SOURCES, 1), "seen");
	provider_free(p);
}

/* A part says what differs; the rest is the file's. */
static void parts_differ_from_the_file(void **state)
{
	struct provider *p = whole_provider();

	(void)state;
	assert_string_equal(p->checked, "2026-08");
	assert_true(p->sure);
	assert_string_equal(p->part[PART_SECRET].checked, "2026-08");
	assert_false(p->part[PART_SECRET].sure);
	assert_string_equal(p->part[PART_SWITCHES].checked, "2025-01");
	assert_true(p->part[PART_SWITCHES].sure);
	assert_string_equal(p->part[PART_REMEDIES].checked, "2026-08");
	assert_true(p->part[PART_REMEDIES].sure);
	provider_free(p);
}

static void a_broken_file_names_itself_and_the_member(void **state)
{
	static const struct {
		const char *old, *new, *member;
	} rows[] = {
		{ "\"id\":\"x\"", "\"id\":\"\"", "x.json:1: id:" },
		{ "\"id\":\"x\"", "\"id\":7", "x.json:1: id:" },
		{ "\"id\":\"x\"", "\"id\":\"X-Y\"", "x.json:1: id:" },
		{ "\"names\":{", "\"names\":{\"de\":\"X\",",
		  "names.de: unknown" },
		{ "\"names\":{", "\"names\":{\"en\":\"X\",",
		  "names.en: given twice" },
		{ ",\"ja\":\"XJ\"", "", "names.ja: expected a printable text" },
		{ "[\"ex\"]", "[\"Ex\"]", "x.json:2: aliases[0]:" },
		{ "[\"x.test\"]", "[7]", "x.json:2: domains[0]:" },
		{ "[\"x.test\"]", "\"x.test\"", "domains: expected a list" },
		{ "[\"x.test\"]", "[\"x.test\",\"X.test\"]", "domains[1]:" },
		{ "[\"x.test\"]", "[\"x.test\",\"x.test\"]",
		  "domains[1]: expected each once" },
		{ "[\"x.test\"]", "[\"*.x.test\",\"a.*.test\"]",
		  "domains[1]:" },
		{ "[\"x.test\"]", "[\"test\"]", "domains[0]:" },
		{ "\"mx_suffixes\":[],", "", "x.json:1: mx_suffixes:" },
		{ "\"mx_suffixes\":[]", "\"mx_suffixes\":[\"*.x.test\"]",
		  "mx_suffixes[0]:" },
		{ "\"servers\":[", "\"servers\":[], \"x\":[",
		  "x.json:2: x: unknown" },
		{ "\"imap\"", "\"imaps\"", "x.json:3: servers[0].service:" },
		{ "\"imap.x.test\"", "\"\"", "x.json:3: servers[0].host:" },
		{ "\"imap.x.test\"", "\"imap x.test\"", "servers[0].host:" },
		{ "{server}.x", "{server.x", "x.json:4: servers[1].host:" },
		{ "{server}.x", "{}.x", "servers[1].host:" },
		{ "{server}.x", "{a}.{b}.x", "servers[1].host:" },
		{ "993", "0", "servers[0].port:" },
		{ "587", "65536", "x.json:4: servers[1].port:" },
		{ "\"security\":\"tls\"", "\"security\":\"ssl\"",
		  "servers[0].security:" },
		{ "\"port\":587", "\"port\":587,\"ssl\":1",
		  "x.json:4: servers[1].ssl: unknown" },
		{ "{\"smtp\":\"other\"}", "\"full\"",
		  "x.json:5: user_form:" },
		{ "{\"smtp\":\"other\"}", "{\"imap\":1}",
		  "user_form.imap:" },
		{ "\"user_hint\":{\"en\":\"HE\",\"ja\":\"HJ\"},", "",
		  "user_hint:" },
		{ "\"en\":\"HE\",", "", "user_hint.en:" },
		{ "\"kind\":\"any\"", "\"kind\":\"some\"", "secret.kind:" },
		{ "\"any\"", "\"any\",\"min\":9,\"max\":8", "secret.max:" },
		{ "\"any\"", "\"any\",\"min\":\"8\"", "secret.min:" },
		{ "\"any\"", "\"any\",\"max\":1001", "secret.max:" },
		{ "\"any\"", "\"any\",\"alphabet\":\"hex\"",
		  "secret.alphabet:" },
		{ "\"any\"", "\"any\",\"separators\":1",
		  "secret.separators:" },
		{ "\"any\"", "\"any\",\"sure\":\"yes\"", "secret.sure:" },
		{ "\"imap\":\"off\"", "\"imap\":\"\"", "switches.imap:" },
		{ "\"imap\":\"off\"", "\"imaps\":\"off\"",
		  "switches.imaps: unknown" },
		{ "\"cause\":\"web_login_required\"", "\"cause\":\"bad_luck\"",
		  "ordinary_refusal.cause:" },
		{ "\"cause\":\"web_login_required\"",
		  "\"cause\":\"web_login_required\",\"sure\":1",
		  "ordinary_refusal.sure:" },
		{ "[\"smtp\"]", "[\"smtp\",\"http\"]", "answers_more[1]:" },
		{ "[\"smtp\"]", "\"smtp\"", "answers_more:" },
		{ "\"remedies\":{", "\"remedies\":{\"bad_luck\":[],",
		  "remedies.bad_luck:" },
		{ "\"remedies\":{", "\"remedies\":{\"works\":[],",
		  "remedies.works:" },
		{ "\"en\":\"E\",", "",
		  "x.json:6: remedies.web_login_required[0].en:" },
		{ "\"url\":\"https:", "\"url\":\"http:",
		  "remedies.web_login_required[0].url:" },
		{ "\"phone\":\"0120\"", "\"phone\":120", "help.phone:" },
		{ "[\"Big Trust\",\"Other CA\"]", "[]", "issuers.names:" },
		{ "\"Other CA\"", "\"\"", "issuers.names[1]:" },
		{ "\"its page\"", "\"http://x.test/\"", "issuers.source:" },
		{ "\"2026-07\"", "\"July\"", "issuers.checked:" },
		/* what a terminal would obey */
		{ "\"0120\"", "\"0\\u001b[2J\"", "help.phone:" },
		{ "\"Desk\"", "\"De\\nsk\"", "help.en:" },
		{ "\"XJ\"", "\"X\\u202eJ\"", "names.ja:" },
		{ "\"ex\"", "\"e\\u0007\"", "aliases[0]:" },
		{ "\"seen\"", "\"se\\ten\"", "sources[1]:" },
		{ "\"LJ\"", "\"\xff\"", "lockout.ja:" },
		{ "\"en\":\"Desk\",", "", "help.en:" },
		{ "\"en\":\"Desk\",\"ja\":\"DJ\",\"phone\":\"0120\"", "",
		  "x.json:7: help:" },
		{ "{\"en\":\"Q2\",\"ja\":\"QJ\"}", "\"Q2\"",
		  "quirks[1]: expected an object" },
		{ "{\"en\":\"Q2\",\"ja\":\"QJ\"}", "{\"en\":\"Q2\"}",
		  "quirks[1].ja:" },
		{ "{\"en\":\"L\",\"ja\":\"LJ\"}", "\"L\"",
		  "x.json:8: lockout:" },
		{ "[{\"en\":\"D\",\"ja\":\"DJ\"}]", "3", "doubts:" },
		{ "[\"https://x.test/\",\"seen\"]", "[]", "sources:" },
		{ "\"seen\"", "\"http://x.test/\"", "sources[1]:" },
		{ "\"2026-08\"", "\"August\"", "x.json:9: checked:" },
		{ "\"2026-08\"", "\"2026-13\"", "checked:" },
		{ "\"sure\":true", "\"sure\":1", "sure:" },
		{ "\"sure\":true,", "", "sure:" },
		{ "\"secret\":{\"sure\":false}", "\"secret\":{\"sure\":0}",
		  "x.json:10: parts.secret.sure:" },
		{ "\"secret\":{\"sure\":false}", "\"names\":{}",
		  "parts.names: unknown" },
		{ "\"2025-01\"", "\"2025\"", "parts.switches.checked:" },
		{ "\"sure\":true", "\"sure\":true,\"rules\":[{\"id\":\"r\"}]",
		  "x.json:9: rule \"r\"" },
		{ "\"sure\":true", "\"sure\":true,\"rules\":[\n"
		  "{\"id\":\"a\",\"when\":{\"stage\":[\"login\"],\"words\":[\"x\"]},"
		  "\"causes\":[[\"works\",\"proven\"]],\"source\":\"s\","
		  "\"examples\":[{\"service\":\"imap\",\"stage\":\"login\","
		  "\"reply\":\"a NO x\"}]},\n"
		  "{\"id\":\"b\",\n\"when\":{\"stage\":[\"login\"],\n"
		  "\"smpt\":[\"535\"]}}]", "x.json:13: rule \"b\": " },
		{ "\"sure\":true", "\"sure\":true,\"rules\":3",
		  "x.json:9: rule" },
		{ "\"https://x.test/p\"", "\"https://x.test/\\u001b[m\"",
		  "app_password_url:" },
		{ "\"https://x.test/p\"", "\"x.test\"", "app_password_url:" },
		{ "\"https://x.test/p\"", "\"https://x.test/ p\"",
		  "app_password_url:" },
		{ "\"sure\":true,", "\"sure\":true", "line 10, column 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char room[3000];
		struct buf b = buf_over(room, sizeof(room));
		struct fault why = { FAULT_NONE, "" };
		struct provider *p = NULL;

		assert_false(provider_parse(broken(rows[i].old, rows[i].new,
						   &b), "x.json", &p, &why));
		assert_null(p);
		if (!strstr(why.text, "x.json") ||
		    !strstr(why.text, rows[i].member))
			print_error("%s: \"%s\"\n", rows[i].new, why.text);
		assert_non_null(strstr(why.text, "x.json"));
		assert_non_null(strstr(why.text, rows[i].member));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(access_is_read),
		cmocka_unit_test(words_are_read),
		cmocka_unit_test(parts_differ_from_the_file),
		cmocka_unit_test(a_broken_file_names_itself_and_the_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
