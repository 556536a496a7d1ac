#include <string.h>

#include "probes/redact.h"
#include "test/fuzz/fuzz.h"

static bool contains(struct span where, struct span what)
{
	for (size_t i = 0; i + what.len <= where.len; i++)
		if (memcmp(where.at + i, what.at, what.len) == 0)
			return true;
	return false;
}

/*
 * The first line is the secret, the rest what a server says. The secret may
 * not come out, except where our own mark "<secret>" would spell it.
 */
static void check(struct span raw, struct span said)
{
	size_t cap = 8 * said.len + 64;
	char *room = malloc(cap);
	struct buf out = buf_over(room, cap);
	struct redactor *r = NULL;
	struct secret secret = { 0 };

	HOLDS(room != NULL);
	HOLDS(secret_init(&secret, raw.len + 1) && secret_add(&secret, raw));
	HOLDS(redactor_new(&secret, &r));
	redact(r, said, &out);
	if (raw.len >= 4 && !memchr(raw.at, '<', raw.len) &&
	    !memchr(raw.at, '>', raw.len) &&
	    !contains(SPAN_LIT("<secret>"), raw))
		HOLDS(!contains(buf_span(&out), raw));
	redactor_free(r);
	secret_release(&secret);
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span said = fuzz_span(data, size), raw;

	if (span_cut(&said, '\n', &raw) && raw.len <= 256)
		check(raw, said);
	return 0;
}
