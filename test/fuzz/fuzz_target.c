#include <string.h>

#include "cmd/target.h"
#include "test/fuzz/fuzz.h"

/* Everything a command line can call a server or an account. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(fuzz_span(data, size));
	struct resolve_override override;
	struct connect_rule rule;
	struct target_url url;
	struct span host;
	uint16_t port;

	if (!target_parse_url(text, &url)) {
		HOLDS(url.port != 0);
		HOLDS(url.host[0] && memchr(url.host, 0, sizeof(url.host)));
		HOLDS(memchr(url.user, 0, sizeof(url.user)));
		HOLDS(target_host_is_plausible(url.host));
	}
	if (target_is_address(text))
		HOLDS(strchr(text, '@') == strrchr(text, '@'));
	if (target_split_port(span_of(text), &host, &port))
		HOLDS(fuzz_inside(host, span_of(text)));
	if (target_parse_override(text, &override))
		HOLDS(override.addresses > 0 &&
		      override.addresses <= ADDRESSES_MAX);
	if (target_parse_connect_rule(text, &rule))
		HOLDS(memchr(rule.to_host, 0, sizeof(rule.to_host)));
	free(text);
	return 0;
}
