#include "cmd/data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"

struct reading {
	int fd;
	enum lang lang;
	char *text;
	size_t cap, len;
	char *reason;
};

static bool say(struct reading *r, const char *id)
{
	span_copy(span_of(text_of(r->lang, id)), r->reason, DATA_REASON_CAP);
	return false;
}

static bool say_errno(struct reading *r)
{
	reason_of_errno(errno, r->reason, DATA_REASON_CAP);
	return false;
}

/* One byte more than may be there tells a file that is too large. */
static bool read_all(struct reading *r)
{
	while (r->len <= r->cap) {
		ssize_t n = read(r->fd, r->text + r->len,
				 r->cap + 1 - r->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return say_errno(r);
		if (n == 0)
			break;
		r->len += (size_t)n;
	}
	if (r->len > r->cap)
		return say(r, "reason.too_large");
	r->text[r->len] = '\0';
	return !memchr(r->text, '\0', r->len) || say(r, "reason.binary");
}

static bool load(struct reading *r)
{
	struct stat st;

	if (fstat(r->fd, &st) != 0)
		return say_errno(r);
	if (!S_ISREG(st.st_mode))
		return say(r, "reason.no_file");
	r->text = malloc(r->cap + 2);
	if (!r->text)
		return say_errno(r);
	return read_all(r);
}

bool data_file_read(const char *path, size_t cap, enum lang l,
		    char **ret_text, size_t *ret_len,
		    char ret_reason[DATA_REASON_CAP])
{
	struct reading r = {
		/* opening a FIFO nobody writes to would wait for ever */
		.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY),
		.lang = l, .cap = cap, .reason = ret_reason,
	};
	bool ok;

	if (r.fd < 0)
		return say_errno(&r);
	ok = load(&r);
	close(r.fd);
	if (!ok) {
		free(r.text);
		return false;
	}
	*ret_text = r.text;
	*ret_len = r.len;
	return true;
}
