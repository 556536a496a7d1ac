#ifndef MAILWHY_BASE_DIGEST_H
#define MAILWHY_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"

/* Hashes for SASL and for fingerprints; beside wire/ the only user of Mbed TLS. */
enum digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };

#define DIGEST_MAX 32			/* bytes */

size_t digest_size(enum digest d);
bool digest_hash(enum digest d, struct span data, unsigned char *ret);
bool digest_hmac(enum digest d, struct span key, struct span data,
		 unsigned char *ret);
/* RFC 8018 PBKDF2 with HMAC; SCRAM's Hi() (RFC 5802 section 2.2). */
bool digest_pbkdf2(enum digest d, struct span password, struct span salt,
		   unsigned iterations, unsigned char *ret);
bool digest_same(const unsigned char *a, const unsigned char *b, size_t len);

/* From the operating system's generator. false: none to be had. */
bool random_bytes(unsigned char *ret, size_t len);

#endif
