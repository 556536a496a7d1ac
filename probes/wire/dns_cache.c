#include "probes/wire/dns_cache.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

#define TYPE_ADDRESSES 0		/* beside enum record_type */

/* One that waits for an answer under way; lives on its stack. */
struct waiter {
	struct bell bell;
	struct waiter *next;
};

struct dns_entry {
	bool taken;			/* else the place is free */
	bool under_way;			/* asked, not answered: stays */
	unsigned type;
	char host[HOST_CAP];		/* as it was asked for */
	msec kept, until;
	struct waiter *waiters;
	/* the answer, by type */
	struct name_facts *name;
	struct fault why;		/* NONE: there are addresses */
	struct records_facts *records;
};

struct dns_cache {
	struct mutex mutex;
	const struct dns_source *source;
	size_t most;
	struct dns_entry entry[];
};

const struct dns_source dns_servers = {
	.now = now_msec, .lookup = dns_lookup_keep,
	.records = dns_records_keep,
};

bool dns_cache_new(size_t most, const struct dns_source *source,
		   struct dns_cache **ret)
{
	struct dns_cache *c = calloc(1, sizeof(*c) +
				     most * sizeof(c->entry[0]));

	if (!c)
		return false;
	c->most = most;
	c->source = source;
	mutex_init(&c->mutex);
	*ret = c;
	return true;
}

/* ---- entries; all with the mutex held ---- */

static void entry_drop(struct dns_entry *e)
{
	free(e->name);
	free(e->records);
	*e = (struct dns_entry){ .taken = false };
}

static struct dns_entry *entry_find(struct dns_cache *c, unsigned type,
				    const char *host)
{
	for (struct dns_entry *e = c->entry; e < c->entry + c->most; e++) {
		if (!e->taken || e->type != type || !text_same(e->host, host))
			continue;
		if (e->under_way || c->source->now() < e->until)
			return e;
		entry_drop(e);
		return NULL;
	}
	return NULL;
}

/* NULL: all are under way, or the name is none. */
static struct dns_entry *entry_new(struct dns_cache *c, unsigned type,
				   const char *host)
{
	struct dns_entry *place = NULL;

	if (strlen(host) >= HOST_CAP)
		return NULL;
	for (struct dns_entry *e = c->entry; e < c->entry + c->most; e++) {
		if (e->under_way)
			continue;
		if (!place || !e->taken ||
		    (place->taken && e->kept < place->kept))
			place = e;
		if (!place->taken)
			break;
	}
	if (!place)
		return NULL;
	entry_drop(place);
	place->taken = true;
	place->type = type;
	span_copy(span_of(host), place->host, sizeof(place->host));
	return place;
}

static void entry_keep(const struct dns_cache *c, struct dns_entry *e,
		       unsigned long seconds)
{
	e->kept = c->source->now();
	e->until = e->kept + (msec)seconds * 1000;
}

static unsigned long at_most(unsigned long seconds, unsigned long most)
{
	return seconds < most ? seconds : most;
}

/* ---- addresses ---- */

static unsigned long name_lasts(const struct name_facts *f, unsigned long ttl)
{
	if (f->source == NAME_FROM_HOSTS_FILE)
		return DNS_KEPT_HOSTS;
	if (f->addresses == 0 || (f->a != FAULT_NONE && f->a != FAULT_NO_DATA) ||
	    (f->aaaa != FAULT_NONE && f->aaaa != FAULT_NO_DATA))
		return at_most(ttl, DNS_KEPT_FAULT);
	return at_most(ttl, DNS_KEPT_MOST);
}

/* Only of what the name is, not of how this asker fared. */
static bool is_worth_keeping(const struct fault *why)
{
	switch (why->kind) {
	case FAULT_CANCELLED:
	case FAULT_NO_MEMORY:
	case FAULT_INTERNAL:
	case FAULT_DNS_TIMEOUT:
		return false;
	default:
		return true;
	}
}

static void name_publish(struct dns_cache *c, struct dns_entry *e,
			 const struct name_facts *facts, unsigned long ttl,
			 const struct fault *why)
{
	for (struct waiter *w = e->waiters; w; w = w->next)
		bell_ring(&w->bell);
	e->waiters = NULL;
	e->under_way = false;
	if (is_worth_keeping(why))
		e->name = malloc(sizeof(*e->name));
	if (!e->name) {
		entry_drop(e);
		return;
	}
	*e->name = *facts;
	e->why = *why;
	entry_keep(c, e, name_lasts(facts, ttl));
}

/* With the mutex held; it is let go meanwhile. */
static bool name_ask(struct dns_cache *c, const struct dns_options *options,
		     const char *host, uint16_t port, msec by,
		     struct name_facts *ret, struct fault *why)
{
	struct dns_entry *e = entry_new(c, TYPE_ADDRESSES, host);
	struct fault end = { .kind = FAULT_NONE };
	unsigned long ttl = 0;
	bool ok;

