#ifndef MAILWHY_WIRE_TLS_INTERNAL_H
#define MAILWHY_WIRE_TLS_INTERNAL_H

/*
 * Shared by the tls*.c files and nobody else. What differs between Mbed TLS
 * 2.28 and 3.6 is named here or in one #if beside its use.
 */
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "probes/base/buf.h"
#include "probes/wire/tls.h"
#include "probes/wire/tls_watch.h"

#define TLS_3 (MBEDTLS_VERSION_MAJOR >= 3)

#ifndef MBEDTLS_PRIVATE
#define MBEDTLS_PRIVATE(member) member
#endif

/* A connection: the stream below, seen through the library's callbacks. */
struct tls {
	mbedtls_ssl_context ssl;
	mbedtls_ssl_config own;		/* the client's; a server shares one */
	struct stream inner;
	msec by;			/* deadline of the call under way */
	struct fault fault;		/* of the inner stream in this call */
	bool ready;			/* handshake done, close_notify due */
	bool watching;
	struct tls_watch watch;
	struct tls_cache *sessions;	/* NULL: nothing is resumed or kept */
	struct tls_key key;
	bool offered;			/* a session of the cache */
	uint64_t entry;			/* of the cache: where a ticket belongs */
	size_t used, next;
	char in[4096];			/* else a record is two reads */
	size_t unsent;
	char out[1024];			/* else a flight is three sends */
};

/* ---- tls_stream.c ---- */

/* Takes *io; the caller fills .own (or not) and calls mbedtls_ssl_setup. */
struct tls *tls_new(struct stream *io, msec by);
void tls_free(struct tls *t);		/* closes what is below, too */
/* Becomes the stream *ret. */
void tls_open(struct tls *t, struct stream *ret);
/* 0, or a code of the library; t->fault says more. */
int tls_handshake(struct tls *t);
int tls_random(void *unused, unsigned char *to, size_t len);

/* Same for both sides: at least TLS 1.2, order of suites and groups. */
void tls_preferences(mbedtls_ssl_config *conf);
bool tls_suite_offered(unsigned suite);
bool tls_group_offered(unsigned group);		/* by its IANA number */

/* ---- tls_fault.c ---- */

/*
 * What `code` means, once t->fault and t->watch are taken into account.
 * Always false, as fail().
 */
bool tls_fault(struct tls *t, int code, const char *during,
	       struct fault *why);
/* The alert that ended things, -1: none. */
int tls_alert_of(const struct tls *t, int code, bool *ret_fatal);
/* Did the handshake fail of what only this library cannot do? */
bool tls_own_limit(const struct tls *t, int code);
const char *tls_version_name(unsigned version);	/* 0x0303: "TLSv1.2" */

/* ---- tls_facts.c, tls_names.c ---- */

void tls_facts_session(const struct tls *t, struct tls_facts *ret);
void tls_facts_chain(const mbedtls_x509_crt *chain, struct tls_facts *ret);
epoch tls_facts_time(const mbedtls_x509_time *t);
void tls_facts_name(const mbedtls_x509_name *name, char *to, size_t cap);
/* The IANA name of a suite; nothing when it is known to nobody here. */
void tls_suite_name(unsigned suite, struct buf *out);
/* CN, or O where there is none. */
void tls_facts_common_name(const mbedtls_x509_name *name, char *to,
			   size_t cap);

#define SAN_DNS 2			/* RFC 5280 4.2.1.6, context tags */
#define SAN_ADDRESS 7

/* Does the SAN of `leaf` hold `host`, a name or an address? */
bool tls_leaf_names(const mbedtls_x509_crt *leaf, const char *host);
/* Brackets and scope are taken off. false: not an address. */
bool tls_host_address(const char *host, unsigned char ret[16],
		      size_t *ret_len);

/* ---- tls_verify.c ---- */

/*
 * Fills the defects of *io and io->root; *ret_path: how long it will hold.
 * Faults: CERT_*, NO_TRUST, NO_MEMORY
 */
bool tls_verify(const struct tls_request *request,
		const mbedtls_x509_crt *chain, struct tls_facts *io,
		struct validity *ret_path, struct fault *why);

/* ---- tls_resume.c ---- */

/* Into the configuration: whether sessions are used at all. */
void tls_resume_begin(struct tls *t, const struct tls_request *request);
/* Offer one if there is one; *io gets its certificate. */
void tls_resume_offer(struct tls *t, struct tls_facts *io);
/* After the handshake: was it taken? If not *io is as before. */
bool tls_resumed(const struct tls *t, struct tls_facts *io);
/* The handshake failed. */
void tls_resume_failed(struct tls *t, const struct fault *why,
		       struct tls_facts *io);
/* A whole handshake: was this very chain verified before? Then *io has it. */
bool tls_resume_know(struct tls *t, const mbedtls_x509_crt *chain,
		     struct tls_facts *io);
/* It was verified now. */
void tls_resume_keep(struct tls *t, const mbedtls_x509_crt *chain,
		     const struct tls_facts *facts,
		     const struct validity *path);
/* A ticket came between data (TLS 1.3). */
void tls_resume_ticket(struct tls *t);

#endif
