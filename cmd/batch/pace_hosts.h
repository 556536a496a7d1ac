#ifndef MAILWHY_BATCH_PACE_HOSTS_H
#define MAILWHY_BATCH_PACE_HOSTS_H

#include "cmd/batch/lookup.h"
#include "cmd/batch/pace.h"

/*
 * For pace.c: machines, and the names they were met under. Names that lead to
 * one address are one machine: what bans us there asks for no name.
 */
#define PORTS_MAX 8

struct machine {
	struct machine *next;
	unsigned accounts, connections, reserved;	/* under way */
	int64_t login_at;		/* next one, in microseconds */
	size_t refusals;		/* within the window; oldest first */
	msec refused_at[PACE_REFUSALS_MAX];
	unsigned bans;			/* seen in a row */
	msec paused_until;
	msec told;			/* the pause that was said last */
	bool waiting;			/* somebody is told to come later ... */
	msec waiting_since, waited;	/* ... and all that was before */
	enum pace_reason stopped;
	size_t ports;			/* that have greeted us in this run */
	uint16_t port[PORTS_MAX];
	const struct machine_key *address;	/* the first of its list */
};

/* A host name in small letters, or an address of its machine as text. */
struct machine_key {
	struct machine_key *next;	/* of all */
	const struct machine_key *another;	/* address of the same machine */
	struct machine *machine;
	char text[];
};

struct machines {
	struct lookup names, addresses;
	struct machine *first;		/* of all; owned */
	struct machine_key *key;	/* likewise */
};

void machines_release(struct machines *m);

/* NULL: not met. */
const struct machine_key *machines_find(const struct machines *m,
					const char *host);
/*
 * By name; one that is new is of the machine that has one of the addresses, or
 * a machine of its own. NULL: no memory.
 */
const struct machine_key *machines_meet(struct machines *m, const char *host,
					const struct address *a, size_t n);

/* One more, where it belongs; the oldest makes room. */
void machine_refused(struct machine *m, msec at);
/*
 * Those that a former run noted under one more name or address, oldest first.
 * It noted each under all there were, so they are counted once.
 */
void machine_remember(struct machine *m, const msec *at, size_t n);

#endif
