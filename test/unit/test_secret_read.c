#define _XOPEN_SOURCE 700	/* pseudo-terminals */

#include "test/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/secret_input.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

#define SOON 200		/* ms; only ever waited out where it has to pass */
#define LONG 20000

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/mailwhy-unit-XXXXXX");
	return wait_setup() && mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put_file(const char *path, const char *bytes, size_t len,
		     mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void room(struct secret *s)
{
	assert_true(secret_init(s, SECRET_CAP + 2));
}

static void holds(const struct secret *s, const char *want, size_t len)
{
	assert_int_equal(s->len, len);
	assert_memory_equal(s->bytes, want, len);
}

/* ---- files ---- */

static enum read_result read_path(const char *path, struct secret *s,
				  bool *open_to_others)
{
	room(s);
	return secret_read_file(path, now_msec() + LONG, s, open_to_others);
}

static void files_are_read(void **state)
{
	const char *path = path_of("secret");
	struct secret s;
	bool others;

	(void)state;
	put_file(path, "pw\0x\n", 5, 0600);
	assert_int_equal(read_path(path, &s, &others), READ_OK);
	holds(&s, "pw\0x\n", 5);
	assert_false(others);
	secret_release(&s);
	put_file(path, "pw", 2, 0640);
	assert_int_equal(read_path(path, &s, &others), READ_OK);
	assert_true(others);
	secret_release(&s);
	put_file(path, "", 0, 0604);
	assert_int_equal(read_path(path, &s, &others), READ_OK);
	assert_int_equal(s.len, 0);
	assert_true(others);
	secret_release(&s);
	unlink(path);
	assert_int_equal(read_path(path, &s, &others), READ_FAILED);
	assert_int_equal(errno, ENOENT);
	assert_false(others);
	secret_release(&s);
	assert_int_equal(read_path(folder, &s, &others), READ_FAILED);
	assert_int_equal(errno, EISDIR);
	secret_release(&s);
}

static void endless_files_end(void **state)
{
	struct secret s;
	bool others;

	(void)state;
	assert_int_equal(read_path("/dev/zero", &s, &others), READ_TOO_LONG);
	secret_release(&s);
}

/* Nobody writes to it: neither opening nor reading may hold us. */
static void fifo_does_not_hold(void **state)
{
	const char *path = path_of("fifo");
	struct secret s;
	bool others;
	msec began = now_msec();

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	room(&s);
	assert_int_not_equal(secret_read_file(path, began + SOON, &s, &others),
			     READ_TOO_LONG);
	assert_int_equal(s.len, 0);
	assert_true(now_msec() - began < LONG);
	secret_release(&s);
	unlink(path);
}

static void silent_pipe_ends(void **state)
{
	struct secret s;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "half", 4), 4);
	room(&s);
	assert_int_equal(secret_read_fd(fds[0], now_msec() + SOON, &s),
			 READ_TIMEOUT);
	holds(&s, "half", 4);
	secret_clear(&s);
	assert_int_equal(write(fds[1], "pw\n", 3), 3);
	close(fds[1]);
	assert_int_equal(secret_read_fd(fds[0], now_msec() + LONG, &s),
			 READ_OK);
	holds(&s, "pw\n", 3);
	close(fds[0]);
	secret_release(&s);
}

/* ---- commands ---- */

static enum read_result run(const char *command, msec patience,
			    struct secret *s, int *status)
{
	*status = -1;
	room(s);
	return secret_read_command(command, true, now_msec() + patience, s, status);
}

static void commands_are_read(void **state)
{
	static const struct {
		const char *command;
		enum read_result result;
		int status;
		const char *out;
	} rows[] = {
		{ "echo pw", READ_OK, 0, "pw\n" },
		{ "printf 'p w'; printf x", READ_OK, 0, "p wx" },
		{ "true", READ_OK, 0, "" },
		{ "exit 3", READ_STATUS, 3, "" },
		{ "echo pw; exit 1", READ_STATUS, 1, "pw\n" },
		{ "kill -TERM $$", READ_STATUS, 128 + SIGTERM, "" },
		{ "exec 2>/dev/null; /no/such/command", READ_STATUS, 127, "" },
		/* its standard input is empty, not ours */
		{ "cat; echo end", READ_OK, 0, "end\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct secret s;
		int status;
		enum read_result r = run(rows[i].command, LONG, &s, &status);

		if (r != rows[i].result)
			print_error("%s: %d\n", rows[i].command, (int)r);
		assert_int_equal(r, rows[i].result);
		assert_int_equal(status, rows[i].status);
		holds(&s, rows[i].out, strlen(rows[i].out));
		secret_release(&s);
	}
}

/* SIGPIPE is ignored in the program; the command must not inherit that. */
static void command_dies_of_sigpipe(void **state)
{
	struct secret s;
	int status;
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);

	(void)state;
	assert_int_equal(run("kill -PIPE $$; echo alive", LONG, &s, &status),
			 READ_STATUS);
	assert_int_equal(status, 128 + SIGPIPE);
	signal(SIGPIPE, before);
	secret_release(&s);
}

static void endless_command_ends(void **state)
{
	struct secret s;
	int status;

	(void)state;
	assert_int_equal(run("exec 2>/dev/null; while :; do echo aaaaaaaaaaaa;"
			     " done", LONG, &s, &status), READ_TOO_LONG);
	secret_release(&s);
}

