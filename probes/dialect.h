#ifndef MAILWHY_DIALECT_H
#define MAILWHY_DIALECT_H

#include <stdbool.h>

#include "probes/evidence.h"
#include "probes/sasl.h"
#include "probes/talk.h"

/*
 * What a mail protocol must supply. Each function tells one stage of its
 * protocol's story: it talks, fills the step (reply, fault) and returns
 * whether the stage passed. It never judges what a refusal means.
 */
struct login_request {
	const struct credentials *who;
	const char *mechanism;		/* forced, or NULL */
	bool allow_plaintext;		/* --insecure-plaintext */
	const char *sender;		/* SMTP: --sender, or NULL */
	const char *client_name;	/* EHLO argument */
	bool mailbox_follows;		/* set by the probe: no --quit-after */
};

struct dialect {
	enum service service;
	/* What a line begins with that answers a command, or asks for more. */
	const char *answers;

	/* First line of the server. Sets step->speech. Adds capabilities that
	 * come with it (IMAP). FAULT_PROTOCOL when it is another protocol;
	 * REJECTED / DEFERRED for BYE, 554, 421, -ERR. */
	bool (*greeting)(struct talk *t, const struct login_request *r,
			 struct step *step);
	/* CAPABILITY, EHLO (then HELO), CAPA into capabilities[phase]. */
	bool (*capability)(struct talk *t, const struct login_request *r,
			   enum phase phase, struct step *step);
	/* Command and reply only; the caller does the handshake.
	 * NOT_OFFERED when the server does not list it. */
	bool (*starttls)(struct talk *t, struct step *step);
	/*
	 * Decide what to log in with, before the gate: nothing is sent.
	 * Faults: NOT_OFFERED, NO_MECHANISM, TLS_REQUIRED, BAD_SECRET.
	 * *ret_mechanism NULL: the protocol's own command (IMAP LOGIN, USER/PASS).
	 */
	bool (*choose)(struct talk *t, const struct login_request *r,
		       const struct sasl_mechanism **ret_mechanism,
		       struct step *step);
	/* One attempt. Fills evidence->login. */
	bool (*login)(struct talk *t, const struct login_request *r,
		      const struct sasl_mechanism *mechanism, struct step *step);
	/* ID, EXAMINE, quota; MAIL FROM and RSET; STAT. Never sends mail. */
	bool (*mailbox)(struct talk *t, const struct login_request *r,
			struct step *step);
	/* Sent, not waited for. */
	bool (*logout)(struct talk *t, struct step *step);
};

extern const struct dialect imap_dialect, smtp_dialect, pop3_dialect;

#endif
