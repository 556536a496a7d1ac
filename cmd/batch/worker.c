#include "cmd/batch/worker.h"

#include <stdlib.h>
#include <sys/resource.h>

/* Of the run: outputs, lists, name servers; of an account: servers, pipes. */
#define FILES_OF_RUN 48
#define FILES_OF_ONE (2 * ENDPOINTS_MAX)

size_t workers_allowed(size_t wanted)
{
	rlim_t need = (rlim_t)(FILES_OF_RUN + wanted * FILES_OF_ONE);
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= need)
		return wanted;
	files.rlim_cur = files.rlim_max < need ? files.rlim_max : need;
	if (setrlimit(RLIMIT_NOFILE, &files) != 0)
		getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= need)
		return wanted;
	return files.rlim_cur < FILES_OF_RUN + FILES_OF_ONE ? 1 :
	       (size_t)(files.rlim_cur - FILES_OF_RUN) / FILES_OF_ONE;
}

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

/* false: it is to leave. */
static bool await_task(struct worker *w)
{
	bool given;

	mutex_lock(w->mutex);
	while (w->state != WORKER_BUSY && !w->leaves)
		cond_wait(&w->changed, w->mutex);
	given = w->state == WORKER_BUSY;
	mutex_unlock(w->mutex);
	return given;
}

static void work(void *arg)
{
	struct worker *w = arg;

	while (await_task(w)) {
		w->task(w);
		set_state(w, WORKER_DONE);
		bell_ring(w->done);
	}
}

bool worker_start(struct worker *w)
{
	w->state = WORKER_IDLE;
	w->leaves = false;
	w->desk.room = calloc(ENDPOINTS_MAX, sizeof(*w->desk.room));
	if (!w->desk.room)
		return false;
	cond_init(&w->changed);
	if (thread_start_deep(&w->thread, work, w))
		return true;
	cond_release(&w->changed);
	free(w->desk.room);
	return false;
}

void worker_give(struct worker *w, void (*task)(struct worker *w))
{
	w->task = task;
	set_state(w, WORKER_BUSY);
	cond_ring(&w->changed);
}

void worker_take_back(struct worker *w)
{
	set_state(w, WORKER_IDLE);
}

void worker_end(struct worker *w)
{
	mutex_lock(w->mutex);
	w->leaves = true;
	mutex_unlock(w->mutex);
	cond_ring(&w->changed);
	thread_join(&w->thread);
	cond_release(&w->changed);
	free(w->desk.room);
}
