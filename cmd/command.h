#ifndef MAILWHY_COMMAND_H
#define MAILWHY_COMMAND_H

#include <stdbool.h>

#include "cmd/options.h"
#include "reports/report.h"

/*
 * A subcommand: one row in main.c's table, one file each. `run` returns the
 * exit code (frozen: 0 works, 1 the person acts, 2 usage, 3 network or server,
 * 4 unknown, 5 internal, 130 interrupted). Results go to stdout, complaints
 * and progress to stderr. main() has set up threads' waits, DNS and TLS for
 * commands that use the network.
 */
#define EXIT_USAGE       2
#define EXIT_INTERNAL    5
#define EXIT_INTERRUPTED 130

/* Of the user's own provider files a command wants none, whole ones, any. */
enum own_files { OWN_NONE, OWN_WHOLE, OWN_ANY };

struct command {
	const char *name;
	bool uses_network;
	enum own_files own;
	int (*run)(const struct options *o);
};

int command_check(const struct options *o);	/* check_command.c */
int command_demo(const struct options *o);	/* demo_command.c */
int command_settings(const struct options *o);	/* settings_command.c */
int command_providers(const struct options *o);	/* providers_command.c */
int command_explain(const struct options *o);	/* explain_command.c */
int command_batch(const struct options *o);	/* batch/batch_command.c */
int command_merge(const struct options *o);	/* batch/merge_command.c */

/* ---- output.c ---- */

/*
 * One clear line on stderr in the user's language, "mailwhy: ...", from the
 * text `id` with its arguments filled in. Argument values may be anybody's
 * bytes: they are made printable and cut. Returns 2, so that bad input is one
 * line: return complain(o->lang, "error.port", args);
 */
int complain(enum lang l, const char *id, const struct text_arg *args);
/* A text that is one already; on a terminal in as many lines as it needs. */
void complain_line(const char *text);
/* Out of memory, a bug: "mailwhy: ..."; returns 5. */
int complain_internal(enum lang l, const struct fault *why);

/*
 * The same about one account: to o->sink, when somebody collects what is said
 * of each, and else to stderr.
 */
int complain_of(const struct options *o, const char *id,
		const struct text_arg *args);
int complain_internal_of(const struct options *o, const struct fault *why);

/*
 * Write a result to stdout and flush. Returns `exit_code`; when it cannot be
 * written (closed, disk full), complains and returns 2.
 */
int print_result(enum lang l, const char *text, int exit_code);

/*
 * --exit-style: an exit code of ours in the words of a monitor (0 fine, 2
 * critical, 3 unknown) or of sysexits.h. Ctrl-C stays 130 for shells.
 */
int exit_code_in_style(enum exit_style style, int code);

/* Colour, width, marks: from the options, the terminal and NO_COLOR. */
void report_style_of(const struct options *o, struct report_style *ret);

/* errno as text, for {reason}. */
void reason_of_errno(enum lang l, int error, char *to, size_t cap);

#endif
