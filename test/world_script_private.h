#ifndef MAILWHY_TEST_WORLD_SCRIPT_PRIVATE_H
#define MAILWHY_TEST_WORLD_SCRIPT_PRIVATE_H

#include "test/world_script.h"

/* What a script's world, its connections and its TLS have in common. */

#define SCRIPT_NOW 1893456000		/* 2030-01-01, the servers' time */

static inline struct script_world *script_world_of(struct world *w)
{
	return (struct script_world *)w;
}

/* The clock jumps to the deadline. Returns false. */
bool script_time_out(struct script_world *w, msec by, struct fault *why);

/* Is this the operation to break? Counts it; it takes so many round trips. */
bool script_breaks(struct script_world *w, msec trips);

/* How it is broken, as *why. Returns false. */
bool script_broken(struct script_world *w, msec by, struct fault *why);

/* Does the server there begin without TLS? */
bool script_clear_first(const struct scene *s);

/* Let the server act until it has said something; *why is what came instead. */
bool script_pump(struct script_link *l, msec by, struct fault *why);

/* The stream of a connection; self is its struct script_link. */
extern const struct stream_ops script_link_ops;

/* world.secure */
bool script_secure(struct world *world, const struct tls_request *request,
		   struct stream *io, msec by, struct tls_facts *ret,
		   struct fault *why);

#endif
