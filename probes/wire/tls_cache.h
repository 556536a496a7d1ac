#ifndef MAILWHY_WIRE_TLS_CACHE_H
#define MAILWHY_WIRE_TLS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/base/clock.h"
#include "probes/base/span.h"
#include "probes/wire/facts.h"

/*
 * Servers met before in this run: their certificates, which need not be
 * verified twice, and their TLS sessions, so that the next account's
 * handshake with one of them is short. Whoever opens the network for many
 * accounts owns it; it is safe to share between threads and holds `most`
 * servers, the least recently used go first.
 *
 * A session is kept only behind a certificate that was verified, together
 * with what was seen of that certificate: a resumed handshake shows none, and
 * the report tells of it all the same. Both count again only where the
 * same would be verified: same server, name and trust store, while every
 * certificate of the path is valid, and not for longer than
 * TLS_SESSION_SECONDS. Sessions hold keys: they are wiped when they go.
 */
struct tls_cache;

#define TLS_SESSION_SECONDS 600
#define TLS_SESSION_CAP 4096		/* bytes; larger ones are not kept */

bool tls_cache_new(size_t most, struct tls_cache **ret);
void tls_cache_free(struct tls_cache *c);	/* accepts NULL */

/* ---- for tls*.c and tests ---- */

struct trust;

/*
 * All of it must be the same. There is one minimum version (tls_preferences),
 * so that it need not be here.
 */
struct tls_key {
	const struct trust *trust;	/* by identity: stores are immutable */
	char peer[ADDRESS_TEXT_CAP];	/* who was dialled */
	uint16_t port;
	bool upgraded;			/* by STARTTLS */
	char host[HOST_CAP];		/* the name that is verified, the SNI */
};

/* While every certificate of the path that was verified is valid. */
struct validity {
	epoch from, until;
};

/*
 * A session to offer. Its certificate goes into io->cert, chain, longer_chain
 * and root. *ret_entry names what it belongs to. false: there is none.
 */
bool tls_cache_take(struct tls_cache *c, const struct tls_key *key, epoch now,
		    struct tls_facts *io,
		    unsigned char ret_session[TLS_SESSION_CAP],
		    size_t *ret_len, uint64_t *ret_entry);
/*
 * A certificate was verified just now: keep what `facts` say of it, in the
 * place of what was there. `chain` is all that the server showed, DER after
 * DER; empty when that is too much to keep. The name of the entry, 0: it is
 * not kept (no chain, no memory, or the server is barred).
 */
uint64_t tls_cache_keep(struct tls_cache *c, const struct tls_key *key,
			epoch now, struct span chain,
			const struct tls_facts *facts,
			const struct validity *path);
/*
 * The server shows `chain`: is it, byte for byte, what was verified here?
 * Then *io gets what was seen of it. The name of the entry, 0: verify it.
 */
uint64_t tls_cache_know(struct tls_cache *c, const struct tls_key *key,
			epoch now, struct span chain, struct tls_facts *io);
/* Its session, or a newer one. Nothing happens when the entry has gone. */
void tls_cache_session(struct tls_cache *c, uint64_t entry,
		       const unsigned char *session, size_t len);
/* A server that breaks when a session is offered is not offered another. */
void tls_cache_bar(struct tls_cache *c, const struct tls_key *key, epoch now);

#endif
