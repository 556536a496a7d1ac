#include "cmd/batch/lookup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CAP_FIRST 64			/* a power of two, as all after it */

struct lookup_slot {
	struct span key;
	void *thing;			/* NULL: free */
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(struct span key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.len; i++) {
		h ^= (unsigned char)key.at[i];
		h *= 0x100000001b3u;
	}
	return h;
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Its slot, or the free one where it belongs; there always is a free one. */
static struct lookup_slot *slot_of(const struct lookup *l, struct span key)
{
	size_t i = (size_t)hash_of(key) & (l->cap - 1);

	while (l->slot[i].thing && !same(l->slot[i].key, key))
		i = (i + 1) & (l->cap - 1);
	return &l->slot[i];
}

void *lookup_find(const struct lookup *l, struct span key)
{
	return l->cap > 0 ? slot_of(l, key)->thing : NULL;
}

static bool grow(struct lookup *l)
{
	struct lookup wider = { .used = l->used,
				.cap = l->cap ? l->cap * 2 : CAP_FIRST };

	wider.slot = calloc(wider.cap, sizeof(*wider.slot));
	if (!wider.slot)
		return false;
	for (size_t i = 0; i < l->cap; i++)
		if (l->slot[i].thing)
			*slot_of(&wider, l->slot[i].key) = l->slot[i];
	free(l->slot);
	*l = wider;
	return true;
}

bool lookup_add(struct lookup *l, struct span key, void *thing)
{
	/* three of four in use: the runs stay short */
	if (l->used + 1 > l->cap / 4 * 3 && !grow(l))
		return false;
	*slot_of(l, key) = (struct lookup_slot){ key, thing };
	l->used++;
	return true;
}

void lookup_release(struct lookup *l)
{
	free(l->slot);
	*l = (struct lookup){ 0 };
}
