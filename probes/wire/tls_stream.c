#include "probes/wire/tls_internal.h"

#include <mbedtls/entropy.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/digest.h"
#include "probes/wire/wait.h"

/* A server that is not TLS mostly sends one line at once: wait for its end. */
#define FIRST_LINE_WAIT 250

int tls_random(void *unused, unsigned char *to, size_t len)
{
	(void)unused;
	return random_bytes(to, len) ? 0
				     : MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
}

/* ---- what we offer ---- */

/*
 * AEAD with ephemeral keys first; AES-128 before AES-256 costs nothing in
 * safety and less in time. RSA before ECDSA where a server has both kinds of
 * certificate: Mbed TLS checks the former's signatures many times faster, and
 * half of a check's CPU goes into signatures otherwise. Static RSA stays for
 * SoftBank's servers, last.
 */
static const int suites[] = {
/* 2.28 as a server fails on a suite that it lists and does not know. */
#if TLS_3
	0x1301,	0x1303, 0x1302,		/* TLS 1.3 */
#endif
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_256_CBC_SHA256,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_128_CBC_SHA,
	MBEDTLS_TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
	MBEDTLS_TLS_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_RSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_RSA_WITH_AES_128_CBC_SHA256,
	MBEDTLS_TLS_RSA_WITH_AES_256_CBC_SHA256,
	MBEDTLS_TLS_RSA_WITH_AES_128_CBC_SHA,
	MBEDTLS_TLS_RSA_WITH_AES_256_CBC_SHA,
	0
};

/* X25519 first: with 2.28's own order (P-521) a handshake costs 3 ms more. */
#if TLS_3
static const uint16_t groups[] = {
	MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_NONE
};

/*
 * PKCS #1 before PSS: RFC 8446 section 4.2.3 wants PSS to be taken in TLS 1.2
 * as well, 3.6.6 does not, and its own order asks servers for it first.
 */
static const uint16_t signatures[] = {
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
	MBEDTLS_TLS1_3_SIG_NONE
};
#else
static const mbedtls_ecp_group_id groups[] = {
	MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1,
	MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_SECP521R1,
	MBEDTLS_ECP_DP_NONE
};
#endif

bool tls_suite_offered(unsigned suite)
{
	for (size_t i = 0; suites[i]; i++) {
		if ((unsigned)suites[i] == suite)
			return true;
	}
	return false;
}

bool tls_group_offered(unsigned group)
{
	return group == 0x001d || (group >= 0x0017 && group <= 0x0019);
}

/*
 * Servers without secure renegotiation (RFC 5746) are let in, as Windows,
 * Apple and NSS do and OpenSSL 3 does not (docomo has such): nothing is ever
 * renegotiated here, which is what the attack needs. The evidence says so.
 */
void tls_preferences(mbedtls_ssl_config *conf)
{
	mbedtls_ssl_conf_rng(conf, tls_random, NULL);
	mbedtls_ssl_conf_ciphersuites(conf, suites);
#if TLS_3
	mbedtls_ssl_conf_groups(conf, groups);
	mbedtls_ssl_conf_sig_algs(conf, signatures);
	mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
#else
	mbedtls_ssl_conf_curves(conf, groups);
	mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
#endif
}

/* ---- the library's door ---- */

/*
 * Read up to the end of the line, so that the evidence shows a greeting whole
 * and not its first letter. What goes wrong meanwhile does not matter.
 */
static void first_line(struct tls *t)
{
	msec by = msec_min(t->by, now_msec() + FIRST_LINE_WAIT);
	struct tls_watch *w = &t->watch;

	while (w->first_bytes < sizeof(w->first) &&
	       !memchr(w->first, '\n', w->first_bytes)) {
		struct fault unused;
		size_t len;

		if (!stream_read(&t->inner, t->in, sizeof(t->in), &len, by,
				 &unused))
			return;
		tls_watch_feed(w, t->in, len);
	}
}

/*
 * A reset is told once, to whoever comes first: behind a write that met it,
 * reading finds a plain end.
 */
static bool fill_fails(struct tls *t, const struct fault *earlier)
{
	t->used = 0;
	if (earlier->kind == FAULT_RESET && t->fault.kind == FAULT_CLOSED)
		t->fault = *earlier;
	return false;
}

/*
 * Who resets a connection has often said why: an alert, or a line of clear
 * text. While the handshake runs a write that meets a reset is passed over,
 * so that the library goes on to read; tls_handshake() has the last word.
 */
static bool bio_flush(struct tls *t)
{
	size_t len = t->unsent;

	t->unsent = 0;
	return len == 0 ||
	       stream_write(&t->inner, t->out, len, t->by, &t->fault) ||
	       (t->watching && (t->fault.kind == FAULT_RESET ||
				t->fault.kind == FAULT_CLOSED));
}

static bool bio_fill(struct tls *t)
{
	struct fault earlier;

	t->next = t->used = 0;
	if (!bio_flush(t))
		return false;
	earlier = t->fault;
	/* A peer that never stops talking gets no longer than a silent one. */
	if (now_msec() > t->by)
		return fail(&t->fault, FAULT_TIMEOUT,
			    "no end until the deadline");
	if (!stream_read(&t->inner, t->in, sizeof(t->in), &t->used, t->by,
			 &t->fault))
		return fill_fails(t, &earlier);
	if (!t->watching)
		return true;
	tls_watch_feed(&t->watch, t->in, t->used);
	if (t->watch.state != WATCH_NOT_TLS)
		return true;
	first_line(t);
	return false;
}

