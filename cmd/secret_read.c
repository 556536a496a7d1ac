#include "cmd/secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "probes/wire/wait.h"

enum read_result read_result_of(const struct fault *why)
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
		return read_result_of(&why);
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
