#ifndef MAILWHY_BATCH_PACE_H
#define MAILWHY_BATCH_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/check.h"

/*
 * How gently servers are approached. A server is a host name here, in A-labels
 * and small letters: what stands behind it is not ours to guess.
 *
 * Not thread-safe: the engine calls it under its own lock. No clock and no
 * wait of its own; times are handed in.
 */
struct pace_limits {
	unsigned connections;		/* at once, of a host */
	unsigned logins_per_second;	/* of a host; 0: no limit */
	/* refusals in a row that look like a ban, before a pause, the stop */
	unsigned pause_after, stop_after;
	msec pause;			/* doubled each time */
};
extern const struct pace_limits pace_default, pace_off;

struct pace;

enum pace_answer {
	PACE_GO,			/* taken; pace_done() is owed */
	PACE_LATER,			/* not before *ret_at, or when one is done */
	PACE_STOPPED			/* that host wants no more of us in this run */
};

bool pace_new(const struct pace_limits *limits, struct pace **ret,
	      struct fault *why);
void pace_free(struct pace *p);

/* An account's endpoints, all or none. logins: it will try to log in. */
enum pace_answer pace_ask(struct pace *p, const struct endpoint *e, size_t n,
			  bool logins, msec now, msec *ret_at,
			  const char **ret_host);
/* What became of it: `result` NULL when it was not checked after all. */
void pace_done(struct pace *p, const struct endpoint *e, size_t n,
	       const struct check_result *result, msec now);

#endif
