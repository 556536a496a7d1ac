#ifndef MAILWHY_KNOWLEDGE_H
#define MAILWHY_KNOWLEDGE_H

#include "probes/wire/thread.h"
#include "reports/experiment.h"
#include "reports/rule.h"

/*
 * What every diagnosis reads and none changes: the general rules and the
 * table of experiments. Reading them costs more than a handshake and nobody
 * needs them while all is well, so each is read when it is first asked for.
 * Safe to share between threads; the checks of one run share one, which must
 * outlive their results.
 */
struct knowledge {
	struct mutex mutex;
	struct rules *general;
	struct experiment_table *experiments;
};

void knowledge_init(struct knowledge *k);
void knowledge_release(struct knowledge *k);
/* NULL: no memory, or a broken file (a test makes sure it is not). */
const struct rules *knowledge_rules(struct knowledge *k, struct fault *why);
const struct experiment_table *knowledge_experiments(struct knowledge *k,
						     struct fault *why);

#endif
