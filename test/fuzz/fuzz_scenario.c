#include "cmd/demo/scenario.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scenario *s = NULL;
	struct fault why;

	if (!scenario_parse("fuzz", fuzz_span(data, size), &s, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		return 0;
	}
	HOLDS(s->endpoints <= ENDPOINTS_MAX);
	HOLDS(s->cues <= SCENE_CUES_MAX);
	for (size_t i = 0; i < s->cues; i++) {
		HOLDS(s->cue[i].endpoint < s->endpoints);
		HOLDS(s->cue[i].first + s->cue[i].acts <= s->acts);
	}
	scenario_host(s, "imap.mail.test");
	scenario_free(s);
	return 0;
}
