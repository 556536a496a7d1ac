#include "probes/wire/tls_cache.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/secret.h"
#include "probes/wire/thread.h"

/* A certificate on record, and the session behind it once there is one. */
struct tls_entry {
	uint64_t name;			/* 0: the place is free */
	uint64_t used;			/* for the choice of whom to drop */
	struct tls_key key;
	epoch kept;
	bool barred;
	struct validity path;
	size_t shown_len;
	char *shown;			/* the chain itself */
	size_t chain;
	struct cert_facts *cert;	/* `chain` of them */
	bool longer_chain;
	char root[80];
	size_t len;
	unsigned char *session;
};

struct tls_cache {
	struct mutex mutex;
	uint64_t names, uses;		/* given so far */
	size_t most;
	struct tls_entry entry[];
};

bool tls_cache_new(size_t most, struct tls_cache **ret)
{
	struct tls_cache *c = calloc(1, sizeof(*c) +
				     most * sizeof(c->entry[0]));

	if (!c)
		return false;
	c->most = most;
	mutex_init(&c->mutex);
	*ret = c;
	return true;
}

/* ---- entries; all with the mutex held ---- */

static void session_drop(struct tls_entry *e)
{
	if (e->session)
		wipe(e->session, e->len);
	free(e->session);
	e->session = NULL;
	e->len = 0;
}

static void entry_drop(struct tls_entry *e)
{
	session_drop(e);
	free(e->cert);
	free(e->shown);
	*e = (struct tls_entry){ .name = 0 };
}

static bool key_is(const struct tls_key *a, const struct tls_key *b)
{
	return a->port == b->port && a->upgraded == b->upgraded &&
	       a->trust == b->trust && strcmp(a->peer, b->peer) == 0 &&
	       strcmp(a->host, b->host) == 0;
}

static bool is_stale(const struct tls_entry *e, epoch now)
{
	return now < e->kept || now >= e->kept + TLS_SESSION_SECONDS;
}

static struct tls_entry *entry_find(struct tls_cache *c,
				    const struct tls_key *key, epoch now)
{
	for (struct tls_entry *e = c->entry; e < c->entry + c->most; e++) {
		if (!e->name || !key_is(&e->key, key))
			continue;
		if (!is_stale(e, now))
			return e;
		entry_drop(e);
		return NULL;
	}
	return NULL;
}

/* The key's own place, else a free one, else the least recently used. */
static struct tls_entry *entry_place(struct tls_cache *c,
				     const struct tls_key *key, epoch now)
{
	struct tls_entry *place = entry_find(c, key, now);

	for (size_t i = 0; !place && i < c->most; i++)
		if (!c->entry[i].name)
			place = &c->entry[i];
	if (place || c->most == 0)
		return place;
	place = c->entry;
	for (size_t i = 1; i < c->most; i++)
		if (c->entry[i].used < place->used)
			place = &c->entry[i];
	return place;
}

static struct tls_entry *entry_new(struct tls_cache *c,
				   const struct tls_key *key, epoch now)
{
	struct tls_entry *e = entry_place(c, key, now);

	if (!e)
		return NULL;
	entry_drop(e);
	e->name = ++c->names;
	e->used = ++c->uses;
	e->key = *key;
	e->kept = now;
	return e;
}

/* ---- what the client calls ---- */

static bool is_usable(const struct tls_entry *e, epoch now)
{
	return !e->barred && now >= e->path.from && now < e->path.until;
}

static void tell(struct tls_cache *c, struct tls_entry *e,
		 struct tls_facts *io)
{
	e->used = ++c->uses;
	memcpy(io->cert, e->cert, e->chain * sizeof(e->cert[0]));
	io->chain = e->chain;
	io->longer_chain = e->longer_chain;
	memcpy(io->root, e->root, sizeof(io->root));
}

bool tls_cache_take(struct tls_cache *c, const struct tls_key *key, epoch now,
		    struct tls_facts *io,
		    unsigned char ret_session[TLS_SESSION_CAP],
		    size_t *ret_len, uint64_t *ret_entry)
{
	struct tls_entry *e;
	bool found;

	mutex_lock(&c->mutex);
	e = entry_find(c, key, now);
	found = e && e->session && is_usable(e, now);
	if (found) {
		tell(c, e, io);
		*ret_entry = e->name;
		*ret_len = e->len;
		memcpy(ret_session, e->session, e->len);
	}
	mutex_unlock(&c->mutex);
	return found;
}

uint64_t tls_cache_know(struct tls_cache *c, const struct tls_key *key,
			epoch now, struct span chain, struct tls_facts *io)
{
	struct tls_entry *e;
	uint64_t name = 0;

	mutex_lock(&c->mutex);
	e = entry_find(c, key, now);
	if (e && is_usable(e, now) && e->shown_len == chain.len &&
	    memcmp(e->shown, chain.at, chain.len) == 0) {
		tell(c, e, io);
		name = e->name;
	}
	mutex_unlock(&c->mutex);
	return name;
}

static bool entry_fill(struct tls_entry *e, struct span chain,
		       const struct tls_facts *facts,
		       const struct validity *path)
{
	e->cert = calloc(facts->chain, sizeof(e->cert[0]));
	e->shown = malloc(chain.len);
	if (!e->cert || !e->shown)
		return false;
	memcpy(e->shown, chain.at, chain.len);
	e->shown_len = chain.len;
	memcpy(e->cert, facts->cert, facts->chain * sizeof(e->cert[0]));
	e->chain = facts->chain;
	e->longer_chain = facts->longer_chain;
	memcpy(e->root, facts->root, sizeof(e->root));
	e->path = *path;
	return true;
}

uint64_t tls_cache_keep(struct tls_cache *c, const struct tls_key *key,
			epoch now, struct span chain,
			const struct tls_facts *facts,
			const struct validity *path)
{
	struct tls_entry *e;
	uint64_t name = 0;

	if (facts->chain == 0 || chain.len == 0)
		return 0;
	mutex_lock(&c->mutex);
	e = entry_find(c, key, now);
	if (!e || !e->barred)
		e = entry_new(c, key, now);
	if (e && !e->barred) {
		if (entry_fill(e, chain, facts, path))
			name = e->name;
		else
			entry_drop(e);
	}
	mutex_unlock(&c->mutex);
	return name;
}

static void session_put(struct tls_entry *e, const unsigned char *session,
			size_t len)
{
	unsigned char *copy = malloc(len);

	if (!copy)
		return;
	memcpy(copy, session, len);
	session_drop(e);
	e->session = copy;
	e->len = len;
}

void tls_cache_session(struct tls_cache *c, uint64_t entry,
		       const unsigned char *session, size_t len)
{
	if (entry == 0 || len == 0 || len > TLS_SESSION_CAP)
		return;
	mutex_lock(&c->mutex);
	for (size_t i = 0; i < c->most; i++)
		if (c->entry[i].name == entry)
			session_put(&c->entry[i], session, len);
	mutex_unlock(&c->mutex);
}

void tls_cache_bar(struct tls_cache *c, const struct tls_key *key, epoch now)
{
	struct tls_entry *e;

	mutex_lock(&c->mutex);
	e = entry_new(c, key, now);
	if (e)
		e->barred = true;
	mutex_unlock(&c->mutex);
}

void tls_cache_free(struct tls_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->most; i++)
		entry_drop(&c->entry[i]);
	mutex_release(&c->mutex);
	free(c);
}
