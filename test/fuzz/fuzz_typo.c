#include <stdlib.h>
#include <string.h>

#include "providers/typo.h"
#include "test/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *domain = fuzz_string(fuzz_span(data, size));
	char meant[HOST_CAP] = "";

	if (typo_is_known(domain, meant) || typo_nearest(domain, meant)) {
		HOLDS(memchr(meant, 0, sizeof(meant)));
		HOLDS(strchr(meant, '.') && strcmp(meant, domain) != 0);
	}
	free(domain);
	return 0;
}
