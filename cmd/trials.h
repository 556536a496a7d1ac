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
 * The early ones go in two lanes side by side: what can be tried at hand, and
 * what has to be tried at the right host, whose name the domain may have to be
 * asked for. What is proven at hand ends the other lane: nobody who only took
 * the wrong kind of encryption waits for a domain that is slow to answer.
 *
 *	laboratory_open(&lab, &plan, result->seen);
 *	plan.doubt = laboratory_doubt;
 *	plan.doubt_context = &lab;
 *	probe_all(...);
 *	laboratory_late(&lab, needs, n);
 *	known.trials = &lab.trials;
 */
#define EARLY_MSEC 2000			/* what an early experiment may take */
#define LANE_MSEC  3500			/* early ones and asking for names */
#define LATE_MSEC  3000
#define TRIAL_SETS (2 * ENDPOINTS_MAX + 1)	/* early by lane, late */

/* As thread_pair, in that world: tests have no threads. */
typedef bool (*trial_pair)(struct world *w, bool (*first)(void *arg),
			   void (*second)(void *arg), void *arg);

struct laboratory {
	/* the caller's */
	void (*run)(struct probe *probes, size_t n);	/* probe_all */
	trial_pair pair;		/* NULL: thread_pair */
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
	struct search *asked;		/* what the domain named */
	bool answered;
	struct mutex names_mutex;	/* for these two */
	struct trials *early[ENDPOINTS_MAX];	/* each by its own thread */
	struct trials trials;		/* all of them, once probes are done */
	struct evidence *seen[TRIAL_SETS];	/* what they showed */
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
