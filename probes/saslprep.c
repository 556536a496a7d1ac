#include "probes/saslprep.h"

#include <string.h>

#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct range {
	ucs4_t first, last;
};

/* RFC 3454 C.1.2: other spaces become U+0020 (RFC 4013 section 2.1) */
static const struct range spaces[] = {
	{ 0x00A0, 0x00A0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200B },
	{ 0x202F, 0x202F }, { 0x205F, 0x205F }, { 0x3000, 0x3000 },
};

/* RFC 3454 B.1: mapped to nothing */
static const struct range nothing[] = {
	{ 0x00AD, 0x00AD }, { 0x034F, 0x034F }, { 0x1806, 0x1806 },
	{ 0x180B, 0x180D }, { 0x200C, 0x200D }, { 0x2060, 0x2060 },
	{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
};

/* RFC 3454 C.1.2, C.2.1, C.2.2, C.3 to C.9 (RFC 4013 section 2.3) */
static const struct range prohibited[] = {
	{ 0x0000, 0x001F }, { 0x007F, 0x00A0 }, { 0x0340, 0x0341 },
	{ 0x06DD, 0x06DD }, { 0x070F, 0x070F }, { 0x1680, 0x1680 },
	{ 0x180E, 0x180E }, { 0x2000, 0x200F }, { 0x2028, 0x202F },
	{ 0x205F, 0x2063 }, { 0x206A, 0x206F }, { 0x2FF0, 0x2FFB },
	{ 0x3000, 0x3000 }, { 0xD800, 0xF8FF }, { 0xFDD0, 0xFDEF },
	{ 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFD }, { 0x1D173, 0x1D17A },
	{ 0xE0001, 0xE0001 }, { 0xE0020, 0xE007F }, { 0xF0000, 0x10FFFF },
};

static bool among(ucs4_t c, const struct range *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= table[i].first && c <= table[i].last)
			return true;
	return false;
}

/* C.4: the last two of every plane are no characters */
static bool is_prohibited(ucs4_t c)
{
	return (c & 0xFFFE) == 0xFFFE ||
	       among(c, prohibited, ARRAY_SIZE(prohibited));
}

static bool is_right_to_left(ucs4_t c)
{
	int class = uc_bidi_class(c);

	return class == UC_BIDI_R || class == UC_BIDI_AL;
}

/* RFC 3454 section 6 */
static bool bidi_holds(const uint32_t *text, size_t n)
{
	bool right = false, left = false;

	for (size_t i = 0; i < n; i++) {
		right = right || is_right_to_left(text[i]);
		left = left || uc_bidi_class(text[i]) == UC_BIDI_L;
	}
	return !right || (!left && is_right_to_left(text[0]) &&
			  is_right_to_left(text[n - 1]));
}

/* Step 1, map; in place, returns the new length. */
static size_t map(uint32_t *text, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (among(text[i], nothing, ARRAY_SIZE(nothing)))
			continue;
		text[kept++] = among(text[i], spaces, ARRAY_SIZE(spaces)) ?
			       ' ' : text[i];
	}
	return kept;
}

static bool is_printable_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < ' ' || s.at[i] > '~')
			return false;
	return true;
}

static bool add_char(struct secret *out, ucs4_t c)
{
	uint8_t bytes[6];
	int n = u8_uctomb(bytes, c, sizeof(bytes));

	return n > 0 && secret_add(out, (struct span){ (const char *)bytes,
						       (size_t)n });
}

/* Steps 2 to 4 on mapped text: normalise, check, encode. */
static bool finish(const uint32_t *text, size_t n, struct secret *ret,
		   struct fault *why)
{
	size_t len = 0;
	uint32_t *normal = u32_normalize(UNINORM_NFKC, text, n, NULL, &len);
	bool ok = true;

	if (!normal)
		return fail(why, FAULT_NO_MEMORY, "no memory for SASLprep");
	for (size_t i = 0; ok && i < len; i++)
		if (is_prohibited(normal[i]))
			ok = fail(why, FAULT_BAD_SECRET, "a character that "
				  "RFC 4013 prohibits");
	if (ok && len > 0 && !bidi_holds(normal, len))
		ok = fail(why, FAULT_BAD_SECRET, "text of both directions "
			  "(RFC 3454 section 6)");
	if (ok && !secret_init(ret, len * 4 + 1))
		ok = fail(why, FAULT_NO_MEMORY, "no memory for SASLprep");
	else if (ok)
		for (size_t i = 0; i < len; i++)
			add_char(ret, normal[i]);
	wipe(normal, len * sizeof(*normal));
	free(normal);
	return ok;
}

static bool prepare(struct span text, struct secret *ret, struct fault *why)
{
	struct secret wide;		/* UTF-32 in memory that is wiped */
	uint32_t *chars;
	size_t n = text.len;
	bool ok;

	if (!secret_init(&wide, text.len * sizeof(uint32_t)))
		return fail(why, FAULT_NO_MEMORY, "no memory for SASLprep");
	chars = (uint32_t *)(void *)wide.bytes;
	if (u8_check((const uint8_t *)text.at, text.len) ||
	    !u8_to_u32((const uint8_t *)text.at, text.len, chars, &n))
		ok = fail(why, FAULT_BAD_SECRET, "not UTF-8");
	else
		ok = finish(chars, map(chars, n), ret, why);
	secret_release(&wide);
	return ok;
}

bool saslprep(struct span text, struct secret *ret, struct fault *why)
{
	if (!is_printable_ascii(text))
		return prepare(text, ret, why);
	/* the usual case: nothing to prepare, no tables to load */
	if (!secret_init(ret, text.len + 1))
		return fail(why, FAULT_NO_MEMORY, "no memory for SASLprep");
	secret_add(ret, text);
	return true;
}
