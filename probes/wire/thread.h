#ifndef MAILWHY_WIRE_THREAD_H
#define MAILWHY_WIRE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"

/* 256 KiB of stack, all signals blocked. false: it could not be started. */
struct thread { pthread_t id; };
bool thread_start(struct thread *t, void (*run)(void *), void *arg);
/* The same for work that is deeper than a probe: a whole check, a report. */
bool thread_start_deep(struct thread *t, void (*run)(void *), void *arg);
void thread_join(struct thread *t);

/*
 * Two pieces of work at once: `first` here, `second` in a thread. When `first`
 * says true nobody needs the second any longer: its waits end with
 * FAULT_CANCELLED, and what it did is not to be used. Returns what `first`
 * said, when both have ended.
 */
bool thread_pair(bool (*first)(void *arg), void (*second)(void *arg),
		 void *arg);

struct mutex { pthread_mutex_t lock; };
void mutex_init(struct mutex *m);
void mutex_release(struct mutex *m);
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);

/*
 * One thread waits for another of ours, as thread_join() does: without a
 * deadline, so never for what the outside has to do. The mutex is held.
 */
struct cond { pthread_cond_t cond; };
void cond_init(struct cond *c);
void cond_release(struct cond *c);
void cond_wait(struct cond *c, struct mutex *m);
void cond_ring(struct cond *c);

/* run() is over when thread_once() returns, whoever came first. */
struct once { pthread_once_t state; };
#define ONCE_INIT { PTHREAD_ONCE_INIT }
void thread_once(struct once *o, void (*run)(void));

/*
 * A bell: one thread waits, others ring. A ring before the wait is kept.
 * Waits through wait_fds, so deadlines and Ctrl-C hold.
 * Faults of bell_wait: TIMEOUT, CANCELLED.
 */
struct bell { int fds[2]; };
bool bell_init(struct bell *b);
void bell_release(struct bell *b);
void bell_ring(struct bell *b);
bool bell_wait(struct bell *b, msec by, struct fault *why);

#endif
