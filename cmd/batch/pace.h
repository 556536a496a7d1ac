#ifndef MAILWHY_BATCH_PACE_H
#define MAILWHY_BATCH_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/check.h"

/*
 * How gently servers are approached. A server is a machine here: host names
 * (in any case) that lead to one address are one, as far as pace_meet() was
 * told. And the hosts of one account often share what bans us even where they
 * do not share an address, so what an account was refused counts for each.
 *
 * Two things are kept apart. A *ban that is seen* (too many logins, address
 * blocked, a port that worked and is closed now) makes a pause, longer each
 * time, and in the end a stop. A *ban that could be provoked* is prevented:
 * fail2ban and its like count refused logins of our address within a time,
 * whichever account they were for and whatever was accepted between. So every
 * login that might be refused is taken off a budget of the host before it is
 * made, and given back if it was not.
 *
 * Not thread-safe: the engine calls it under its own lock. No clock and no
 * wait of its own; times are handed in.
 */
#define PACE_REFUSALS_MAX 16

struct pace_limits {
	unsigned connections;		/* at once, of a host; 0: no limit */
	unsigned logins_per_second;	/* of a host; 0: no limit */
	/* refused logins of a host within `window`; 0: no limit */
	unsigned refusals;		/* up to PACE_REFUSALS_MAX */
	msec window;
	msec patience;			/* pauses of one host in all, then it is over */
	unsigned stop_after;		/* bans seen in a row; 0: never stop */
	msec pause;			/* after the first of them, then doubled */
};
/*
 * Gentle: below the strictest defaults in common use. Normal: below the usual
 * ones. Off: for a server of one's own.
 */
extern const struct pace_limits pace_gentle, pace_normal, pace_off;

struct pace;

enum pace_answer {
	PACE_GO,			/* taken; pace_done() is owed */
	PACE_LATER,			/* not before `at`, or when one is done */
	PACE_STOPPED			/* no more of that host in this run */
};

enum pace_reason {
	PACE_NO_REASON,
	PACE_BUSY,			/* connections, logins a second */
	PACE_REFUSALS,			/* one more refusal could get us banned */
	PACE_BAN			/* it looks like having banned us */
};

struct pace_reply {
	enum pace_answer answer;
	enum pace_reason reason;
	const char *host;		/* whose; borrowed from pace, or NULL */
	msec at;			/* LATER; MSEC_NEVER: only when one is done */
	bool news;			/* LATER: a pause that nobody heard of yet */
	unsigned refusals;		/* GO: so many logins may be refused */
};

bool pace_new(const struct pace_limits *limits, struct pace **ret,
	      struct fault *why);
void pace_free(struct pace *p);

/*
 * What is asked for: an account's endpoints, all or none. refusals: how many
 * refused logins it may cost at the most, 0 for no login at all; fewer may be
 * granted, never 0 in place of more.
 */
bool pace_ask(struct pace *p, const struct endpoint *e, size_t n,
	      unsigned refusals, msec now, struct pace_reply *ret,
	      struct fault *why);
/*
 * What became of it; `granted` as pace_ask() said. `result` NULL: it was not
 * checked after all. Returns how many refusals now count against its hosts.
 */
unsigned pace_done(struct pace *p, const struct endpoint *e, size_t n,
		   unsigned granted, const struct check_result *result,
		   msec now);

/* Has this endpoint greeted us in this run? */
bool pace_has_worked(const struct pace *p, const struct endpoint *e);

/* Logins that were refused, or whose answer was lost: they may have been. */
unsigned pace_refusals(const struct check_result *r);

/*
 * Is this host new here? Then pace_meet() may tell its addresses, before it is
 * asked for, and pace_remember() what it has refused in former runs, oldest
 * first. Faults of both: NO_MEMORY.
 */
bool pace_is_new(const struct pace *p, const char *host);
bool pace_meet(struct pace *p, const char *host, const struct address *a,
	       size_t n, struct fault *why);
bool pace_remember(struct pace *p, const char *host, const msec *at, size_t n,
		   struct fault *why);
/*
 * What its refusals are to be remembered by, beside its name: the i-th address
 * of its machine, the same pointer for all its names. NULL: no more.
 */
const char *pace_address(const struct pace *p, const char *host, size_t i);

#endif
