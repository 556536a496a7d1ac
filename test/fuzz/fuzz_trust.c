#include "probes/wire/trust.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust *trust = NULL;
	struct span der, subject = fuzz_span(data, size);
	struct fault why;
	size_t cursor = 0;

	if (!trust_from_pem(subject, "fuzz", &trust, &why)) {
		HOLDS(why.kind == FAULT_NO_TRUST);
		return 0;
	}
	HOLDS(trust_count(trust) > 0);
	while (trust_find(trust, subject, &cursor, &der))
		HOLDS(der.len > 0);
	trust_free(trust);
	return 0;
}
