#include "probes/base/text.h"
#include "test/fuzz/fuzz.h"

/* Whatever a peer sends, a terminal may be shown the result. */
static void check(struct span peer, bool keep_lines, size_t cap)
{
	char *room = malloc(cap);
	struct buf out = buf_over(room, cap);

	HOLDS(room != NULL);
	text_printable(&out, peer, keep_lines);
	HOLDS(out.len < cap);
	HOLDS(room[out.len] == 0);
	HOLDS(text_is_utf8(buf_span(&out)));
	for (size_t i = 0; i < out.len; i++) {
		unsigned char c = (unsigned char)room[i];

		HOLDS(c >= 0x20 || (keep_lines && c == '\n'));
		HOLDS(c != 0x7f);
		/* C1 controls, in UTF-8 */
		HOLDS(c != 0xc2 || (unsigned char)room[i + 1] >= 0xa0);
	}
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span peer = fuzz_span(data, size);

	check(peer, false, 4 * size + 1);
	check(peer, true, 4 * size + 1);
	check(peer, false, 1 + size / 3);
	return 0;
}
