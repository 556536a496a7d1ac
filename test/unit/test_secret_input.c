#include "test/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/secret_input.h"
#include "probes/wire/wait.h"

static char path[] = "/tmp/mailwhy-unit-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return wait_setup() && fd >= 0 && close(fd) == 0 ? 0 : -1;
}

static int drop_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void put_file(const char *bytes, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void room(struct secret *s)
{
	assert_true(secret_init(s, SECRET_CAP + 2));
}

/* ---- the line end, and what is wrong ---- */

static void line_end_is_taken_off(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
		enum secret_flaw flaw;
		bool crlf;
	} rows[] = {
		{ "pw", 2, "pw", SECRET_FINE, false },
		{ "pw\n", 3, "pw", SECRET_FINE, false },
		{ "pw\r\n", 4, "pw", SECRET_FINE, true },
		/* spaces, and a CR without LF, are its owner's to know of */
		{ " pw \n", 5, " pw ", SECRET_FINE, false },
		{ "pw\r", 3, "pw\r", SECRET_FINE, false },
		{ "", 0, "", SECRET_EMPTY, false },
		{ "\n", 1, "", SECRET_EMPTY, false },
		{ "\r\n", 2, "", SECRET_EMPTY, true },
		{ "pw\n\n", 4, "pw\n", SECRET_HAS_NEWLINE, false },
		{ "p\nw\n", 4, "p\nw", SECRET_HAS_NEWLINE, false },
		{ "p\0w\n", 4, "p\0w", SECRET_HAS_NUL, false },
		{ "\0", 1, "\0", SECRET_HAS_NUL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct secret s;
		bool crlf;
		size_t cut = rows[i].len;

		room(&s);
		assert_true(secret_add(&s, (struct span){ rows[i].bytes,
							   cut }));
		assert_int_equal(secret_tidy(&s, &crlf), rows[i].flaw);
		assert_int_equal(crlf, rows[i].crlf);
		assert_true(s.len <= cut);
		assert_memory_equal(s.bytes, rows[i].want, s.len);
		assert_int_equal(s.bytes[s.len], '\0');
		if (rows[i].flaw == SECRET_FINE)
			assert_int_equal(s.len, strlen(rows[i].want));
		secret_release(&s);
	}
}

static void length_has_an_end(void **state)
{
	static char big[SECRET_CAP + 1];
	struct secret s;
	bool crlf;

	(void)state;
	memset(big, 'a', sizeof(big));
	for (size_t len = SECRET_CAP - 1; len <= SECRET_CAP; len++) {
		room(&s);
		assert_true(secret_add(&s, (struct span){ big, len }));
		assert_int_equal(secret_tidy(&s, &crlf), len < SECRET_CAP ?
				 SECRET_FINE : SECRET_TOO_LONG);
		secret_release(&s);
	}
}

/* ---- from wherever the options say ---- */

static char said[2048];

/* Runs secret_obtain with its complaints in said[]; returns its code. */
static int obtain(const struct options *o, struct target *t,
		  struct secret *ret)
{
	int fds[2], code = 0, saved = dup(STDERR_FILENO);
	ssize_t n;
	bool ok;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	*ret = (struct secret){ .bytes = NULL };
	ok = secret_obtain(o, t, ret, &code);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], said, sizeof(said) - 1);
	close(fds[0]);
	said[n > 0 ? n : 0] = '\0';
	assert_int_equal(ok, code == 0);
	assert_null(strchr(said, '{'));
	return code;
}

static struct options asked(enum secret_source source, const char *argument)
{
	return (struct options){ .secret_source = source,
				 .secret_argument = argument,
				 .timeout = 20000 };
}

static void is_secret(struct secret *s, const char *want)
{
	assert_int_equal(s->len, strlen(want));
	assert_memory_equal(s->bytes, want, s->len);
	secret_release(s);
}

/* What nobody types on purpose is said at once, and not what it stands in. */
static void stray_characters_are_told_first(void **state)
{
	static const char secret[] = "\xe2\x80\x9chanami\xe2\x80\x9d ";
	struct options o = asked(SECRET_FROM_FILE, path);
	struct target t = { .user = "taro" };
	struct secret s;

	(void)state;
	for (int quiet = 0; quiet < 2; quiet++) {
		o.quiet = quiet == 1;
		put_file(secret, sizeof(secret) - 1, 0600);
		assert_int_equal(obtain(&o, &t, &s), 0);
		assert_int_equal(strstr(said, "before anything is sent") != NULL,
				 !o.quiet);
		assert_int_equal(strstr(said, "ends in a space") != NULL,
				 !o.quiet);
		assert_null(strstr(said, "hanami"));
		is_secret(&s, secret);
	}
}

