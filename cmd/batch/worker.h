#ifndef MAILWHY_BATCH_WORKER_H
#define MAILWHY_BATCH_WORKER_H

#include "cmd/batch/desk.h"

/*
 * A thread that does one task after the other at its desk. The desk belongs
 * to the worker from worker_give() until the state is DONE, and to the engine
 * else: whoever has it needs no lock for it.
 */
enum worker_state { WORKER_IDLE, WORKER_BUSY, WORKER_DONE };

struct worker {
	struct desk desk;
	void (*task)(struct worker *w);
	void *context, *all;		/* of the engine */
	struct bell *done;		/* for the engine */
	struct mutex *mutex;		/* of `state` and `leaves` */
	struct cond changed;
	enum worker_state state;
	bool leaves;
	struct thread thread;
};

/*
 * How many of `wanted` may work at once: each needs files for the connections
 * of its account. The limit of them is raised as far as this user may.
 */
size_t workers_allowed(size_t wanted);

bool worker_start(struct worker *w);
void worker_give(struct worker *w, void (*task)(struct worker *w));
enum worker_state worker_look(struct worker *w);
void worker_take_back(struct worker *w);	/* DONE, and seen: IDLE */
/* After what it does now; waits for it, and it is IDLE or DONE then. */
void worker_end(struct worker *w);

#endif
