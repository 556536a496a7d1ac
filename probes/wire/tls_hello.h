#ifndef MAILWHY_WIRE_TLS_HELLO_H
#define MAILWHY_WIRE_TLS_HELLO_H

#include "probes/wire/tls.h"

/*
 * Which version a server would speak, whatever our library can: a ClientHello
 * of our own offers everything from TLS 1.0 to 1.3, the server's hello (or
 * alert) is read, and that is all. No keys are agreed, *io is closed.
 * RFC 8446 section 4.1.2; without a key share a server of TLS 1.3 answers with
 * a HelloRetryRequest, which names the version, too.
 *
 * true: ret->offered is the version, ret->offered_cipher the suite the server
 * would take, and ret->cipher_is_ours whether a handshake of ours has it, too.
 * Faults: TLS_VERSION and the like for an alert, NOT_TLS, TIMEOUT, CLOSED, ...
 */
bool tls_hello(const char *host, struct stream *io, msec by,
	       struct tls_facts *ret, struct fault *why);

/* The message alone, for tests. *ret_len bytes, at most cap; 0: no room. */
#define TLS_HELLO_CAP 768
size_t tls_hello_write(const char *host, const unsigned char random[64],
		       unsigned char *to, size_t cap);

#endif
