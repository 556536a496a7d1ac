#include "probes/wire/tls_internal.h"

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/secret.h"
#include "probes/base/span.h"

struct tls_server {
	mbedtls_ssl_config conf;
	mbedtls_x509_crt chain;
	mbedtls_pk_context key;
};

/* The parsers want PEM with its terminating NUL counted. */
static unsigned char *pem_copy(struct span pem)
{
	unsigned char *copy = malloc(pem.len + 1);

	if (!copy)
		return NULL;
	if (pem.len)
		memcpy(copy, pem.at, pem.len);
	copy[pem.len] = '\0';
	return copy;
}

static int parse_chain(struct tls_server *s, struct span pem)
{
	unsigned char *text = pem_copy(pem);
	int code;

	if (!text)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	code = mbedtls_x509_crt_parse(&s->chain, text, pem.len + 1);
	free(text);
	/*
	 * The library would not serve a certificate that is not for servers;
	 * playing that mistake is what this server is for. What is sent is
	 * the DER, which stays as it is.
	 */
	s->chain.MBEDTLS_PRIVATE(ext_types) &=
		~(MBEDTLS_X509_EXT_KEY_USAGE |
		  MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE);
	/* A positive number counts certificates it could not read. */
	return code > 0 ? MBEDTLS_ERR_X509_INVALID_FORMAT : code;
}

static int parse_key(struct tls_server *s, struct span pem)
{
	unsigned char *text = pem_copy(pem);
	int code;

	if (!text)
		return MBEDTLS_ERR_PK_ALLOC_FAILED;
#if TLS_3
	code = mbedtls_pk_parse_key(&s->key, text, pem.len + 1, NULL, 0,
				    tls_random, NULL);
#else
	code = mbedtls_pk_parse_key(&s->key, text, pem.len + 1, NULL, 0);
#endif
	wipe(text, pem.len);
	free(text);
	return code;
}

static int server_setup(struct tls_server *s, struct span chain_pem,
			struct span key_pem)
{
	int code = parse_chain(s, chain_pem);

	if (code == 0)
		code = parse_key(s, key_pem);
	if (code == 0)
		code = mbedtls_ssl_config_defaults(&s->conf,
			MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
			MBEDTLS_SSL_PRESET_DEFAULT);
	if (code != 0)
		return code;
	tls_preferences(&s->conf);
	mbedtls_ssl_conf_authmode(&s->conf, MBEDTLS_SSL_VERIFY_NONE);
	/* it may ask; whether the client follows is the client's business */
	mbedtls_ssl_conf_renegotiation(&s->conf,
				       MBEDTLS_SSL_RENEGOTIATION_ENABLED);
	mbedtls_ssl_conf_renegotiation_enforced(&s->conf,
		MBEDTLS_SSL_RENEGOTIATION_NOT_ENFORCED);
	return mbedtls_ssl_conf_own_cert(&s->conf, &s->chain, &s->key);
}

bool tls_server_new(struct span chain_pem, struct span key_pem,
		    struct tls_server **ret, struct fault *why)
{
	struct tls_server *s = calloc(1, sizeof(*s));
	int code;

	if (!s)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	mbedtls_ssl_config_init(&s->conf);
	mbedtls_x509_crt_init(&s->chain);
	mbedtls_pk_init(&s->key);
	code = server_setup(s, chain_pem, key_pem);
	if (code != 0) {
		tls_server_free(s);
		return fail(why, FAULT_INTERNAL, "the server's certificate or "
			    "key cannot be used (code -0x%04x)",
			    (unsigned)-code);
	}
	*ret = s;
	return true;
}

void tls_server_free(struct tls_server *s)
{
	if (!s)
		return;
	mbedtls_ssl_config_free(&s->conf);
	mbedtls_x509_crt_free(&s->chain);
	mbedtls_pk_free(&s->key);
	free(s);
}

bool tls_server_alert(struct stream *io, int alert, msec by,
		      struct fault *why)
{
	struct tls *t = io->self;
	int code;

	t->by = by;
	code = mbedtls_ssl_send_alert_message(&t->ssl,
					      MBEDTLS_SSL_ALERT_LEVEL_FATAL,
					      (unsigned char)alert);
	return code == 0 || tls_fault(t, code, "an alert", why);
}

bool tls_server_annoy(struct stream *io, enum tls_nuisance what,
		      unsigned times, msec by, struct fault *why)
{
	struct tls *t = io->self;

	t->by = by;
	/* TLS 1.3 knows no renegotiation */
	if (what == NUISANCE_HELLO_REQUEST &&
	    strcmp(mbedtls_ssl_get_version(&t->ssl), "TLSv1.2") != 0)
		return true;
	while (times-- > 0) {
		int code = what == NUISANCE_EMPTY_RECORD ?
			mbedtls_ssl_write(&t->ssl, (const unsigned char *)"",
					  0) :
			mbedtls_ssl_renegotiate(&t->ssl);

		if (code < 0)
			return tls_fault(t, code, "a nuisance", why);
	}
	return true;
}

bool tls_server_accept(const struct tls_server *s, struct stream *io, msec by,
		       struct fault *why)
{
	struct tls *t = tls_new(io, by);
	int code;

	if (!t) {
		stream_close(io);
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	}
	code = mbedtls_ssl_setup(&t->ssl, &s->conf);
	if (code == 0)
		code = tls_handshake(t);
	if (code != 0) {
		tls_fault(t, code, "the TLS handshake", why);
		tls_free(t);
		return false;
	}
	tls_open(t, io);
	return true;
}
