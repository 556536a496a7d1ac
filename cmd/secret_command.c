/* The secret that a command prints: a password manager, mostly. */
#include "cmd/secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "probes/wire/wait.h"

#define REAP_MSEC 20

extern char **environ;

/*
 * At a terminal the command belongs to our job, as in a pipe: it may ask for
 * its own passphrase there, and Ctrl-C and Ctrl-Z reach it. From a group of
 * its own it could not read what is typed; the shell behind us would. Without
 * a terminal nobody ends what it started, so there it gets that group.
 */
struct command {
	pid_t pid;
	int tty;			/* -1: none, or we are not in front */
	struct termios was;
};

static void terminal_open(struct command *c)
{
	c->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->tty < 0)
		return;
	if (tcgetpgrp(c->tty) == getpgrp() && tcgetattr(c->tty, &c->was) == 0)
		return;
	close(c->tty);
	c->tty = -1;
}

/* Whoever was stopped while it asked may have left it without echo. */
static void terminal_close(const struct command *c, bool restore)
{
	if (c->tty < 0)
		return;
	while (restore && tcsetattr(c->tty, TCSANOW, &c->was) != 0 &&
	       errno == EINTR)
		;
	close(c->tty);
}

/*
 * SIGPIPE is ignored here and would stay so in the child. Its stdin is empty:
 * ours may hold somebody else's data.
 */
static int spawn_shell(const char *command, int out, struct command *c)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *argv[] = { shell, option, (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t defaults;
	short flags = POSIX_SPAWN_SETSIGDEF;
	int error;

	if (c->tty < 0)
		flags |= POSIX_SPAWN_SETPGROUP;
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	posix_spawnattr_setflags(&attr, flags);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	error = posix_spawn(&c->pid, shell, &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

/* It may have closed its output and still run: that has an end, too. */
static enum read_result reap(pid_t pid, msec by, int *ret_status)
{
	struct fault why = { .kind = FAULT_NONE };
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0) {
		if (now_msec() >= by)
			return READ_TIMEOUT;
		if (!wait_until(now_msec() + REAP_MSEC, &why))
			return read_result_of(&why);
	}
	if (got < 0)
		return READ_FAILED;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) :
		      128 + WTERMSIG(status);
	return *ret_status == 0 ? READ_OK : READ_STATUS;
}

/*
 * Not awaited: what became somebody else's (sudo) does not die of it, and the
 * run is over without a secret.
 */
static void end(const struct command *c)
{
	kill(c->tty < 0 ? -c->pid : c->pid, SIGKILL);
}

/*
 * At once, where the system can: a command that another thread starts between
 * two calls would hold the pipe open.
 */
static bool cloexec_pipe(int fds[2])
{
#ifdef __linux__
	return pipe2(fds, O_CLOEXEC) == 0;
#else
	if (pipe(fds) != 0)
		return false;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	return true;
#endif
}

static enum read_result run(const char *command, msec by, struct command *c,
			    struct secret *to, int *ret_status)
{
	enum read_result r;
	int fds[2], error;

	if (!cloexec_pipe(fds))
		return READ_FAILED;
	error = spawn_shell(command, fds[1], c);
	close(fds[1]);
	if (error != 0) {
		close(fds[0]);
		errno = error;
		return READ_FAILED;
	}
	r = secret_read_fd(fds[0], by, to);
	close(fds[0]);
	if (r == READ_OK) {
		r = reap(c->pid, by, ret_status);
		if (r == READ_OK || r == READ_STATUS)
			return r;
	}
	end(c);
	return r;
}

enum read_result secret_read_command(const char *command, bool may_ask,
				     msec by, struct secret *to,
				     int *ret_status)
{
	struct command c = { .pid = 0, .tty = -1 };
	enum read_result r;
	int saved;

	if (may_ask)
		terminal_open(&c);
	r = run(command, by, &c, to, ret_status);
	saved = errno;
	terminal_close(&c, r != READ_OK);
	errno = saved;
	return r;
}
