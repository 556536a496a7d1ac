#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * People paste logs with their passwords in them. What may be a secret is
 * overwritten before the line is kept; better a word too many.
 */

static bool is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=' ||
	       c == '-' || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_spaces(char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

static void cover(char *at, char *end)
{
	for (; at < end && *at; at++)
		*at = '*';
}

/* The end of a value: of a quoted one its quote, else white space. */
static char *value_end(char *at)
{
	if (*at == '"' || *at == '\'' || *at == '`') {
		char *end = strchr(at + 1, *at);

		return end ? end : at + strlen(at);
	}
	while (*at && !is_space(*at) && !strchr("\"'`;,&<>)", *at))
		at++;
	return at;
}

static void cover_value(char *at)
{
	char *end = value_end(at);

	cover(*at == '"' || *at == '\'' || *at == '`' ? at + 1 : at, end);
}

/* ---- password=..., "pass": "..." ---- */

static bool has_digit_or_mark(const char *at, const char *end)
{
	for (; at < end; at++)
		if (ascii_is_digit(*at) || strchr("!#$%&@*^~+?", *at))
			return true;
	return false;
}

/*
 * "password: authentication failed" is a sentence, "password: hunter2" is
 * none: after a colon only what is quoted, begins the line or has a digit.
 */
static bool is_value(const char *line, const char *key, char mark, char *at)
{
	if (mark == '=' || *at == '"' || *at == '\'' || *at == '`')
		return true;
	while (key > line && strchr(" \t-*#>\"'", key[-1]))
		key--;
	return (key == line && *value_end(at) == '\0') ||
	       has_digit_or_mark(at, value_end(at));
}

static void blank_key(char *line, const char *key)
{
	size_t len = strlen(key);
	const char *end = line + strlen(line);

	for (char *at = line; at + len < end; at++) {
		char *value = at + len, mark;

		if (!span_starts((struct span){ at, len }, key) ||
		    (at > line && ascii_is_alnum(at[-1])))
			continue;
		while (*value && strchr("\"'` \t", *value))
			value++;
		mark = *value;
		if (strncmp(value, "：", strlen("：")) == 0) {
			value += strlen("：") - 1;
			mark = ':';
		}
		if (mark != '=' && mark != ':')
			continue;
		value = skip_spaces(value + 1 + (value[1] == '>'));
		if (*value && is_value(line, at, mark, value))
			cover_value(value);
	}
}

static void blank_keys(char *line)
{
	static const char *const keys[] = {
		"password", "passwd", "passphrase", "pass", "pwd", "secret",
		"client_secret", "access_token", "refresh_token", "id_token",
		"api_key", "apikey", "token", "passwort", "kennwort",
		"パスワード", "暗証番号", "密码", "授权码",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		blank_key(line, keys[i]);
}

/* ---- what a mail program says ---- */

/* The mark of a log in front of what was said: "C: ", "> ", "[12] -> ". */
static char *said(char *line)
{
	static const char *const marks[] = {
		"C: ", "-> ", "=> ", "> ", ">>> ", "CLIENT -> SERVER: ",
		"CLIENT: ", "Client: ", "send: ", "Sent: ", ": ", "~> ",
	};
	char *best = line;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		char *at = strstr(line, marks[i]);

		if (at && at - line < 60 && at + strlen(marks[i]) > best)
			best = at + strlen(marks[i]);
	}
	return *best == '"' || *best == '\'' ? best + 1 : best;
}

/* "PASS secret", "APOP user digest": the rest of the line. */
static void blank_pop3(char *text)
{
	char *at = NULL;

	if (strncmp(text, "PASS ", 5) == 0)
		at = text + 5;
	else if (strncmp(text, "APOP ", 5) == 0)
		at = strchr(skip_spaces(text + 5), ' ');
	if (at)
		cover(skip_spaces(at), at + strlen(at));
}

/* "-ERR Login frequency is limited", "535 Login failed": sentences. */
static bool is_answer(struct span tag, struct span login, struct span rest)
{
	static const char *const status[] = { "NO", "BAD", "OK", "AUTH",
					      "SASL", "BYE" };

	static const char *const sayings[] = { "fail", "failed", "failure",
					       "invalid" };
	struct span first;

	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		if (span_is(tag, status[i]))
			return true;
	if (strchr("-+*", tag.at[0]) ||
	    (login.at[0] == 'L' && login.at[1] == 'o'))
		return true;
	if (!span_word(&rest, &first))
		return true;
	while (first.len > 0 && strchr(".:,;", first.at[first.len - 1]))
		first.len--;
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++)
		if (span_is(first, sayings[i]))
			return true;
	return false;
}

