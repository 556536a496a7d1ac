#include "cmd/hygiene.h"

#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "probes/base/text.h"

static const char *const names[] = {
#define X(id, name) [id] = name,
	HYGIENES(X)
#undef X
};
_Static_assert(sizeof(names) / sizeof(names[0]) == HYGIENE_COUNT,
	       "every note has a name");

const char *hygiene_name(enum hygiene_id id)
{
	return names[id];
}

/* ---- single characters ---- */

static bool is_no_break_space(ucs4_t c)
{
	return c == 0xa0 || c == 0x202f || c == 0x2007;
}

static bool is_wide_space(ucs4_t c)
{
	return uc_is_property_white_space(c) && c > 0x7f;
}

/* Zero width, soft hyphen, bidi controls: format characters (category Cf). */
static bool is_invisible(ucs4_t c)
{
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cf) &&
	       c != 0xfeff;
}

/* The full-width forms of ASCII and the ideographic space. */
static bool is_full_width(ucs4_t c)
{
	return (c >= 0xff01 && c <= 0xff5e) || c == 0x3000;
}

/* What word processors and phones make of ' " -- and ... */
static bool is_smart(ucs4_t c)
{
	return (c >= 0x2018 && c <= 0x201f) || c == 0x2013 || c == 0x2014 ||
	       c == 0x2026 || c == 0xab || c == 0xbb;
}

/* One that is ASCII at heart: a letter of mathematics, a circled digit. */
static bool is_disguised(ucs4_t c)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
	int tag, n = c > 0x7f ? uc_decomposition(c, &tag, parts) : 0;

	for (int i = 0; i < n; i++)
		if (parts[i] <= ' ' || parts[i] > 0x7e)
			return false;
	return n > 0;
}

static enum hygiene_id kind_of(ucs4_t c)
{
	if (c == '\r')
		return HYGIENE_CR;
	if (c == 0xfeff)
		return HYGIENE_BOM;
	if (c < ' ' || (c >= 0x7f && c < 0xa0))
		return HYGIENE_CONTROL;
	if (is_no_break_space(c))
		return HYGIENE_NBSP;
	if (is_full_width(c))
		return HYGIENE_FULL_WIDTH;
	if (is_wide_space(c) || is_invisible(c))
		return HYGIENE_INVISIBLE;
	if (is_smart(c))
		return HYGIENE_SMART;
	if (is_disguised(c))
		return HYGIENE_LOOK_ALIKE;
	/* NFC would have joined it to the letter before (macOS file names) */
	if (uc_combining_class(c) != UC_CCC_NR)
		return HYGIENE_NFD;
	return HYGIENE_COUNT;
}

/* ---- the whole ---- */

struct tally {
	size_t letters, upper, lower;	/* ASCII */
	bool first_letter_lower;
	bool other_script;		/* Cyrillic or Greek letters */
	size_t misfits;			/* not of the provider's alphabet */
	struct secret_look look;
};

static bool of_alphabet(const char *alphabet, ucs4_t c)
{
	char a = c < 0x80 ? (char)c : '\0';
	bool lower = a >= 'a' && a <= 'z', upper = a >= 'A' && a <= 'Z';

	if (!alphabet)
		return true;
	if (strcmp(alphabet, "lower") == 0)
		return lower;
	if (strcmp(alphabet, "upper") == 0)
		return upper;
	if (strcmp(alphabet, "letters") == 0)
		return lower || upper;
	if (strcmp(alphabet, "digits") == 0)
		return ascii_is_digit(a);
	if (strcmp(alphabet, "lower_digits") == 0)
		return lower || ascii_is_digit(a);
	if (strcmp(alphabet, "alnum") == 0)
		return ascii_is_alnum(a);
	return a > ' ' && a < 0x7f;	/* "ascii" */
}

static bool is_separator(const struct provider *p, ucs4_t c)
{
	if (!p || !p->secret_separators || !*p->secret_separators)
		return false;
	/* what is shown as a space is pasted as any kind of space */
	if (strchr(p->secret_separators, ' ') && uc_is_property_white_space(c))
		return true;
	return c < 0x80 && c > 0 && strchr(p->secret_separators, (int)c);
}

static bool is_confusable_script(ucs4_t c)
{
	const uc_script_t *script = c > 0x7f ? uc_script(c) : NULL;

	return script && (strcmp(script->name, "Cyrillic") == 0 ||
			  strcmp(script->name, "Greek") == 0);
}

static enum secret_class class_of(ucs4_t c)
{
	if (c >= 'a' && c <= 'z')
		return CLASS_LOWER;
	if (c >= 'A' && c <= 'Z')
		return CLASS_UPPER;
	if (c >= '0' && c <= '9')
		return CLASS_DIGITS;
	return c >= ' ' && c < 0x7f ? CLASS_SIGNS : CLASS_OTHER;
}

static void count(struct tally *t, const struct provider *p, ucs4_t c)
{
	bool lower = c >= 'a' && c <= 'z', upper = c >= 'A' && c <= 'Z';

	if (t->letters == 0 && lower)
		t->first_letter_lower = true;
	t->letters += lower || upper;
	t->lower += lower;
	t->upper += upper;
	t->other_script = t->other_script || is_confusable_script(c);
	if (is_separator(p, c))
		return;
	t->look.characters++;
	t->look.has[class_of(c)] = true;
	if (p && !of_alphabet(p->secret_alphabet, c))
		t->misfits++;
}

