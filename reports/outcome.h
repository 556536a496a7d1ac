#ifndef MAILWHY_OUTCOME_H
#define MAILWHY_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/json.h"
#include "reports/report.h"

/*
 * What came of one account among many: the one model that every writer for
 * machines and tables reads (writer.h). It is made from a check, or read back
 * from a line of JSON Lines (`merge`, `--resume`); both ways lead to the same
 * outcome, so a report written later is the one that would have been written
 * at once.
 *
 * A line is the report of reports/report.schema.json, in one line, with one
 * member more, so that what reads reports reads lines:
 *
 *	"account": { "name": "u@example.com", "line": 12, "result": "failed",
 *		     "reason": null, "labels": { "team": "sales" },
 *		     "attempts": 1, "expectations": [ ... ] }
 */
enum account_result {
	RESULT_PASSED,			/* as was expected of it */
	RESULT_FAILED,			/* the person must act: exit codes 1, 4 */
	RESULT_ERROR,			/* could not be tested: 3, 5, bad input: 2 */
	RESULT_SKIPPED			/* not tried, and `reason` says why */
};
const char *result_name(enum account_result r);	/* "passed", ... */

/* Why an account was not tried, or not to its end; ids are stable. */
#define UNTRIED_REASONS(X) \
	X(UNTRIED_NONE,         "",               0) \
	/* its line cannot be used */ \
	X(UNTRIED_BAD_INPUT,    "bad_input",      2) \
	/* the reference to its secret led nowhere */ \
	X(UNTRIED_NO_SECRET,    "no_secret",      2) \
	/* the state file: what it may cost is spent */ \
	X(UNTRIED_REFUSED,      "refused_before", 1) \
	/* its server looks like banning us */ \
	X(UNTRIED_HOST_STOPPED, "host_stopped",   3) \
	/* Ctrl-C came first */ \
	X(UNTRIED_INTERRUPTED,  "interrupted",    3) \
	/* the same account stood before */ \
	X(UNTRIED_DUPLICATE,    "duplicate",      2)

enum untried {
#define X(reason, id, code) reason,
	UNTRIED_REASONS(X)
#undef X
	UNTRIED_COUNT
};
const char *untried_id(enum untried s);
bool untried_by_id(const char *id, enum untried *ret);
int untried_exit_code(enum untried s);

/* One way to a service as it went: a test case of the account's suite. */
struct outcome_case {
	struct endpoint endpoint;
	enum account_result result;
	enum cause cause;
	enum confidence confidence;
	enum stage stage;		/* where it failed; STAGE_COUNT: nowhere */
	char reply[200];		/* the server's words that prove it, or "" */
	msec took;
	int cert_days;			/* left; INT_MIN: no certificate seen */
	char tls[16];			/* "TLSv1.3", "" */
};

/* What somebody wanted of it, and what was there; ids as in the input. */
struct outcome_expectation {
	char id[40];			/* "login.imap", "certificate_days", ... */
	char wanted[80], got[80];
	bool met;
};

struct outcome_label {
	char *name, *value;
};

#define EXPECTATIONS_MAX 16
#define LABELS_MAX 16

struct account_outcome {
	char *name;			/* the address, or what it was called */
	char *file;			/* of the accounts, "" */
	unsigned line;			/* in it; 0 unknown */
	enum account_result result;
	enum untried reason;
	char *why;			/* of a skip or bad input, in the language */
	int exit_code;
	enum cause verdict;
	enum confidence confidence;
	char *title, *remedy;		/* of the verdict; first step to take; "" */
	size_t cases;
	struct outcome_case case_of[ENDPOINTS_MAX];
	size_t expectations;
	struct outcome_expectation expectation[EXPECTATIONS_MAX];
	size_t labels;
	struct outcome_label label[LABELS_MAX];
	unsigned attempts;		/* whole checks made, --retry-on */
	unsigned logins_attempted, logins_refused;
	epoch made_at;
	msec took;
};

/* What of an account the check does not know. All borrowed. */
struct outcome_about {
	const char *name, *file;
	unsigned line;
	size_t labels;
	const struct outcome_label *label;
	size_t expectations;
	const struct outcome_expectation *expectation;
	unsigned attempts;
	enum untried reason;	/* UNTRIED_NONE: it was checked */
	const char *why;
};

/*
 * The outcome of a check. An expectation that is not met fails the account;
 * one about a login that must not work turns a refusal into a pass (see
 * reports/expect.h). `in` of a skipped account has no endpoints and a
 * diagnosis of CAUSE_NOT_TRIED. Faults: NO_MEMORY.
 */
bool outcome_of(const struct report_input *in, const struct outcome_about *a,
		enum lang lang, struct account_outcome *ret, struct fault *why);
/*
 * The line: report and account, malloc'd, without a line end. NULL: no
 * memory. The report is that of report_json() without the transcript.
 */
char *outcome_line(const struct report_input *in,
		   const struct outcome_about *a, const struct account_outcome *o,
		   enum lang lang);
/* A line read back. Faults: PROTOCOL (what was expected), NO_MEMORY. */
bool outcome_read(struct span line, struct account_outcome *ret,
		  struct fault *why);
void outcome_release(struct account_outcome *o);	/* accepts zeroed */

/* The more severe of two exit codes, in the order 5, 2, 1, 4, 3, 0. */
int outcome_worse(int code, int other);

#endif
