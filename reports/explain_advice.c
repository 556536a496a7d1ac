#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * What to look at is no news of what happened: "Could not connect. Check the
 * password and your internet connection." tells of neither.
 */

/* Without their first letter where that may be a capital of two bytes. */
static const char *const advises[] = {
	"please check", "please verify", "please confirm", "please ensure",
	"please review", "make sure", "確認してください", "ご確認",
	"確認して下さい", "確かめ", "确认", "检查", "檢查", "確認您",
	"확인해", "확인하", "prüfen sie", "bitte prüfen", "sie sicher",
	"érifiez", "ssurez-vous", "erifiez", "erifique", "ompruebe", "evise ",
	"segúrese", "erificare ", "ontrollare ", "onfira ", "ertifique",
	"роверьте", "бедитесь", "sprawdź", "upewnij", "kontrolujte", "ověřte",
	"kontrol edin", "ontroleer ", "ontrollera ",
};

/* Only where a sentence begins: "cannot verify the identity" is none. */
static const char *const begins_advice[] = {
	"check ", "verify ", "ensure ", "confirm ", "review ",
};

static bool is_advice(struct span sentence)
{
	while (sentence.len > 0 && strchr(" -*(", sentence.at[0]))
		sentence = span_from(sentence, 1);
	for (size_t i = 0;
	     i < sizeof(begins_advice) / sizeof(begins_advice[0]); i++)
		if (span_starts(sentence, begins_advice[i]))
			return true;
	for (size_t i = 0; i < sizeof(advises) / sizeof(advises[0]); i++)
		if (span_has(sentence, advises[i]))
			return true;
	return false;
}

/* Length of what ends a sentence at the beginning of `s`; 0 nothing does. */
static size_t ends_sentence(struct span s)
{
	static const char *const wide[] = {
		"\xe3\x80\x82", "\xef\xbc\x81", "\xef\xbc\x9f",
	};

	if (s.at[0] == '\n')
		return 1;
	if (strchr(".!?", s.at[0]))
		return s.len == 1 || strchr(" \n", s.at[1]) ? 1 : 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (span_starts(s, wide[i]))
			return strlen(wide[i]);
	return 0;
}

/* The next sentence of *rest, with what ends it. */
static struct span cut_sentence(struct span *rest)
{
	struct span s = *rest;
	size_t len = 0, end = 0;

	while (len < s.len && end == 0) {
		end = ends_sentence(span_from(s, len));
		len += end ? end : 1;
	}
	*rest = span_from(s, len);
	return span_head(s, len);
}

bool explain_without_advice(const struct reply *block, struct reply *ret)
{
	struct span rest = span_of(block->text);
	struct buf out;
	bool found = false;

	*ret = *block;
	out = buf_over(ret->text, sizeof(ret->text));
	while (rest.len > 0) {
		struct span sentence = cut_sentence(&rest);

		if (is_advice(sentence))
			found = true;
		else
			buf_add(&out, sentence);
	}
	return found;
}