/* The process `text` tells of is gone, or is a zombie nobody reaped yet. */
static bool is_gone(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);
	struct fault why;

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	for (int i = 0; i < 200; i++) {
		char stat[64], line[256] = "";
		ssize_t n;

		if (kill((pid_t)strtol(text, NULL, 10), 0) != 0)
			return true;
		snprintf(stat, sizeof(stat), "/proc/%ld/stat",
			 strtol(text, NULL, 10));
		fd = open(stat, O_RDONLY);
		n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		if (fd >= 0)
			close(fd);
		if (n < 0 || strstr(line, ") Z"))
			return true;
		wait_until(now_msec() + 10, &why);
	}
	return false;
}

/* The shell and what it started are killed, be their output open or not. */
static void hanging_commands_are_killed(void **state)
{
	static const char *const commands[] = {
		"sleep 100",
		"sleep 100 & sleep 100",
		"sleep 100 & echo $! > %s; wait",
		"exec >/dev/null; sleep 100 & echo $! > %s; wait",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *path = path_of("pid");
		char command[256];
		struct secret s;
		int status;
		msec began = now_msec();
		bool tells = strstr(commands[i], "%s") != NULL;

		snprintf(command, sizeof(command), "%s", commands[i]);
		if (tells)
			snprintf(command, sizeof(command), "%.*s%s%s",
				 (int)(strstr(commands[i], "%s") -
				       commands[i]), commands[i], path,
				 strstr(commands[i], "%s") + 2);
		assert_int_equal(run(command, tells ? 1000 : SOON, &s,
				     &status), READ_TIMEOUT);
		assert_true(now_msec() - began < LONG);
		if (tells) {
			assert_true(is_gone(path));
			unlink(path);
		}
		secret_release(&s);
	}
}

static void ctrl_c_ends_it(void **state)
{
	struct secret s;
	int status, fds[2];

	(void)state;
	wait_cancel_all();
	assert_int_equal(run("sleep 100", LONG, &s, &status), READ_CANCELLED);
	secret_release(&s);
	assert_int_equal(pipe(fds), 0);
	room(&s);
	assert_int_equal(secret_read_fd(fds[0], now_msec() + LONG, &s),
			 READ_CANCELLED);
	secret_release(&s);
	close(fds[0]);
	close(fds[1]);
	wait_reset();
}

/* ---- the terminal ---- */

struct terminal {
	int master, slave;
};

static void open_terminal(struct terminal *t)
{
	const char *name;

	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->master >= 0);
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	name = ptsname(t->master);
	assert_non_null(name);
	t->slave = open(name, O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
}

static bool echoes(const struct terminal *t)
{
	struct termios now;

	assert_int_equal(tcgetattr(t->slave, &now), 0);
	return (now.c_lflag & ECHO) != 0;
}

/* Ctrl-\ would end us before the terminal is restored. */
static bool quits(const struct terminal *t)
{
	struct termios now;

	assert_int_equal(tcgetattr(t->slave, &now), 0);
	return now.c_cc[VQUIT] != _POSIX_VDISABLE;
}

/* Types when the prompt is there, as people do: before, it is dropped. */
static void type(void *context)
{
	const struct terminal *t = context;
	char seen[64];
	struct fault why;

	if (wait_fd(t->master, POLLIN, now_msec() + LONG, &why) &&
	    read(t->master, seen, sizeof(seen)) > 0 && !echoes(t) &&
	    !quits(t))
		assert_int_equal(write(t->master, "pw typed\n", 9), 9);
}

static void terminal_is_read_and_restored(void **state)
{
	struct terminal t;
	struct thread thread;
	struct secret s;

	(void)state;
	open_terminal(&t);
	assert_true(echoes(&t));
	room(&s);
	assert_true(thread_start(&thread, type, &t));
	assert_int_equal(secret_read_terminal(t.slave, "Password: ",
					      now_msec() + LONG, &s), READ_OK);
	thread_join(&thread);
	holds(&s, "pw typed\n", 9);
	assert_true(echoes(&t));
	assert_true(quits(&t));
	secret_clear(&s);
	assert_int_equal(secret_read_terminal(t.slave, "Password: ",
					      now_msec() + SOON, &s),
			 READ_TIMEOUT);
	assert_true(echoes(&t));
	wait_cancel_all();
	assert_int_equal(secret_read_terminal(t.slave, "Password: ",
					      now_msec() + LONG, &s),
			 READ_CANCELLED);
	wait_reset();
	assert_true(echoes(&t));
	secret_release(&s);
	close(t.slave);
	close(t.master);
}

static void pipe_is_no_terminal(void **state)
{
	struct secret s;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	room(&s);
	assert_int_equal(secret_read_terminal(fds[0], "?", now_msec() + LONG,
					      &s), READ_NO_TERMINAL);
	secret_release(&s);
	close(fds[0]);
	close(fds[1]);
}

/*
 * Commands behave differently at a terminal (options_live.py): whoever runs
 * this by hand has one, ctest in CI has none.
 */
static bool leave_terminal(int *ret_status)
{
	pid_t child = fork();

	if (child == 0)
		return setsid() < 0;
	return child < 0 || waitpid(child, ret_status, 0) == child;
}

int main(void)
{
	int status = -1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(endless_files_end),
		cmocka_unit_test(fifo_does_not_hold),
		cmocka_unit_test(silent_pipe_ends),
		cmocka_unit_test(commands_are_read),
		cmocka_unit_test(command_dies_of_sigpipe),
		cmocka_unit_test(endless_command_ends),
		cmocka_unit_test(hanging_commands_are_killed),
		cmocka_unit_test(ctrl_c_ends_it),
		cmocka_unit_test(terminal_is_read_and_restored),
		cmocka_unit_test(pipe_is_no_terminal),
	};

	if (leave_terminal(&status))
		return status != 0;
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