static void look_at_each(struct span secret, const struct provider *p,
			 struct hygiene *ret, struct tally *t)
{
	const uint8_t *at = (const uint8_t *)secret.at;
	size_t left = secret.len;

	while (left > 0) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, at, left);
		enum hygiene_id kind;

		if (n <= 0) {
			ret->found[HYGIENE_NOT_UTF8] = true;
			c = 0xfffd;
			n = 1;
		}
		kind = kind_of(c);
		if (kind != HYGIENE_COUNT)
			ret->found[kind] = true;
		count(t, p, c);
		at += n;
		left -= (size_t)n;
	}
}

static void look_at_spaces(struct span secret, struct hygiene *ret)
{
	struct span inner = secret;

	if (secret.at[0] == ' ' || secret.at[0] == '\t')
		ret->found[HYGIENE_LEADING] = true;
	if (secret.at[secret.len - 1] == ' ' ||
	    secret.at[secret.len - 1] == '\t')
		ret->found[HYGIENE_TRAILING] = true;
	inner = span_trim(inner);
	ret->found[HYGIENE_INNER] = memchr(inner.at, ' ', inner.len) != NULL;
}

/*
 * "pASSWORD": the shift key under caps lock. All upper case is as common in
 * passwords made by machines, so it only counts where lower case is the rule.
 */
static bool is_caps_lock(const struct tally *t, const struct provider *p)
{
	if (t->first_letter_lower && t->lower == 1 && t->upper >= 3)
		return true;
	return p && p->secret_alphabet && t->letters >= 6 && t->lower == 0 &&
	       (strcmp(p->secret_alphabet, "lower") == 0 ||
		strcmp(p->secret_alphabet, "lower_digits") == 0);
}

/*
 * What the provider made has its shape; what its owner chose may have any.
 * Without two-step verification SECRET_APP_PASSWORD_2FA is the owner's.
 */
static bool is_of_provider(enum secret_kind kind)
{
	return kind == SECRET_APP_PASSWORD || kind == SECRET_SEPARATE ||
	       kind == SECRET_API_KEY;
}

/*
 * A secret made of many kinds of characters hardly ever comes out without
 * capitals, small letters or digits; one that people make up often does.
 */
static bool is_mixed(const struct tally *t, const struct provider *p)
{
	bool many = p->secret_alphabet &&
		    (strcmp(p->secret_alphabet, "alnum") == 0 ||
		     strcmp(p->secret_alphabet, "ascii") == 0);

	return !many || (t->look.has[CLASS_LOWER] &&
			 t->look.has[CLASS_UPPER] &&
			 t->look.has[CLASS_DIGITS]);
}

static void compare_kind(const struct tally *t, const struct provider *p,
			 struct hygiene *ret)
{
	bool length, alphabet;

	if (!p || !is_of_provider(p->secret) ||
	    (p->secret_min == 0 && !p->secret_alphabet))
		return;
	length = (p->secret_min == 0 || t->look.characters >= p->secret_min) &&
		 (p->secret_max == 0 || t->look.characters <= p->secret_max);
	alphabet = t->misfits == 0;
	ret->found[HYGIENE_LENGTH] = !length;
	ret->found[HYGIENE_ALPHABET] = !alphabet;
	ret->found[HYGIENE_NOT_MIXED] = !is_mixed(t, p);
	ret->like_kind = length && alphabet && is_mixed(t, p);
	ret->unlike_kind = !(length && alphabet) && p->secret_sure;
}

void hygiene_of(struct span secret, bool is_token, const struct provider *p,
		struct hygiene *ret)
{
	struct tally t = { .letters = 0 };

	memset(ret, 0, sizeof(*ret));
	if (secret.len == 0)
		return;
	if (is_token)
		p = NULL;
	look_at_each(secret, p, ret, &t);
	look_at_spaces(secret, ret);
	if (t.other_script && t.letters > 0)
		ret->found[HYGIENE_LOOK_ALIKE] = true;
	if (is_token)
		return;
	ret->look = t.look;
	ret->found[HYGIENE_CAPS] = is_caps_lock(&t, p);
	compare_kind(&t, p, ret);
}

bool hygiene_is_note(enum hygiene_id id)
{
	return id != HYGIENE_LENGTH && id != HYGIENE_ALPHABET &&
	       id != HYGIENE_NOT_MIXED;
}

void hygiene_tell(const struct hygiene *h, struct expectation *known)
{
	known->secret_like_kind = h->like_kind;
	known->secret_unlike_kind = h->unlike_kind;
	known->secret_suspicious = false;
	known->secret_notes = 0;
	known->secret_odd = false;
	known->secret_look = h->look;
	for (size_t i = 0; i < HYGIENE_COUNT; i++) {
		if (!h->found[i])
			continue;
		if (i < HYGIENE_SUSPICIOUS_END)
			known->secret_suspicious = true;
		if (!hygiene_is_note((enum hygiene_id)i))
			known->secret_odd = true;
		else if (known->secret_notes < SECRET_NOTES_MAX)
			known->secret_note[known->secret_notes++] = names[i];
	}
}
