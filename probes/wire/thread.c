#include "probes/wire/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "probes/wire/wait.h"

/*
 * musl gives a thread 128 KiB by default and a TLS handshake with its chain
 * needs more; glibc gives 8 MiB, which thirty workers do not need. Sanitizers
 * make frames several times as large.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES (2048u << 10)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define STACK_BYTES (2048u << 10)
#endif
#endif
#ifndef STACK_BYTES
#define STACK_BYTES (256u << 10)
#endif
#define DEEP_TIMES 4

struct errand {
	void (*run)(void *);
	void *arg;
	int stop_fd;
};

static void *thread_main(void *arg)
{
	struct errand errand = *(struct errand *)arg;

	free(arg);
	wait_stop_at(errand.stop_fd);
	errand.run(errand.arg);
	return NULL;
}

/* Signals are for the main thread: a worker inherits them blocked. */
static bool create_quietly(struct thread *t, const pthread_attr_t *how,
			   struct errand *errand)
{
	sigset_t all, before;
	bool ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(&t->id, how, thread_main, errand) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static bool start(struct thread *t, size_t stack, void (*run)(void *),
		  void *arg)
{
	struct errand *errand = malloc(sizeof(*errand));
	pthread_attr_t how;
	bool ok;

	if (!errand)
		return false;
	*errand = (struct errand){ run, arg, wait_stops_at() };
	if (pthread_attr_init(&how) != 0) {
		free(errand);
		return false;
	}
	ok = pthread_attr_setstacksize(&how, stack) == 0 &&
	     create_quietly(t, &how, errand);
	pthread_attr_destroy(&how);
	if (!ok)
		free(errand);
	return ok;
}

bool thread_start(struct thread *t, void (*run)(void *), void *arg)
{
	return start(t, STACK_BYTES, run, arg);
}

bool thread_start_deep(struct thread *t, void (*run)(void *), void *arg)
{
	return start(t, DEEP_TIMES * STACK_BYTES, run, arg);
}

void thread_join(struct thread *t)
{
	pthread_join(t->id, NULL);
}

/* ---- two at once ---- */

struct second {
	void (*run)(void *arg);
	void *arg;
	int stop_fd;
};

static void run_second(void *context)
{
	const struct second *s = context;

	wait_stop_at(s->stop_fd);
	s->run(s->arg);
}

static bool pair_together(bool (*first)(void *arg), void *arg,
			  struct second *second, struct bell *stop,
			  bool *ret_enough)
{
	struct thread thread;

	if (!thread_start(&thread, run_second, second))
		return false;
	*ret_enough = first(arg);
	if (*ret_enough)
		bell_ring(stop);
	thread_join(&thread);
	return true;
}

bool thread_pair(bool (*first)(void *arg), void (*second)(void *arg),
		 void *arg)
{
	struct bell stop;
	bool together = false, enough = false;

	if (bell_init(&stop)) {
		struct second s = { second, arg, stop.fds[0] };

		together = pair_together(first, arg, &s, &stop, &enough);
		bell_release(&stop);
	}
	if (together)
		return enough;
	enough = first(arg);
	if (!enough)
		second(arg);
	return enough;
}

void thread_once(struct once *o, void (*run)(void))
{
	pthread_once(&o->state, run);
}

void mutex_init(struct mutex *m)
{
	pthread_mutex_init(&m->lock, NULL);
}

void mutex_release(struct mutex *m)
{
	pthread_mutex_destroy(&m->lock);
}

void mutex_lock(struct mutex *m)
{
	pthread_mutex_lock(&m->lock);
}

void mutex_unlock(struct mutex *m)
{
	pthread_mutex_unlock(&m->lock);
}

void cond_init(struct cond *c)
{
	pthread_cond_init(&c->cond, NULL);
}

void cond_release(struct cond *c)
{
	pthread_cond_destroy(&c->cond);
}

void cond_wait(struct cond *c, struct mutex *m)
{
	pthread_cond_wait(&c->cond, &m->lock);
}

void cond_ring(struct cond *c)
{
	pthread_cond_signal(&c->cond);
}

bool bell_init(struct bell *b)
{
	return wait_pipe(b->fds);
}

void bell_release(struct bell *b)
{
	close(b->fds[0]);
	close(b->fds[1]);
}

void bell_ring(struct bell *b)
{
	/* EAGAIN: the pipe is full of rings, so the waiter wakes anyway. */
	while (write(b->fds[1], "", 1) < 0 && errno == EINTR)
		;
}

bool bell_wait(struct bell *b, msec by, struct fault *why)
{
	char rings[64];
	ssize_t got;

	if (!wait_fd(b->fds[0], POLLIN, by, why))
		return false;
	/* less than was asked for: there are no more */
	do
		got = read(b->fds[0], rings, sizeof(rings));
	while (got == (ssize_t)sizeof(rings));
	return true;
}
