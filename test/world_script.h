#ifndef MAILWHY_TEST_WORLD_SCRIPT_H
#define MAILWHY_TEST_WORLD_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/demo/player.h"
#include "probes/probe.h"
#include "probes/wire/world.h"

/*
 * A scenario as a world: no sockets, no threads, and a clock that jumps to the
 * deadline when a server is silent. One thread: for probe_each(), or, where the
 * time counts, for script_world_run().
 *
 *	struct script_world *w = script_world_new(scenario);
 *	plan.world = &w->world;
 *	plan.start = w->clock;
 */
struct script_link {			/* what one server saw */
	struct script_world *world;
	size_t endpoint;
	bool in_tls, closed;
	struct player player;
	struct span ready;		/* said by the player, not read yet */
	msec due;			/* before that it says nothing more */
	bool answered, accepted;	/* the login, as the client read it */
};

#define LINKS_MAX 48

/* How an operation is broken. */
enum script_break {
	BREAK_CLOSED, BREAK_TIMEOUT, BREAK_RESET,
	BREAK_CUT,			/* half of the bytes, then the end */
	BREAK_COUNT
};

struct script_world {
	struct world world;		/* first: a world is a script_world */
	const struct scenario *scenario;
	msec clock, trip;		/* trip: there and back, 7 ms unless set */
	size_t read_max;		/* bytes a read returns at most; 0: all */
	unsigned operations;		/* so far */
	unsigned break_at;		/* the one to break, from 1; 0: none */
	enum script_break break_how;
	bool broken;			/* it was reached */
	bool refused_after;		/* nothing passes once it was */
	FILE *heard;			/* what is sent without TLS; may be NULL */
	size_t links;
	struct script_link link[LINKS_MAX];	/* every connection made */
};

/* NULL: no memory. */
struct script_world *script_world_new(const struct scenario *s);
void script_world_free(struct script_world *w);

/*
 * As probe_each, but by the clock they run side by side: each begins when the
 * first did, and all together take as long as the longest.
 */
void script_world_run(struct probe *probes, size_t n);
/* As thread_pair, by the clock; the second is left out when it is not needed. */
bool script_world_pair(struct world *world, bool (*first)(void *arg),
		       void (*second)(void *arg), void *arg);

unsigned script_world_logins(const struct script_world *w);

#endif
