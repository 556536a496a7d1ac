#ifndef MAILWHY_BATCH_ENGINE_H
#define MAILWHY_BATCH_ENGINE_H

#include "cmd/batch/care.h"
#include "cmd/batch/intake.h"
#include "cmd/batch/outputs.h"
#include "cmd/batch/retry.h"
#include "cmd/knowledge.h"
#include "cmd/network.h"

/*
 * The way of an account:
 *
 *	feed.c		bytes of a file or a pipe, a window at a time
 *	input*.c	records of it: JSON, JSON Lines, CSV, includes
 *	account_*.c	a record becomes an account, or a flaw with its place;
 *	csv_*.c		csv_heading.c has the headings that people use
 *	intake.c	whether it is of this run: shards, duplicates, --resume
 *	engine.c	when its turn comes; the only thread that decides
 *	turn.c		its turn, with the care that is taken of its servers
 *	desk.c		one account looked up, checked and told, by a worker
 *	outputs.c	what came of it, into every output
 *
 * Many accounts at a time. One thread decides: it reads accounts, a bounded
 * number ahead, gives each to a worker when its servers may be approached,
 * and writes down what came of it in the order in which that comes. A server
 * that is busy or has to be spared holds up its own accounts and no others.
 */
#define JOBS_DEFAULT 16
/* Read ahead: so many accounts of one slow server hide those of others. */
#define PENDING_MAX 1024
/* After Ctrl-C those under way have so long to come to their end. */
#define ENDING_MSEC 20000

struct engine_plan {
	const struct options *o;
	struct network *network;
	struct knowledge *knowledge;
	struct intake *intake;
	struct outputs *outputs;
	struct care *care;
	struct retry_plan retry;
	int end_fd;			/* of wait_gently() */
	int code;			/* the worst of what was taken over */
};

/*
 * The exit code of the whole run. Outputs are left open: whatever happened,
 * what is in them is whole.
 */
int engine_run(const struct engine_plan *plan);

#endif
