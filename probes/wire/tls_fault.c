#include "probes/wire/tls_internal.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <stdio.h>
#include <string.h>

#define CERTIFICATE_REQUIRED 116

#if TLS_3
#define KEY_UPDATE 24			/* RFC 8446 section 4 */
#endif

/*
 * RFC 8446 section 6 and RFC 5246 section 7.2. `kind` where an alert means
 * one thing; NONE: it is just an alert.
 */
static const struct alert {
	int number;
	enum fault_kind kind;
	const char *name;
} alerts[] = {
	{ 0, FAULT_CLOSED, "close_notify" },
	{ 10, FAULT_NONE, "unexpected_message" },
	{ 20, FAULT_NONE, "bad_record_mac" },
	{ 21, FAULT_NONE, "decryption_failed" },
	{ 22, FAULT_NONE, "record_overflow" },
	{ 30, FAULT_NONE, "decompression_failure" },
	{ 40, FAULT_TLS_CIPHER, "handshake_failure" },
	{ 41, FAULT_NONE, "no_certificate" },
	{ 42, FAULT_NONE, "bad_certificate" },
	{ 43, FAULT_NONE, "unsupported_certificate" },
	{ 44, FAULT_NONE, "certificate_revoked" },
	{ 45, FAULT_NONE, "certificate_expired" },
	{ 46, FAULT_NONE, "certificate_unknown" },
	{ 47, FAULT_NONE, "illegal_parameter" },
	{ 48, FAULT_NONE, "unknown_ca" },
	{ 49, FAULT_NONE, "access_denied" },
	{ 50, FAULT_NONE, "decode_error" },
	{ 51, FAULT_NONE, "decrypt_error" },
	{ 60, FAULT_NONE, "export_restriction" },
	{ 70, FAULT_TLS_VERSION, "protocol_version" },
	{ 71, FAULT_TLS_CIPHER, "insufficient_security" },
	{ 80, FAULT_NONE, "internal_error" },
	{ 86, FAULT_TLS_VERSION, "inappropriate_fallback" },
	{ 90, FAULT_NONE, "user_canceled" },
	{ 100, FAULT_NONE, "no_renegotiation" },
	{ 109, FAULT_NONE, "missing_extension" },
	{ 110, FAULT_NONE, "unsupported_extension" },
	{ 111, FAULT_NONE, "certificate_unobtainable" },
	{ 112, FAULT_NONE, "unrecognized_name" },
	{ 113, FAULT_NONE, "bad_certificate_status_response" },
	{ 114, FAULT_NONE, "bad_certificate_hash_value" },
	{ 115, FAULT_NONE, "unknown_psk_identity" },
	{ CERTIFICATE_REQUIRED, FAULT_CLIENT_CERT, "certificate_required" },
	{ 120, FAULT_NONE, "no_application_protocol" },
};

#define ALERTS (sizeof(alerts) / sizeof(alerts[0]))

