#include "probes/smtp_reply.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = fuzz_span(data, size);
	struct smtp_line parsed;

	if (!smtp_line_parse(line, &parsed))
		return 0;
	HOLDS(parsed.code >= 200 && parsed.code <= 599);
	HOLDS(fuzz_inside(parsed.enhanced, line));
	HOLDS(fuzz_inside(parsed.text, line));
	return 0;
}
