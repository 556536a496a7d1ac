#include <string.h>

#include "probes/base/text.h"
#include "test/fuzz/fuzz.h"

/* Strict decoding has one spelling: encoding again gives the same text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_span(data, size);
	char *raw = malloc(size + 1), *again = malloc(size + 8);
	struct buf out = buf_over(again, size + 8);
	size_t len = 0;

	HOLDS(raw != NULL && again != NULL);
	if (base64_decode(text, raw, size + 1, &len)) {
		HOLDS(len <= size);
		HOLDS(base64_encode(&out, (struct span){ raw, len }));
		HOLDS(out.len == size);
		HOLDS(memcmp(again, data, size) == 0);
	}
	free(raw);
	free(again);
	return 0;
}
