#ifndef MAILWHY_BATCH_INTAKE_H
#define MAILWHY_BATCH_INTAKE_H

#include "cmd/batch/input.h"
#include "cmd/batch/known.h"
#include "cmd/batch/shard.h"

/*
 * The accounts of this run: those of the input that belong to this shard and
 * that a former run has not done. The same account for a second time is told,
 * not tried: its second password would be a guess.
 */
struct intake {
	struct input *input;
	struct shards shards;
	struct known met;
	const struct known *done;	/* of --resume; NULL none */
	uint64_t passed_over;		/* done by a former run */
	bool some;			/* the input was not empty */
};

enum intake_answer {
	INTAKE_ACCOUNT,			/* *ret, for account_free() */
	INTAKE_DUPLICATE,		/* *ret likewise; *ret_first: where else */
	INTAKE_FLAW, INTAKE_LATER, INTAKE_END, INTAKE_NO_MEMORY
};

enum intake_answer intake_next(struct intake *i, struct account **ret,
			       struct known_place *ret_first,
			       struct flaw *ret_flaw);
void intake_close(struct intake *i);	/* accepts zeroed; the input, too */

#endif