static void file_is_obtained(void **state)
{
	struct options o = asked(SECRET_FROM_FILE, path);
	struct target t = { .user = "taro" };
	struct secret s;

	(void)state;
	put_file("pw one\n", 7, 0600);
	assert_int_equal(obtain(&o, &t, &s), 0);
	assert_string_equal(said, "");
	is_secret(&s, "pw one");
	/* two warnings, but it goes on; --quiet wants neither */
	put_file("pw one\r\n", 8, 0644);
	assert_int_equal(obtain(&o, &t, &s), 0);
	assert_non_null(strstr(said, path));
	assert_non_null(strstr(said, "CR LF"));
	assert_null(strstr(said, "pw one"));
	is_secret(&s, "pw one");
	o.quiet = true;
	assert_int_equal(obtain(&o, &t, &s), 0);
	assert_string_equal(said, "");
	is_secret(&s, "pw one");
}

static void variable_is_wiped(void **state)
{
	struct options o = asked(SECRET_FROM_ENV, "UNIT_SECRET");
	struct target t = { .user = "taro" };
	struct secret s;

	(void)state;
	setenv("UNIT_SECRET", "pw", 1);
	assert_int_equal(obtain(&o, &t, &s), 0);
	is_secret(&s, "pw");
	assert_string_equal(getenv("UNIT_SECRET"), "");
	unsetenv("UNIT_SECRET");
	assert_int_equal(obtain(&o, &t, &s), 2);
	assert_non_null(strstr(said, "UNIT_SECRET"));
}

static void netrc_knows_the_user(void **state)
{
	static const char text[] = "machine mail.example login taro "
		"password \"p \\\"w\\\\\"\n"
		"machine mail.example login jiro password j#\n";
	struct options o = asked(SECRET_FROM_NETRC, path);
	struct target t = { .endpoints = 1 };
	struct secret s;

	(void)state;
	put_file(text, strlen(text), 0600);
	memcpy(t.endpoint[0].host, "mail.example", 13);
	assert_int_equal(obtain(&o, &t, &s), 0);
	assert_string_equal(t.user, "taro");
	is_secret(&s, "p \"w\\");
	memcpy(t.user, "jiro", 5);
	assert_int_equal(obtain(&o, &t, &s), 0);
	is_secret(&s, "j#");
	memcpy(t.user, "saburo", 7);
	assert_int_equal(obtain(&o, &t, &s), 2);
	assert_non_null(strstr(said, path));
	/* the domain of the address does as well as the host */
	memcpy(t.endpoint[0].host, "other.test", 11);
	memcpy(t.address, "x@mail.example", 15);
	t.user[0] = '\0';
	assert_int_equal(obtain(&o, &t, &s), 0);
	is_secret(&s, "p \"w\\");
}

/* One line that says where it came from, and never what it was. */
static void refusals(void **state)
{
	static const struct {
		enum secret_source source;
		const char *argument;
		const char *bytes;	/* of the file */
		size_t len;
		const char *names;
	} rows[] = {
		{ SECRET_FROM_FILE, path, "", 0, path },
		{ SECRET_FROM_FILE, path, "\n", 1, path },
		{ SECRET_FROM_FILE, path, "canary\nx", 8, "one line" },
		{ SECRET_FROM_FILE, path, "canary\0x", 8, "NUL" },
		{ SECRET_FROM_FILE, "/no/such", "", 0, "/no/such" },
		{ SECRET_FROM_FILE, "/dev/zero", "", 0, "64 KiB" },
		{ SECRET_FROM_ENV, "canary_x", "", 0, "--password-env" },
		{ SECRET_FROM_COMMAND, "exit 3 # canary", "", 0, "status 3" },
		{ SECRET_FROM_COMMAND, "true # canary", "", 0,
		  "--password-command" },
		{ SECRET_FROM_NETRC, "/no/such", "", 0, "/no/such" },
		{ SECRET_FROM_NETRC, path, "machine x password canary", 25,
		  path },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct options o = asked(rows[i].source, rows[i].argument);
		struct target t = { .user = "taro" };
		struct secret s;

		put_file(rows[i].bytes, rows[i].len, 0600);
		assert_int_equal(obtain(&o, &t, &s), 2);
		if (!strstr(said, rows[i].names))
			print_error("row %zu: %s\n", i, said);
		assert_non_null(strstr(said, rows[i].names));
		assert_null(strstr(said, "canary"));
		assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
		assert_null(s.bytes);
	}
}

static void ctrl_c_is_no_complaint(void **state)
{
	struct options o = asked(SECRET_FROM_COMMAND, "sleep 100");
	struct target t = { .user = "taro" };
	struct secret s;

	(void)state;
	wait_cancel_all();
	assert_int_equal(obtain(&o, &t, &s), 130);
	assert_string_equal(said, "");
	wait_reset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_end_is_taken_off),
		cmocka_unit_test(length_has_an_end),
		cmocka_unit_test(file_is_obtained),
		cmocka_unit_test(stray_characters_are_told_first),
		cmocka_unit_test(variable_is_wiped),
		cmocka_unit_test(netrc_knows_the_user),
		cmocka_unit_test(refusals),
		cmocka_unit_test(ctrl_c_is_no_complaint),
	};

	return cmocka_run_group_tests(tests, make_file, drop_file);
}
