#ifndef MAILWHY_BATCH_CARE_H
#define MAILWHY_BATCH_CARE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/batch/ledger.h"
#include "cmd/batch/pace.h"
#include "cmd/options.h"
#include "reports/outcome.h"

/*
 * The care a run takes of accounts and servers, as the engine asks for it:
 * pace.h and ledger.h behind one face. The engine's way with an account:
 *
 *	care_meet()	where a host is, if care_wants_addresses(); once
 *	care_ask()	before its secret is read: may its servers be approached?
 *	care_secret()	with the secret: may it be tried? how many refusals?
 *	check_account()	with request->login_budget as care_secret() said
 *	care_done()	always after a care_ask() that said GO
 *
 * Any thread may call any of them.
 */
struct care_plan {
	struct pace_limits pace;
	struct ledger_limits ledger;
	const char *state;		/* path; NULL: only for this run */
	/* somebody named it; otherwise a run goes on where it cannot be kept */
	bool state_is_wanted;
	bool quiet;
	enum lang lang;
};

/* $XDG_STATE_HOME/mailwhy/logins, folders made; "" where there is no place. */
#define CARE_PATH_CAP 4096
void care_state_path(char to[CARE_PATH_CAP]);

struct care;

struct care_time {
	msec now;			/* as world->now() */
	epoch today;
};

struct care_account {
	const struct endpoint *endpoint;
	size_t endpoints;
	const char *user;
	unsigned login_budget;		/* of the account; 0: no login */
	/* ours, between the calls */
	unsigned granted;
	/* said by care_ask(): it has greeted us before in this run */
	bool worked[ENDPOINTS_MAX];
};

enum care_answer { CARE_GO, CARE_LATER, CARE_NEVER };

struct care_reply {
	enum care_answer answer;
	msec at;			/* LATER: ask again then, or when one is done */
	enum untried reason;		/* NEVER */
	enum pace_reason pace;		/* LATER, and of a host stopped */
	bool many_secrets;		/* NEVER: not only this secret's refusals */
	const char *host;		/* of a pause or stop, or NULL */
	bool news;			/* LATER: a pause that was not said yet */
	epoch until;			/* of a refused secret, a pause: its end */
	unsigned login_budget;		/* GO of care_secret() */
};

/* One line was written to stderr when the exit code is not 0. */
int care_open(const struct care_plan *plan, epoch today, struct care **ret);
/* The state file is brought in order. false: a line was written. */
bool care_close(struct care *c, epoch today);	/* accepts NULL; frees */

/*
 * Hosts with one address are one to whoever bans us there. Faults: NO_MEMORY.
 */
bool care_wants_addresses(struct care *c, const char *host);
bool care_meet(struct care *c, const char *host, const struct address *a,
	       size_t n, struct care_time t, struct fault *why);

/* Faults: NO_MEMORY. */
bool care_ask(struct care *c, struct care_account *a, struct care_time t,
	      struct care_reply *ret, struct fault *why);
void care_secret(struct care *c, const struct care_account *a,
		 const struct secret *secret, struct care_time t,
		 struct care_reply *ret);
/* secret NULL: it came to no login. result NULL: to no check. */
void care_done(struct care *c, const struct care_account *a,
	       const struct secret *secret, const struct check_result *result,
	       struct care_time t);

/*
 * Why not, or why not yet, for people: what stands in outcome.why. malloc'd,
 * NULL: no memory.
 */
char *care_why(const struct care_reply *r, enum lang lang);

#endif
