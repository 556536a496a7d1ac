#ifndef MAILWHY_BATCH_LEDGER_H
#define MAILWHY_BATCH_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/file.h"
#include "probes/base/clock.h"
#include "probes/base/secret.h"

/*
 * The state file: what refused logins have cost, over all runs.
 *
 * Of an account whose secret was refused it holds a keyed hash of the account,
 * 16 bits of a keyed hash of the secret, a count and a time; of a server that
 * refused logins keyed hashes of its name and addresses, and the times. The
 * key stands in the file (mode 0600), so who has the file can find out whether
 * an account is in it that he already knows; what it says of a secret leaves
 * one guess in 65 536 standing, which is enough for us to see that it was
 * changed and too little to find it.
 *
 * An account whose secret was refused `most` times is not tried again until
 * its secret is another, or `forget_after` has passed. Another secret is only
 * taken as often as a person changes one: many secrets for one account are an
 * attack, whoever runs it.
 *
 * Each row is written when it comes and carries a check of its own; a crash
 * loses what was under way. Not thread-safe: the engine calls it under its
 * own lock.
 */
#define LEDGER_SECRETS_MAX 8
#define LEDGER_TIMES_MAX 16

struct ledger_limits {
	unsigned most;			/* refusals of one secret */
	unsigned secrets;		/* refused ones of an account, at once */
	epoch forget_after;		/* seconds */
};
extern const struct ledger_limits ledger_default;

struct ledger;

enum ledger_problem {
	LEDGER_FINE,
	LEDGER_UNREADABLE,		/* reason: of the system */
	LEDGER_DAMAGED,			/* reason: "line 12"; it stays as it is */
	LEDGER_IN_USE,			/* another run holds it */
	LEDGER_NO_MEMORY
};

/*
 * path NULL: only for this run. The file and its lock ("PATH.lock") are made
 * when they are not there, the folder is not. Reasons, here and below, are in
 * the words of `lang`.
 */
enum ledger_problem ledger_open(const char *path, enum lang lang,
				const struct ledger_limits *limits, epoch now,
				struct ledger **ret, char reason[REASON_CAP]);
/*
 * Written anew without what is forgotten, aside and renamed. false: the old
 * one is as it was.
 */
bool ledger_save(struct ledger *l, epoch now, char reason[REASON_CAP]);
void ledger_free(struct ledger *l);	/* lets go of the lock */

enum ledger_answer {
	LEDGER_GO,
	LEDGER_SPENT,			/* this secret was refused too often */
	LEDGER_MANY_SECRETS		/* too many secrets for this account */
};

struct ledger_reply {
	enum ledger_answer answer;
	unsigned left;			/* GO: so many refusals may come */
	epoch until;			/* otherwise: when it is forgotten */
};

/* account: its user name and hosts, in any one form that is always the same. */
void ledger_ask(const struct ledger *l, const char *account,
		const struct secret *secret, epoch now,
		struct ledger_reply *ret);
/*
 * What a check came to; accepted: what was held against the account is
 * forgotten. false: it could not be written, but counts for this run.
 */
bool ledger_note(struct ledger *l, const char *account,
		 const struct secret *secret, unsigned refused, bool accepted,
		 epoch now, char reason[REASON_CAP]);

/* The same of a server, for pace_remember(). */
bool ledger_note_host(struct ledger *l, const char *host, unsigned refused,
		      epoch now, char reason[REASON_CAP]);
/* When it refused, newest first; how many. */
size_t ledger_host(const struct ledger *l, const char *host, epoch now,
		   epoch ret[LEDGER_TIMES_MAX]);

#endif
