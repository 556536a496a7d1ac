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
 *
 * And what the hosts of large providers showed that experiments compare with:
 * a thousand accounts at a server whose certificate has expired do not ask
 * them a thousand times.
 */
#define CONTROLS_MAX 12
#define CONTROL_MSEC (2 * 60 * 1000)	/* so long it is believed */

struct control_seen {
	struct trial trial;
	msec at;
	struct evidence seen;
};

struct knowledge {
	struct mutex mutex;
	size_t controls;
	struct control_seen *control[CONTROLS_MAX];
	struct rules *general;
	struct experiment_table *experiments;
};

void knowledge_init(struct knowledge *k);
void knowledge_release(struct knowledge *k);
/* NULL: no memory, or a broken file (a test makes sure it is not). */
const struct rules *knowledge_rules(struct knowledge *k, struct fault *why);
const struct experiment_table *knowledge_experiments(struct knowledge *k,
						     struct fault *why);

/* What this control trial would show; false: it has to be made. */
bool knowledge_control(struct knowledge *k, const struct trial *t, msec now,
		       struct evidence *ret);
/* It was made. Without memory or room it is forgotten. */
void knowledge_keep_control(struct knowledge *k, const struct trial *t,
			    msec now, const struct evidence *seen);

#endif
