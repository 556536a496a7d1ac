#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * Servers' replies in the middle of what a program says:
 *
 *	Invalid login: 535-5.7.8 Username and Password not accepted
 *	SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')
 *	response: #2# [NO, [AUTHENTICATIONFAILED], Invalid credentials]
 */

/* Reply codes of SMTP (RFC 5321, RFC 4954, and what servers made up). */
static const unsigned short smtp_codes[] = {
	220, 235, 412, 421, 422, 423, 430, 431, 432, 435, 440, 441, 442, 446, 447, 449, 450, 451, 452, 453,
	454, 455, 458, 459, 471, 500, 501, 502, 503, 504, 510, 512, 513, 521, 523, 525, 526,
	530, 531, 533, 534, 535, 538, 540, 541, 543, 546, 547, 550, 551, 552, 553,
	554, 555, 556, 557, 559, 561, 564, 571, 572, 573, 574, 575, 577, 580, 582, 591,
};

static bool is_smtp_code(unsigned code)
{
	for (size_t i = 0; i < sizeof(smtp_codes) / sizeof(smtp_codes[0]); i++)
		if (smtp_codes[i] == code)
			return true;
	return false;
}

/* Codes that HTTP has, too, and with another meaning. */
static bool is_http_code(unsigned code)
{
	return code == 421 || code == 422 || code == 451 ||
	       (code >= 500 && code <= 504);
}

/* A code nobody knows that begins a line, with words behind it. */
static bool is_lone_code(struct span line, size_t i, unsigned code)
{
	return i == 0 && code >= 400 && code < 600 && line.len > 4 &&
	       (line.at[3] == ' ' || line.at[3] == '-');
}

static bool begins(struct span line, size_t i)
{
	char before = i > 0 ? line.at[i - 1] : ' ';

	return !ascii_is_alnum(before) && before != '.' && before != '-' &&
	       before != '_' && before != '/' && before != '\\';
}

/* "5.7.8" at the beginning of `s`: its length; 0 none. */
static size_t enhanced_len(struct span s)
{
	size_t i = 1;

	if (s.len < 5 || (s.at[0] != '4' && s.at[0] != '5' && s.at[0] != '2'))
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t from;

		if (i >= s.len || s.at[i] != '.')
			return 0;
		from = ++i;
		while (i < s.len && ascii_is_digit(s.at[i]))
			i++;
		if (i == from || i - from > 3)
			return 0;
	}
	if (s.at[2] > '7' || (i < s.len && (s.at[i] == '.' ||
					    ascii_is_alnum(s.at[i]))))
		return 0;
	return i;
}

/* Quotes whose two halves differ: as French, German, Japanese programs put. */
static const char *const halves[][2] = {
	{ "\xc2\xab", "\xc2\xbb" },		/* guillemets */
	{ "\xe2\x80\x9e", "\xe2\x80\x9c" },	/* low, high */
	{ "\xe2\x80\x9c", "\xe2\x80\x9d" },	/* high, high */
	{ "\xe2\x80\x98", "\xe2\x80\x99" },
	{ "\xe3\x80\x8c", "\xe3\x80\x8d" },	/* corner brackets */
};

static bool ends_in(struct span s, const char *what)
{
	size_t len = strlen(what);

	return s.len >= len && memcmp(s.at + s.len - len, what, len) == 0;
}

/* What closes the quote that `before` ends in; NULL: it ends in none. */
static const char *other_half(struct span before)
{
	static const char no_break[] = "\xc2\xa0";

	if (ends_in(before, no_break))
		before.len -= strlen(no_break);
	else if (ends_in(before, " "))
		before.len--;
	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++)
		if (ends_in(before, halves[i][0]))
			return halves[i][1];
	return NULL;
}

/* 451 please authenticate', Port: 25: whoever pasted it lost the first half. */
static struct span until_closing(struct span rest)
{
	for (size_t i = 0; i + 1 < rest.len; i++)
		if (rest.at[i] == '"' || rest.at[i] == '\'')
			return rest.at[i + 1] == ',' ? span_head(rest, i)
						     : rest;
	return rest;
}

/*
 * Where the reply ends: at the quote it stands in, but not at the apostrophe
 * of "isn't"; else at the end of the line.
 */
static struct span reply_until_quote(struct span line, size_t from,
				     size_t start)
{
	const char *half = other_half(span_head(line, from));
	char quote = from > 0 ? line.at[from - 1] : ' ';
	struct span rest = span_from(line, start);

	for (size_t i = 0; half && i < rest.len; i++)
		if (span_starts(span_from(rest, i), half))
			return span_head(rest, i);
	if (quote != '"' && quote != '\'' && quote != '`')
		return until_closing(rest);
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] != quote)
			continue;
		if (i + 1 == rest.len || !ascii_is_alnum(rest.at[i + 1]))
			return span_head(rest, i);
	}
	return rest;
}

/* "Expected response code 235 but got ...": that code was not sent. */
static bool is_expected(struct span line, size_t i)
{
	static const char *const between[] = {
		"code", "codes", "code(s)", "response", "reply", "smtp",
	};
	struct span before = span_head(line, i);

	for (int words = 0; words < 4; words++) {
		struct span word;
		bool filler = false;

		while (before.len > 0 &&
		       strchr(" :[('\"", before.at[before.len - 1]))
			before.len--;
		word = before;
		while (before.len > 0 && before.at[before.len - 1] != ' ')
			before.len--;
		word = span_from(word, before.len);
		if (span_is(word, "expected") || span_is(word, "expecting"))
			return true;
		for (size_t k = 0; k < sizeof(between) / sizeof(between[0]); k++)
			filler = filler || span_is(word, between[k]);
		if (!filler)
			return false;
	}
	return false;
}

