#ifndef MAILWHY_BATCH_CARE_PLAN_H
#define MAILWHY_BATCH_CARE_PLAN_H

#include "cmd/batch/care.h"
#include "cmd/batch/retry.h"
#include "cmd/options.h"

/*
 * Limits from the options: those of the chosen pace, and over them what was
 * asked for by name. `path` holds plan->state.
 */
void care_plan_of(const struct options *o, char path[CARE_PATH_CAP],
		  struct care_plan *ret);
void retry_plan_of(const struct options *o, struct retry_plan *ret);

#endif
