#include "probes/base/text.h"

#include <stdint.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

bool text_same(const char *a, const char *b)
{
	return span_is(span_of(a), b);
}

bool text_starts(const char *text, const char *start)
{
	while (*start && ascii_lower(*text) == ascii_lower(*start)) {
		text++;
		start++;
	}
	return *start == '\0';
}

bool text_ends(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len >= tail && text_same(text + len - tail, end);
}

bool text_is_one_line(const char *value, size_t most)
{
	if (!*value || strlen(value) > most)
		return false;
	for (; *value; value++)
		if ((unsigned char)*value < ' ' || *value == 0x7f)
			return false;
	return true;
}

/*
 * Cc: controls and terminal escapes; Cf: bidi controls and other invisible
 * format characters; Cs, Co, Cn: surrogates, private use, unassigned; line
 * and paragraph separators would break our own layout.
 */
static bool is_printable(ucs4_t c)
{
	return !uc_is_general_category_withtable(c,
		UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
		UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co |
		UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl |
		UC_CATEGORY_MASK_Zp);
}

/* One character at a time whole, or not at all: a cut never leaves half. */
static void add_whole(struct buf *out, struct span s)
{
	if (out->full || s.len > out->cap - 1 - out->len)
		out->full = true;
	else
		buf_add(out, s);
}

static void add_escaped(struct buf *out, unsigned char byte)
{
	static const char digit[] = "0123456789ABCDEF";
	char text[4] = { '\\', 'x', digit[byte >> 4], digit[byte & 15] };

	add_whole(out, (struct span){ text, sizeof(text) });
}

/* How many bytes at the front belong together, and whether they may show. */
static size_t next_character(struct span s, bool *ret_show)
{
	ucs4_t c;
	int n = u8_mbtoucr(&c, (const uint8_t *)s.at, s.len);

	*ret_show = n > 0 && is_printable(c);
	return n > 0 ? (size_t)n : 1;
}

/* What the most of it is. */
static size_t plain_run(struct span s)
{
	size_t len = 0;

	while (len < s.len && s.at[len] >= ' ' && s.at[len] <= '~')
		len++;
	return len;
}

static size_t printable_step(struct buf *out, struct span peer,
			     bool keep_lines)
{
	bool show;
	size_t n = next_character(peer, &show);

	if (keep_lines && span_starts(peer, "\r\n"))
		return 1;		/* the CR goes, the LF stays */
	if (keep_lines && peer.at[0] == '\n')
		add_whole(out, SPAN_LIT("\n"));
	else if (peer.at[0] == '\t')
		add_whole(out, SPAN_LIT(" "));
	else if (show)
		add_whole(out, span_head(peer, n));
	else
		for (size_t i = 0; i < n; i++)
			add_escaped(out, (unsigned char)peer.at[i]);
	return n;
}

void text_printable(struct buf *out, struct span peer, bool keep_lines)
{
	while (peer.len > 0 && !out->full) {
		size_t n = plain_run(peer);

		if (n > 0)
			buf_add(out, span_head(peer, n));
		else
			n = printable_step(out, peer, keep_lines);
		peer = span_from(peer, n);
	}
}

size_t text_utf8_length(struct span s)
{
	const uint8_t *bad = s.len == 0 ? NULL :
			     u8_check((const uint8_t *)s.at, s.len);

	return bad ? (size_t)((const char *)bad - s.at) : s.len;
}

bool text_is_utf8(struct span s)
{
	return text_utf8_length(s) == s.len;
}

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_encode(struct buf *out, struct span raw)
{
	if ((raw.len + 2) / 3 * 4 > out->cap - 1 - out->len) {
		out->full = true;
		return false;
	}
	for (size_t i = 0; i < raw.len; i += 3) {
		size_t left = raw.len - i;
		const unsigned char *p = (const unsigned char *)raw.at + i;
		uint32_t bits = (uint32_t)p[0] << 16 |
				(left > 1 ? (uint32_t)p[1] << 8 : 0) |
				(left > 2 ? (uint32_t)p[2] : 0);
		char four[4] = {
			base64_digits[bits >> 18],
			base64_digits[bits >> 12 & 63],
			left > 1 ? base64_digits[bits >> 6 & 63] : '=',
			left > 2 ? base64_digits[bits & 63] : '=',
		};

		buf_add(out, (struct span){ four, 4 });
	}
	return true;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct span text, char *to, size_t cap, size_t *ret_len)
{
	size_t pad = 0, len = 0;

	if (text.len % 4 != 0)
		return false;
	while (pad < 2 && pad < text.len && text.at[text.len - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t bytes = i + 4 == text.len ? 3 - pad : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 4; k++) {
			int v = k > bytes ? 0 : base64_value(text.at[i + k]);

			if (v < 0)
				return false;
			bits = bits << 6 | (uint32_t)v;
		}
		if (len + bytes > cap)
			return false;
		for (size_t k = 0; k < bytes; k++)
			to[len++] = (char)(bits >> (16 - 8 * k) & 0xff);
	}
	*ret_len = len;
	return true;
}

void hex_encode(struct buf *out, struct span raw)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char byte = (unsigned char)raw.at[i];

		buf_char(out, digit[byte >> 4]);
		buf_char(out, digit[byte & 15]);
	}
}
