#include "cmd/batch/worker.h"

#include <stdlib.h>

static void set_state(struct worker *w, enum worker_state state)
{
	mutex_lock(w->mutex);
	w->state = state;
	mutex_unlock(w->mutex);
}

enum worker_state worker_look(struct worker *w)
{
	enum worker_state state;

	mutex_lock(w->mutex);
	state = w->state;
	mutex_unlock(w->mutex);
	return state;
}

/*
 * The bell is only a bell: after Ctrl-C it does not wait any more, and the
 * state says what to do.
 */
static void work(void *arg)
{
	struct worker *w = arg;
	struct fault why;
	enum worker_state state;

	while ((state = worker_look(w)) != WORKER_LEAVES) {
		if (state != WORKER_BUSY) {
			if (!bell_wait(&w->work, MSEC_NEVER, &why))
				break;
			continue;
		}
		w->task(w);
		set_state(w, WORKER_DONE);
		bell_ring(w->done);
	}
}

bool worker_start(struct worker *w)
{
	w->state = WORKER_IDLE;
	if (!bell_init(&w->work))
		return false;
	w->desk.room = calloc(ENDPOINTS_MAX, sizeof(*w->desk.room));
	if (w->desk.room && thread_start_deep(&w->thread, work, w))
		return true;
	free(w->desk.room);
	bell_release(&w->work);
	return false;
}

void worker_give(struct worker *w, void (*task)(struct worker *w))
{
	w->task = task;
	set_state(w, WORKER_BUSY);
	bell_ring(&w->work);
}

void worker_take_back(struct worker *w)
{
	set_state(w, WORKER_IDLE);
}

void worker_end(struct worker *w)
{
	mutex_lock(w->mutex);
	if (w->state != WORKER_BUSY)
		w->state = WORKER_LEAVES;
	mutex_unlock(w->mutex);
	bell_ring(&w->work);
	thread_join(&w->thread);
	free(w->desk.room);
	bell_release(&w->work);
}
