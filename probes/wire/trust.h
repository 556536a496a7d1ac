#ifndef MAILWHY_WIRE_TRUST_H
#define MAILWHY_WIRE_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/span.h"

/*
 * The roots we trust. Parsing 140 certificates costs more than a handshake,
 * so a trust store only indexes the bundle by subject; the few roots that a
 * chain asks for are parsed when it is verified. Immutable once loaded, safe
 * to share between threads.
 */
struct trust;

/*
 * Load `file` (PEM), or with NULL the system's: $SSL_CERT_FILE, then the
 * usual places of Debian, Fedora, Alpine, macOS and the BSDs.
 * Faults: NO_TRUST (none found, unreadable or without a certificate),
 * NO_MEMORY.
 */
bool trust_load(const char *file, struct trust **ret, struct fault *why);
/* The same from PEM text in memory; `name` is what reports call it. */
bool trust_from_pem(struct span pem, const char *name, struct trust **ret,
		    struct fault *why);
void trust_free(struct trust *t);
const char *trust_name(const struct trust *t);
size_t trust_count(const struct trust *t);

/*
 * The DER of every root whose subject is `subject` (DER of the Name), one a
 * call: start with *cursor 0; false when there is none left.
 */
bool trust_find(const struct trust *t, struct span subject, size_t *cursor,
		struct span *ret_der);

#endif
