#include "probes/base/text.h"
#include "probes/saslprep.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret prepared = { 0 };
	struct fault why = { .kind = FAULT_NONE };

	if (size > 4096)
		return 0;
	if (saslprep(fuzz_span(data, size), &prepared, &why))
		HOLDS(text_is_utf8(secret_span(&prepared)));
	else
		HOLDS(why.kind == FAULT_BAD_SECRET);
	secret_release(&prepared);
	return 0;
}