static int bio_read(void *self, unsigned char *to, size_t cap)
{
	struct tls *t = self;
	size_t len;

	if (t->next == t->used && !bio_fill(t))
		return MBEDTLS_ERR_SSL_CONN_EOF;
	len = t->used - t->next;
	if (len > cap)
		len = cap;
	memcpy(to, t->in + t->next, len);
	t->next += len;
	return (int)len;
}

/*
 * The library writes a flight record by record; it goes out in one piece, at
 * the latest before the answer is read or the call ends.
 */
static int bio_write(void *self, const unsigned char *from, size_t len)
{
	struct tls *t = self;
	size_t part = len < sizeof(t->out) ? len : sizeof(t->out);

	if (part > sizeof(t->out) - t->unsent && !bio_flush(t))
		return MBEDTLS_ERR_SSL_CONN_EOF;
	memcpy(t->out + t->unsent, from, part);
	t->unsent += part;
	return (int)part;
}

/* ---- life ---- */

struct tls *tls_new(struct stream *io, msec by)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	mbedtls_ssl_init(&t->ssl);
	mbedtls_ssl_config_init(&t->own);
	mbedtls_ssl_set_bio(&t->ssl, t, bio_write, bio_read, NULL);
	tls_watch_init(&t->watch);
	t->by = by;
	t->inner = *io;
	*io = (struct stream){ 0 };
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	mbedtls_ssl_free(&t->ssl);
	mbedtls_ssl_config_free(&t->own);
	stream_close(&t->inner);
	free(t);
}

static void tls_begin(struct tls *t, msec by)
{
	t->by = by;
	t->fault.kind = FAULT_NONE;
}

/*
 * Codes that are no failure: nothing for us came yet. Session tickets arrive
 * between data in TLS 1.3; a request to renegotiate was declined.
 */
static bool is_again(struct tls *t, int code)
{
#if TLS_3
	if (code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
		tls_resume_ticket(t);
		return true;
	}
#else
	(void)t;
#endif
	return code == MBEDTLS_ERR_SSL_WANT_READ ||
	       code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* The end of ours; behind a failure it is an alert, and changes nothing. */
static int handshake_flush(struct tls *t, int code)
{
	struct fault kept = t->fault;

	bio_flush(t);
	if (code != 0)
		t->fault = kept;
	else if (t->fault.kind != FAULT_NONE)
		code = MBEDTLS_ERR_SSL_CONN_EOF;
	return code;
}

int tls_handshake(struct tls *t)
{
	int code;

	do
		code = mbedtls_ssl_handshake(&t->ssl);
	while (is_again(t, code));
	code = handshake_flush(t, code);
	t->watching = false;
	t->ready = code == 0;
	return code;
}

/*
 * A record of nothing (RFC 5246 section 6.2.1) is no end, though the library
 * says 0 to both; at an end our line below has failed. Of more than four in a
 * row the library makes a fault itself.
 */
static bool is_empty_record(const struct tls *t, int code)
{
	return code == 0 && t->fault.kind == FAULT_NONE;
}

static bool tls_read(void *self, char *to, size_t cap, size_t *ret_len,
		     msec by, struct fault *why)
{
	struct tls *t = self;
	int code;

	tls_begin(t, by);
	do
		code = mbedtls_ssl_read(&t->ssl, (unsigned char *)to, cap);
	while (is_empty_record(t, code) || is_again(t, code));
	if (code > 0) {
		*ret_len = (size_t)code;
		return true;
	}
	return tls_fault(t, code, "", why);
}

static bool put(struct tls *t, const char *from, size_t len,
		struct fault *why)
{
	while (len > 0) {
		int code = mbedtls_ssl_write(&t->ssl,
					     (const unsigned char *)from, len);

		if (code > 0) {
			from += code;
			len -= (size_t)code;
		} else if (!is_again(t, code)) {
			return tls_fault(t, code, "", why);
		}
	}
	return true;
}

static bool flush(struct tls *t, struct fault *why)
{
	return bio_flush(t) ||
	       tls_fault(t, MBEDTLS_ERR_SSL_CONN_EOF, "", why);
}

static bool tls_write(void *self, const char *from, size_t len, msec by,
		      struct fault *why)
{
	struct tls *t = self;

	tls_begin(t, by);
	return put(t, from, len, why) && flush(t, why);
}

static bool tls_write_last(void *self, const char *from, size_t len, msec by,
			   struct fault *why)
{
	struct tls *t = self;

	tls_begin(t, by);
	if (!put(t, from, len, why))
		return false;
	mbedtls_ssl_close_notify(&t->ssl);
	t->ready = false;
	return flush(t, why);
}

static void tls_close(void *self)
{
	struct tls *t = self;

	/* Deadline in the past: said if the line takes it now, else not. */
	if (t->ready && t->fault.kind == FAULT_NONE) {
		tls_begin(t, 0);
		mbedtls_ssl_close_notify(&t->ssl);
		bio_flush(t);
	}
	tls_free(t);
}

void tls_open(struct tls *t, struct stream *ret)
{
	static const struct stream_ops ops = {
		.name = "tls",
		.read = tls_read,
		.write = tls_write,
		.write_last = tls_write_last,
		.close = tls_close,
	};

	*ret = (struct stream){ &ops, t };
}
