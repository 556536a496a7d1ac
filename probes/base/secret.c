#include "probes/base/secret.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "probes/base/buf.h"
#include "probes/base/text.h"

void wipe(void *memory, size_t len)
{
	/* Through a volatile pointer the compiler cannot prove it useless. */
	static void *(*const volatile set)(void *, int, size_t) = memset;

	if (memory)
		set(memory, 0, len);
}

/*
 * A login takes a page three times, and to map, lock and unmap them was a
 * tenth of what an account of many costs. A few, locked and wiped, wait here
 * for the next. An exchange takes one or nothing: no lock, no order.
 */
#define SPARES_MAX 32
static _Atomic(void *) spare[SPARES_MAX];

static void *spare_take(void)
{
	void *at = NULL;

	for (size_t i = 0; !at && i < SPARES_MAX; i++)
		if (atomic_load_explicit(&spare[i], memory_order_relaxed))
			at = atomic_exchange(&spare[i], NULL);
	return at;
}

static bool spare_put(void *page)
{
	for (size_t i = 0; i < SPARES_MAX; i++) {
		void *none = NULL;

		if (atomic_compare_exchange_strong(&spare[i], &none, page))
			return true;
	}
	return false;
}

/* Pages of its own: no neighbour shares them, the whole can be locked. */
static void *map_locked(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return NULL;
	/* Both are best effort: RLIMIT_MEMLOCK may be 0 in a container. */
	(void)mlock(at, size);
#ifdef MADV_DONTDUMP
	(void)madvise(at, size, MADV_DONTDUMP);
#endif
	return at;
}

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

bool secret_init(struct secret *s, size_t cap)
{
	size_t page = page_size();
	size_t mapped = (cap + 1 + page - 1) / page * page;
	void *at = mapped == page ? spare_take() : NULL;

	if (!at)
		at = map_locked(mapped);
	*s = (struct secret){ 0 };
	if (at)
		*s = (struct secret){ .bytes = at, .cap = cap,
				      .mapped = mapped };
	return at != NULL;
}

void secret_release(struct secret *s)
{
	if (s->bytes) {
		wipe(s->bytes, s->mapped);
		if (s->mapped != page_size() || !spare_put(s->bytes))
			munmap(s->bytes, s->mapped);
	}
	*s = (struct secret){ 0 };
}

bool secret_add(struct secret *s, struct span bytes)
{
	if (!s->bytes || bytes.len > s->cap - s->len)
		return false;
	if (bytes.len > 0)
		memcpy(s->bytes + s->len, bytes.at, bytes.len);
	s->len += bytes.len;
	s->bytes[s->len] = '\0';
	return true;
}

bool secret_add_base64(struct secret *s, struct span raw)
{
	struct buf out;

	if (!s->bytes)
		return false;
	out = buf_over(s->bytes + s->len, s->cap - s->len + 1);
	if (!base64_encode(&out, raw))
		return false;
	s->len += out.len;
	return true;
}

void secret_clear(struct secret *s)
{
	if (s->bytes)
		wipe(s->bytes, s->len);
	s->len = 0;
}

struct span secret_span(const struct secret *s)
{
	return (struct span){ s->bytes, s->len };
}

void secret_protect_process(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef PR_SET_DUMPABLE
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