	if (e)
		e->under_way = true;
	mutex_unlock(&c->mutex);
	ok = c->source->lookup(options, host, port, by, ret, &ttl, &end);
	mutex_lock(&c->mutex);
	if (e)
		name_publish(c, e, ret, ttl, &end);
	if (!ok)
		*why = end;
	return ok;
}

static void waiter_leave(struct dns_entry *e, const struct waiter *w)
{
	for (struct waiter **at = &e->waiters; *at; at = &(*at)->next) {
		if (*at == w) {
			*at = w->next;
			return;
		}
	}
}

/* Until the answer under way is there, or gone. The mutex is let go. */
static bool name_await(struct dns_cache *c, struct dns_entry *e,
		       const char *host, msec by, struct fault *why)
{
	struct waiter w = { .next = e->waiters };
	bool ok;

	if (!bell_init(&w.bell))
		return fail(why, FAULT_NO_MEMORY, "no bell for the answer");
	e->waiters = &w;
	mutex_unlock(&c->mutex);
	ok = bell_wait(&w.bell, by, why);
	mutex_lock(&c->mutex);
	/* it may have been answered since, and be another's by now */
	for (size_t i = 0; i < c->most; i++)
		waiter_leave(&c->entry[i], &w);
	bell_release(&w.bell);
	if (!ok && why->kind == FAULT_TIMEOUT)
		fail(why, FAULT_DNS_TIMEOUT,
		     "%.100s: no name server answered in time", host);
	return ok;
}

static bool name_share(const struct dns_entry *e, uint16_t port,
		       struct name_facts *ret, struct fault *why)
{
	*ret = *e->name;
	ret->shared = true;
	for (size_t i = 0; i < ret->addresses; i++)
		ret->address[i].port = port;
	if (e->why.kind == FAULT_NONE)
		return true;
	*why = e->why;
	return false;
}

bool dns_cache_lookup(struct dns_cache *c, const struct dns_options *options,
		      const char *host, uint16_t port, msec by,
		      struct name_facts *ret, struct fault *why)
{
	struct dns_entry *e;
	struct address literal;
	bool ok = true;

	if (address_parse(host, port, &literal))
		return dns_lookup(options, host, port, by, ret, why);
	*ret = (struct name_facts){ .source = NAME_FROM_DNS };
	mutex_lock(&c->mutex);
	while ((e = entry_find(c, TYPE_ADDRESSES, host)) && e->under_way && ok)
		ok = name_await(c, e, host, by, why);
	if (ok)
		ok = e ? name_share(e, port, ret, why) :
			 name_ask(c, options, host, port, by, ret, why);
	mutex_unlock(&c->mutex);
	return ok;
}

/* ---- records ---- */

static bool records_share(struct dns_cache *c, struct records_facts *io)
{
	const struct dns_entry *e;
	bool found;

	mutex_lock(&c->mutex);
	e = entry_find(c, io->type, io->asked);
	found = e && e->records;
	if (found)
		*io = *e->records;
	mutex_unlock(&c->mutex);
	return found;
}

static void records_keep(struct dns_cache *c, const struct records_facts *f,
			 unsigned long ttl)
{
	const struct fault why = { .kind = f->fault };
	struct dns_entry *e;

	if (!is_worth_keeping(&why))
		return;
	mutex_lock(&c->mutex);
	e = entry_find(c, f->type, f->asked);
	if (!e)
		e = entry_new(c, f->type, f->asked);
	if (e && !e->records)
		e->records = malloc(sizeof(*e->records));
	if (e && e->records) {
		*e->records = *f;
		entry_keep(c, e, at_most(ttl, f->fault == FAULT_NONE ?
					 DNS_KEPT_MOST : DNS_KEPT_FAULT));
	} else if (e) {
		entry_drop(e);
	}
	mutex_unlock(&c->mutex);
}

/* Of several questions only those are asked that nobody has asked yet. */
bool dns_cache_records(struct dns_cache *c, const struct dns_options *options,
		       struct records_facts *io, size_t n, msec by,
		       struct fault *why)
{
	struct records_facts open[DNS_QUESTIONS_MAX];
	unsigned long ttl[DNS_QUESTIONS_MAX];
	size_t of[DNS_QUESTIONS_MAX], opens = 0;
	bool ok;

	if (n > DNS_QUESTIONS_MAX)
		return fail(why, FAULT_INTERNAL, "too many questions");
	for (size_t i = 0; i < n; i++) {
		if (records_share(c, &io[i]))
			continue;
		of[opens] = i;
		open[opens++] = io[i];
	}
	if (opens == 0)
		return true;
	ok = c->source->records(options, open, ttl, opens, by, why);
	for (size_t i = 0; i < opens; i++) {
		io[of[i]] = open[i];
		if (ok)
			records_keep(c, &open[i], ttl[i]);
	}
	return ok;
}

void dns_cache_free(struct dns_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->most; i++)
		entry_drop(&c->entry[i]);
	mutex_release(&c->mutex);
	free(c);
}
