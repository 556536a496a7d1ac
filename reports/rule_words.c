#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>
#include <unictype.h>

#include "probes/base/text.h"
#include "reports/rule_private.h"

/*
 * Texts in the one form that rules compare: folded, NFKC, letters and digits
 * only, one space between. Punctuation is no difference between two servers.
 */

#define NEAR_BYTES 64			/* how far "~" and ".." reach */
#define FIRST_CJK 0x1100		/* Hangul Jamo; CJK starts at 2E80 */

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] >= 0x80)
			return false;
	return true;
}

static bool is_apostrophe(ucs4_t c)
{
	return c == '\'' || c == 0x2018 || c == 0x2019 || c == 0x02BC;
}

/*
 * Servers that speak ASCII only leave the accents out ("desactive"): they are
 * no difference. Marks of CJK and Hangul are: they stay.
 */
static ucs4_t base_letter(ucs4_t c)
{
	ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];

	while (c >= 0x80 && c < FIRST_CJK &&
	       uc_canonical_decomposition(c, parts) > 0)
		c = parts[0];
	return c == 0x0142 ? 'l' : c;	/* a stroke is no mark to Unicode */
}

static bool is_accent(ucs4_t c)
{
	return c >= 0x0300 && c <= 0x036F;
}

/*
 * "l'accès", "dell'utente": the article is a word of its own. What is left out
 * of an English word joins ("don't").
 */
static bool is_elided(const struct normal *n)
{
	static const char *const articles[] = {
		" l", " d", " n", " s", " j", " c", " m", " t", " qu", " un",
		" all", " dall", " dell", " nell", " sull",
	};

	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++) {
		size_t len = strlen(articles[i]);

		if (n->len >= len &&
		    memcmp(n->text + n->len - len, articles[i], len) == 0)
			return true;
	}
	return false;
}

static void normal_char(struct normal *n, ucs4_t c)
{
	uint8_t bytes[6];
	bool keep = c < 0x80 ? ascii_is_alnum((char)c)
			     : uc_is_alnum(c) || uc_combining_class(c) != 0;
	int len;

	if (is_accent(c) || (is_apostrophe(c) && !is_elided(n)))
		return;
	c = base_letter(c);
	if (!keep) {
		if (n->text[n->len - 1] == ' ')
			return;
		c = ' ';
	}
	len = u8_uctomb(bytes, c, sizeof(bytes));
	if (len < 1 || n->len + (size_t)len + 2 > NORMAL_CAP)
		return;
	for (int i = 0; i < len; i++)
		n->text[n->len++] = ascii_lower((char)bytes[i]);
}

static void normal_add(struct normal *n, struct span s)
{
	const uint8_t *at = (const uint8_t *)s.at, *end = at + s.len;

	while (at < end) {
		ucs4_t c;
		int len;

		/* most of every text, and all of most lists */
		if (ascii_is_alnum((char)*at) && n->len + 3 < NORMAL_CAP) {
			n->text[n->len++] = ascii_lower((char)*at++);
			continue;
		}
		len = u8_mbtouc(&c, at, (size_t)(end - at));
		if (len < 1)
			break;
		normal_char(n, c);
		at += len;
	}
}

static void normal_begin(struct normal *n)
{
	n->text[0] = ' ';
	n->len = 1;
}

static void normal_end(struct normal *n)
{
	if (n->text[n->len - 1] != ' ')
		n->text[n->len++] = ' ';
	n->text[n->len] = '\0';
}

/* Without memory or on odd bytes the text stays as it is, ASCII folded. */
static void normal_fold(struct normal *n, struct span s)
{
	uint8_t room[NORMAL_CAP];
	size_t len = sizeof(room);
	uint8_t *folded;

	if (is_ascii(s) || !text_is_utf8(s)) {
		normal_add(n, s);
		return;
	}
	folded = u8_casefold((const uint8_t *)s.at, s.len, NULL, UNINORM_NFKC,
			     room, &len);
	if (!folded) {
		normal_add(n, s);
		return;
	}
	normal_add(n, (struct span){ (const char *)folded, len });
	if (folded != room)
		free(folded);
}

