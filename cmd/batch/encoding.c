#include "cmd/batch/input_private.h"

/*
 * Bytes that are no UTF-8. Japanese spreadsheets are mostly Shift_JIS (Excel:
 * code page 932): two bytes a letter, of which the second may be ASCII.
 */
static bool is_lead(unsigned char c)
{
	return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
}

static bool is_trail(unsigned char c)
{
	return c >= 0x40 && c <= 0xfc && c != 0x7f;
}

static bool is_half_width(unsigned char c)
{
	return c >= 0xa1 && c <= 0xdf;
}

/*
 * Western letters with accents can look like it, one by one: kana, or a letter
 * of two bytes that are not ASCII, is what tells them apart.
 */
static bool is_shift_jis(struct span bytes)
{
	bool sure = false;

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i], next;

		if (c < 0x80 || is_half_width(c))
			continue;
		if (!is_lead(c) || i + 1 == bytes.len)
			return false;
		next = (unsigned char)bytes.at[++i];
		if (!is_trail(next))
			return false;
		sure = sure || c == 0x82 || c == 0x83 ||
		       (c < 0xa0 && next >= 0x80);
	}
	return sure;
}

const char *encoding_flaw(struct span bytes)
{
	return is_shift_jis(bytes) ? "batch.flaw.shift_jis" :
	       "batch.flaw.encoding";
}
