#include "test/unit/unit.h"

#include <string.h>

#include "probes/saslprep.h"

static void text_is_prepared(void **state)
{
	static const struct {
		const char *text, *want;	/* NULL: refused */
	} rows[] = {
		/* RFC 4013 section 3 */
		{ "I\xc2\xadX", "IX" },
		{ "user", "user" },
		{ "USER", "USER" },
		{ "\xc2\xaa", "a" },
		{ "\xe2\x85\xa8", "IX" },
		{ "\x07", NULL },
		{ "\xd8\xa7\x31", NULL },
		/* spaces, full width, NFD, right to left, private, broken */
		{ "a\xc2\xa0" "b", "a b" },
		{ "a\xe3\x80\x80" "b", "a b" },
		{ "\xef\xbc\xa1\xef\xbd\x81", "Aa" },
		{ "e\xcc\x81", "\xc3\xa9" },
		{ "\xd8\xa7\x31\xd8\xa7", "\xd8\xa7\x31\xd8\xa7" },
		{ "a\xd8\xa7", NULL },
		{ "\xee\x80\x80", NULL },
		{ "\xef\xbf\xbd", NULL },
		{ "\xff", NULL },
		{ "a\x7f", NULL },
		{ "\xc2\xad", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct secret got = { 0 };
		struct fault why = { 0 };
		bool ok = saslprep(span_of(rows[i].text), &got, &why);

		assert_int_equal(ok, rows[i].want != NULL);
		if (ok) {
			assert_int_equal(got.len, strlen(rows[i].want));
			assert_memory_equal(got.bytes, rows[i].want, got.len);
		} else {
			assert_int_equal(why.kind, FAULT_BAD_SECRET);
		}
		secret_release(&got);
	}
}

static void nul_is_prohibited(void **state)
{
	struct secret got = { 0 };
	struct fault why = { 0 };

	(void)state;
	assert_false(saslprep((struct span){ "a\0b", 3 }, &got, &why));
	assert_int_equal(why.kind, FAULT_BAD_SECRET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_prepared),
		cmocka_unit_test(nul_is_prohibited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
