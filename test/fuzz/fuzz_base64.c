#include <string.h>

#include "probes/base/text.h"
#include "test/fuzz/fuzz.h"

/*
 * What was decoded, encoded again, decodes to the same bytes. (Not to the same
 * text: RFC 4648 section 3.5 lets a decoder ignore the spare bits at the end,
 * and servers do set them.)
 */
static void check(struct span text, char *raw, char *again, char *encoded)
{
	struct buf out = buf_over(encoded, text.len + 8);
	size_t len = 0, len_again = 0;

	if (!base64_decode(text, raw, text.len + 1, &len))
		return;
	HOLDS(len <= text.len);
	HOLDS(base64_encode(&out, (struct span){ raw, len }));
	HOLDS(out.len == text.len);
	HOLDS(base64_decode(buf_span(&out), again, text.len + 1, &len_again));
	HOLDS(len == len_again && memcmp(raw, again, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *raw = malloc(size + 1), *again = malloc(size + 1);
	char *encoded = malloc(size + 8);

	HOLDS(raw != NULL && again != NULL && encoded != NULL);
	check(fuzz_span(data, size), raw, again, encoded);
	free(raw);
	free(again);
	free(encoded);
	return 0;
}
