#ifndef MAILWHY_BATCH_INPUT_H
#define MAILWHY_BATCH_INPUT_H

#include "cmd/batch/account.h"
#include "cmd/batch/flaw.h"
#include "cmd/options.h"

/*
 * The accounts of a file, one after the other, and of the files it includes.
 * Whatever is wrong with one of them is a flaw and the next one comes; memory
 * does not grow with their number.
 *
 *	[ {ACCOUNT}, ... ]			JSON
 *	{ "expect": {...}, "accounts": [...] }	JSON, with something for all
 *	{ACCOUNT}				JSON Lines
 *	address,password_env			CSV, with a header row
 *
 * { "include": "FILE" } may stand in the place of an account.
 *
 * What is expected of an account: its own, over that of the command line, over
 * that of its file, over that of the file which includes it.
 */
#define INCLUDES_DEEP 8

struct input_plan {
	const char *path;		/* "-": standard input */
	enum input_format format;
	enum lang lang;
	bool allow_inline;
	struct expect expect;		/* --expect; else EXPECT_NOTHING */
};

struct input;

enum input_answer {
	INPUT_ACCOUNT,			/* *ret, for account_free() */
	INPUT_FLAW,			/* *ret_flaw */
	INPUT_LATER,			/* wait until input_fd() is readable */
	INPUT_END
};

/* false: errno says why (ENOMEM, or the file cannot be opened). */
bool input_open(const struct input_plan *plan, struct input **ret);
void input_close(struct input *in);	/* accepts NULL */

enum input_answer input_next(struct input *in, struct account **ret,
			     struct flaw *ret_flaw);
int input_fd(const struct input *in);
/* How much of the file has been read, from 0 to 1; negative: not known. */
double input_share(const struct input *in);
/* All of it can be read without waiting for somebody. */
bool input_is_file(const struct input *in);

#endif
