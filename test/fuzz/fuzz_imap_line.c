#include "probes/imap_reply.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = fuzz_span(data, size);
	struct imap_line parsed;

	imap_line_parse(line, &parsed);
	HOLDS(fuzz_inside(parsed.tag, line));
	HOLDS(fuzz_inside(parsed.response_code, line));
	HOLDS(fuzz_inside(parsed.response_arg, line));
	HOLDS(fuzz_inside(parsed.text, line));
	HOLDS(fuzz_inside(parsed.name, line));
	HOLDS(fuzz_inside(parsed.data, line));
	HOLDS(parsed.kind != IMAP_STATUS || parsed.answer != ANSWER_NONE);
	HOLDS(!parsed.tagged || parsed.tag.len > 0);
	imap_code_is_temporary(parsed.response_code);
	return 0;
}
