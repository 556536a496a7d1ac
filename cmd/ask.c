#include "cmd/ask.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "probes/base/ascii.h"
#include "probes/base/buf.h"
#include "probes/wire/wait.h"

#define ASK_MSEC (10 * 60 * 1000)

static bool says_yes(struct span answer)
{
	answer = span_trim(answer);
	return span_starts(answer, "y") || span_starts(answer, "\u306f\u3044");
}

static bool read_answer(int fd)
{
	char line[64];
	struct fault why;
	ssize_t n;

	if (!wait_fd(fd, POLLIN, now_msec() + ASK_MSEC, &why))
		return false;
	n = read(fd, line, sizeof(line));
	return n > 0 && says_yes((struct span){ line, (size_t)n });
}

bool ask_yes(enum lang l, const char *id, const struct text_arg *args)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	bool yes;

	if (fd < 0)
		return true;
	buf_str(&b, "\r\033[K");	/* over a line of progress */
	text_fill(&b, l, id, args);
	buf_char(&b, ' ');
	yes = write(fd, b.data, b.len) == (ssize_t)b.len && read_answer(fd);
	close(fd);
	return yes;
}
