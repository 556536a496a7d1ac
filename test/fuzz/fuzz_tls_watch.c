#include "probes/wire/tls_watch.h"

#include <string.h>

#include "test/fuzz/fuzz.h"

static void feed(struct tls_watch *w, struct span s, size_t step)
{
	tls_watch_init(w);
	for (; s.len > 0; s = span_from(s, step))
		tls_watch_feed(w, s.at, s.len < step ? s.len : step);
}

/* The split says nothing: whole, byte by byte, in sevens. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 7 };
	struct span s = fuzz_span(data, size);
	struct tls_watch whole;

	feed(&whole, s, size + 1);
	HOLDS(whole.first_bytes <= sizeof(whole.first));
	HOLDS(memcmp(whole.first, data, whole.first_bytes) == 0);
	HOLDS(whole.alert >= -1 && whole.alert <= 255);
	HOLDS(whole.state != WATCH_NOT_TLS || whole.version == 0);
	for (size_t i = 0; i < 2; i++) {
		struct tls_watch parts;

		feed(&parts, s, steps[i]);
		HOLDS(parts.state == whole.state);
		HOLDS(parts.version == whole.version);
		HOLDS(parts.suite == whole.suite);
		HOLDS(parts.group == whole.group);
		HOLDS(parts.signature == whole.signature);
		HOLDS(parts.alert == whole.alert);
		HOLDS(parts.first_bytes == whole.first_bytes);
	}
	return 0;
}
