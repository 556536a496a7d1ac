#include "probes/base/json.h"
#include "test/fuzz/fuzz.h"

/* What was read can be written, and read again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *doc = NULL, *again = NULL;
	struct fault why;
	char *text;

	if (!json_parse(fuzz_span(data, size), &doc, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		return 0;
	}
	text = json_print(doc, size % 2);
	HOLDS(text != NULL);
	HOLDS(json_parse(span_of(text), &again, &why));
	HOLDS(json_count(doc) == json_count(again));
	free(text);
	json_free(doc);
	json_free(again);
	return 0;
}
