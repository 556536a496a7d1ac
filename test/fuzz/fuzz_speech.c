#include <string.h>

#include "probes/evidence.h"
#include "test/fuzz/fuzz.h"

/* What answered, and the words it offers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct capabilities offered;
	struct span rest = fuzz_span(data, size), word;
	size_t at = 0, count = 0;

	HOLDS(speech_name(speech_of(rest)) != NULL);
	HOLDS((speech_of(rest) == SPEECH_SILENCE) == (size == 0));
	memset(&offered, 0, sizeof(offered));
	while (span_word(&rest, &word))
		capability_add(&offered, word);
	HOLDS(memchr(offered.words, 0, sizeof(offered.words)));
	while (capability_next(&offered, "", &at, &word)) {
		HOLDS(word.len > 0);
		HOLDS(++count <= CAPABILITIES_CAP);
	}
	return 0;
}