void normal_of(struct span utf8, struct normal *ret)
{
	normal_begin(ret);
	normal_fold(ret, utf8);
	normal_end(ret);
}

/* ---- finding ---- */

static bool begins_word(const struct word *w, const char *text, const char *at)
{
	unsigned char before = at > text ? (unsigned char)at[-1] : ' ';
	bool ascii = (unsigned char)w->text[0] < 0x80;

	if (w->first)
		return at == text + 1;
	return w->anywhere || before == ' ' || (ascii && before >= 0x80);
}

static bool ends_word(const struct word *w, const char *at)
{
	unsigned char after = (unsigned char)at[w->len];

	return !w->whole || after == ' ' || after == '\0' || after >= 0x80;
}

/* Where `w` is found at or after *from, or NULL. */
static const char *word_next(const struct word *w, const char *text,
			     const char *from)
{
	const char *at = from;

	while ((at = strstr(at, w->text)) != NULL) {
		if (begins_word(w, text, at) && ends_word(w, at))
			return at;
		at++;
	}
	return NULL;
}

bool words_found(const struct words *w, const struct normal *in)
{
	for (size_t i = 0; i < w->n; i++)
		if (word_next(&w->word[i], in->text, in->text))
			return true;
	return false;
}

/* Some word of `w` that begins in [low, high]. */
static bool words_within(const struct words *w, const char *text,
			 const char *low, const char *high)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *at = word_next(&w->word[i], text, low);

		if (at && at <= high)
			return true;
	}
	return false;
}

static bool list_here(const struct phrase *p, size_t i,
		      const struct normal *in, const char *at, size_t len)
{
	const char *end = at + len, *last = in->text + in->len;
	ptrdiff_t reach = (ptrdiff_t)(NEAR_BYTES * i);
	const char *high = last - end > reach ? end + reach : last;
	const char *low = at - in->text > reach ? at - reach : in->text;

	if (words_within(&p->list[i], in->text, end, high))
		return true;
	return !p->then[i] && at > in->text &&
	       words_within(&p->list[i], in->text, low, at - 1);
}

static bool phrase_here(const struct phrase *p, const struct normal *in,
			const char *at, size_t len)
{
	for (size_t i = 1; i < p->n; i++)
		if (!list_here(p, i, in, at, len))
			return false;
	return true;
}

static bool phrase_found(const struct phrase *p, const struct normal *in)
{
	for (size_t i = 1; i < p->n; i++)
		if (!words_found(&p->list[i], in))
			return false;
	for (size_t i = 0; i < p->list[0].n; i++) {
		const struct word *w = &p->list[0].word[i];
		const char *at = in->text;

		while ((at = word_next(w, in->text, at)) != NULL) {
			if (phrase_here(p, in, at, w->len))
				return true;
			at++;
		}
	}
	return false;
}

bool entry_found(const struct entry *e, const struct normal *in)
{
	for (size_t i = 0; i < e->n; i++)
		if (phrase_found(&e->phrase[i], in))
			return true;
	return false;
}

/* ---- reading ---- */

static bool word_of(struct word_parser *p, struct span text, struct word *ret,
		    struct fault *why)
{
	struct normal n;
	struct span bare;
	ucs4_t first = 0;

	ret->first = text.len > 0 && text.at[0] == '^';
	ret->whole = text.len > 0 && text.at[text.len - 1] == '$';
	if (ret->whole)
		text.len--;
	normal_of(text, &n);
	if (n.len < 3)
		return fail(why, FAULT_PROTOCOL, "an empty word in a list");
	bare = (struct span){ n.text + 1, n.len - 2 };
	ret->text = arena_text(p->arena, bare);
	ret->len = (uint16_t)bare.len;
	if (!ret->text)
		return fail(why, FAULT_NO_MEMORY, "rules");
	u8_mbtouc(&first, (const uint8_t *)bare.at, bare.len);
	ret->anywhere = first >= FIRST_CJK;
	return true;
}

static const struct word_list *list_by_name(const struct word_parser *p,
					    struct span name)
{
	for (size_t i = 0; i < p->lists; i++)
		if (strlen(p->list[i].name) == name.len &&
		    memcmp(p->list[i].name, name.at, name.len) == 0)
			return &p->list[i];
	return NULL;
}

