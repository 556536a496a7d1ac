#include "probes/base/span.h"

#include <string.h>

#include "probes/base/ascii.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

struct span span_from(struct span s, size_t start)
{
	if (start > s.len)
		start = s.len;
	return (struct span){ s.at ? s.at + start : NULL, s.len - start };
}

struct span span_head(struct span s, size_t len)
{
	return (struct span){ s.at, len < s.len ? len : s.len };
}

struct span span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.at[0]))
		s = span_from(s, 1);
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

bool span_starts(struct span s, const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++)
		if (i >= s.len || ascii_lower(s.at[i]) != ascii_lower(word[i]))
			return false;
	return true;
}

bool span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && span_starts(s, word);
}

bool span_has(struct span s, const char *words)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_starts(span_from(s, i), words))
			return true;
	return *words == '\0';
}

bool span_skip(struct span *s, const char *word)
{
	if (!span_starts(*s, word))
		return false;
	*s = span_from(*s, strlen(word));
	return true;
}

bool span_word(struct span *rest, struct span *ret_word)
{
	size_t len = 0;

	while (rest->len > 0 && is_blank(rest->at[0]))
		*rest = span_from(*rest, 1);
	while (len < rest->len && !is_blank(rest->at[len]))
		len++;
	*ret_word = span_head(*rest, len);
	*rest = span_from(*rest, len);
	return len > 0;
}

bool span_cut(struct span *rest, char delim, struct span *ret_part)
{
	size_t len = 0;

	*ret_part = *rest;
	if (rest->len == 0)
		return false;
	while (len < rest->len && rest->at[len] != delim)
		len++;
	*ret_part = span_head(*rest, len);
	*rest = span_from(*rest, len + 1);
	return true;
}

bool span_number(struct span s, unsigned *ret_number)
{
	unsigned n = 0;

	if (s.len == 0 || s.len > 9)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.at[i]))
			return false;
		n = n * 10 + (unsigned)(s.at[i] - '0');
	}
	*ret_number = n;
	return true;
}

void span_copy(struct span s, char *to, size_t cap)
{
	size_t n = s.len < cap - 1 ? s.len : cap - 1;

	if (n > 0)
		memcpy(to, s.at, n);
	to[n] = '\0';
}
