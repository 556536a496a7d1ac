#include "test/unit/unit.h"

#include <fcntl.h>

#include "test/unit/options_scene.h"

static void put_config(const char *text, size_t len)
{
	int fd = open(config, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

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

/* What is for batch waits for batch; on the line it is a mistake. */
static void settings_of_other_commands(void **state)
{
	struct options o;

	(void)state;
	setenv("MAILWHY_JOBS", "4", 1);
	accepted("x@y", &o);
	options_release(&o);
	accepted("batch x", &o);
	assert_int_equal(o.jobs, 4);
	options_release(&o);
	assert_false(parse("--jobs 4 x@y", &o));
	assert_non_null(strstr(said, "mailwhy batch --jobs"));
	assert_false(parse("batch --shard 4/3 x", &o));
	assert_false(parse("batch --shard 0/3 x", &o));
	assert_false(parse("batch --fail-on 1,bad_luck x", &o));
	accepted("batch --shard 3/3 --fail-on 1,mailbox_full,expectation "
		 "--exit-style sysexits --output jsonl:a --output junit:b x",
		 &o);
	assert_int_equal(o.shard, 3);
	assert_int_equal(o.outputs, 2);
	assert_int_equal(o.exit_style, EXITS_SYSEXITS);
	options_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(environment_is_read),
		TEST(file_is_read),
		TEST(bad_files),
		TEST(odd_files),
		TEST(strength),
		TEST(settings_of_other_commands),
	};

	return cmocka_run_group_tests(tests, make_home, drop_home);
}
