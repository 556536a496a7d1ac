#include "test/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/nearest.h"
#include "cmd/option.h"
#include "probes/base/text.h"

#define ARGS_MAX 24
#define REFUSE(...) (print_error(__VA_ARGS__), assert_true(false))

static char home[64], config_folder[96], config[128];

static int make_home(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "/tmp/mailwhy-unit-XXXXXX");
	if (!mkdtemp(home))
		return -1;
	snprintf(config_folder, sizeof(config_folder), "%s/mailwhy", home);
	snprintf(config, sizeof(config), "%s/config", config_folder);
	setenv("XDG_CONFIG_HOME", home, 1);
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	setenv("LANG", "C", 1);
	return mkdir(config_folder, 0700);
}

static int drop_home(void **state)
{
	(void)state;
	unlink(config);
	rmdir(config_folder);
	return rmdir(home);
}

static void put_config(const char *text, size_t len)
{
	int fd = open(config, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

/* Between two tests, no setting of one may reach the other. */
static int forget_settings(void **state)
{
	(void)state;
	unlink(config);
	for (const struct option *row = option_table; row->name; row++) {
		char name[64];
		struct buf b = buf_over(name, sizeof(name));

		buf_str(&b, "MAILWHY_");
		for (const char *c = row->name; *c; c++)
			buf_char(&b, *c == '-' ? '_' : ascii_upper(*c));
		unsetenv(name);
	}
	return 0;
}

/* What is complained of goes to said[]. */
static char said[4096];

static bool parse_list(char **argv, struct options *o)
{
	int argc = 0, fds[2], saved = dup(STDERR_FILENO);
	ssize_t n;
	bool ok;

	while (argv[argc])
		argc++;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	ok = options_parse(argc, argv, o);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], said, sizeof(said) - 1);
	close(fds[0]);
	said[n > 0 ? n : 0] = '\0';
	if (ok)
		assert_string_equal(said, "");
	else
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	return ok;
}

/* "--port 1 x@y": words parted by one space; "~" stands for a space. */
static bool parse(const char *line, struct options *o)
{
	static char room[2048];
	char *argv[ARGS_MAX], *at = room;
	int n = 0;

	snprintf(room, sizeof(room), "mailwhy %s", line);
	while (at && *at) {
		char *end = strchr(at, ' ');

		assert_true(n < ARGS_MAX - 1);
		argv[n++] = at;
		if (end)
			*end = '\0';
		for (char *c = at; *c; c++)
			if (*c == '~')
				*c = ' ';
		at = end ? end + 1 : NULL;
	}
	argv[n] = NULL;
	return parse_list(argv, o);
}

static void accepted(const char *line, struct options *o)
{
	if (!parse(line, o))
		REFUSE("%s: %s\n", line, said);
}

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
		{ "a@b c@d e@f g@h i@j k@l m@n o@p ninth@q", "ninth@q" },
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

/* ---- environment and file ---- */

static void environment_is_read(void **state)
{
	struct options o;

	(void)state;
	setenv("MAILWHY_DNS_SERVER", "192.0.2.53", 1);
	setenv("MAILWHY_NO_LOGIN", "yes", 1);
	setenv("MAILWHY_PASSWORD_ENV", "MAIL_PASSWORD", 1);
	setenv("MAILWHY_LANG", "ja", 1);
	setenv("MAILWHY_QUIET", "no", 1);
	setenv("MAILWHY_PORT", "", 1);		/* empty is not set */
	setenv("MAILWHY_HELP", "yes", 1);	/* no lasting setting */
	accepted("x@y", &o);
	assert_string_equal(o.dns_server, "192.0.2.53");
	assert_true(o.no_login);
	assert_int_equal(o.secret_source, SECRET_FROM_ENV);
	assert_string_equal(o.secret_argument, "MAIL_PASSWORD");
	assert_int_equal(o.lang, LANG_JA);
	assert_false(o.quiet || o.help);
	assert_int_equal(o.port, 0);
	options_release(&o);
	setenv("MAILWHY_LANG", "en", 1);
	setenv("MAILWHY_PORT", "70000", 1);
	assert_false(parse("x@y", &o));
	assert_non_null(strstr(said, "MAILWHY_PORT"));
	assert_non_null(strstr(said, "70000"));
	setenv("MAILWHY_PORT", "1", 1);
	setenv("MAILWHY_QUIET", "perhaps", 1);
	assert_false(parse("x@y", &o));
	assert_non_null(strstr(said, "MAILWHY_QUIET"));
	assert_non_null(strstr(said, "perhaps"));
}

