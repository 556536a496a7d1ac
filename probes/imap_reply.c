#include "probes/imap_reply.h"

#include <string.h>

#include "probes/base/text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static enum answer status_of(struct span word, bool tagged)
{
	if (span_is(word, "OK"))
		return ANSWER_OK;
	if (span_is(word, "NO"))
		return ANSWER_NO;
	if (span_is(word, "BAD"))
		return ANSWER_BAD;
	/* RFC 9051 7.1.4, 7.1.5: these two are always untagged */
	if (!tagged && span_is(word, "BYE"))
		return ANSWER_BYE;
	if (!tagged && span_is(word, "PREAUTH"))
		return ANSWER_PREAUTH;
	return ANSWER_NONE;
}

/* Length up to the "]" that closes the code; quoted strings may hold one. */
static bool code_end(struct span s, size_t *ret)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (quoted && s.at[i] == '\\' && i + 1 < s.len)
			i++;
		else if (s.at[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.at[i] == ']') {
			*ret = i;
			return true;
		}
	}
	return false;
}

/* resp-text = ["[" resp-text-code "]" SP] text */
static void read_text(struct span text, struct imap_line *r)
{
	struct span inside = text;
	size_t end;

	r->text = text;
	if (!span_skip(&inside, "[") || !code_end(inside, &end) || end == 0 ||
	    !ascii_is_alpha(inside.at[0]))
		return;
	r->text = span_trim(span_from(inside, end + 1));
	inside = span_head(inside, end);
	if (span_word(&inside, &r->response_code))
		r->response_arg = span_trim(inside);
}

/* literal = "{" number ["+"] "}" at the end of a line; "~{" for literal8 */
static void find_literal(struct span line, struct imap_line *r)
{
	size_t i;
	struct span number;
	unsigned n;

	if (line.len < 3 || line.at[line.len - 1] != '}')
		return;
	for (i = line.len - 1; i > 0 && line.at[i] != '{'; i--)
		;
	if (line.at[i] != '{')
		return;
	number = span_head(span_from(line, i + 1), line.len - i - 2);
	if (number.len > 1 && number.at[number.len - 1] == '+')
		number.len--;
	if (!span_number(number, &n))
		return;
	r->has_literal = true;
	r->literal = n;
}

void imap_literal_parse(struct span rest_of_line, struct imap_line *ret)
{
	*ret = (struct imap_line){ .kind = IMAP_DATA };
	find_literal(rest_of_line, ret);
}

/* "* CAPABILITY ..." and "* 23 EXISTS"; the "* " is gone */
static void read_data(struct span rest, struct imap_line *r)
{
	if (!span_word(&rest, &r->name))
		return;
	if (span_number(r->name, &r->number)) {
		r->name = (struct span){ 0 };
		if (!span_word(&rest, &r->name))
			return;
	}
	if (!ascii_is_alpha(r->name.at[0]))
		return;
	r->kind = IMAP_DATA;
	r->data = span_trim(rest);
	find_literal(r->data, r);
}

static bool is_tag(struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_alnum(word.at[i]) &&
		    !strchr(".-_", word.at[i]))
			return false;
	return word.len > 0 && !memchr(word.at, '\0', word.len);
}

static void read_line(struct span line, struct imap_line *r)
{
	struct span rest = line, first, word;

	if (line.len > 0 && line.at[0] == '+') {
		if (line.len > 1 && line.at[1] != ' ')
			return;
		r->kind = IMAP_CONTINUE;
		read_text(span_trim(span_from(line, 1)), r);
		return;
	}
	if (line.len == 0 || line.at[0] == ' ' || !span_word(&rest, &first))
		return;
	r->tagged = !span_is(first, "*");
	if (r->tagged && !is_tag(first))
		return;
	line = rest;
	if (!span_word(&rest, &word))
		return;
	r->answer = status_of(word, r->tagged);
	if (r->answer == ANSWER_NONE) {
		if (!r->tagged)
			read_data(line, r);
		return;
	}
	r->kind = IMAP_STATUS;
	if (r->tagged)
		r->tag = first;
	read_text(span_trim(rest), r);
}

void imap_line_parse(struct span line, struct imap_line *ret)
{
	*ret = (struct imap_line){ .kind = IMAP_STRANGE };
	read_line(line, ret);
	if (ret->kind == IMAP_STRANGE)
		*ret = (struct imap_line){ .kind = IMAP_STRANGE };
	else if (ret->kind == IMAP_CONTINUE)
		ret->answer = ANSWER_CONTINUE;
}

bool imap_code_is_temporary(struct span code)
{
	/*
	 * RFC 5530: UNAVAILABLE, INUSE, LIMIT (too many connections), SERVERBUG
	 * (Yahoo sends it with "try again later"). The others are RFC 3206
	 * words that Dovecot proxies and Courier hand through from POP3.
	 */
	static const char *const temporary[] = {
		"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED",
		"SYS/TEMP", "IN-USE", "LOGIN-DELAY",
	};

	for (size_t i = 0; i < ARRAY_SIZE(temporary); i++)
		if (span_is(code, temporary[i]))
			return true;
	return false;
}