/* Every number has its text, so that no caller needs a buffer. */
#define N(d) "alert " #d
#define TEN(d) N(d##0), N(d##1), N(d##2), N(d##3), N(d##4), N(d##5), \
	N(d##6), N(d##7), N(d##8), N(d##9)
static const char *const numbered[] = {
	N(0), N(1), N(2), N(3), N(4), N(5), N(6), N(7), N(8), N(9),
	TEN(1), TEN(2), TEN(3), TEN(4), TEN(5), TEN(6), TEN(7), TEN(8), TEN(9),
	TEN(10), TEN(11), TEN(12), TEN(13), TEN(14), TEN(15), TEN(16), TEN(17),
	TEN(18), TEN(19), TEN(20), TEN(21), TEN(22), TEN(23), TEN(24),
	N(250), N(251), N(252), N(253), N(254), N(255),
};
_Static_assert(sizeof(numbered) / sizeof(numbered[0]) == 256,
	       "an alert is one octet");

static const struct alert *alert_find(int number)
{
	for (size_t i = 0; i < ALERTS; i++) {
		if (alerts[i].number == number)
			return &alerts[i];
	}
	return NULL;
}

const char *tls_alert_name(int alert)
{
	const struct alert *a = alert_find(alert);

	if (a)
		return a->name;
	return alert >= 0 && alert < 256 ? numbered[alert] : "no alert";
}

const char *tls_version_name(unsigned version)
{
	switch (version) {
	case 0x0300: return "SSLv3";
	case 0x0301: return "TLSv1.0";
	case 0x0302: return "TLSv1.1";
	case 0x0303: return "TLSv1.2";
	case 0x0304: return "TLSv1.3";
	default: return "";
	}
}

int tls_alert_of(const struct tls *t, int code, bool *ret_fatal)
{
	*ret_fatal = true;
	/* In clear it was seen passing; encrypted, only the library has it. */
	if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE &&
	    !t->watch.alert_fatal && t->ssl.MBEDTLS_PRIVATE(in_msg))
		return t->ssl.MBEDTLS_PRIVATE(in_msg)[1];
	if (code == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
		return 0;
	*ret_fatal = t->watch.alert_fatal;
	return t->watch.alert;
}

static const char *part(const char *during)
{
	return *during ? during : "the connection";
}

/* ---- codes of the library ---- */

/*
 * A code is minus a high part (module and error, steps of 0x80) plus a low
 * part (the arithmetic below it, which may be what ran out of memory).
 */
static bool is_no_memory(int code)
{
	static const int whole[] = {
		MBEDTLS_ERR_SSL_ALLOC_FAILED, MBEDTLS_ERR_X509_ALLOC_FAILED,
		MBEDTLS_ERR_PK_ALLOC_FAILED, MBEDTLS_ERR_ECP_ALLOC_FAILED,
		MBEDTLS_ERR_PEM_ALLOC_FAILED, MBEDTLS_ERR_MD_ALLOC_FAILED,
		MBEDTLS_ERR_CIPHER_ALLOC_FAILED,
	};
	int low = -(-code & 0x7f), high = -(-code & ~0x7f);

	if (low == MBEDTLS_ERR_MPI_ALLOC_FAILED ||
	    low == MBEDTLS_ERR_ASN1_ALLOC_FAILED)
		return true;
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		if (high == whole[i])
			return true;
	}
	return false;
}

static const struct meaning {
	int code;
	enum fault_kind kind;
} meanings[] = {
#if TLS_3
	{ MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, FAULT_TLS_VERSION },
	{ MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, FAULT_TLS_CIPHER },
	{ MBEDTLS_ERR_SSL_BAD_CERTIFICATE, FAULT_CERT_INVALID },
#else
	{ MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION, FAULT_TLS_VERSION },
	{ MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN, FAULT_TLS_CIPHER },
	{ MBEDTLS_ERR_SSL_NO_USABLE_CIPHERSUITE, FAULT_TLS_CIPHER },
	{ MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE, FAULT_CERT_INVALID },
#endif
	{ MBEDTLS_ERR_SSL_CONN_EOF, FAULT_CLOSED },
	{ MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, FAULT_CLOSED },
	{ MBEDTLS_ERR_SSL_INTERNAL_ERROR, FAULT_INTERNAL },
	{ MBEDTLS_ERR_SSL_BAD_INPUT_DATA, FAULT_INTERNAL },
	{ MBEDTLS_ERR_SSL_BAD_CONFIG, FAULT_INTERNAL },
	{ MBEDTLS_ERR_SSL_NO_RNG, FAULT_INTERNAL },
};

/* 3.6.6 offers RSA-PSS for TLS 1.3 and refuses it in TLS 1.2: our limit. */
static bool is_pss_in_1_2(const struct tls *t)
{
	return t->watch.version == 0x0303 && t->watch.signature >= 0x0804 &&
	       t->watch.signature <= 0x0806;
}

/*
 * The library calls a record or a message that is too long for it bad input,
 * as if it were ours.
 */
