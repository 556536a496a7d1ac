#include "providers/provider.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct provider *p = NULL;
	struct provider_step step[PROVIDER_STEPS_MAX];
	struct fault why;

	if (!provider_parse(fuzz_span(data, size), "fuzz.json", &p, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		return 0;
	}
	HOLDS(p->id != NULL);
	HOLDS(p->servers <= PROVIDER_SERVERS_MAX);
	for (int c = 0; c < CAUSE_COUNT; c++)
		HOLDS(provider_remedy(p, (enum cause)c, step) <=
		      PROVIDER_STEPS_MAX);
	provider_free(p);
	return 0;
}
