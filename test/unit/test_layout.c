#include "test/unit/unit.h"

#include <string.h>

#include "reports/layout.h"

static void counts_columns(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{ "", 0 },
		{ "IMAP", 4 },
		{ "受信サーバー", 12 },
		{ "ﾊﾝｶｸ", 4 },			/* half-width katakana */
		{ "✓ ✗ – …", 7 },		/* ambiguous is narrow */
		{ "e\xcc\x81", 1 },		/* e and a combining acute */
		{ "が", 2 },
		{ "か\xe3\x82\x99", 2 },	/* the same, decomposed */
		{ "a\xff" "b", 3 },		/* no UTF-8 */
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(layout_width(rows[i].text), rows[i].columns);
}

static void pads_and_cuts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t columns;
		const char *padded, *cut;
	} rows[] = {
		{ "login", 8, "login   ", "login" },
		{ "login", 5, "login", "login" },
		{ "login", 4, "logi", "log…" },
		{ "a login", 3, "a l", "a…" },	/* no space before the dots */
		{ "ログイン", 8, "ログイン", "ログイン" },
		{ "ログイン", 5, "ログ ", "ログ…" },
		{ "ログイン", 4, "ログ", "ロ…" },
		{ "login", 0, "", "" },
		{ "login", 1, "l", "…" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char room[80];
		struct buf b = buf_over(room, sizeof(room));
		layout_pad(&b, rows[i].text, rows[i].columns);
		assert_string_equal(room, rows[i].padded);
		b = buf_over(room, sizeof(room));
		layout_cut(&b, rows[i].text, rows[i].columns, "…");
		assert_string_equal(room, rows[i].cut);
	}
}

static void wraps(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t at, indent, width;
		const char *want;
	} rows[] = {
		{ "one two three", 0, 0, 8, "one two\nthree" },
		{ "one two three", 0, 0, 0, "one two three" },
		{ "one two three", 4, 2, 9, "one\n  two\n  three" },
		{ "one\ntwo", 0, 3, 40, "one\n   two" },
		{ "a  b   c", 0, 0, 20, "a  b   c" },
		{ "one   two", 0, 0, 6, "one\ntwo" },	/* no space at an end */
		{ "", 0, 0, 10, "" },
		/* Japanese breaks anywhere but before a full stop. */
		{ "送信サーバー。", 0, 0, 12, "送信サー\nバー。" },
		{ "あいうえお", 0, 2, 6, "あいう\n  えお" },
		/* What people copy stays whole. */
		{ "see https://a.example/b/c-d?e=f now", 0, 0, 12,
		  "see\nhttps://a.example/b/c-d?e=f\nnow" },
		{ "use --insecure-certificate", 0, 0, 24,
		  "use\n--insecure-certificate" },
		{ "imap.example.org.", 9, 0, 20, "\nimap.example.org." },
		{ "詳しくはhttps://a.example/b-cへ", 0, 0, 10,
		  "詳しくは\nhttps://a.example/b-c\nへ" },
		/* A word no line can hold is cut after all. */
		{ "aaaaaaaaaaaa", 0, 1, 6, "aaaaaa\n aaaaa\n a" },
		{ "漢", 0, 0, 1, "漢" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char room[200];
		struct buf b = buf_over(room, sizeof(room));
		layout_wrap(&b, rows[i].text, rows[i].at, rows[i].indent,
			    rows[i].width);
		assert_string_equal(room, rows[i].want);
	}
}

/* Longer than what is looked at in one go: nothing is lost, every line fits. */
static void wraps_long_text(void **state)
{
	(void)state;
	char text[10001], room[16384], squeezed[10001];
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 7 == 6 ? ' ' : (char)('a' + i % 26);
	text[sizeof(text) - 1] = '\0';
	struct buf b = buf_over(room, sizeof(room));
	layout_wrap(&b, text, 0, 0, 60);
	assert_false(b.full);
	size_t n = 0, column = 0;
	for (const char *c = room; *c; c++) {
		column = *c == '\n' ? 0 : column + 1;
		assert_true(column <= 60);
		squeezed[n++] = *c == '\n' ? ' ' : *c;
	}
	squeezed[n] = '\0';
	assert_string_equal(squeezed, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_columns),
		cmocka_unit_test(pads_and_cuts),
		cmocka_unit_test(wraps),
		cmocka_unit_test(wraps_long_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
