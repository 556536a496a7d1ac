#ifndef MAILWHY_BATCH_OUTPUTS_H
#define MAILWHY_BATCH_OUTPUTS_H

#include "cmd/options.h"
#include "reports/writer.h"

/*
 * --output KIND[:FILE], all of them at once. Every file is opened before the
 * first login is spent. What others read while we write is written beside and
 * renamed at the end; the rest grows account by account, and what was told
 * stays if we die.
 */
struct outputs;

/* 0, or the exit code after one line on stderr. */
int outputs_open(const struct options *o, struct outputs **ret);
/*
 * false: one of them cannot be written any more. That was told, once; it is
 * left with what was whole, and the others can be written on.
 */
bool outputs_add(struct outputs *out, const struct account_outcome *o,
		 const char *line);
/*
 * What was taken over from a file that goes on as an output is safe: it takes
 * the place of the old one.
 */
bool outputs_settle(struct outputs *out);
/* All written whole, as far as they go; false: as above. Frees. */
bool outputs_close(struct outputs *out);	/* accepts NULL */
/* Give up: nothing that stood there before is touched. */
void outputs_drop(struct outputs *out);		/* accepts NULL */
/*
 * The first that could not be written any more though somebody would have read
 * it, or NULL.
 */
const char *outputs_full(const struct outputs *out);
/* One of them shares the terminal with the progress bar. */
bool outputs_on_terminal(const struct outputs *out);

#endif
