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
#define SKIP_REASONS(X) \
	X(SKIP_NONE,          "",                0) \
	X(SKIP_BAD_INPUT,     "bad_input",       2)	/* its line cannot be used */ \
	X(SKIP_NO_SECRET,     "no_secret",       2)	/* the reference led nowhere */ \
	X(SKIP_REFUSED,       "refused_before",  1)	/* the state file: its budget is spent */ \
	X(SKIP_HOST_STOPPED,  "host_stopped",    3)	/* its server looks like banning us */ \
	X(SKIP_INTERRUPTED,   "interrupted",     3)	/* Ctrl-C came first */ \
	X(SKIP_DUPLICATE,     "duplicate",       2)	/* the same account stood before */

enum skip_reason {
#define X(reason, id, code) reason,
	SKIP_REASONS(X)
#undef X
	SKIP_COUNT
};
const char *skip_id(enum skip_reason s);
bool skip_by_id(const char *id, enum skip_reason *ret);
int skip_exit_code(enum skip_reason s);

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

struct outcome {
	char *name;			/* the address, or what it was called */
	char *file;			/* of the accounts, "" */
	unsigned line;			/* in it; 0 unknown */
	enum account_result result;
	enum skip_reason reason;
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
	enum skip_reason reason;	/* SKIP_NONE: it was checked */
	const char *why;
};

/*
 * The outcome of a check. An expectation that is not met fails the account;
 * one about a login that must not work turns a refusal into a pass (see
 * reports/expect.h). `in` of a skipped account has no endpoints and a
 * diagnosis of CAUSE_NOT_TRIED. Faults: NO_MEMORY.
 */
bool outcome_of(const struct report_input *in, const struct outcome_about *a,
		enum lang lang, struct outcome *ret, struct fault *why);
/*
 * The line: report and account, malloc'd, without a line end. NULL: no
 * memory. The report is that of report_json() without the transcript.
 */
char *outcome_line(const struct report_input *in,
		   const struct outcome_about *a, const struct outcome *o,
		   enum lang lang);
/* A line read back. Faults: PROTOCOL (what was expected), TOO_LONG, NO_MEMORY. */
bool outcome_read(struct span line, struct outcome *ret, struct fault *why);
void outcome_release(struct outcome *o);	/* accepts zeroed */

/* The more severe of two exit codes, in the order 5, 2, 1, 4, 3, 0. */
int outcome_worse(int code, int other);

#endif
