#include <string.h>

#include "cmd/compare_input.h"
#include "cmd/target.h"
#include "test/fuzz/fuzz.h"

/* A customer's settings, as somebody typed them off a screen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(fuzz_span(data, size));
	struct customer c = { .servers = 0 };

	if (customer_parse(text, &c)) {
		HOLDS(c.servers > 0 || c.user[0]);
		HOLDS(memchr(c.user, 0, sizeof(c.user)));
	}
	HOLDS(c.servers <= CUSTOMER_SERVERS_MAX);
	for (size_t i = 0; i < c.servers; i++) {
		const char *host = c.server[i].host;

		HOLDS(memchr(host, 0, sizeof(c.server[i].host)));
		HOLDS(!host[0] || target_host_is_plausible(host));
	}
	free(text);
	return 0;
}
