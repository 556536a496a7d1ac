#include <string.h>

#include "probes/wire/tls.h"
#include "test/fuzz/fuzz.h"

/* First line the pattern of a certificate, second line the host. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = fuzz_span(data, size), line;
	char *pattern, *host;

	if (!span_cut(&rest, '\n', &line))
		return 0;
	pattern = fuzz_string(line);
	host = fuzz_string(rest);
	if (tls_name_matches(pattern, host)) {
		/* nothing matches two hosts unless it begins with "*." */
		HOLDS(*host && *pattern);
		HOLDS(!strchr(pattern, '*') || strncmp(pattern, "*.", 2) == 0);
		HOLDS(strncmp(pattern, "*.", 2) != 0 || strchr(host, '.'));
	}
	free(pattern);
	free(host);
	return 0;
}