static bool is_peers(const struct tls *t, int high)
{
	return high == MBEDTLS_ERR_SSL_BAD_INPUT_DATA && t->watch.first_bytes > 0;
}

/*
 * RFC 5246 section 6.2.1 lets a message of the handshake stand in several
 * records, as a chain over 16 KB has to. 2.28 does not put them together; it
 * calls less than a message's head no record, and more not available.
 */
static bool is_in_pieces(const struct tls *t, int high)
{
#if TLS_3
	(void)t;
	(void)high;
	return false;
#else
	return t->watch.in_pieces &&
	       (high == MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE ||
		high == MBEDTLS_ERR_SSL_INVALID_RECORD);
#endif
}

/*
 * RFC 8446 section 4.6.3 lets a server renew its keys at any time. 3.6 does
 * not follow; it says that the message was not expected.
 */
static bool is_key_update(const struct tls *t, int high)
{
#if TLS_3
	const mbedtls_ssl_context *ssl = &t->ssl;
	const unsigned char *message = ssl->MBEDTLS_PRIVATE(in_msg);

	return t->ready && high == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE &&
	       mbedtls_ssl_get_version_number(ssl) ==
		       MBEDTLS_SSL_VERSION_TLS1_3 &&
	       ssl->MBEDTLS_PRIVATE(in_msgtype) ==
		       MBEDTLS_SSL_MSG_HANDSHAKE &&
	       ssl->MBEDTLS_PRIVATE(in_hslen) > 0 && message[0] == KEY_UPDATE;
#else
	(void)t;
	(void)high;
	return false;
#endif
}

/*
 * A prime below 1024 bits, which the library refuses, and so does OpenSSL.
 * An ECDHE exchange read so would have thousands of bits.
 */
static bool is_small_prime(const struct tls *t)
{
	return t->watch.dh_bits > 0 && t->watch.dh_bits < 1024;
}

/*
 * What the server chose and we cannot: that is what happened, whatever the
 * library calls it and however the connection ended then.
 */
static enum fault_kind kind_of_choice(const struct tls *t)
{
	const struct tls_watch *w = &t->watch;

	if (t->ready)
		return FAULT_NONE;
	if (w->version && w->version < 0x0303)
		return FAULT_TLS_VERSION;
	if (w->suite && !tls_suite_offered(w->suite))
		return FAULT_TLS_CIPHER;
	return is_small_prime(t) ? FAULT_TLS_CIPHER : FAULT_NONE;
}

bool tls_own_limit(const struct tls *t, int code)
{
	return !t->ready &&
	       (is_pss_in_1_2(t) || is_in_pieces(t, -(-code & ~0x7f)));
}

static enum fault_kind kind_of(const struct tls *t, int code)
{
	enum fault_kind choice = kind_of_choice(t);
	int high = -(-code & ~0x7f);

	if (is_no_memory(code))
		return FAULT_NO_MEMORY;
	if (choice != FAULT_NONE)
		return choice;
	if (code == 0)
		return FAULT_CLOSED;
	if (is_key_update(t, high) || (!t->ready && is_in_pieces(t, high)))
		return FAULT_TLS_LIMIT;
	if (is_peers(t, high))
		return FAULT_TLS_PROTOCOL;
#if TLS_3
	if (high == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER && is_pss_in_1_2(t))
		return FAULT_TLS_CIPHER;
#else
	/* No curve of ours, or a prime below 1024 bits; else just broken. */
	if (high == MBEDTLS_ERR_SSL_BAD_HS_SERVER_KEY_EXCHANGE &&
	    !tls_group_offered(t->watch.group))
		return FAULT_TLS_CIPHER;
#endif
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (high == meanings[i].code)
			return meanings[i].kind;
	}
	/* The certificate, or the key in it, could not be read. */
	if ((high <= -0x2080 && high >= -0x3000) ||
	    (high <= -0x3800 && high >= -0x3f00))
		return FAULT_CERT_INVALID;
	return FAULT_TLS_PROTOCOL;
}

