#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/page.h"

static void grows_as_needed(void **state)
{
	(void)state;
	struct page p;
	char line[101];
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	page_open(&p);
	for (size_t i = 0; i < 1000; i++)
		buf_fmt(page_room(&p, 200), "%03zu%s\n", i, line);
	char *text = page_close(&p);
	assert_non_null(text);
	assert_int_equal(strlen(text), 1000 * 104);
	for (size_t i = 0; i < 1000; i++) {
		char number[8];
		snprintf(number, sizeof(number), "%03zu", i);
		assert_memory_equal(text + i * 104, number, 3);
		assert_int_equal(text[i * 104 + 103], '\n');
	}
	free(text);
}

/* One piece that was too long is cut; those after it are whole. */
static void recovers_from_a_cut(void **state)
{
	(void)state;
	struct page p;
	page_open(&p);
	struct buf *b = page_room(&p, 10);
	while (!b->full)
		buf_str(b, "0123456789");
	buf_str(page_room(&p, 3), "end");
	char *text = page_close(&p);
	assert_non_null(text);
	assert_string_equal(text + strlen(text) - 3, "end");
	free(text);
}

static void may_stay_empty(void **state)
{
	(void)state;
	struct page p;
	page_open(&p);
	char *text = page_close(&p);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_as_needed),
		cmocka_unit_test(recovers_from_a_cut),
		cmocka_unit_test(may_stay_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
