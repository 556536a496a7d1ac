#include "cmd/secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "probes/wire/wait.h"

static enum read_result of_fault(const struct fault *why)
{
	if (why->kind == FAULT_TIMEOUT)
		return READ_TIMEOUT;
	return why->kind == FAULT_CANCELLED ? READ_CANCELLED : READ_FAILED;
}

/* One read after one wait, so that a silent pipe cannot hold us. */
static enum read_result read_some(int fd, msec by, struct secret *to,
				  size_t *ret_len)
{
	struct fault why = { .kind = FAULT_NONE };
	ssize_t n;

	if (!wait_fd(fd, POLLIN, by, &why)) {
		errno = EIO;
		return of_fault(&why);
	}
	n = read(fd, to->bytes + to->len, to->cap - to->len);
	if (n == 0) {
		errno = 0;		/* the end, for our callers */
		return READ_FAILED;
	}
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		n = 0;
	if (n < 0)
		return READ_FAILED;
	to->len += (size_t)n;
	to->bytes[to->len] = '\0';
	*ret_len = (size_t)n;
	return READ_OK;
}

enum read_result secret_read_fd(int fd, msec by, struct secret *to)
{
	enum read_result r = READ_OK;
	size_t n;

	while (r == READ_OK) {
		if (to->len == to->cap)
			return READ_TOO_LONG;
		r = read_some(fd, by, to, &n);
	}
	/* errno 0 is the end of the file */
	return r == READ_FAILED && errno == 0 ? READ_OK : r;
}

enum read_result secret_read_file(const char *path, msec by,
				  struct secret *to, bool *ret_open)
{
	struct stat st;
	enum read_result r;
	int saved;
	/* opening a FIFO nobody writes to would wait without a deadline */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	*ret_open = false;
	if (fd < 0)
		return READ_FAILED;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		*ret_open = (st.st_mode & (S_IRGRP | S_IROTH)) != 0;
	r = secret_read_fd(fd, by, to);
	saved = errno;
	close(fd);
	errno = saved;
	return r;
}

/* ---- command ---- */

extern char **environ;

/*
 * SIGPIPE is ignored here and would stay so in the child. Its stdin is empty:
 * ours may hold somebody else's data.
 */
static int spawn_shell(const char *command, int out, pid_t *ret_pid)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *argv[] = { shell, option, (char *)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t defaults;
	int error;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return ENOMEM;
	}
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
				 POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	error = posix_spawn(ret_pid, shell, &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

#define REAP_MSEC 20

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
			return of_fault(&why);
	}
	if (got < 0)
		return READ_FAILED;
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) :
		      128 + WTERMSIG(status);
	return *ret_status == 0 ? READ_OK : READ_STATUS;
}

static void kill_group(pid_t pid)
{
	int status;

	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

static bool cloexec_pipe(int fds[2])
{
	if (pipe(fds) != 0)
		return false;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	return true;
}

enum read_result secret_read_command(const char *command, msec by,
				     struct secret *to, int *ret_status)
{
	enum read_result r;
	int fds[2], error;
	pid_t pid;

	if (!cloexec_pipe(fds))
		return READ_FAILED;
	error = spawn_shell(command, fds[1], &pid);
	close(fds[1]);
	if (error != 0) {
		close(fds[0]);
		errno = error;
		return READ_FAILED;
	}
	r = secret_read_fd(fds[0], by, to);
	close(fds[0]);
	if (r == READ_OK) {
		r = reap(pid, by, ret_status);
		if (r == READ_OK || r == READ_STATUS)
			return r;
	}
	kill_group(pid);
	return r;
}

/* ---- terminal ---- */

static void write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/*
 * Signals stay on, so that Ctrl-C reaches our handler, which ends the wait.
 * Suspending is off, and so is the quit key, which nobody catches: the shell
 * would come back without echo.
 */
static void without_echo(const struct termios *was, struct termios *ret)
{
	*ret = *was;
	ret->c_lflag &= (tcflag_t)~(ECHO | ECHONL);
	ret->c_lflag |= ICANON | ISIG;
#ifdef _POSIX_VDISABLE
	ret->c_cc[VSUSP] = _POSIX_VDISABLE;
	ret->c_cc[VQUIT] = _POSIX_VDISABLE;
#endif
}

static enum read_result read_line(int fd, msec by, struct secret *to)
{
	enum read_result r = READ_OK;
	size_t n;

	while (r == READ_OK) {
		if (to->len == to->cap)
			return READ_TOO_LONG;
		r = read_some(fd, by, to, &n);
		if (r == READ_OK && memchr(to->bytes, '\n', to->len))
			return READ_OK;
	}
	return r == READ_FAILED && errno == 0 ? READ_OK : r;
}

static enum read_result read_hidden(int fd, const char *prompt, msec by,
				    struct secret *to)
{
	struct termios was, hidden;
	enum read_result r;

	if (tcgetattr(fd, &was) != 0)
		return READ_NO_TERMINAL;
	without_echo(&was, &hidden);
	/* what was typed ahead was shown: it is no secret, and it is dropped */
	if (tcsetattr(fd, TCSAFLUSH, &hidden) != 0)
		return READ_NO_TERMINAL;
	write_all(fd, prompt);
	r = read_line(fd, by, to);
	while (tcsetattr(fd, TCSAFLUSH, &was) != 0 && errno == EINTR)
		;
	write_all(fd, "\n");
	return r;
}

enum read_result secret_read_terminal(int fd, const char *prompt, msec by,
				      struct secret *to)
{
	enum read_result r;
	int tty = fd;

	if (fd < 0)
		tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (tty < 0)
		return READ_NO_TERMINAL;
	r = read_hidden(tty, prompt, by, to);
	if (fd < 0)
		close(tty);
	return r;
}
