#ifndef MAILWHY_BATCH_TURN_H
#define MAILWHY_BATCH_TURN_H

#include "cmd/batch/care.h"
#include "cmd/batch/desk.h"
#include "cmd/batch/retry.h"

/*
 * An account's turn: from its reading to its outcome, perhaps in several
 * goes. A go ends early, with a time to come back, when a server has to be
 * spared or the account is to be checked once more.
 */
struct turn {
	struct turn *next;
	struct account *account;	/* owned */
	uint64_t number;		/* as it was read */
	/* its servers, once a go has found them out; care.endpoints 0: not yet */
	struct endpoint endpoint[ENDPOINTS_MAX];
	struct care_account care;
	bool may_go;			/* care has granted it; care_done() is owed */
	msec not_before;
	bool comes_back;		/* the go ended without an outcome */
	struct care_reply pause;	/* why, when that is news */
	struct retry_state retry;
};

struct turns {
	struct care *care;
	struct retry_plan retry;
};

void turn_free(struct turn *t);		/* accepts NULL */

/*
 * Before a go: may its servers be approached? An account whose servers are
 * not known yet may. reply->answer NEVER: it is over; LATER: not_before says
 * when to ask again. Faults: NO_MEMORY.
 */
bool turn_ask(const struct turns *all, struct turn *t,
	      struct care_reply *ret, struct fault *why);
/* One go at a desk, by a worker. The outcome is the desk's. */
void turn_go(const struct turns *all, struct turn *t, struct desk *d);
/* It will not go after all. */
void turn_give_up(const struct turns *all, struct turn *t);

#endif
