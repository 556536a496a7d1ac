#include "probes/pop3_reply.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = fuzz_span(data, size);
	struct pop3_line parsed;

	pop3_line_parse(line, &parsed);
	HOLDS(fuzz_inside(parsed.response_code, line));
	HOLDS(fuzz_inside(parsed.text, line));
	/* "+OKAY" is not yes: an answer must be the whole word. */
	if (parsed.answer == ANSWER_OK)
		HOLDS(span_starts(line, "+OK"));
	return 0;
}
