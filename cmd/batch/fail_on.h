#ifndef MAILWHY_BATCH_FAIL_ON_H
#define MAILWHY_BATCH_FAIL_ON_H

#include "cmd/options.h"
#include "reports/outcome.h"

/*
 * --fail-on CAUSE,...: only these make the run fail. Everything is reported as
 * it is; what counts for the exit code is chosen: causes by id, exit codes
 * (1, 3, 4) for all that lead to them, "expectation" for what was expected and
 * is not so. Mistakes of the caller's (2) and ours (5) always count.
 */
/* What an outcome adds to the exit code of the run. */
int fail_on_code(const struct options *o, const struct account_outcome *a);

#endif
