#include "probes/wire/tls_internal.h"

#include <mbedtls/version.h>
#include <string.h>
#include <time.h>

#include "probes/base/span.h"
#include "probes/wire/tls_hello.h"

#if TLS_3
#include <psa/crypto.h>
#define OUR_VERSIONS "TLSv1.2-1.3"
#else
#define OUR_VERSIONS "TLSv1.2"
#endif

#define HANDSHAKE "the TLS handshake"

bool tls_setup(void)
{
#if TLS_3
	/* TLS 1.3 computes with PSA, which must be awake before threads are. */
	return psa_crypto_init() == PSA_SUCCESS;
#else
	return true;
#endif
}

const char *tls_library(void)
{
	return MBEDTLS_VERSION_STRING_FULL;
}

bool tls_speaks_1_3(void)
{
	return TLS_3;
}

static void facts_init(const struct tls_request *request,
		       struct tls_facts *ret)
{
	tls_facts_begin(ret);
	ret->checked_at = time(NULL);
	ret->built_at = MAILWHY_BUILT_AT;
	span_copy(SPAN_LIT(OUR_VERSIONS), ret->our_versions,
		  sizeof(ret->our_versions));
	if (request->trust)
		span_copy(span_of(trust_name(request->trust)),
			  ret->trust_file, sizeof(ret->trust_file));
}

/* RFC 6066 section 3: a name travels in the SNI, an address does not. */
static int client_server_name(struct tls *t, const char *host,
			      struct tls_facts *io)
{
	unsigned char address[16];
	size_t len;

	if (tls_host_address(host, address, &len))
		return mbedtls_ssl_set_hostname(&t->ssl, NULL);
	span_copy(span_of(host), io->server_name, sizeof(io->server_name));
	return mbedtls_ssl_set_hostname(&t->ssl, host);
}

/*
 * Verification is ours (tls_verify.c): the library's would stop at the first
 * defect and lose the chain. Tickets are asked for only where many accounts
 * share the sessions.
 */
static int client_setup(struct tls *t, const struct tls_request *request,
			struct tls_facts *io)
{
	int code = mbedtls_ssl_config_defaults(&t->own,
		MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
		MBEDTLS_SSL_PRESET_DEFAULT);

	if (code != 0)
		return code;
	tls_preferences(&t->own);
	mbedtls_ssl_conf_authmode(&t->own, MBEDTLS_SSL_VERIFY_NONE);
	tls_resume_begin(t, request);
	code = mbedtls_ssl_setup(&t->ssl, &t->own);
	if (code == 0)
		code = client_server_name(t, request->host, io);
	if (code == 0)
		tls_resume_offer(t, io);
	return code;
}

static void client_failed(const struct tls *t, int code,
			  struct tls_facts *ret)
{
	const struct tls_watch *w = &t->watch;

	ret->library_code = code;
	ret->alert = tls_alert_of(t, code, &ret->alert_fatal);
	if (ret->alert < 0)
		ret->alert_fatal = false;
	if (w->state != WATCH_NOT_TLS)
		return;
	ret->first_bytes = w->first_bytes;
	memcpy(ret->first, w->first, sizeof(ret->first));
}

static bool client_handshake(struct tls *t, const struct tls_request *request,
			     struct tls_facts *ret, struct fault *why)
{
	int code = client_setup(t, request, ret);

	t->watching = true;
	if (code == 0)
		code = tls_handshake(t);
	tls_facts_session(t, ret);
	if (code != 0) {
		client_failed(t, code, ret);
		ret->own_limit = tls_own_limit(t, code);
		ret->in_pieces = t->watch.in_pieces;
		tls_fault(t, code, HANDSHAKE, why);
		tls_resume_failed(t, why, ret);
		return false;
	}
	ret->handshake_done = true;
	ret->alert = t->watch.alert;	/* a warning that did no harm */
	return true;
}

/* TLS without a certificate (PSK, anonymous) is not offered; still: */
static bool client_verify(struct tls *t, const struct tls_request *request,
			  struct tls_facts *ret, struct fault *why)
{
	const mbedtls_x509_crt *chain = mbedtls_ssl_get_peer_cert(&t->ssl);
	struct validity path;

	if (!chain) {
		ret->cert_invalid = true;
		return fail(why, FAULT_CERT_INVALID,
			    "the server sent no certificate");
	}
	if (tls_resume_know(t, chain, ret))
		return true;
	tls_facts_chain(chain, ret);
	if (!tls_verify(request, chain, ret, &path, why))
		return false;
	tls_resume_keep(t, chain, ret, &path);
	return true;
}

static bool client_try(struct tls *t, const struct tls_request *request,
		       struct tls_facts *ret, struct fault *why)
{
	if (!client_handshake(t, request, ret, why))
		return false;
	if (tls_resumed(t, ret) || client_verify(t, request, ret, why))
		return true;
	return request->allow_unverified && why->kind != FAULT_NO_MEMORY;
}

static bool ask_version(const struct tls_request *request, struct stream *io,
			msec by, struct tls_facts *ret, struct fault *why)
{
	return tls_hello(request->host, io, by, ret, why) &&
	       fail(why, FAULT_TLS_VERSION, "the server offers %s",
		    ret->offered);
}

bool tls_client(const struct tls_request *request, struct stream *io, msec by,
		struct tls_facts *ret, struct fault *why)
{
	struct stream encrypted;
	struct tls *t;
	bool ok;

	facts_init(request, ret);
	if (request->only_hello)
		return ask_version(request, io, by, ret, why);
	t = tls_new(io, by);
	if (!t) {
		stream_close(io);
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	}
	ok = client_try(t, request, ret, why);
	tls_open(t, &encrypted);
	if (ok)
		*io = encrypted;
	else
		stream_close(&encrypted);
	return ok;
}
