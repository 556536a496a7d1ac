#ifndef MAILWHY_TEST_OPTIONS_SCENE_H
#define MAILWHY_TEST_OPTIONS_SCENE_H

/*
 * For the tests of the options: a home of their own, and complaints caught.
 * Include after test/unit/unit.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Each test leaves a clean place to the next. */
#define TEST(name) cmocka_unit_test_teardown(name, forget_settings)

#endif
