#ifndef MAILWHY_CHECK_H
#define MAILWHY_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/hygiene.h"
#include "cmd/knowledge.h"
#include "cmd/trials.h"
#include "probes/probe.h"
#include "providers/provider.h"
#include "reports/diagnose.h"
#include "reports/report.h"

/*
 * One account: endpoints in, diagnosis out. The way of the data in one
 * function: probes leave evidence, diagnose() turns it into causes. No
 * terminal, no options, no exit: the command, the demonstration and the tests
 * call the same.
 */
enum experimenting {
	EXPERIMENTS_MADE,
	EXPERIMENTS_PLANNED,		/* --explain-plan: only said */
	EXPERIMENTS_NONE		/* --no-experiments */
};

struct check_request {
	const char *address;		/* "" when only a host was given */
	const char *user;
	const struct secret *secret;	/* NULL: no login */
	bool is_token;
	const char *mechanism;		/* forced, or NULL */
	const char *sender;		/* --sender, or NULL */
	bool allow_plaintext;
	const struct provider *provider;	/* or NULL */
	const char *how_found;		/* "domain", "mx", ... ; "" */
	/* how the servers were looked for; NULL: they did not have to be */
	const struct search *search;
	size_t endpoints;
	struct endpoint endpoint[ENDPOINTS_MAX];
	bool worked[ENDPOINTS_MAX];	/* it greeted us a moment ago */
	unsigned login_budget;		/* refused logins per account, 2 */
	struct knowledge *knowledge;	/* of many checks; NULL: its own */
	/* likewise: for ENDPOINTS_MAX; the result borrows it */
	struct evidence *room;
	enum experimenting experiments;
	/* --try-variants: asked before a login that costs; NULL: never */
	bool (*may_try)(void *context, unsigned refused, unsigned budget);
	void *may_try_context;
	/* what the address' domain says of its servers; NULL: not to be asked */
	bool (*ask_names)(void *context, bool network, struct search *ret);
	void *ask_context;
	/* world, trust, limits, redirections, progress; the rest is filled in */
	struct probe_plan plan;
	void (*run)(struct probe *probes, size_t n);	/* probe_all, or probe_each in tests */
	trial_pair pair;		/* NULL, but in tests */
};

struct check_result {
	size_t n;
	struct evidence *seen;		/* n of them; owned, unless: */
	bool seen_in_room;		/* of the request */
	bool secret_given;
	struct hygiene secret;		/* what was said of it; all that is kept */
	struct trials trials;		/* experiments; seen[] in these, or NULL */
	struct evidence *made[TRIAL_SETS];	/* a check's; owned */
	struct evidence *tried;		/* a session's, by trial; owned */
	struct experiment_table *table;	/* the trials', where it is our own */
	struct diagnosis diagnosis;
	epoch made_at;
	msec took;
};

/*
 * Without endpoints the diagnosis is that of the search. Faults: NO_MEMORY,
 * INTERNAL (broken built-in data).
 */
bool check_account(const struct check_request *request,
		   struct check_result *ret, struct fault *why);
/*
 * The diagnosis of what was seen, once more: a session that was saved, perhaps
 * elsewhere and by an older version. Fills io->diagnosis. Faults: as above.
 */
bool check_judge(const struct check_request *request, struct check_result *io,
		 struct fault *why);
void check_release(struct check_result *r);

/* ---- what a provider adds; `explain` wants it, too ---- */

/* Its servers as settings known to be right; those with a placeholder not. */
void check_right_of(const struct provider *p, struct right *ret);
void check_expect_provider(const struct provider *p, struct expectation *ret);
/* What the secrets it gives out look like, for the words of a report. */
struct secret_shape check_shape(const struct provider *p);
/* Name, remedies for in->diagnosis and their age; p may be NULL. */
void check_report_provider(const struct provider *p, const char *how_found,
			   enum lang lang, struct remedy ret[REMEDIES_MAX],
			   struct report_input *in);

/* What a report is written from; it borrows from the room. */
struct check_report_room {
	struct remedy remedy[REMEDIES_MAX];
	struct right right;
	const struct evidence *seen[ENDPOINTS_MAX];
};
void check_report_input(const struct check_request *request,
			const struct check_result *result, enum lang lang,
			struct check_report_room *room,
			struct report_input *ret);
/* The report of one account; malloc'd, NULL: no memory. */
char *check_report(const struct check_request *request,
		   const struct check_result *result, bool as_json,
		   const struct report_style *style, const char *demonstration);

#endif
