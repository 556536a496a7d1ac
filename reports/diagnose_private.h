#ifndef MAILWHY_DIAGNOSE_PRIVATE_H
#define MAILWHY_DIAGNOSE_PRIVATE_H

#include "reports/diagnose.h"

/* For diagnose*.c, findings.c and exclusions.c only. */

/* How one endpoint came out, by itself. */
enum standing {
	STANDS_WORKS,			/* logged in, and the mailbox answered */
	STANDS_READY,			/* up to the login, which nobody wanted */
	STANDS_WAITED,			/* no login because of another's refusal */
	STANDS_FAILS
};

struct opinion {
	enum standing standing;
	size_t step;			/* index of the step that decides */
	bool counts;			/* its failure is the account's */
	struct rule_match match;	/* when it fails */
};

struct view {
	size_t n;
	const struct evidence *const *seen;
	const struct expectation *known;
	const struct rules *general;	/* NULL when nobody failed */
	struct opinion opinion[ENDPOINTS_MAX];
};

/* ---- ranked causes of one match (diagnose_rank.c) ---- */

void match_set(struct rule_match *m, const struct ranked_cause *causes,
	       size_t n);
/* To the front, or to the end unless it is there. */
void match_lead(struct rule_match *m, enum cause c, enum confidence sure);
void match_rival(struct rule_match *m, enum cause c, enum confidence sure);
void match_drop(struct rule_match *m, enum cause c);
bool match_has(const struct rule_match *m, enum cause c);

/* diagnose_step.c: what the provider's kind of secret makes of a refusal */
void judge_secret(const struct expectation *k, struct rule_match *m);
/* ... and what its switches and its two-step verification make possible */
void judge_access(const struct expectation *k, const struct symptom *s,
		  struct rule_match *m);

/*
 * Who answers, and is it who should (diagnose_trust.c): of one step, ...
 */
void judge_starttls(const struct evidence *e, const struct step *s,
		    const struct expectation *k, struct rule_match *m);
void judge_certificate(const struct evidence *e, const struct step *s,
		       const struct expectation *k, struct rule_match *m);
/*
 * Does the issuer name a product that decrypts? *ret_name is that name. Asked
 * of certificates that hold: its authority is trusted on this computer.
 */
bool issuer_inspects(const struct evidence *e, const struct rules *general,
		     const char **ret_name);
/* ... of several endpoints, ... */
void combine_portal(struct view *v, size_t i);
void combine_issuers(struct view *v, size_t i);
/* ... and is the date of a certificate wrong, or ours (diagnose_clock.c)? */
void combine_dates(struct view *v, size_t i);

/* How much a cause tells of why the login fails: more before less. */
int cause_weight(enum cause c, enum confidence sure);
bool cause_is_named(enum cause c);	/* by the answer to a login */
/* The failing endpoints that count, most telling first; how many. */
size_t opinions_ranked(const struct view *v, size_t ret[ENDPOINTS_MAX]);
void causes_merge(const struct view *v, struct diagnosis *d);

/* ---- what one endpoint says of another (diagnose_combine.c) ---- */

void opinions_combine(struct view *v);
/* Was the login accepted at any endpoint? */
bool accepted_anywhere(const struct view *v);
/* Of the step that ended endpoint `i`; NONE: it did not fail. */
enum fault_kind view_fault(const struct view *v, size_t i);

/* ---- beside the verdict ---- */

void exclusions_find(const struct view *v, struct diagnosis *d);
void findings_find(const struct view *v, struct diagnosis *d);

bool step_passed(const struct evidence *e, enum stage stage);

#endif
