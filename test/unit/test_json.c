#include "test/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/json.h"

static void reads_members_of_the_right_type(void **state)
{
	struct json *doc;
	struct fault why;
	const struct json *list;

	(void)state;
	assert_true(json_parse(SPAN_LIT("{\"a\": \"x\", \"n\": 12, \"t\": true,"
		"\"l\": [1, 2, 3], \"z\": null}"), &doc, &why));
	assert_string_equal(json_get_str(doc, "a"), "x");
	assert_null(json_get_str(doc, "A"));
	assert_null(json_get_str(doc, "n"));
	assert_int_equal(json_int(json_get(doc, "n"), -1), 12);
	assert_int_equal(json_int(json_get(doc, "a"), -1), -1);
	assert_true(json_true(json_get(doc, "t")));
	assert_false(json_true(json_get(doc, "nothing")));
	assert_true(json_is_null(json_get(doc, "z")));
	list = json_get(doc, "l");
	assert_int_equal(json_count(list), 3);
	assert_int_equal(json_int(json_next(json_first(list)), 0), 2);
	assert_string_equal(json_name(json_first(doc)), "a");
	json_free(doc);
}

static void accepts_nothing_at_all(void **state)
{
	(void)state;
	assert_null(json_get(NULL, "a"));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_is_object(NULL));
	json_free(NULL);
}

static void says_where_it_is_broken(void **state)
{
	static const struct { const char *text, *where; } rows[] = {
		{ "{\n  \"a\": }", "line 2, column 8" },
		{ "{} x", "line 1, column 3" },
		{ "", "line 1, column 1" },
		{ "[1,2", "line 1" },
	};
	struct json *doc;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_false(json_parse(span_of(rows[i].text), &doc, &why));
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		assert_non_null(strstr(why.text, rows[i].where));
	}
}

static void needs_no_terminating_nul(void **state)
{
	char *text = malloc(2);
	struct json *doc;
	struct fault why;

	(void)state;
	assert_non_null(text);
	text[0] = '{';
	text[1] = '}';
	assert_true(json_parse((struct span){ text, 2 }, &doc, &why));
	json_free(doc);
	free(text);
}

static void builds_and_prints(void **state)
{
	struct json *doc = json_object_new();
	struct json *list;
	char *text;

	(void)state;
	json_add_str(doc, "s", "\xE3\x83\x91 \"q\"");
	json_add_str(doc, "none", NULL);
	list = json_add_array(doc, "l");
	json_add_int(list, NULL, -3);
	json_add_bool(json_add_object(list, NULL), "b", false);
	text = json_print(doc, false);
	assert_string_equal(text, "{\"s\":\"\xE3\x83\x91 \\\"q\\\"\","
			    "\"none\":null,\"l\":[-3,{\"b\":false}]}");
	free(text);
	json_free(doc);
}

static int allowed;

static void *scarce(size_t len)
{
	if (allowed-- > 0)
		return malloc(len);
	errno = ENOMEM;
	return NULL;
}

/* Whichever allocation fails, the result is a whole document or none. */
static void prints_nothing_rather_than_half(void **state)
{
	bool whole = false;

	(void)state;
	json_use_allocator(scarce, free);
	for (int n = 0; !whole && n < 100; n++) {
		struct json *doc;
		char *text;

		allowed = n;
		doc = json_object_new();
		json_add_str(doc, "a", "x");
		json_add_int(json_add_array(doc, "l"), NULL, 1);
		text = json_print(doc, false);
		if (text) {
			assert_string_equal(text, "{\"a\":\"x\",\"l\":[1]}");
			whole = true;
		}
		free(text);
		json_free(doc);
	}
	json_use_allocator(malloc, free);
	assert_true(whole);
}

/* Running out of memory is our trouble, not a mistake in the text. */
static void blames_memory_not_the_text(void **state)
{
	bool whole = false;

	(void)state;
	json_use_allocator(scarce, free);
	for (int n = 0; !whole && n < 100; n++) {
		struct json *doc = NULL;
		struct fault why = { .kind = FAULT_NONE };

		allowed = n;
		whole = json_parse(SPAN_LIT("{\"a\":[1,\"x\"]}"), &doc, &why);
		assert_int_equal(why.kind, whole ? FAULT_NONE :
				 FAULT_NO_MEMORY);
		json_free(doc);
	}
	json_use_allocator(malloc, free);
	assert_true(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_members_of_the_right_type),
		cmocka_unit_test(accepts_nothing_at_all),
		cmocka_unit_test(says_where_it_is_broken),
		cmocka_unit_test(needs_no_terminating_nul),
		cmocka_unit_test(builds_and_prints),
		cmocka_unit_test(prints_nothing_rather_than_half),
		cmocka_unit_test(blames_memory_not_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
