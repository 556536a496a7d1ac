#ifndef MAILWHY_TRIALS_H
#define MAILWHY_TRIALS_H

#include "cmd/knowledge.h"
#include "cmd/variant.h"
#include "probes/probe.h"
#include "probes/wire/thread.h"
#include "reports/experiment.h"

/*
 * The laboratory: makes the experiments that reports/experiment.h plans. While
 * the account's own probes run, a silent one asks (probes/doubt.h) and gets
 * its early experiments at once; when they are done, what is still open gets
 * the rest. None logs in, but for variants that were asked for.
 *
 *	laboratory_open(&lab, &plan, result->seen);
 *	plan.doubt = laboratory_doubt;
 *	plan.doubt_context = &lab;
 *	probe_all(...);
 *	laboratory_late(&lab, needs, n);
 *	known.trials = &lab.trials;
 */
#define EARLY_MSEC 2000			/* what an early experiment may take */
#define LATE_MSEC  3000

struct laboratory {
	/* the caller's */
	void (*run)(struct probe *probes, size_t n);	/* probe_all */
	const struct right *right;	/* the provider's own servers */
	struct knowledge *knowledge;	/* has the table of experiments */
	bool only_plan;			/* --explain-plan: nothing is made */
	const struct variants *variants;	/* of --try-variants, or NULL */
	/* what is known of the domain's servers; NULL: it may be asked */
	const struct search *names;
	/* NULL: it may not. Without `network` only what takes none. */
	bool (*ask_names)(void *context, bool network, struct search *ret);
	void *ask_context;
	/* its own */
	const struct probe_plan *plan;
	const struct evidence *first;	/* of the account's own, an array */
	struct search *asked;		/* what it named, for `names` */
	bool names_asked;
	struct mutex names_mutex;	/* for these two and `names` */
	struct trials *early[ENDPOINTS_MAX];	/* each by its own thread */
	struct trials trials;		/* all of them, once probes are done */
	struct evidence *seen[ENDPOINTS_MAX + 1];	/* early ones; late */
};

/* Borrows plan and first until it is closed. */
void laboratory_open(struct laboratory *lab, const struct probe_plan *plan,
		     const struct evidence *first);
void laboratory_close(struct laboratory *lab);

/* A doubt_ask; context is the laboratory. */
msec laboratory_doubt(void *context, const struct evidence *seen, msec by);

/* After the account's probes: gathers the early trials, makes the others. */
void laboratory_late(struct laboratory *lab, const struct trial_need *need,
		     size_t needs);

#endif
