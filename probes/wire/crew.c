#include "probes/wire/crew.h"

#include <stdlib.h>

#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

struct hand {
	struct hand *next;		/* of those who are free */
	struct crew *crew;
	struct thread thread;
	struct mutex mutex;		/* for what is below */
	struct cond given, over;
	void (*run)(void *);		/* NULL: nothing to do */
	void *arg;
	int stop_fd;			/* of whoever gave it (wait_stop_at) */
	bool leaves;
};

struct crew {
	struct mutex mutex;		/* for the list */
	struct hand *free;		/* the one that worked last comes first */
};

bool crew_new(struct crew **ret)
{
	struct crew *c = calloc(1, sizeof(*c));

	if (!c)
		return false;
	mutex_init(&c->mutex);
	*ret = c;
	return true;
}

/* false: there is nothing to do any more. What is given is done first. */
static bool await_errand(struct hand *h)
{
	bool given;

	mutex_lock(&h->mutex);
	while (!h->run && !h->leaves)
		cond_wait(&h->given, &h->mutex);
	given = h->run != NULL;
	mutex_unlock(&h->mutex);
	return given;
}

/* Rung when the mutex is free: who is woken does not wait again at once. */
static void stay(void *arg)
{
	struct hand *h = arg;

	while (await_errand(h)) {
		wait_stop_at(h->stop_fd);
		h->run(h->arg);
		mutex_lock(&h->mutex);
		h->run = NULL;
		mutex_unlock(&h->mutex);
		cond_ring(&h->over);
	}
}

static void hand_free(struct hand *h)
{
	cond_release(&h->given);
	cond_release(&h->over);
	mutex_release(&h->mutex);
	free(h);
}

static struct hand *hand_new(struct crew *c)
{
	struct hand *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->crew = c;
	mutex_init(&h->mutex);
	cond_init(&h->given);
	cond_init(&h->over);
	if (thread_start(&h->thread, stay, h))
		return h;
	hand_free(h);
	return NULL;
}

static struct hand *hand_take(struct crew *c)
{
	struct hand *h;

	mutex_lock(&c->mutex);
	h = c->free;
	if (h)
		c->free = h->next;
	mutex_unlock(&c->mutex);
	return h ? h : hand_new(c);
}

bool crew_start(struct crew *c, struct hand **ret, void (*run)(void *),
		void *arg)
{
	struct hand *h = hand_take(c);

	if (!h)
		return false;
	mutex_lock(&h->mutex);
	h->run = run;
	h->arg = arg;
	h->stop_fd = wait_stops_at();
	mutex_unlock(&h->mutex);
	cond_ring(&h->given);
	*ret = h;
	return true;
}

void crew_join(struct hand *h)
{
	struct crew *c = h->crew;

	mutex_lock(&h->mutex);
	while (h->run)
		cond_wait(&h->over, &h->mutex);
	mutex_unlock(&h->mutex);
	mutex_lock(&c->mutex);
	h->next = c->free;
	c->free = h;
	mutex_unlock(&c->mutex);
}

static void send_home(struct hand *h)
{
	mutex_lock(&h->mutex);
	h->leaves = true;
	mutex_unlock(&h->mutex);
	cond_ring(&h->given);
	thread_join(&h->thread);
	hand_free(h);
}

void crew_free(struct crew *c)
{
	if (!c)
		return;
	while (c->free) {
		struct hand *h = c->free;

		c->free = h->next;
		send_home(h);
	}
	mutex_release(&c->mutex);
	free(c);
}
