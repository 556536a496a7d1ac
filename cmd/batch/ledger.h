#ifndef MAILWHY_BATCH_LEDGER_H
#define MAILWHY_BATCH_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/secret.h"
#include "probes/evidence.h"

/*
 * The state file: what refused logins have cost an account over all runs. It
 * holds no name and no secret, only hashes under a key of its own (a random
 * one, in the file's first line, mode 0600): who steals the file alone learns
 * nothing, and it is of no use to a guesser, who would have to know both.
 *
 * An account whose secret was refused `most` times is not tried again until
 * its secret is another, or `forget_after` has passed. Another secret is only
 * taken as often as a person changes one: many secrets for one account are an
 * attack, whoever runs it.
 *
 * Not thread-safe: the engine calls it under its own lock.
 */
struct ledger_limits {
	unsigned most;			/* refusals of one secret */
	unsigned secrets;		/* different ones of an account, a day */
	int64_t forget_after;		/* seconds */
};
extern const struct ledger_limits ledger_default;

struct ledger;

/* path NULL: only for this run. Faults: of files, PROTOCOL, NO_MEMORY. */
bool ledger_open(const char *path, const struct ledger_limits *limits,
		 struct ledger **ret, struct fault *why);
/* Written aside and renamed. false: the old one is as it was. */
bool ledger_save(struct ledger *l, struct fault *why);
void ledger_free(struct ledger *l);

enum ledger_answer {
	LEDGER_GO,
	LEDGER_SPENT,			/* this secret was refused too often */
	LEDGER_MANY_SECRETS		/* too many secrets for this account */
};

/* account: its user name and hosts, in any one form that is always the same. */
enum ledger_answer ledger_ask(struct ledger *l, const char *account,
			      const struct secret *secret, epoch now,
			      epoch *ret_until);
void ledger_note(struct ledger *l, const char *account,
		 const struct secret *secret, unsigned refused, bool accepted,
		 epoch now);

#endif
