#include <string.h>

#include "probes/base/text.h"
#include "reports/layout.h"
#include "test/fuzz/fuzz.h"

/* Any printable text, at any width: cut to fit, and never wider than told. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char shown[4096], room[32768];
	struct buf clean = buf_over(shown, sizeof(shown));
	struct buf out = buf_over(room, sizeof(room));
	size_t columns;

	if (size == 0 || size > 800)
		return 0;
	columns = 40 + data[0] % 80;
	text_printable(&clean, fuzz_span(data + 1, size - 1), true);
	layout_wrap(&out, shown, 0, data[0] % 20, columns);
	HOLDS(text_is_utf8(buf_span(&out)));

	out = buf_over(room, sizeof(room));
	clean = buf_over(shown, sizeof(shown));
	text_printable(&clean, fuzz_span(data + 1, size - 1), false);
	layout_cut(&out, shown, columns, "...");
	HOLDS(layout_width(room) <= columns);
	out = buf_over(room, sizeof(room));
	layout_pad(&out, shown, columns);
	HOLDS(layout_width(room) == columns);
	return 0;
}
