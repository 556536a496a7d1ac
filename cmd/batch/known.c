#include "cmd/batch/known.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/target.h"
#include "probes/base/ascii.h"
#include "probes/base/buf.h"
#include "probes/base/digest.h"

struct known_slot {
	struct known_key key;
	struct known_place place;	/* file NULL: the slot is free */
};

/* ---- keys ---- */

#define KEY_ROOM 8192

static bool hash(const struct buf *text, struct known_key *ret)
{
	unsigned char digest[DIGEST_MAX];

	if (!digest_hash(DIGEST_SHA256, buf_span(text), digest))
		return false;
	memcpy(ret->half, digest, sizeof(ret->half));
	return true;
}

/* Host names and domains are the same in any case, and so are mailboxes. */
static void put(struct buf *out, const char *text)
{
	for (; text && *text; text++)
		buf_char(out, ascii_lower(*text));
	buf_char(out, '\n');
}

/* One text of a server, whether its URL says its port or leaves it out. */
static void put_server(struct buf *out, const struct endpoint *e)
{
	char one[HOST_CAP + 64];
	struct buf b = buf_over(one, sizeof(one));

	buf_fmt(&b, "%s %s %u %s", service_name(e->service), e->host,
		(unsigned)e->port, security_name(e->security));
	put(out, one);
}

static int in_order(const void *left, const void *right)
{
	const struct endpoint *a = left, *b = right;
	int host = strcmp(a->host, b->host);

	if (host != 0)
		return host;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return (int)a->service - (int)b->service;
}

static void put_servers(struct buf *out, const struct endpoint *e, size_t n)
{
	struct endpoint sorted[ENDPOINTS_MAX];

	n = n < ENDPOINTS_MAX ? n : ENDPOINTS_MAX;
	for (size_t i = 0; i < n; i++)
		sorted[i] = e[i];
	qsort(sorted, n, sizeof(sorted[0]), in_order);
	for (size_t i = 0; i < n; i++)
		put_server(out, &sorted[i]);
}

static size_t servers_of(const struct account *a,
			 struct endpoint ret[ENDPOINTS_MAX])
{
	struct target_url url;

	for (size_t i = 0; i < a->urls; i++) {
		if (target_parse_url(a->url[i], &url))
			return 0;
		ret[i] = (struct endpoint){ .service = url.service,
					    .port = url.port,
					    .security = url.security };
		memcpy(ret[i].host, url.host, sizeof(ret[i].host));
	}
	return a->urls;
}

bool known_key_of(const struct account *a, struct known_key *ret)
{
	char room[KEY_ROOM];
	struct buf out = buf_over(room, sizeof(room));
	struct endpoint e[ENDPOINTS_MAX];

	put(&out, a->user ? a->user : a->address);
	put(&out, a->sender);
	put(&out, a->mechanism);
	/* without servers of its own, the domain says which */
	if (a->urls == 0)
		put(&out, strrchr(a->address, '@'));
	put_servers(&out, e, servers_of(a, e));
	return hash(&out, ret);
}

bool known_id(const struct account *a, char to[KNOWN_ID_CAP])
{
	struct buf out = buf_over(to, KNOWN_ID_CAP);
	struct known_key key;

	if ((!a->address && a->urls == 0) || !known_key_of(a, &key))
		return false;
	buf_fmt(&out, "%016" PRIx64, key.half[0]);
	return true;
}

bool known_key_of_id(const char *id, struct known_key *ret)
{
	char room[KNOWN_ID_CAP + 8];
	struct buf out = buf_over(room, sizeof(room));

	put(&out, "id");
	put(&out, id);
	return hash(&out, ret);
}

bool known_key_of_name(const char *name, const struct endpoint *e, size_t n,
		       struct known_key *ret)
{
	char room[KEY_ROOM];
	struct buf out = buf_over(room, sizeof(room));

	put(&out, name);
	put_servers(&out, e, n);
	return hash(&out, ret);
}

bool known_key_of_line(const struct account *a, struct known_key *ret)
{
	struct endpoint e[ENDPOINTS_MAX];

	return known_key_of_name(a->name, e, servers_of(a, e), ret);
}

/* ---- the set ---- */

static bool same(struct known_key a, struct known_key b)
{
	return a.half[0] == b.half[0] && a.half[1] == b.half[1];
}

static struct known_slot *find(const struct known *k, struct known_key key)
{
	size_t i = (size_t)key.half[0] & (k->cap - 1);

	while (k->slot[i].place.file && !same(k->slot[i].key, key))
		i = (i + 1) & (k->cap - 1);
	return &k->slot[i];
}

static bool grow(struct known *k)
{
	struct known more = { .cap = k->cap ? k->cap * 2 : 1024 };

	more.slot = calloc(more.cap, sizeof(*more.slot));
	if (!more.slot)
		return false;
	for (size_t i = 0; i < k->cap; i++)
		if (k->slot[i].place.file)
			*find(&more, k->slot[i].key) = k->slot[i];
	more.used = k->used;
	free(k->slot);
	*k = more;
	return true;
}

bool known_add(struct known *k, struct known_key key, struct known_place here,
	       struct known_place *ret)
{
	struct known_slot *s;

	if (k->used * 4 >= k->cap * 3 && !grow(k))
		return false;
	s = find(k, key);
	*ret = s->place;
	if (s->place.file)
		return true;
	*s = (struct known_slot){ key, here };
	k->used++;
	return true;
}

bool known_has(const struct known *k, struct known_key key)
{
	return k->cap > 0 && find(k, key)->place.file;
}

void known_release(struct known *k)
{
	free(k->slot);
	*k = (struct known){ .slot = NULL };
}