/* How many words `text` stands for, "@name" included. */
static bool words_count(const struct word_parser *p, struct span text,
			size_t *ret, struct fault *why)
{
	struct span part;

	*ret = 0;
	while (span_cut(&text, '|', &part)) {
		const struct word_list *list;

		part = span_trim(part);
		if (part.len == 0 || part.at[0] != '@') {
			(*ret)++;
			continue;
		}
		list = list_by_name(p, span_from(part, 1));
		if (!list)
			return fail(why, FAULT_PROTOCOL, "no list \"%.*s\"",
				    (int)part.len, part.at);
		*ret += list->words.n;
	}
	return true;
}

bool words_parse(struct word_parser *p, struct span text, struct words *ret,
		 struct fault *why)
{
	struct span rest = text, part = span_trim(text);
	struct word *word;
	size_t count, n = 0;

	if (!words_count(p, text, &count, why))
		return false;
	if (part.len > 0 && part.at[0] == '@' && !memchr(part.at, '|', part.len)) {
		*ret = list_by_name(p, span_from(part, 1))->words;
		return true;
	}
	word = arena_take(p->arena, (count + 1) * sizeof(*word));
	if (!word)
		return fail(why, FAULT_NO_MEMORY, "rules");
	while (span_cut(&rest, '|', &part)) {
		part = span_trim(part);
		if (part.len > 0 && part.at[0] == '@') {
			const struct words *w =
				&list_by_name(p, span_from(part, 1))->words;

			memcpy(word + n, w->word, w->n * sizeof(*word));
			n += w->n;
		} else if (!word_of(p, part, &word[n++], why)) {
			return false;
		}
	}
	*ret = (struct words){ word, n };
	return n > 0 || fail(why, FAULT_PROTOCOL, "an empty list of words");
}

/* Cut everything before `mark` off *rest; false when nothing is left. */
static bool cut_at(struct span *rest, const char *mark, struct span *ret_part)
{
	size_t len = strlen(mark), i;

	if (!rest->at)
		return false;
	for (i = 0; i + len <= rest->len; i++) {
		if (memcmp(rest->at + i, mark, len) == 0) {
			*ret_part = span_head(*rest, i);
			*rest = span_from(*rest, i + len);
			return true;
		}
	}
	*ret_part = *rest;
	*rest = (struct span){ NULL, 0 };
	return true;
}

/* The next list of a phrase; *ret_then: ".." stood before it. */
static bool cut_list(struct span *rest, struct span *ret_list, bool *ret_then)
{
	struct span near = *rest, then = *rest, a, b;

	if (!rest->at)
		return false;
	cut_at(&near, "~", &a);
	cut_at(&then, "..", &b);
	*ret_then = b.len < a.len;
	*ret_list = *ret_then ? b : a;
	*rest = *ret_then ? then : near;
	return true;
}

static bool phrase_parse(struct word_parser *p, struct span text,
			 struct phrase *ret, struct fault *why)
{
	struct span rest = text, list;
	bool then = false, next_then;

	ret->n = 0;
	while (cut_list(&rest, &list, &next_then)) {
		if (ret->n == PHRASE_LISTS_MAX)
			return fail(why, FAULT_PROTOCOL, "over 3 lists");
		ret->then[ret->n] = then;
		if (!words_parse(p, list, &ret->list[ret->n++], why))
			return false;
		then = next_then;
	}
	return true;
}

bool entry_parse(struct word_parser *p, struct span text, struct entry *ret,
		 struct fault *why)
{
	struct span rest = text, part;
	struct phrase *phrase;
	size_t count = 0, n = 0;

	while (cut_at(&rest, "||", &part))
		count++;
	phrase = arena_take(p->arena, (count + 1) * sizeof(*phrase));
	if (!phrase)
		return fail(why, FAULT_NO_MEMORY, "rules");
	rest = text;
	while (cut_at(&rest, "||", &part))
		if (!phrase_parse(p, part, &phrase[n++], why))
			return false;
	*ret = (struct entry){ phrase, n };
	return true;
}
