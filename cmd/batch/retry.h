#ifndef MAILWHY_BATCH_RETRY_H
#define MAILWHY_BATCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/check.h"

/*
 * --retry-on 3: a check that failed for a reason of the server or the network
 * that may pass by itself is made again, later each time. Never after a
 * refused login, never over the login budget. Pure.
 */
struct retry_plan {
	unsigned retries;		/* 0: none */
	msec wait;			/* before the first; then doubled ... */
	msec most;			/* ... up to this */
	uint64_t seed;			/* of the jitter */
};

struct retry_state {
	unsigned attempts;		/* checks made */
	unsigned spent;			/* logins refused or lost in all of them */
};

/*
 * After a check. true: once more, *ret_wait from now, and io->spent is off its
 * budget. `who` tells accounts apart: they shall not come back all at once.
 */
bool retry_again(const struct retry_plan *p, const struct check_result *r,
		 unsigned login_budget, uint64_t who, struct retry_state *io,
		 msec *ret_wait);

#endif
