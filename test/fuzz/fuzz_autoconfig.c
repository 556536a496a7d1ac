#include <string.h>

#include "providers/autoconfig.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct autoconfig got;
	struct fault why = { .kind = FAULT_NONE };

	if (!autoconfig_parse(fuzz_span(data, size), "x.example", &got, &why)) {
		HOLDS(why.kind != FAULT_NONE);
		HOLDS(memchr(why.text, 0, sizeof(why.text)));
		return 0;
	}
	HOLDS(got.servers <= OFFERS_MAX);
	HOLDS(memchr(got.name, 0, sizeof(got.name)));
	for (size_t i = 0; i < got.servers; i++) {
		const struct offer *o = &got.server[i];

		HOLDS(endpoint_host_is_legal(o->endpoint.host));
		HOLDS(o->endpoint.port > 0);
		HOLDS(o->endpoint.service < SERVICE_COUNT);
		HOLDS(o->endpoint.security <= SECURITY_NONE);
		HOLDS(o->user_form != NULL);
		HOLDS(!o->chosen && !o->checked);
	}
	return 0;
}
