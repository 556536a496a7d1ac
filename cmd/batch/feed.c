#include "cmd/batch/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/base/secret.h"

#define CHUNK (64u << 10)
#define ROOM (RECORD_CAP + CHUNK)

bool feed_open(struct feed *s, const char *path)
{
	struct stat st;

	*s = (struct feed){ .line = 1, .column = 1 };
	/* opening a FIFO nobody writes to would wait */
	s->fd = strcmp(path, "-") == 0 ?
		fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
		open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0)
		return false;
	if (fstat(s->fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
		s->regular = S_ISREG(st.st_mode);
		/* a second standard input would move the first along */
		s->again = s->regular && strcmp(path, "-") != 0;
		s->device = st.st_dev;
		s->inode = st.st_ino;
		s->room = malloc(ROOM);
		if (s->room)
			return true;
	} else {
		errno = EISDIR;
	}
	close(s->fd);
	return false;
}

void feed_close(struct feed *s)
{
	if (!s->room)
		return;
	close(s->fd);
	/* it may have held a secret that somebody wrote into the file */
	wipe(s->room, ROOM);
	free(s->room);
	s->room = NULL;
}

struct span feed_window(const struct feed *s)
{
	return (struct span){ s->room + s->at, s->len };
}

/* The terminal and the writer of a pipe share its flags: poll, not O_NONBLOCK. */
static bool would_wait(const struct feed *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	return !s->regular && poll(&p, 1, 0) == 0;
}

enum feed_state feed_more(struct feed *s)
{
	ssize_t n;

	if (s->ended)
		return FEED_END;
	if (s->len >= RECORD_CAP)
		return FEED_FULL;
	if (would_wait(s))
		return FEED_LATER;
	if (s->at > CHUNK / 2 || s->at + s->len == ROOM) {
		memmove(s->room, s->room + s->at, s->len);
		s->at = 0;
	}
	n = read(s->fd, s->room + s->at + s->len, ROOM - s->at - s->len);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? FEED_LATER :
		       FEED_FAILED;
	s->ended = n == 0;
	s->len += (size_t)n;
	return s->ended ? FEED_END : FEED_MORE;
}

void feed_skip(struct feed *s, size_t n)
{
	const char *p = s->room + s->at;

	for (size_t i = 0; i < n; i++) {
		bool end = p[i] == '\r' || p[i] == '\n';

		/* CR LF is one line end, the CR of an old Macintosh another */
		if (end) {
			s->line += !(s->was_cr && p[i] == '\n');
			s->column = 1;
		} else if ((p[i] & 0xc0) != 0x80) {
			s->column++;
		}
		s->was_cr = p[i] == '\r';
	}
	s->at += n;
	s->len -= n;
}
