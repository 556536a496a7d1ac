#include "cmd/batch/ledger_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/command.h"
#include "probes/base/buf.h"

#define PATH_CAP 4096
#define FILE_MOST ((size_t)64 << 20)

struct ledger_file {
	enum lang lang;			/* of reasons */
	char path[PATH_CAP];
	int lock, append;		/* descriptors, -1: none */
};

static enum ledger_problem because(const struct ledger_file *f, int error,
				   char *reason)
{
	reason_of_errno(f->lang, error, reason, REASON_CAP);
	return LEDGER_UNREADABLE;
}

/*
 * The file itself is replaced, so the lock is one beside it. It is the
 * system's: it ends with us, however we end.
 */
static enum ledger_problem lock(struct ledger_file *f, char *reason)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char room[PATH_CAP];
	struct buf b = buf_over(room, sizeof(room));

	buf_fmt(&b, "%s.lock", f->path);
	if (b.full)
		return because(f, ENAMETOOLONG, reason);
	f->lock = open(room, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW,
		       0600);
	if (f->lock < 0)
		return because(f, errno, reason);
	if (fcntl(f->lock, F_SETLK, &all) == 0)
		return LEDGER_FINE;
	return errno == EACCES || errno == EAGAIN ? LEDGER_IN_USE
						  : because(f, errno, reason);
}

static enum ledger_problem read_text(const struct ledger_file *f,
				     char **ret_text, size_t *ret_len,
				     char *reason)
{
	struct stat st;

	if (stat(f->path, &st) != 0 && errno == ENOENT) {
		*ret_text = calloc(1, 1);
		*ret_len = 0;
		return *ret_text ? LEDGER_FINE : LEDGER_NO_MEMORY;
	}
	return file_read_regular(f->path, FILE_MOST, f->lang, ret_text,
				 ret_len, reason)
	       ? LEDGER_FINE : LEDGER_UNREADABLE;
}

enum ledger_problem ledger_file_open(const char *path, enum lang lang,
				     struct ledger_file **ret, char **ret_text,
				     size_t *ret_len, char reason[REASON_CAP])
{
	struct ledger_file *f = calloc(1, sizeof(*f));
	enum ledger_problem problem;

	if (!f)
		return LEDGER_NO_MEMORY;
	f->lock = f->append = -1;
	f->lang = lang;
	/* two ways to one file have one lock */
	problem = file_real(path, f->path, sizeof(f->path)) ? lock(f, reason)
		: because(f, ENAMETOOLONG, reason);
	if (problem == LEDGER_FINE)
		problem = read_text(f, ret_text, ret_len, reason);
	if (problem == LEDGER_FINE)
		*ret = f;
	else
		ledger_file_close(f);
	return problem;
}

static void close_append(struct ledger_file *f)
{
	if (f->append >= 0)
		close(f->append);
	f->append = -1;
}

bool ledger_file_replace(struct ledger_file *f, struct span text,
			 char reason[REASON_CAP])
{
	if (!file_replace(f->path, text, f->lang, reason))
		return false;
	close_append(f);		/* that of the old file */
	return true;
}

static bool open_append(struct ledger_file *f)
{
	if (f->append < 0)
		f->append = open(f->path, O_WRONLY | O_APPEND | O_CLOEXEC |
				 O_NOCTTY);
	return f->append >= 0;
}

/* One write, so that a line is there or is not; half of one is taken back. */
bool ledger_file_append(struct ledger_file *f, struct span line,
			char reason[REASON_CAP])
{
	struct stat before;
	ssize_t n;

	if (!open_append(f) || fstat(f->append, &before) != 0) {
		because(f, errno, reason);
		return false;
	}
	do
		n = write(f->append, line.at, line.len);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)line.len)
		return true;
	because(f, n < 0 ? errno : ENOSPC, reason);
	if (n > 0 && ftruncate(f->append, before.st_size) != 0)
		close_append(f);
	return false;
}

void ledger_file_close(struct ledger_file *f)
{
	if (!f)
		return;
	close_append(f);
	if (f->lock >= 0)
		close(f->lock);
	free(f);
}