static bool limit(const struct tls *t, struct fault *why)
{
	if (t->ready)
		return fail(why, FAULT_TLS_LIMIT, "the server renews its keys, "
			    "which %s cannot follow", tls_library());
	return fail(why, FAULT_TLS_LIMIT, "the server splits messages of the "
		    "handshake, which %s cannot put together", tls_library());
}

static bool fault_of_code(const struct tls *t, int code, const char *during,
			  struct fault *why)
{
	enum fault_kind kind = kind_of(t, code);

	switch (kind) {
	case FAULT_CLOSED:
		return fail(why, kind, "the server closed %s", part(during));
	case FAULT_NO_MEMORY:
		return fail(why, kind, "out of memory");
	case FAULT_TLS_VERSION:
		if (!*tls_version_name(t->watch.version))
			return fail(why, kind, "no TLS version in common");
		return fail(why, kind, "the server chose %s; the lowest "
			    "offered was TLSv1.2",
			    tls_version_name(t->watch.version));
	case FAULT_TLS_LIMIT:
		return limit(t, why);
	case FAULT_TLS_CIPHER:
		if (is_pss_in_1_2(t))
			return fail(why, kind, "the server signs with RSA-PSS "
				    "in TLS 1.2, which %s cannot check",
				    tls_library());
		if (is_small_prime(t))
			return fail(why, kind, "the server's Diffie-Hellman "
				    "group has only %u bits",
				    t->watch.dh_bits);
		return fail(why, kind, "no cipher suite or key exchange group "
			    "in common (code -0x%04x)", (unsigned)-code);
	case FAULT_CERT_INVALID:
		return fail(why, kind, "the server's certificate cannot be "
			    "read (code -0x%04x)", (unsigned)-code);
	default:
		return fail(why, kind, "TLS failed (code -0x%04x)",
			    (unsigned)-code);
	}
}

static bool fault_of_alert(const struct tls *t, int alert, struct fault *why)
{
	const struct alert *a = alert_find(alert);
	enum fault_kind kind = a && a->kind ? a->kind : FAULT_TLS_ALERT;

	/*
	 * handshake_failure behind a server hello is about something else:
	 * under TLS 1.2 it is sent for want of a client certificate. In TLS
	 * 1.3 that has an alert of its own, which comes behind the handshake.
	 */
	if (kind == FAULT_TLS_CIPHER && t->watch.suite)
		kind = t->watch.asks_certificate ? FAULT_CLIENT_CERT :
						   FAULT_TLS_ALERT;
	/* versions and suites were agreed on long ago */
	if (t->ready && kind != FAULT_CLOSED && alert != CERTIFICATE_REQUIRED)
		kind = FAULT_TLS_ALERT;
	return fail(why, kind, "the server sent the TLS alert %s",
		    tls_alert_name(alert));
}

static bool is_end(int code)
{
	return code == 0 || code == MBEDTLS_ERR_SSL_CONN_EOF;
}

bool tls_fault(struct tls *t, int code, const char *during,
	       struct fault *why)
{
	bool fatal;

	if (t->watch.state == WATCH_NOT_TLS)
		return fail(why, FAULT_NOT_TLS,
			    "what the server sent is not TLS");
	/* An alert explains the reset or the end that follows it. */
	if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE ||
	    (!t->ready && t->watch.alert_fatal))
		return fault_of_alert(t, tls_alert_of(t, code, &fatal), why);
	/*
	 * The line below failed, unless it only failed to take the alert
	 * that the library sends about an error of its own.
	 */
	if (t->fault.kind == FAULT_NONE || !is_end(code) ||
	    kind_of_choice(t) != FAULT_NONE)
		return fault_of_code(t, code, during, why);
	if (!*during) {
		*why = t->fault;
		return false;
	}
	return fail(why, t->fault.kind, "during %s: %.120s", during,
		    t->fault.text);
}
