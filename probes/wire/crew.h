#ifndef MAILWHY_WIRE_CREW_H
#define MAILWHY_WIRE_CREW_H

#include <stdbool.h>

/*
 * Threads that stay. Many accounts are thousands of short talks, and a thread
 * begun and ended for each costs more than the talk's own system calls: its
 * stack is given back and taken anew, page by page. Whoever opens the network
 * for many accounts owns the crew; any thread may use it.
 *
 *	crew_start(crew, &hand, run, arg);
 *	...
 *	crew_join(hand);
 */
struct crew;
struct hand;

bool crew_new(struct crew **ret);	/* nobody yet; false: no memory */
/* Ends the threads; all of them were joined. Accepts NULL. */
void crew_free(struct crew *c);

/*
 * run(arg) by one who is free, else by a new one: as thread_start(), with its
 * stack and blocked signals, and stopped by what stops the caller
 * (wait_stop_at()), for this errand alone. false: none could be started.
 */
bool crew_start(struct crew *c, struct hand **ret, void (*run)(void *),
		void *arg);
/* Wait until run() is over; the hand is free for others then. */
void crew_join(struct hand *h);

#endif
