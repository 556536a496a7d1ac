#ifndef MAILWHY_WIRE_PKI_H
#define MAILWHY_WIRE_PKI_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"

/*
 * Certificates made on the spot, for the demonstration server and the tests.
 * Keys are P-256. Never used for anything real: the key of the authority
 * lives as long as the struct.
 */
enum cert_kind {
	CERT_GOOD, CERT_KIND_EXPIRED, CERT_KIND_FUTURE, CERT_KIND_OTHER_NAME,
	CERT_KIND_SELF_SIGNED, CERT_KIND_UNKNOWN_CA, CERT_KIND_NO_INTERMEDIATE,
	CERT_KIND_WILDCARD, CERT_KIND_IP, CERT_KIND_SHA1, CERT_KIND_INTERCEPTED,
	CERT_KIND_CLIENT_ONLY,
	CERT_KIND_CROSS_SIGNED,		/* good; its root signed by another */
	CERT_KIND_UNLISTED,		/* by a public authority nobody has here */
	CERT_KIND_NO_ROOT,		/* a private authority, not sent along */
	CERT_KIND_INSPECTED,		/* by an antivirus that is trusted here */
	CERT_KIND_SIGN_IN,		/* a sign-in page's own, for every host */
	CERT_KIND_COUNT
};

const char *cert_kind_name(enum cert_kind k);	/* "good", "other-name" */
bool cert_kind_by_name(const char *name, enum cert_kind *ret);

struct pki;

bool pki_new(struct pki **ret, struct fault *why);
void pki_free(struct pki *p);
const char *pki_ca_pem(const struct pki *p);	/* the root to trust */
/* A root that nobody trusts: of unknown-ca, and of the cross-signature. */
const char *pki_other_ca_pem(const struct pki *p);

/* Certificates are dated by a clock that is so many seconds ahead. */
void pki_set_clock(struct pki *p, epoch ahead);

#define PKI_PEM_CAP 8192

/* A certificate of `kind` for `host` (with its key), as PEM text. */
bool pki_issue(struct pki *p, enum cert_kind kind, const char *host,
	       char ret_chain[PKI_PEM_CAP], char ret_key[PKI_PEM_CAP],
	       struct fault *why);

#endif
