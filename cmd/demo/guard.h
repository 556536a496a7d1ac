#ifndef MAILWHY_DEMO_GUARD_H
#define MAILWHY_DEMO_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/demo/scenario.h"
#include "probes/wire/stream.h"

/*
 * The socket of one client as its server sees it, beneath TLS: it ends when
 * the servers stop, it shows what the client sent to whoever taps it, and it
 * plays the bad wire of the scenario: bytes in pieces, late, with others
 * between them, or no more of them.
 */
struct guard {
	struct stream inner;
	int fd, stop;			/* stop is readable: no more */
	bool mute;			/* a reset says no goodbye */
	const struct bad_wire *wire;
	size_t sent;
	bool cut;			/* the wire was played to its end */
	/* may be NULL; called in the client's thread */
	void (*tap)(void *context, struct span bytes);
	void *context;
};

/* *ret borrows from g, whose members but `sent` and `cut` are set. */
void guard_stream(struct guard *g, struct stream *ret);
/* Wait, unless the servers stop: then false. */
bool guard_wait(struct guard *g, msec ms);
/* What the client sent last and nobody read is tapped, too. */
void guard_drain(struct guard *g);

#endif
