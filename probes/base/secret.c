#include "probes/base/secret.h"

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

/* Pages of its own: no neighbour shares them, the whole can be locked. */
bool secret_init(struct secret *s, size_t cap)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (cap + 1 + page - 1) / page * page;
	void *at = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*s = (struct secret){ 0 };
	if (at == MAP_FAILED)
		return false;
	/* Both are best effort: RLIMIT_MEMLOCK may be 0 in a container. */
	(void)mlock(at, mapped);
#ifdef MADV_DONTDUMP
	(void)madvise(at, mapped, MADV_DONTDUMP);
#endif
	*s = (struct secret){ .bytes = at, .cap = cap, .mapped = mapped };
	return true;
}

void secret_release(struct secret *s)
{
	if (s->bytes) {
		wipe(s->bytes, s->mapped);
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
