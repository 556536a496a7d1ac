#ifndef MAILWHY_SECRET_INPUT_H
#define MAILWHY_SECRET_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"
#include "cmd/target.h"
#include "probes/base/secret.h"

/*
 * The secret, from wherever the options say. It never passes through memory
 * that is not a struct secret. One line end at the end of what a file, a pipe
 * or a command gave is not part of it; everything else is kept as it is.
 *
 * netrc may also name the user (t->user, when it is still empty).
 * false: one line was written and *ret_code is 2 (5: no memory), or it is 130
 * and Ctrl-C was pressed.
 */
bool secret_obtain(const struct options *o, struct target *t,
		   struct secret *ret, int *ret_code);

/* What is wrong with it; the text of the complaint is error.<name>. */
enum secret_flaw {
	SECRET_FINE, SECRET_EMPTY, SECRET_TOO_LONG, SECRET_HAS_NUL,
	SECRET_HAS_NEWLINE
};

/*
 * Take the line end off and look at the rest. *ret_crlf: it was CR LF, which
 * a person should be told: a lone CR would have been part of the secret.
 */
enum secret_flaw secret_tidy(struct secret *s, bool *ret_crlf);

/* ---- secret_read.c: bytes into a secret that has its room ---- */

enum read_result {
	READ_OK, READ_FAILED,		/* errno says why */
	READ_TIMEOUT, READ_CANCELLED, READ_TOO_LONG,
	READ_NO_TERMINAL,
	READ_STATUS			/* the command failed: its status */
};

enum read_result secret_read_fd(int fd, msec by, struct secret *to);
/* *ret_open: group or others may read the file. */
enum read_result secret_read_file(const char *path, msec by,
				  struct secret *to, bool *ret_open);
/*
 * One line from the terminal, without echo. fd -1: /dev/tty. However this
 * ends, the terminal is as it was.
 */
enum read_result secret_read_terminal(int fd, const char *prompt, msec by,
				      struct secret *to);

/* TIMEOUT, CANCELLED, else FAILED. */
enum read_result read_result_of(const struct fault *why);

/* ---- secret_command.c ---- */

/*
 * What a command of /bin/sh prints. With `may_ask` it may ask at the terminal,
 * if there is one. When the time is up it is killed; without a terminal, all that it
 * started is too. *ret_status: exit status, 128 + signal.
 */
enum read_result secret_read_command(const char *command, bool may_ask,
				     msec by, struct secret *to,
				     int *ret_status);

/* ---- netrc.c ---- */

struct netrc_entry {
	struct span login, password;	/* into the text; len 0: not given */
	bool has_password;
	bool quoted;			/* password: "..." with \ escapes */
};

/*
 * The first entry for one of the hosts (NULL ends) and, unless empty, this
 * user; else the default. Pure; the text is somebody's file, any bytes.
 */
bool netrc_find(struct span text, const char *const *hosts, const char *user,
		struct netrc_entry *ret);

#endif
