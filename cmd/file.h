#ifndef MAILWHY_FILE_H
#define MAILWHY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "probes/base/span.h"
#include "reports/text.h"

/*
 * Whole files. A reason for people comes back in `reason` when something
 * cannot be done; what is said around it is the caller's.
 */
#define REASON_CAP 160

/*
 * A text file (or a pipe; "-" is standard input) of at most `most`
 * bytes, NUL-terminated; free() it. Ends with Ctrl-C.
 */
bool file_read(const char *path, size_t most, enum lang l, char **ret_text,
	       size_t *ret_len, char reason[REASON_CAP]);

/* The same, but only a regular file: a FIFO in its place would make us wait. */
bool file_read_regular(const char *path, size_t most, enum lang l,
		       char **ret_text, size_t *ret_len,
		       char reason[REASON_CAP]);

/*
 * Where a file really lies, or would: what is replaced by rename() is the
 * file that a link leads to, and two ways to one file are one text. false: no
 * room; a folder that is not there is left as it was written.
 */
bool file_real(const char *path, char *to, size_t cap);

/*
 * The whole text or nothing: it is written beside `path` and takes its place
 * at the end, readable for its owner alone. A link stays one.
 */
bool file_replace(const char *path, struct span text, enum lang l,
		  char reason[REASON_CAP]);

/* ---- what it is made of, for files that are written for longer ---- */

/*
 * An empty file beside `path`, to take its place by rename(). Its name comes
 * back in `ret_beside`, "" with -1, where errno says why there is none.
 */
int file_beside(const char *path, mode_t mode, char *ret_beside, size_t cap);
/* All of it, if Ctrl-C does not end a write that waits. false: errno. */
bool file_write(int fd, struct span text);

#endif
