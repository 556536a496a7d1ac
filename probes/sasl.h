#ifndef MAILWHY_SASL_H
#define MAILWHY_SASL_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/secret.h"
#include "probes/base/span.h"
#include "probes/evidence.h"

/*
 * SASL mechanisms as pure functions: credentials and challenges in, responses
 * out (raw bytes, the dialect does base64). PLAIN (RFC 4616), LOGIN,
 * CRAM-MD5 (RFC 2195), SCRAM-SHA-1 and -256 (RFC 5802, 7677), XOAUTH2,
 * OAUTHBEARER (RFC 7628).
 */
struct credentials {
	const char *user;		/* UTF-8 */
	const struct secret *secret;	/* password, or OAuth token when is_token */
	bool is_token;
};

struct sasl_mechanism;

struct sasl_session {
	const struct sasl_mechanism *mechanism;
	const struct credentials *who;
	const char *host;		/* OAUTHBEARER */
	uint16_t port;
	int turn;			/* challenges answered so far */
	bool repeated;			/* the initial response was asked for again */
	bool server_proven;		/* SCRAM: signature checked */
	char nonce[40];			/* SCRAM; tests may set it before the first turn */
	struct secret first_bare, server_signature;	/* private to SCRAM */
};

/* By name, any case; NULL: we do not speak it. */
const struct sasl_mechanism *sasl_by_name(const char *name);
const char *sasl_name(const struct sasl_mechanism *m);
bool sasl_client_first(const struct sasl_mechanism *m);	/* has an initial response */
bool sasl_wants_token(const struct sasl_mechanism *m);
bool sasl_sends_secret(const struct sasl_mechanism *m);	/* the secret itself crosses the wire */
bool sasl_proves_server(const struct sasl_mechanism *m);

/*
 * The best mechanism a server offers for these credentials: with a token
 * OAUTHBEARER, XOAUTH2; with a password PLAIN, LOGIN, then SCRAM-SHA-256,
 * SCRAM-SHA-1, CRAM-MD5 under verified TLS (every mail program's first choice
 * is PLAIN, and the least round trips); without TLS SCRAM and CRAM-MD5 first.
 * NULL: none in common.
 */
const struct sasl_mechanism *sasl_choose(const struct capabilities *offered,
					 bool is_token, bool in_tls);

void sasl_begin(struct sasl_session *s, const struct sasl_mechanism *m,
		const struct credentials *who, const char *host, uint16_t port);
void sasl_end(struct sasl_session *s);		/* wipes */

/*
 * The next response. `challenge` is decoded; for the initial response it is
 * empty and turn is 0. *ret is cleared first and may come back empty (an
 * empty response). Faults: PROTOCOL (a challenge that makes no sense),
 * SERVER_UNPROVEN, BAD_SECRET, NO_MEMORY.
 */
bool sasl_respond(struct sasl_session *s, struct span challenge,
		  struct secret *ret, struct fault *why);

/*
 * The server said OK: was the secret sent at all, and has it proven itself
 * where the mechanism demands it? Faults: PROTOCOL, SERVER_UNPROVEN.
 */
bool sasl_finish(const struct sasl_session *s, struct fault *why);

#endif
