#ifndef MAILWHY_AUTH_H
#define MAILWHY_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/dialect.h"

/*
 * What the dialects share about logging in: the choice of a mechanism, the
 * SASL exchange, and what a login did to the account. A dialect brings the
 * command and a function that reads one answer.
 */

/* Forget the last reply; untagged lines and the OAuth challenge stay. */
void reply_reset(struct reply *r);

/* One more line of the server at the end of `to`, behind a line feed. */
void reply_add_line(const struct talk *t, struct span peer, char *to,
		    size_t cap);

/* ---- choose ---- */

bool auth_offered(const struct capabilities *c);	/* any AUTH=... */

/*
 * What holds whatever the protocol: no NUL in name and secret, and nothing of
 * either in clear text. Faults: BAD_SECRET, TLS_REQUIRED.
 */
bool auth_may_send(const struct talk *t, const struct login_request *r,
		   struct fault *why);
/* --mechanism: one we speak, and the server lists. Fault: NO_MECHANISM. */
bool auth_forced(const struct capabilities *offered,
		 const struct login_request *r,
		 const struct sasl_mechanism **ret, struct fault *why);
/* As sasl_choose. Fault: NO_MECHANISM. */
bool auth_best(const struct talk *t, const struct capabilities *offered,
	       const struct login_request *r,
	       const struct sasl_mechanism **ret, struct fault *why);

/* ---- the login ---- */

/* Before anything is sent. `mechanism` as evidence names it. */
void auth_begin(struct talk *t, const struct login_request *r,
		const char *mechanism);
/* From now on the server knows something: a broken wire leaves it undecided. */
void auth_expose(struct talk *t);
/* Set the outcome from how it ended; returns ok. */
bool auth_end(struct talk *t, const struct step *step, bool ok);

enum auth_next {
	AUTH_ASKED,			/* a challenge */
	AUTH_ACCEPTED,
	AUTH_FAILED			/* step->why says how */
};

struct auth_wire {
	const char *command;		/* without CRLF: "a3 AUTHENTICATE PLAIN" */
	bool initial;			/* an initial response may go with it... */
	size_t line_max;		/* ...in a line of so many bytes */
	enum auth_next (*read)(struct talk *t, void *context,
			       struct step *step, struct span *ret_challenge);
	void *context;
};

/* The whole exchange, between auth_begin and auth_end. */
bool auth_exchange(struct talk *t, const struct login_request *r,
		   const struct sasl_mechanism *m, const struct auth_wire *wire,
		   struct step *step);

#endif
