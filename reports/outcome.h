#ifndef MAILWHY_OUTCOME_H
#define MAILWHY_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/json.h"
#include "reports/report.h"

/*
 * What came of one account among many: the one model that every writer for
 * machines and tables reads (writer.h). It is always read from the account's
 * line of JSON Lines, be the line written this moment or a week ago (`merge`,
 * `--resume`): a report made later is the one that would have been made at
 * once.
 *
 * A line is the report of reports/report.schema.json, in one line, with one
 * member more, so that what reads reports reads lines:
 *
 *	"account": { "name": "u@example.com", "file": "accounts.csv",
 *		     "line": 12, "result": "failed", "exit_code": 1,
 *		     "reason": null, "why": null,
 *		     "labels": { "team": "sales" }, "attempts": 1,
 *		     "expectations": [ ... ] }
 *
 * The exit code of the report is that of its verdict; the account's own
 * counts what was expected of it, too.
 */
enum account_result {
	RESULT_PASSED,			/* as was expected of it */
	RESULT_FAILED,			/* somebody must act: codes 1, 4 */
	RESULT_ERROR,			/* could not be tested: 2, 3, 5 */
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
	/* the same, and just that is expected of it */ \
	X(UNTRIED_AS_EXPECTED,  "still_refused",  0) \
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

/*
 * One way to a service as it went: a test case of the account's suite. One
 * that failed where another way to the service works is SKIPPED, with its
 * cause; so is one that was not tried to its end.
 */
struct outcome_case {
	struct endpoint endpoint;
	enum account_result result;
	enum cause cause;
	enum confidence confidence;
	enum stage stage;		/* of the failure; STAGE_COUNT: none */
	enum fault_kind fault;		/* how */
	char title[240];		/* the cause in words, if it failed */
	char reply[240];		/* the server's words then, or "" */
	bool logged_in;
	msec took;
	epoch cert_end;			/* of its certificate; 0 unseen */
	char tls[12];			/* "TLSv1.3", "" */
};

/* What somebody wanted of it, and what was there; ids as in the input. */
struct outcome_expectation {
	char id[40];			/* "login.imap", "certificate_days", ... */
	char wanted[160], got[160];
	bool met;
};

struct outcome_label {
	char *name, *value;
};

#define OUTCOME_ID_CAP 17
#define EXPECTATIONS_MAX 16
#define LABELS_MAX 16

/*
 * Every text is made printable, whoever wrote it into a line: no control
 * characters, no escapes of terminals; only a reply keeps its line ends.
 */
struct account_outcome {
	char id[OUTCOME_ID_CAP];	/* of outcome_about, "" */
	char *name;			/* the address, or what it was called */
	char *file;			/* of the accounts, "" */
	unsigned line;			/* in it; 0 unknown */
	char *provider;			/* its id, "" */
	enum account_result result;
	enum untried reason;
	char *why;			/* the reason in words, "" */
	int exit_code;
	enum cause verdict;
	enum confidence confidence;
	/* for people: what came of it, and in few words; what to do first, ""
	 * nothing; its link */
	char *title, *brief, *remedy, *url;
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
	/* who logs in where, as its list has it: names may be alike; or NULL */
	const char *id;
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
 * The outcome of a check, and its line: malloc'd, without a line end, the
 * report of report_json() without the transcript, and the account. ret_line
 * NULL: it is not wanted. `in` of an account that was not tried has no
 * endpoints and a diagnosis of one cause, CAUSE_NOT_TRIED.
 *
 * An expectation that is not met fails the account; one that the login fails
 * (no_login.*, cause; see expect.h) turns that failure into a pass. Where some
 * services have to log in (login.*), the others do not count.
 * Faults: NO_MEMORY.
 */
bool outcome_of(const struct report_input *in, const struct outcome_about *a,
		enum lang lang, struct account_outcome *ret, char **ret_line,
		struct fault *why);
/*
 * A line read back; reports of `mailwhy --json` are lines of one account,
 * too. Faults: PROTOCOL (`text` is the id of one: outcome.slip.*), NO_MEMORY.
 */
bool outcome_read(struct span line, struct account_outcome *ret,
		  struct fault *why);
/* Days its certificate has left, as of the check; false: none was seen. */
bool outcome_cert_days(const struct account_outcome *o,
		       const struct outcome_case *c, int *ret_days);
void outcome_release(struct account_outcome *o);	/* accepts zeroed */

/*
 * One id for what it came to: the reason it was not tried, "expectation" where
 * the login works and something else was wanted, or the verdict.
 */
const char *outcome_cause(const struct account_outcome *o);
/* Append which expectation was not met, in words. */
void outcome_unmet_words(const struct outcome_expectation *e, enum lang l,
			 struct buf *out);

/* The more severe of two exit codes, in the order 5, 2, 1, 4, 3, 0. */
int outcome_worse(int code, int other);

#endif
