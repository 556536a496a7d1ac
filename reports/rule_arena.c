#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reports/rule_private.h"

#define BLOCK_BYTES 16384

struct arena_block {
	struct arena_block *next;
	size_t cap;
	max_align_t data[];
};

static bool arena_grow(struct arena *a, size_t size)
{
	size_t cap = size > BLOCK_BYTES ? size : BLOCK_BYTES;
	struct arena_block *b = calloc(1, sizeof(*b) + cap);

	if (!b)
		return false;
	b->cap = cap;
	b->next = a->first;
	a->first = b;
	a->used = 0;
	return true;
}

void *arena_take(struct arena *a, size_t size)
{
	size_t align = sizeof(max_align_t);
	void *ret;

	size = (size + align - 1) / align * align;
	if (!a->first || a->used + size > a->first->cap)
		if (!arena_grow(a, size))
			return NULL;
	ret = (char *)a->first->data + a->used;
	a->used += size;
	return ret;
}

char *arena_text(struct arena *a, struct span s)
{
	char *ret = arena_take(a, s.len + 1);

	if (ret && s.len > 0)
		memcpy(ret, s.at, s.len);
	return ret;
}

void arena_release(struct arena *a)
{
	while (a->first) {
		struct arena_block *b = a->first;

		a->first = b->next;
		free(b);
	}
	a->used = 0;
}
