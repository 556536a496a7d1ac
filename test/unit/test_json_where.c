#include "test/unit/unit.h"

#include "probes/base/json.h"
#include "probes/base/json_where.h"

static const char text[] =
	"\n"
	"{ \"a\": 1,\n"				/* 2 */
	"  \"b\": [ \"x, ]\",\n"		/* 3 */
	"    { \"c\": \"\\\"}\",\n"		/* 4 */
	"      \"d\": {} },\n"			/* 5 */
	"    [], [[1], {\"e\":\n"		/* 6 */
	"      [ 2 ]}]\n"			/* 7 */
	"  ],\n"
	"  \"a.b\": { \"b\": 3 },\n"		/* 9 */
	"  \"last\": null }\n";			/* 10 */

static void lines(void **state)
{
	static const struct {
		const char *path;
		size_t line;
	} rows[] = {
		{ "", 2 }, { "a", 2 }, { "b", 3 }, { "b[0]", 3 },
		{ "b[1]", 4 }, { "b[1].c", 4 }, { "b[1].d", 5 },
		{ "b[2]", 6 }, { "b[3]", 6 }, { "b[3][1].e", 6 },
		{ "b[3][1].e[0]", 7 }, { "last", 10 },
		/* not there: as far as it goes */
		{ "nobody", 2 }, { "b[9]", 3 }, { "b[1].x.y", 4 },
		{ "b[1].d.x", 5 }, { "b[2][0]", 6 }, { "last.x", 10 },
		{ "a[0]", 2 }, { "b[0].x", 3 }, { "b[", 3 }, { "b[x]", 3 },
		{ ".", 2 }, { "[0]", 2 },
	};
	struct json *doc = NULL;
	struct fault why;

	(void)state;
	assert_true(json_parse(span_of(text), &doc, &why));
	json_free(doc);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t line = json_line_of(span_of(text), rows[i].path);

		if (line != rows[i].line)
			print_error("%s: %zu\n", rows[i].path, line);
		assert_int_equal(line, rows[i].line);
	}
}

/* Whatever the text is, the walk ends. */
static void broken_texts_end(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(text); len++)
		json_line_of((struct span){ text, len }, "b[3][1].e[0]");
	assert_int_equal(json_line_of(span_of("]\n}"), "a"), 1);
	assert_int_equal(json_line_of(span_of("{\"a\""), "a"), 1);
	assert_int_equal(json_line_of(span_of(""), "a"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(broken_texts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
