#ifndef MAILWHY_COMMAND_H
#define MAILWHY_COMMAND_H

#include <stdbool.h>

#include "cmd/options.h"

/*
 * A subcommand: one row in main.c's table, one file each. `run` returns the
 * exit code (frozen: 0 works, 1 the person acts, 2 usage, 3 network or server,
 * 4 unknown, 5 internal, 130 interrupted). Results go to stdout, complaints
 * and progress to stderr.
 */
struct command {
	const char *name;
	int (*run)(const struct options *o);
};

int command_check(const struct options *o);	/* check_command.c */
int command_demo(const struct options *o);	/* demo_command.c */

/*
 * One clear line on stderr in the user's language, "mailwhy: ...", from the
 * text `id` with its arguments filled in. Returns 2, so that bad input is one
 * line: return complain(o, "error.port", args);
 */
int complain(enum lang l, const char *id, const struct text_arg *args);

#endif