static void file_is_read(void **state)
{
	static const char text[] =
		"# lasting settings\r\n\n  dns-server = 192.0.2.53 \r\n"
		"no-login=yes\nuser = a = b\nquiet = off\ntimeout\t=\t9";
	struct options o;

	(void)state;
	put_config(text, strlen(text));
	accepted("x@y", &o);
	assert_string_equal(o.dns_server, "192.0.2.53");
	assert_true(o.no_login);
	assert_false(o.quiet);
	assert_string_equal(o.user, "a = b");
	assert_int_equal(o.timeout, 9000);
	options_release(&o);
	assert_null(o.store);
}

static void bad_files(void **state)
{
	static const struct {
		const char *text;
		size_t len;		/* 0: all of it */
		const char *names[3];
	} rows[] = {
		{ "timeout = 5\nno-such = 1\n", 0, { ":2:", "no-such" } },
		{ "# x\nport = 70000\n", 0, { ":2:", "port", "70000" } },
		{ "just words\n", 0, { "config:1:", "=" } },
		{ "\nprot = 1", 0, { ":2:", "prot", "port" } },
		{ "quiet = perhaps", 0, { ":1:", "quiet", "perhaps" } },
		{ "password = hunter2", 0, { ":1:", "password-file" } },
		{ "token = hunter2", 0, { ":1:", "password-file" } },
		{ "help = yes", 0, { ":1:", "help" } },
		{ "list = yes", 0, { ":1:", "list" } },
		{ "= 1", 0, { ":1:" } },
		{ "lang = en\0x", 11, { "config", "NUL" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o;

		put_config(rows[i].text, rows[i].len ? rows[i].len :
			   strlen(rows[i].text));
		if (parse("x@y", &o))
			REFUSE("row %zu was accepted\n", i);
		for (size_t j = 0; j < 3 && rows[i].names[j]; j++) {
			if (!strstr(said, rows[i].names[j]))
				print_error("row %zu: %s\n", i, said);
			assert_non_null(strstr(said, rows[i].names[j]));
		}
		assert_null(strstr(said, "hunter"));
		assert_null(strchr(said, '{'));
	}
}

static void odd_files(void **state)
{
	char *big = malloc(70000);
	struct options o;

	(void)state;
	assert_non_null(big);
	memset(big, '#', 70000);
	put_config(big, 65536);
	accepted("x@y", &o);
	options_release(&o);
	put_config(big, 65537);
	assert_false(parse("x@y", &o));
	assert_non_null(strstr(said, config));
	free(big);
	/* a folder, and a FIFO nobody writes to, must not make us wait */
	unlink(config);
	assert_int_equal(mkdir(config, 0700), 0);
	assert_false(parse("x@y", &o));
	assert_non_null(strstr(said, config));
	rmdir(config);
	assert_int_equal(mkfifo(config, 0600), 0);
	assert_false(parse("x@y", &o));
	assert_non_null(strstr(said, config));
	unlink(config);
	/* a relative XDG_CONFIG_HOME is to be ignored (XDG specification) */
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", home, 1);
	accepted("x@y", &o);
	options_release(&o);
	setenv("XDG_CONFIG_HOME", home, 1);
}

static void strength(void **state)
{
	struct options o;
	static const char text[] = "port = 1\nuser = file\ntimeout = 1\n"
		"no-login = yes\nresolve = f:1:192.0.2.1\nverbose = yes\n"
		"password-file = f\n";

	(void)state;
	put_config(text, strlen(text));
	setenv("MAILWHY_PORT", "2", 1);
	setenv("MAILWHY_USER", "environment", 1);
	setenv("MAILWHY_NO_LOGIN", "no", 1);
	setenv("MAILWHY_RESOLVE", "e:1:192.0.2.2", 1);
	accepted("x@y", &o);
	assert_int_equal(o.port, 2);
	assert_string_equal(o.user, "environment");
	assert_int_equal(o.timeout, 1000);
	assert_false(o.no_login);
	assert_int_equal(o.overrides, 1);
	assert_string_equal(o.override[0].host, "e");
	assert_int_equal(o.secret_source, SECRET_FROM_FILE);
	options_release(&o);
	accepted("--port 3 --resolve a:1:192.0.2.3 --resolve b:1:192.0.2.4 "
		 "--password-stdin --no-login x@y", &o);
	assert_int_equal(o.port, 3);
	assert_string_equal(o.user, "environment");
	assert_true(o.no_login);
	/* options that add up do so only among their own */
	assert_int_equal(o.overrides, 2);
	assert_string_equal(o.override[0].host, "a");
	assert_int_equal(o.secret_source, SECRET_FROM_STDIN);
	assert_null(o.secret_argument);
	options_release(&o);
}

/* Complaints come in the language that was asked for, even behind them. */
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

#define TEST(name) cmocka_unit_test_teardown(name, forget_settings)

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
		TEST(environment_is_read),
		TEST(file_is_read),
		TEST(bad_files),
		TEST(odd_files),
		TEST(strength),
		TEST(language_of_complaints),
		TEST(nearest),
	};

	return cmocka_run_group_tests(tests, make_home, drop_home);
}