/* "535 5.7.8 ...", "535-5.7.8", "(535, b'5.7.8 ...')", "535: ..." */
static bool smtp_at(struct span line, size_t i, struct found_reply *ret,
		    size_t *ret_text)
{
	struct span rest = span_from(line, i + 3), after;
	unsigned code;
	bool spaced;

	if (!span_number(span_head(span_from(line, i), 3), &code) ||
	    !(is_smtp_code(code) || is_lone_code(line, i, code)) ||
	    is_expected(line, i))
		return false;
	if (i == 0 && code >= 400 && rest.len > 1 && rest.at[0] >= 'A' &&
	    rest.at[0] <= 'Z') {	/* "421HL:ICC" */
		*ret = (struct found_reply){ .service = SERVICE_SMTP,
			.service_known = true, .strong = true };
		*ret_text = i;
		return true;
	}
	if (rest.len > 0 && !strchr(" -,:)]'\"", rest.at[0]))
		return false;
	/* "in=512 out=2048" counts something */
	if (i > 0 && line.at[i - 1] == '=' &&
	    (i < 4 || !span_is(span_head(span_from(line, i - 4), 3), "ode")))
		return false;
	/* smtp.rb:541:in is a line of a program */
	if (i > 0 && line.at[i - 1] == ':' && rest.len > 0 && rest.at[0] == ':')
		return false;
	spaced = rest.len > 1 && (rest.at[0] == ' ' || rest.at[0] == '-');
	after = rest;
	while (after.len > 0 && strchr(" -,:'\"b(", after.at[0]))
		after = span_from(after, 1);
	if (after.len > 0 && ascii_is_digit(after.at[0]) &&
	    enhanced_len(after) == 0)
		return false;		/* "500 2000": a number */
	ret->strong = enhanced_len(after) > 0 ||
		      (is_smtp_code(code) && !is_http_code(code));
	if (!spaced && !ret->strong)
		return false;
	*ret_text = i;
	ret->service = SERVICE_SMTP;
	ret->service_known = true;
	return true;
}

static bool word_at(struct span line, size_t i, const char *word)
{
	size_t len = strlen(word);

	return i + len <= line.len && memcmp(line.at + i, word, len) == 0 &&
	       begins(line, i) &&
	       (i + len == line.len || !ascii_is_alnum(line.at[i + len]));
}

static bool is_response_code(struct span code)
{
	static const char *const codes[] = {
		"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED",
		"UNAVAILABLE", "ALERT", "PRIVACYREQUIRED", "CONTACTADMIN",
		"LIMIT", "OVERQUOTA", "INUSE", "SERVERBUG", "WEBALERT",
		"CLIENTBUG", "NOPERM", "AUTH", "SYS/TEMP", "SYS/PERM",
		"IN-USE", "LOGIN-DELAY", "AUTHENIFICATIONFAILED", "CANNOT",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (span_starts(code, codes[i]))
			return true;
	return false;
}

/* "NO [CODE] text", "NO text", "* BYE text", "BAD text", "[CODE] text" */
static bool imap_at(struct span line, size_t i, struct found_reply *ret,
		    size_t *ret_text)
{
	bool status = word_at(line, i, "NO") || word_at(line, i, "BAD") ||
		      (word_at(line, i, "BYE") && i >= 2 &&
		       line.at[i - 2] == '*');
	bool ok = word_at(line, i, "OK");
	bool code = line.at[i] == '[' &&
		    is_response_code(span_from(line, i + 1));
	char next = i + 2 < line.len ? line.at[i + 2] : ' ';

	if (!status && !code && !ok)
		return false;
	if (word_at(line, i, "NO") && !strchr(" ,'\"", next))
		return false;
	ret->service = SERVICE_IMAP;
	ret->service_known = status || ok || !span_starts(span_from(line, i), "[AUTH]");
	ret->strong = true;
	*ret_text = i;
	return true;
}

static bool pop3_at(struct span line, size_t i, struct found_reply *ret,
		    size_t *ret_text)
{
	if ((!span_starts(span_from(line, i), "-ERR") &&
	     !span_starts(span_from(line, i), "+OK ")) ||
	    (i > 0 && ascii_is_alnum(line.at[i - 1])))
		return false;
	*ret = (struct found_reply){ .service = SERVICE_POP3,
				     .service_known = true, .strong = true };
	*ret_text = i;
	return true;
}

static bool enhanced_at(struct span line, size_t i, struct found_reply *ret,
			size_t *ret_text)
{
	size_t len = enhanced_len(span_from(line, i));

	if (len == 0 || line.at[i] == '2')
		return false;
	*ret = (struct found_reply){ .service = SERVICE_SMTP,
				     .service_known = true, .strong = true };
	*ret_text = i;
	return true;
}

bool explain_next_reply(struct span line, size_t *at, struct found_reply *ret)
{
	for (size_t i = *at; i < line.len; i++) {
		char c = line.at[i];
		size_t text = i;

		*ret = (struct found_reply){ .strong = false };
		if (!strchr("NBO[-+", c) && !ascii_is_digit(c))
			continue;
		if (!(c == '-' || c == '+' ? pop3_at(line, i, ret, &text) :
		      ascii_is_digit(c) ?
		      begins(line, i) && (smtp_at(line, i, ret, &text) ||
					  enhanced_at(line, i, ret, &text)) :
		      imap_at(line, i, ret, &text)))
			continue;
		/* ('NO', ['SELECT ...']): the quote is only the word's */
		ret->text = ret->service == SERVICE_IMAP && c != '[' &&
			    i + 2 < line.len && line.at[i + 2] == '\''
				    ? span_from(line, text)
				    : reply_until_quote(line, i, text);
		*at = i + ret->text.len;
		ret->text = explain_before_settings(ret->text);
		return true;
	}
	return false;
}