/* "a1", "A00000003", a letter typed by hand; no word of a sentence. */
static bool is_tag(struct span tag)
{
	for (size_t i = 0; i < tag.len; i++)
		if (ascii_is_digit(tag.at[i]))
			return true;
	return tag.len == 1;
}

/* `tag LOGIN user secret`: two arguments, and nothing that was answered. */
static void blank_imap(char *text)
{
	struct span rest = span_of(text), tag, word;
	char *at;

	if (!span_word(&rest, &tag) || !span_word(&rest, &word) ||
	    !span_is(word, "LOGIN") || !is_tag(tag) ||
	    is_answer(tag, word, rest))
		return;
	at = skip_spaces((char *)rest.at);
	at = *at == '"' ? value_end(at) : at + strcspn(at, " ");
	at = skip_spaces(at + (*at == '"' ? 1 : 0));
	if (*at)
		cover(at, at + strlen(at));
}

/* AUTH PLAIN <base64>, and Bearer <token>, wherever they stand. */
static void blank_blob(char *line, const char *before)
{
	size_t len = strlen(before);
	const char *end = line + strlen(line);

	for (char *at = line; at + len < end; at++) {
		size_t n = 0;

		if (!span_starts((struct span){ at, len }, before))
			continue;
		at = skip_spaces(at + len);
		while (is_base64(at[n]) || (at[n] == '.' && n > 0))
			n++;
		if (n >= 8 && (n >= 20 || has_digit_or_mark(at, at + n) ||
			       at[n - 1] == '='))
			cover(at, at + n);
		if (!*at)
			return;
	}
}

static void blank_blobs(char *line)
{
	static const char *const before[] = {
		"AUTH PLAIN ", "AUTHENTICATE PLAIN ", "AUTH LOGIN ",
		"AUTH XOAUTH2 ", "AUTHENTICATE XOAUTH2 ", "AUTH OAUTHBEARER ",
		"AUTHENTICATE OAUTHBEARER ", "AUTH CRAM-MD5 ", "Bearer ",
		"Basic ", "ya29.",
	};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		blank_blob(line, before[i]);
}

/* A line that is nothing but base64: what was answered to "334". */
static void blank_answer(char *text, bool after_challenge)
{
	size_t n = 0;
	bool capital = false, small = false, digit = false;

	for (; is_base64(text[n]); n++) {
		digit = digit || ascii_is_digit(text[n]);
		small = small || (text[n] >= 'a' && text[n] <= 'z');
		capital = capital || (text[n] >= 'A' && text[n] <= 'Z');
	}
	if (text[n] && !strchr("\"' ", text[n]))
		return;
	if ((after_challenge && n >= 4) ||
	    (n >= 16 && text[skip_spaces(text + n) - text] == '\0' &&
	     (text[n - 1] == '=' || (capital && small && digit))))
		cover(text, text + n);
}

/* scheme://user:secret@host */
static void blank_url(char *line)
{
	for (char *at = line; (at = strstr(at, "://")) != NULL; at += 3) {
		char *host = at + 3 + strcspn(at + 3, "/ \t\"'<>");
		char *sign = NULL, *colon;

		for (char *p = at + 3; p < host; p++)
			if (*p == '@')
				sign = p;
		colon = strchr(at + 3, ':');
		if (sign && colon && colon < sign)
			cover(colon + 1, sign);
	}
}

/* curl -u user:secret */
static void blank_user_option(char *line)
{
	static const char *const options[] = { " -u ", " --user " };

	for (size_t i = 0; i < 2; i++) {
		char *at = strstr(line, options[i]), *colon;

		if (!at)
			continue;
		at += strlen(options[i]);
		colon = memchr(at, ':', strcspn(at, " "));
		if (colon)
			cover(colon + 1, value_end(colon + 1));
	}
}

void explain_blank(char *line, bool after_challenge)
{
	char *text = said(line);

	blank_pop3(text);
	blank_imap(text);
	blank_answer(text, after_challenge);
	blank_blobs(line);
	blank_url(line);
	blank_user_option(line);
	blank_keys(line);
}
