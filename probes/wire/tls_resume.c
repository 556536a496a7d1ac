#include "probes/wire/tls_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probes/base/secret.h"
#include "probes/base/span.h"

/*
 * Sessions of the library, on their way to the cache and back. They travel in
 * their serialized form: the library's own struct must not be shared between
 * threads.
 */
#define CHAIN_BYTES_CAP (16 << 10)	/* who shows more is not remembered */
#define P(session, member) ((session).MBEDTLS_PRIVATE(member))

/* An account that takes any certificate shares nothing with the others. */
static bool may_resume(const struct tls_request *request)
{
	return request->sessions && request->trust && request->peer &&
	       !request->allow_unverified;
}

static void key_of(const struct tls_request *request, struct tls_key *ret)
{
	*ret = (struct tls_key){
		.trust = request->trust, .port = request->peer->port,
		.upgraded = request->upgraded,
	};
	span_copy(span_of(request->peer->text), ret->peer, sizeof(ret->peer));
	span_copy(span_of(request->host), ret->host, sizeof(ret->host));
}

void tls_resume_begin(struct tls *t, const struct tls_request *request)
{
	if (!may_resume(request)) {
		mbedtls_ssl_conf_session_tickets(&t->own,
			MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
		return;
	}
	t->sessions = request->sessions;
	key_of(request, &t->key);
	mbedtls_ssl_conf_session_tickets(&t->own,
					 MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#if TLS_3
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(&t->own,
		MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
}

static void forget(struct tls_facts *io)
{
	io->chain = 0;
	io->longer_chain = false;
	io->root[0] = '\0';
}

void tls_resume_offer(struct tls *t, struct tls_facts *io)
{
	unsigned char bytes[TLS_SESSION_CAP];
	mbedtls_ssl_session session;
	size_t len;

	if (!t->sessions || !tls_cache_take(t->sessions, &t->key,
					    (epoch)time(NULL), io, bytes, &len,
					    &t->entry))
		return;
	mbedtls_ssl_session_init(&session);
	t->offered = mbedtls_ssl_session_load(&session, bytes, len) == 0 &&
		     mbedtls_ssl_set_session(&t->ssl, &session) == 0;
	mbedtls_ssl_session_free(&session);
	wipe(bytes, len);
	if (!t->offered)
		forget(io);
}

/*
 * The certificate is not part of what is kept. So none is there after a
 * handshake that resumed, and one is there after every other: suites without
 * certificates are not offered.
 */
bool tls_resumed(const struct tls *t, struct tls_facts *io)
{
	if (!t->offered)
		return false;
	if (mbedtls_ssl_get_peer_cert(&t->ssl)) {
		forget(io);
		return false;
	}
	io->resumed = io->verified = true;
	return true;
}

/* Would it have failed without a session, too? Only a second try can tell. */
static bool is_breakage(enum fault_kind kind)
{
	return kind != FAULT_TIMEOUT && kind != FAULT_CANCELLED &&
	       kind != FAULT_NO_MEMORY && kind != FAULT_INTERNAL &&
	       kind != FAULT_NOT_TLS;
}

void tls_resume_failed(struct tls *t, const struct fault *why,
		       struct tls_facts *io)
{
	if (!t->offered)
		return;
	forget(io);
	io->resumption_broke = is_breakage(why->kind);
	if (io->resumption_broke)
		tls_cache_bar(t->sessions, &t->key, (epoch)time(NULL));
}

/* ---- keeping one ---- */

static void drop_certificate(mbedtls_ssl_session *s)
{
#ifdef MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
	if (!P(*s, peer_cert))
		return;
	mbedtls_x509_crt_free(P(*s, peer_cert));
	free(P(*s, peer_cert));
	P(*s, peer_cert) = NULL;
#else
	(void)s;
#endif
}

/* Without an id and without a ticket the server would not know it again. */
static bool is_known_again(const mbedtls_ssl_session *s)
{
	return P(*s, id_len) > 0 || P(*s, ticket_len) > 0;
}

static void session_keep(struct tls *t)
{
	unsigned char bytes[TLS_SESSION_CAP];
	mbedtls_ssl_session session;
	size_t len = 0;

	mbedtls_ssl_session_init(&session);
	if (mbedtls_ssl_get_session(&t->ssl, &session) == 0 &&
	    is_known_again(&session)) {
		drop_certificate(&session);
		if (mbedtls_ssl_session_save(&session, bytes, sizeof(bytes),
					     &len) == 0)
			tls_cache_session(t->sessions, t->entry, bytes, len);
	}
	mbedtls_ssl_session_free(&session);
	wipe(bytes, len);
}

/* In TLS 1.3 a session is worth something once its ticket has come. */
static bool awaits_ticket(const struct tls *t)
{
#if TLS_3
	return mbedtls_ssl_get_version_number(&t->ssl) ==
	       MBEDTLS_SSL_VERSION_TLS1_3;
#else
	(void)t;
	return false;
#endif
}

/* In TLS 1.3 tls_resume_ticket() does it. */
static void keep_behind(struct tls *t, uint64_t entry)
{
	t->entry = entry;
	if (entry && !awaits_ticket(t))
		session_keep(t);
}

/* All of it in one piece, as it is kept; else nothing. */
static struct span chain_bytes(const mbedtls_x509_crt *chain,
			       char room[CHAIN_BYTES_CAP])
{
	struct buf all = buf_over(room, CHAIN_BYTES_CAP);

	for (; chain && chain->raw.p; chain = chain->next)
		buf_add(&all, (struct span){ (const char *)chain->raw.p,
					     chain->raw.len });
	return all.full ? (struct span){ 0 } : buf_span(&all);
}

bool tls_resume_know(struct tls *t, const mbedtls_x509_crt *chain,
		     struct tls_facts *io)
{
	char room[CHAIN_BYTES_CAP];
	uint64_t entry;

	if (!t->sessions)
		return false;
	entry = tls_cache_know(t->sessions, &t->key, (epoch)time(NULL),
			       chain_bytes(chain, room), io);
	if (!entry)
		return false;
	io->verified = true;
	keep_behind(t, entry);
	return true;
}

void tls_resume_keep(struct tls *t, const mbedtls_x509_crt *chain,
		     const struct tls_facts *facts,
		     const struct validity *path)
{
	char room[CHAIN_BYTES_CAP];

	if (t->sessions && facts->verified)
		keep_behind(t, tls_cache_keep(t->sessions, &t->key,
					      (epoch)time(NULL),
					      chain_bytes(chain, room), facts,
					      path));
}

void tls_resume_ticket(struct tls *t)
{
	if (t->sessions && t->entry)
		session_keep(t);
}
