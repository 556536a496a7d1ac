#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/text.h"

static const char *shown(const char *peer, size_t len, bool keep_lines)
{
	static char room[256];
	struct buf b = buf_over(room, sizeof(room));

	text_printable(&b, (struct span){ peer, len }, keep_lines);
	return room;
}

#define SHOWN(lit) shown(lit, sizeof(lit) - 1, false)

static void shows_only_what_is_harmless(void **state)
{
	(void)state;
	assert_string_equal(SHOWN("NO \xE3\x83\x91\xE3\x82\xB9"),
			    "NO \xE3\x83\x91\xE3\x82\xB9");
	assert_string_equal(SHOWN("a\tb"), "a b");
	assert_string_equal(SHOWN("\x1b[31mred"), "\\x1B[31mred");
	assert_string_equal(SHOWN("a\0b"), "a\\x00b");
	assert_string_equal(SHOWN("a\r\nb"), "a\\x0D\\x0Ab");
	/* U+202E, right-to-left override */
	assert_string_equal(SHOWN("\xE2\x80\xAEx"), "\\xE2\\x80\\xAEx");
	/* U+009B, C1 control sequence introducer */
	assert_string_equal(SHOWN("\xC2\x9Bx"), "\\xC2\\x9Bx");
	/* GBK, as Coremail sends it: no UTF-8 */
	assert_string_equal(SHOWN("\xC4\xE3x"), "\\xC4\\xE3x");
	/* an overlong slash and a surrogate */
	assert_string_equal(SHOWN("\xC0\xAF"), "\\xC0\\xAF");
	assert_string_equal(SHOWN("\xED\xA0\x80"), "\\xED\\xA0\\x80");
}

static void keeps_lines_when_asked(void **state)
{
	(void)state;
	assert_string_equal(shown("250-a\r\n250 b\r\n", 14, true),
			    "250-a\n250 b\n");
	assert_string_equal(shown("a\rb", 3, true), "a\\x0Db");
}

static void never_cuts_a_character(void **state)
{
	char room[5];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	text_printable(&b, SPAN_LIT("ab\xE3\x83\x91"), false);
	assert_string_equal(room, "ab");
	assert_true(b.full);
}

static void knows_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8(SPAN_LIT("\xE3\x83\x91")));
	assert_true(text_is_utf8(span_of(NULL)));
	assert_false(text_is_utf8(SPAN_LIT("\xE3\x83")));
	assert_false(text_is_utf8(SPAN_LIT("\xFF")));
}

/* RFC 4648 section 10 */
static const struct { const char *raw, *text; } vectors[] = {
	{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

static void encodes_and_decodes_base64(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		char room[16], raw[16];
		struct buf b = buf_over(room, sizeof(room));
		size_t len;

		assert_true(base64_encode(&b, span_of(vectors[i].raw)));
		assert_string_equal(room, vectors[i].text);
		assert_true(base64_decode(span_of(vectors[i].text), raw,
					  sizeof(raw), &len));
		assert_int_equal(len, strlen(vectors[i].raw));
		assert_memory_equal(raw, vectors[i].raw, len);
	}
}

static void refuses_bad_base64(void **state)
{
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Z g=", "Zg==\n",
		"Zm9\xFF", "=Zm9",
	};
	char raw[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(base64_decode(span_of(bad[i]), raw, sizeof(raw),
					   &len));
	assert_false(base64_decode(SPAN_LIT("Zm9vYmFy"), raw, 5, &len));
	assert_true(base64_decode(SPAN_LIT("Zm9vYmFy"), raw, 6, &len));
}

static void base64_says_when_it_does_not_fit(void **state)
{
	char room[8];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	assert_false(base64_encode(&b, SPAN_LIT("foob")));
	assert_true(b.full);
	assert_string_equal(room, "");
}

static void hex(void **state)
{
	char room[8];
	struct buf b = buf_over(room, sizeof(room));

	(void)state;
	hex_encode(&b, SPAN_LIT("\x00\xAB\x7f"));
	assert_string_equal(room, "00ab7f");
}

static void compares_text(void **state)
{
	(void)state;
	assert_true(text_same("IMAP.Example", "imap.example"));
	assert_false(text_same("imap", "imaps"));
	assert_true(text_ends("a.Mail.yahoo.co.jp", ".yahoo.co.jp"));
	assert_false(text_ends("jp", ".co.jp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_only_what_is_harmless),
		cmocka_unit_test(keeps_lines_when_asked),
		cmocka_unit_test(never_cuts_a_character),
		cmocka_unit_test(knows_utf8),
		cmocka_unit_test(encodes_and_decodes_base64),
		cmocka_unit_test(refuses_bad_base64),
		cmocka_unit_test(base64_says_when_it_does_not_fit),
		cmocka_unit_test(hex),
		cmocka_unit_test(compares_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
