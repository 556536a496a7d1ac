#include <string.h>

#include "probes/wire/dns.h"
#include "probes/wire/tls.h"
#include "test/fuzz/fuzz.h"

/* The first line is a host name, the second a name in a certificate. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = fuzz_span(data, size), first = { "", 0 };
	struct address address;
	struct fault why;
	char ascii[HOST_CAP];
	char *host, *pattern;

	span_cut(&rest, '\n', &first);
	host = fuzz_string(first);
	pattern = fuzz_string(rest);
	if (host_to_ascii(host, ascii, sizeof(ascii), &why)) {
		HOLDS(strlen(ascii) > 0);
		for (const char *c = ascii; *c; c++)
			HOLDS(*c > ' ' && *c < 0x7f);
	} else {
		HOLDS(why.kind != FAULT_NONE);
	}
	if (address_parse(host, 1, &address))
		HOLDS(address.family != FAMILY_ANY);
	tls_name_matches(pattern, host);
	free(host);
	free(pattern);
	return 0;
}
