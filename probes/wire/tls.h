#ifndef MAILWHY_WIRE_TLS_H
#define MAILWHY_WIRE_TLS_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/facts.h"
#include "probes/wire/stream.h"
#include "probes/wire/tls_cache.h"
#include "probes/wire/trust.h"

/*
 * TLS as a stream around a stream. Only tls*.c and pki.c here, and
 * base/digest.c, include Mbed TLS; 2.28 (TLS 1.2) and 3.6 (TLS 1.3) both
 * build from the same files.
 */
struct tls_request {
	const char *host;		/* A-label or address: checked, SNI */
	const struct trust *trust;	/* NULL: nothing can be verified */
	bool allow_unverified;		/* --insecure-certificate */
	bool only_hello;		/* ask for the server's version, go no further */
	/* many accounts: sessions to resume; NULL: every handshake is whole */
	struct tls_cache *sessions;
	const struct address *peer;	/* who was dialled; only with sessions */
	bool upgraded;			/* after STARTTLS; likewise */
};

bool tls_setup(void);			/* once in main, before threads */
const char *tls_library(void);		/* "Mbed TLS 2.28.3" */
bool tls_speaks_1_3(void);		/* or does it end with 1.2? */

/*
 * Handshake over *io and verify the peer before returning; on success *io is
 * the encrypted stream around the former one. On failure *io is closed.
 * *ret is filled as far as things went, the whole chain included when it is
 * not trusted. With allow_unverified a certificate that fails is no failure:
 * ret->verified stays false and *why holds the CERT_* fault all the same.
 *
 * With sessions the handshake may be a short one (ret->resumed): the server is
 * one whose certificate was verified before, for the same name by the same
 * trust, and ret tells of that certificate. Where it is a whole one that shows
 * this very chain again, the chain is not verified anew. A server that does not want to
 * resume gets a whole handshake at once; one that breaks the connection over
 * it is a failure with ret->resumption_broke: the caller dials again, once,
 * without sessions. With allow_unverified sessions are not used at all.
 *
 * With only_hello there is no handshake (tls_hello.h): *io is closed, the result
 * is false with the fault TLS_VERSION, and ret->offered says the version.
 *
 * The most serious defect is the fault, in this order: NOT_TLS, TLS_*,
 * NO_TRUST, CERT_SELF_SIGNED / CERT_UNKNOWN_CA / CERT_INCOMPLETE, CERT_NAME,
 * CERT_EXPIRED, CERT_FUTURE, CERT_WEAK, CERT_USAGE, CERT_INVALID; a chain that
 * is only expired or only for another name says so and is not "untrusted".
 * Also: TIMEOUT, CANCELLED, CLOSED, RESET, NO_MEMORY, INTERNAL.
 */
bool tls_client(const struct tls_request *request, struct stream *io, msec by,
		struct tls_facts *ret, struct fault *why);

/* ---- the server's side, for the demonstration and the tests ---- */

struct tls_server;			/* certificate and key, to be shared */

/* PEM: chain (own certificate first) and key. Faults: NO_MEMORY, INTERNAL. */
bool tls_server_new(struct span chain_pem, struct span key_pem,
		    struct tls_server **ret, struct fault *why);
void tls_server_free(struct tls_server *s);
/* On success *io is the encrypted stream, on failure it is closed. */
bool tls_server_accept(const struct tls_server *s, struct stream *io, msec by,
		       struct fault *why);
/*
 * What a hostile server may send once the handshake is done, `times` over: a
 * request to begin anew (TLS 1.2), or a record that holds nothing.
 */
enum tls_nuisance { NUISANCE_HELLO_REQUEST, NUISANCE_EMPTY_RECORD };
bool tls_server_annoy(struct stream *io, enum tls_nuisance what,
		      unsigned times, msec by, struct fault *why);
/* Send a fatal alert in the name of the server. */
bool tls_server_alert(struct stream *io, int alert, msec by,
		      struct fault *why);

/* RFC 8446 section 6: "handshake_failure"; "alert 123" for others. */
const char *tls_alert_name(int alert);

/* RFC 9525: leftmost-label wildcards, addresses exact. For names in a SAN. */
bool tls_name_matches(const char *pattern, const char *host);

#endif
