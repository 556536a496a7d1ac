#ifndef MAILWHY_BATCH_RESUME_H
#define MAILWHY_BATCH_RESUME_H

#include "cmd/batch/known.h"
#include "cmd/batch/outputs.h"

/*
 * --resume FILE: the JSON Lines of a run that did not come to its end. What
 * was tried then is not tried again and is told in every output; what was not
 * tried (interrupted, a host that was left alone) is tried now. Its last line
 * may be torn: a crash or a full disk leaves one.
 *
 * The file may be an output of this run, too: it goes on where it ended.
 */
struct resume {
	struct known done;
	unsigned taken, torn;		/* lines */
	int code;			/* the worst of what was taken over */
};

/* 0, or the exit code after one line on stderr. */
int resume_read(const struct options *o, struct outputs *out,
		struct resume *ret);
void resume_release(struct resume *r);	/* accepts zeroed */

#endif
