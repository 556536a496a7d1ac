#include <string.h>

#include "reports/expect.h"
#include "reports/text.h"
#include "test/fuzz/fuzz.h"

/*
 * Expectations in a line, of any bytes: what is wrong has its text, and what
 * was taken is judged within the room of a row.
 */
static void judged(const struct expect *e)
{
	const struct diagnosis nothing = { .verdict = CAUSE_WORKS };
	const struct report_input in = { .diagnosis = &nothing };
	struct outcome_expectation row[EXPECTATIONS_MAX];
	size_t n = expect_judge(e, &in, row);

	HOLDS(n <= EXPECTATIONS_MAX);
	HOLDS((n == 0) == expect_is_empty(e));
	for (size_t i = 0; i < n; i++) {
		HOLDS(row[i].id[0] && row[i].wanted[0] && row[i].got[0]);
		HOLDS(memchr(row[i].wanted, '\0', sizeof(row[i].wanted)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct expect e = EXPECT_NOTHING, all = EXPECT_NOTHING;
	struct expect_slip slip = { .text = NULL };
	char text[1024];

	span_copy(fuzz_span(data, size), text, sizeof(text));
	if (!expect_parse(text, &e, &slip)) {
		HOLDS(slip.text && text_known(LANG_EN, slip.text));
		return 0;
	}
	HOLDS(!slip.text);
	judged(&e);
	expect_over(&e, &all);
	HOLDS(expect_is_empty(&all) == expect_is_empty(&e));
	return 0;
}
