#include "cmd/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "probes/base/buf.h"
#include "probes/wire/wait.h"

static bool because(enum lang l, int error, char *reason)
{
	reason_of_errno(l, error, reason, REASON_CAP);
	return false;
}

static bool because_text(enum lang l, const char *id, char *reason)
{
	span_copy(span_of(text_of(l, id)), reason, REASON_CAP);
	return false;
}

/* ---- reading ---- */

/* Opening a FIFO nobody writes to would wait; reading it may, until Ctrl-C. */
static int open_to_read(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

static bool read_some(int fd, char *to, size_t cap, size_t *ret_len)
{
	struct fault why;
	ssize_t n = read(fd, to, cap);

	if (n < 0 && errno == EAGAIN) {
		if (!wait_fd(fd, POLLIN, MSEC_NEVER, &why))
			errno = EINTR;
		else
			n = read(fd, to, cap);
	}
	*ret_len = n > 0 ? (size_t)n : 0;
	return n >= 0;
}

static bool read_all(int fd, size_t most, enum lang l, char *to,
		     size_t *ret_len, char *reason)
{
	size_t len = 0, n;

	do {
		if (!read_some(fd, to + len, most + 1 - len, &n))
			return because(l, errno, reason);
		len += n;
	} while (n > 0 && len <= most);
	to[len] = '\0';
	*ret_len = len;
	return true;
}

static bool is_readable(int fd, enum lang l, char *reason)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return because(l, errno, reason);
	return !S_ISDIR(st.st_mode) ||
	       because_text(l, "reason.no_file", reason);
}

static bool read_open(int fd, size_t most, enum lang l, char **ret_text,
		      size_t *ret_len, char *reason)
{
	char *text = malloc(most + 2);
	bool ok;

	if (!text)
		return because(l, ENOMEM, reason);
	ok = is_readable(fd, l, reason) &&
	     read_all(fd, most, l, text, ret_len, reason);
	if (ok && *ret_len > most)
		ok = because_text(l, "reason.file_large", reason);
	if (ok && memchr(text, '\0', *ret_len))
		ok = because_text(l, "reason.binary", reason);
	if (ok)
		*ret_text = text;
	else
		free(text);
	return ok;
}

bool file_read(const char *path, size_t most, enum lang l, char **ret_text,
	       size_t *ret_len, char reason[REASON_CAP])
{
	int fd = open_to_read(path);
	bool ok;

	if (fd < 0)
		return because(l, errno, reason);
	ok = read_open(fd, most, l, ret_text, ret_len, reason);
	close(fd);
	return ok;
}

bool file_read_regular(const char *path, size_t most, enum lang l,
		       char **ret_text, size_t *ret_len,
		       char reason[REASON_CAP])
{
	struct stat st;

	if (stat(path, &st) != 0)
		return because(l, errno, reason);
	if (!S_ISREG(st.st_mode))
		return because_text(l, "reason.no_file", reason);
	return file_read(path, most, l, ret_text, ret_len, reason);
}

/* ---- writing ---- */

bool file_write(int fd, struct span text)
{
	while (text.len > 0) {
		ssize_t n = write(fd, text.at, text.len);

		if (n < 0 && (errno != EINTR || wait_cancelled()))
			return false;
		if (n > 0)
			text = span_from(text, (size_t)n);
	}
	return true;
}

bool file_real(const char *path, char *to, size_t cap)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct buf b = buf_over(to, cap);
	char *real = realpath(path, NULL);

	if (real) {
		buf_str(&b, real);
		free(real);
		return !b.full;
	}
	/* it is to be made: its folder is there */
	span_copy(span_head(span_of(path), (size_t)(name - path)), to, cap);
	real = realpath(*to ? to : ".", NULL);
	if (real)
		buf_fmt(&b, "%s/%s", real, name);
	else
		buf_str(&b, path);
	free(real);
	return !b.full;
}

int file_beside(const char *path, mode_t mode, char *ret_beside, size_t cap)
{
	struct buf b = buf_over(ret_beside, cap);
	int fd = -1, error = ENAMETOOLONG;

	buf_fmt(&b, "%s.XXXXXX", path);
	if (!b.full) {
		fd = mkstemp(ret_beside);
		error = errno;
	}
	if (fd >= 0 && fchmod(fd, mode) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		return fd;
	if (fd >= 0) {
		error = errno;
		close(fd);
		unlink(ret_beside);
	}
	ret_beside[0] = '\0';
	errno = error;
	return -1;
}

/* A device or a pipe has no place to take. */
static bool write_through(const char *path, struct span text, enum lang l,
			  char *reason)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return because(l, errno, reason);
	ok = file_write(fd, text) || because(l, errno, reason);
	if (close(fd) != 0 && ok)
		ok = because(l, errno, reason);
	return ok;
}

static bool write_beside(const char *beside, int fd, struct span text,
			 const char *path)
{
	bool ok = file_write(fd, text) && fsync(fd) == 0;
	int error = errno;

	if (close(fd) != 0 && ok) {
		error = errno;
		ok = false;
	}
	if (ok && rename(beside, path) == 0)
		return true;
	if (ok)
		error = errno;
	unlink(beside);
	errno = error;
	return false;
}

bool file_replace(const char *path, struct span text, enum lang l,
		  char reason[REASON_CAP])
{
	char real[4096], beside[4096];
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_through(path, text, l, reason);
	if (!file_real(path, real, sizeof(real)))
		return because(l, ENAMETOOLONG, reason);
	fd = file_beside(real, 0600, beside, sizeof(beside));
	return (fd >= 0 && write_beside(beside, fd, text, real)) ||
	       because(l, errno, reason);
}
