#include "test/unit/unit.h"

#include "cmd/nearest.h"
#include "test/unit/options_scene.h"

/* ---- every option ---- */

static void targets_and_servers(void **state)
{
	struct options o;

	(void)state;
	accepted("--server imap.example --port 993 --service imap "
		 "--security starttls --user taro --address t@mail.example",
		 &o);
	assert_string_equal(o.command, "check");
	assert_string_equal(o.server, "imap.example");
	assert_int_equal(o.port, 993);
	assert_true(o.has_service && o.service == SERVICE_IMAP);
	assert_true(o.has_security && o.security == SECURITY_STARTTLS);
	assert_string_equal(o.user, "taro");
	assert_string_equal(o.address, "t@mail.example");
	options_release(&o);
	accepted("--server=[::1] --service=POP3 --security=none --user=a=b",
		 &o);
	assert_string_equal(o.server, "[::1]");
	assert_int_equal(o.service, SERVICE_POP3);
	assert_int_equal(o.security, SECURITY_NONE);
	assert_string_equal(o.user, "a=b");
	options_release(&o);
}

static void secrets_and_tokens(void **state)
{
	static const struct {
		const char *line;
		enum secret_source source;
		const char *argument;
		bool is_token;
	} rows[] = {
		{ "x@y", SECRET_FROM_PROMPT, NULL, false },
		{ "--password-stdin", SECRET_FROM_STDIN, NULL, false },
		{ "--password-file f", SECRET_FROM_FILE, "f", false },
		{ "--password-env V", SECRET_FROM_ENV, "V", false },
		{ "--password-command a~b", SECRET_FROM_COMMAND, "a b", false },
		{ "--netrc", SECRET_FROM_NETRC, NULL, false },
		{ "--netrc-file f", SECRET_FROM_NETRC, "f", false },
		{ "--token-stdin", SECRET_FROM_STDIN, NULL, true },
		{ "--token-file f", SECRET_FROM_FILE, "f", true },
		{ "--token-env V", SECRET_FROM_ENV, "V", true },
		{ "--token-command c", SECRET_FROM_COMMAND, "c", true },
		/* the last one counts, all of it */
		{ "--token-file f --password-stdin", SECRET_FROM_STDIN, NULL,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o;

		accepted(rows[i].line, &o);
		assert_int_equal(o.secret_source, rows[i].source);
		assert_int_equal(o.secret_is_token, rows[i].is_token);
		if (rows[i].argument)
			assert_string_equal(o.secret_argument,
					    rows[i].argument);
		else
			assert_null(o.secret_argument);
		options_release(&o);
	}
}

static void login_and_network(void **state)
{
	struct options o;

	(void)state;
	accepted("--no-login --mechanism plain --sender t@mail.example "
		 "--quit-after tls --insecure-certificate "
		 "--insecure-plaintext", &o);
	assert_true(o.no_login && o.insecure_certificate &&
		    o.insecure_plaintext);
	assert_string_equal(o.mechanism, "plain");
	assert_string_equal(o.sender, "t@mail.example");
	assert_int_equal(o.quit_after, STAGE_TLS);
	options_release(&o);
	accepted("-4 --dns-server [::1]:53 --resolve h:1:192.0.2.1 "
		 "--resolve h:2:192.0.2.2 --connect-to a:1:b:2 --ca-file f "
		 "--timeout 7", &o);
	assert_int_equal(o.family, FAMILY_IPV4);
	assert_string_equal(o.dns_server, "[::1]:53");
	assert_int_equal(o.overrides, 2);
	assert_int_equal(o.override[1].port, 2);
	assert_int_equal(o.connect_rules, 1);
	assert_string_equal(o.connect_rule[0].to_host, "b");
	assert_string_equal(o.ca_file, "f");
	assert_int_equal(o.timeout, 7000);
	options_release(&o);
	accepted("--ipv6 --dns-server 192.0.2.53", &o);
	assert_int_equal(o.family, FAMILY_IPV6);
	options_release(&o);
}

static void report_and_commands(void **state)
{
	struct options o;

	(void)state;
	accepted("--lang ja --format json --color never --width 72 -vvq", &o);
	assert_int_equal(o.lang, LANG_JA);
	assert_int_equal(o.format, FORMAT_JSON);
	assert_int_equal(o.color, COLOR_NEVER);
	assert_int_equal(o.width, 72);
	assert_int_equal(o.verbosity, 2);
	assert_true(o.quiet);
	options_release(&o);
	accepted("--json --color always -hV --schema", &o);
	assert_int_equal(o.format, FORMAT_JSON);
	assert_int_equal(o.color, COLOR_ALWAYS);
	assert_true(o.help && o.version && o.schema);
	options_release(&o);
	accepted("demo --list", &o);
	assert_string_equal(o.command, "demo");
	assert_true(o.demo_list);
	options_release(&o);
	accepted("demo --serve some-scenario", &o);
	assert_true(o.demo_serve);
	assert_string_equal(o.target[0], "some-scenario");
	options_release(&o);
	accepted("check -v -- --odd@mail.example", &o);
	assert_int_equal(o.targets, 1);
	assert_string_equal(o.target[0], "--odd@mail.example");
	options_release(&o);
}

static void defaults(void **state)
{
	struct options o;

	(void)state;
	accepted("t@mail.example", &o);
	assert_string_equal(o.command, "check");
	assert_int_equal(o.targets, 1);
	assert_int_equal(o.quit_after, STAGE_LOGOUT);
	assert_int_equal(o.timeout, PROBE_MSEC);
	assert_int_equal(o.lang, LANG_EN);
	assert_int_equal(o.port, 0);
	assert_false(o.has_service || o.has_security || o.no_login || o.quiet);
	options_release(&o);
}

/* ---- bad values: one line that names the thing ---- */

static void bad_values(void **state)
{
	static const struct {
		const char *line, *names;
	} rows[] = {
		{ "--no-such", "--no-such" }, { "-Z", "-Z" },
		{ "-vZ", "-Z" }, { "--prot 1", "--port" },
		{ "--port", "--port" }, { "--port 0", "\"0\"" },
		{ "--port 70000", "70000" }, { "--port 1x", "1x" },
		{ "--port=", "--port" }, { "--port -1", "-1" },
		{ "--server a~b", "a b" }, { "--server=", "--server" },
		{ "--server imaps://h", "imaps://h" },
		{ "--service nntp", "nntp" }, { "--security ssl", "ssl" },
		{ "--address taro", "taro" }, { "--sender a@b@c", "a@b@c" },
		{ "--user=", "--user" }, { "--user a\tb", "--user" },
		{ "--mechanism GSSAPI", "GSSAPI" },
		{ "--quit-after lunch", "lunch" },
		{ "--dns-server name", "name" },
		{ "--dns-server 127.0.0.1:0", "127.0.0.1:0" },
		{ "--resolve nonsense", "nonsense" },
		{ "--connect-to nonsense", "nonsense" },
		{ "--timeout 0", "\"0\"" }, { "--timeout 3601", "3601" },
		{ "--lang tlh", "tlh" }, { "--format xml", "xml" },
		{ "--color red", "red" }, { "--width 39", "39" },
		{ "--width 1001", "1001" }, { "--json=yes", "--json" },
		{ "--password-file=", "--password-file" },
		{ "--list", "--list" }, { "check --serve", "--serve" },
		{ "check --check a.json", "mailwhy providers --check" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o;

		if (parse(rows[i].line, &o))
			REFUSE("%s was accepted\n", rows[i].line);
		if (!strstr(said, rows[i].names))
			print_error("%s: %s\n", rows[i].line, said);
		assert_non_null(strstr(said, rows[i].names));
		assert_null(strchr(said, '{'));
	}
}

/* Refused with the reason and another way, and not shown again. */
static void secrets_in_the_open(void **state)
{
	static const char *const lines[] = {
		"--password hunter2", "--password=hunter2", "--token hunter2",
		"--pass=hunter2", "-phunter2", "--password-env hunter-2;",
		"imaps://t:hunter2@h", "t:hunter2@mail.example",
		"--server imaps://t:hunter2@h", "--passwd hunter2",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct options o;

		if (parse(lines[i], &o))
			REFUSE("%s was accepted\n", lines[i]);
		assert_null(strstr(said, "hunter"));
		if (strncmp(lines[i], "-p", 2) != 0)
			assert_non_null(strstr(said, "password"));
	}
}

/* Everything that adds up has an end. */
static void lists_have_an_end(void **state)
{
	static const char *const options[][2] = {
		{ "--resolve", "h:1:192.0.2.1" }, { "--connect-to", ":::" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		char *argv[2 + 2 * (OVERRIDES_MAX + 1)] = { (char *)"mailwhy" };
		struct options o;
		int n = 1;

		assert_int_equal(OVERRIDES_MAX, CONNECT_RULES_MAX);
		for (size_t j = 0; j < OVERRIDES_MAX; j++) {
			argv[n++] = (char *)options[i][0];
			argv[n++] = (char *)options[i][1];
		}
		assert_true(parse_list(argv, &o));
		assert_int_equal(o.overrides + o.connect_rules, OVERRIDES_MAX);
		options_release(&o);
		argv[n++] = (char *)options[i][0];
		argv[n++] = (char *)options[i][1];
		assert_false(parse_list(argv, &o));
	}
}

/* Complaints come in the language that was asked for, even behind them. */
static void arguments_have_an_end(void **state)
{
	char *argv[TARGETS_MAX + 4] = { (char *)"mailwhy", (char *)"x" };
	struct options o;
	int n = 2;

	(void)state;
	while (n < TARGETS_MAX + 2)
		argv[n++] = (char *)"file";
	assert_true(parse_list(argv, &o));
	assert_int_equal(o.targets, TARGETS_MAX);
	options_release(&o);
	argv[n] = (char *)"one-too-many";
	assert_false(parse_list(argv, &o));
	assert_non_null(strstr(said, "one-too-many"));
}

static void language_of_complaints(void **state)
{
	static const struct {
		const char *line;
		bool japanese;
	} rows[] = {
		{ "--port 0", false }, { "--port 0 --lang ja", true },
		{ "--lang=ja --port 0", true }, { "--lang=xx --port 0", false },
	};
	struct options o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_false(parse(rows[i].line, &o));
		assert_int_equal(strstr(said, "\xe3\x81\xaf") ||
				 strstr(said, "\xe3\x81\xab"),
				 rows[i].japanese);
	}
	setenv("LANG", "ja_JP.UTF-8", 1);
	accepted("x@y", &o);
	assert_int_equal(o.lang, LANG_JA);
	options_release(&o);
	setenv("LANG", "C", 1);
}

/* ---- the nearest word ---- */

static const char *word_at(size_t i)
{
	static const char *const words[] = { "check", "demo", "password-file" };

	return i < ARRAY_SIZE(words) ? words[i] : NULL;
}

static void nearest(void **state)
{
	static const struct {
		const char *word, *near;
	} rows[] = {
		{ "chek", "check" }, { "CHECK", "check" }, { "dmeo", "demo" },
		{ "pasword-file", "password-file" }, { "taro", NULL },
		{ "", NULL }, { "zzzzzzzzzzzz", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *near = nearest_word(rows[i].word, word_at);

		if (!rows[i].near && near)
			print_error("%s: %s\n", rows[i].word, near);
		if (rows[i].near)
			assert_string_equal(near, rows[i].near);
		else
			assert_null(near);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(targets_and_servers),
		TEST(secrets_and_tokens),
		TEST(login_and_network),
		TEST(report_and_commands),
		TEST(defaults),
		TEST(bad_values),
		TEST(secrets_in_the_open),
		TEST(lists_have_an_end),
		TEST(arguments_have_an_end),
		TEST(language_of_complaints),
		TEST(nearest),
	};

	return cmocka_run_group_tests(tests, make_home, drop_home);
}
