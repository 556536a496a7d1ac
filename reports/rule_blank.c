#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "reports/rule_private.h"

/*
 * What a server repeats of us, and the names of machines, are no words of
 * its own: a host called mail.invalid or a user called authentication@...
 * must not match a rule. They are taken out before words are compared; links
 * are set aside, because some servers name the cause only there.
 */
#define RAW_CAP (REPLY_TEXT_CAP * 2 + 256)

static bool is_host_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

/*
 * "mail.example.net" is a host, "failed.Please" two sentences that met: one
 * dot, and behind it a capital after a small letter.
 */
static bool is_sentence_joint(struct span s, size_t dot)
{
	char before = s.at[dot - 1], after = s.at[dot + 1];

	return before >= 'a' && before <= 'z' && after >= 'A' && after <= 'Z';
}

/* A host name, an address, an enhanced code: dots inside. "1.2" is none. */
static bool is_dotted(struct span s)
{
	size_t dots = 0, last = 0;
	bool letters = false;

	for (size_t i = 0; i < s.len; i++) {
		if (!is_host_char(s.at[i]) && s.at[i] != ':')
			return false;
		letters = letters || (s.at[i] != '.' && !ascii_is_digit(s.at[i]));
		if (s.at[i] != '.' || i == 0 || i + 1 == s.len)
			continue;
		dots++;
		last = i;
	}
	if (dots == 0)
		return false;
	return dots > 1 || (letters && !is_sentence_joint(s, last));
}

static bool is_edge(char c)
{
	return c == '\0' || strchr(" \t\n\"'()[]<>{},;!?=|", c) != NULL;
}

static void blank(char *at, size_t len)
{
	memset(at, ' ', len);
}

/* user "x", account <x>, for 'x': a name somebody chose. */
static bool names_somebody(const char *text, const char *at)
{
	static const char *const before[] = {
		"user", "username", "account", "login", "mailbox", "for", "name",
	};
	const char *end = at;

	while (end > text && strchr(" \"'<([`=:", end[-1]))
		end--;
	if (end == at || strchr("\"'<`=", at[-1]) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t len = strlen(before[i]);

		if ((size_t)(end - text) >= len &&
		    span_is((struct span){ end - len, len }, before[i]))
			return true;
	}
	return false;
}

static struct span bare_token(char *at, size_t len)
{
	while (len > 0 && (at[len - 1] == '.' || at[len - 1] == ':'))
		len--;
	return (struct span){ at, len };
}

/* "Some.Name:TheReason" ends at the colon, "host.example:993" does not. */
static size_t token_length(const char *at)
{
	size_t len = 0;
	bool dots = false;

	for (; !is_edge(at[len]); len++) {
		if (at[len] == ':' && dots && ascii_is_alpha(at[len + 1]))
			break;
		dots = dots || at[len] == '.';
	}
	return len;
}

static void blank_tokens(char *text, struct buf *links)
{
	char *at = text;

	while (*at) {
		size_t len;
		struct span token;

		if (is_edge(*at)) {
			at++;
			continue;
		}
		len = token_length(at);
		token = bare_token(at, len);
		if (span_has(token, "://") || span_starts(token, "www.")) {
			/* a link goes on where words end: ?a=b,c */
			while (at[len] && !strchr(" \t\n\"<>)", at[len]))
				len++;
			buf_add(links, (struct span){ at, len });
			buf_char(links, ' ');
			blank(at, len);
		} else if (memchr(at, '@', len) || is_dotted(token) ||
			   names_somebody(text, at)) {
			blank(at, len);
		}
		at += len;
	}
}

/*
 * Our own address, user and host. One with a dot or an @ goes wherever it
 * stands; a plain word ("mail", "user") only where it is set off as a name,
 * or it would eat the server's own words.
 */
static void blank_own(char *text, const char *own)
{
	size_t len = strlen(own);
	bool plain = strpbrk(own, "@.") == NULL;
	char *end = text + strlen(text);

	if (len < 2)
		return;
	for (char *at = text; at + len <= end; at++) {
		char before = at > text ? at[-1] : ' ', after;

		if (!span_is((struct span){ at, len }, own))
			continue;
		after = at[len];
		if (ascii_is_alnum(before) || ascii_is_alnum(after))
			continue;
		if (plain && !strchr("\"'<([`=", before))
			continue;
		blank(at, len);
	}
}

/* What a server can do is no complaint: "[CAPABILITY ... STARTTLS]". */
static void blank_capabilities(char *text)
{
	for (char *at = text; (at = strchr(at, '[')) != NULL; at++) {
		char *end;

		if (!span_starts(span_of(at + 1), "CAPABILITY"))
			continue;
		end = strchr(at, ']');
		blank(at, end ? (size_t)(end - at) : strlen(at));
	}
}

/* "* BYE", "NO": the status is compared as `answer`, not as a word. */
static void blank_status(char *line)
{
	static const char *const status[] = { "NO ", "BAD ", "OK ", "BYE ",
					      "PREAUTH " };
	char *at = line;

	while (*at == '*' || *at == ' ')
		at++;
	for (size_t i = 0; i < sizeof(status) / sizeof(status[0]); i++)
		if (span_starts(span_of(at), status[i]))
			blank(line, (size_t)(at - line) + strlen(status[i]));
}

/* The response code is compared as `code`; "[LIMIT]" is no sentence. */
static void blank_code(char *text, const struct reply *r)
{
	char *end = strchr(text, ']'), *at = strchr(text, '[');

	if (r->response_code[0] && at && end > at)
		blank(at, (size_t)(end - at) + 1);
}

static void blank_protocol(char *text, size_t decisive,
			   const struct reply *r)
{
	if (r->code != 0 || r->answer == ANSWER_NONE)
		return;		/* "No route to host" is no status */
	blank_code(text + decisive, r);
	for (char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		blank_status(at);
	}
}

void normal_of_reply(const struct symptom *s, struct normal *ret,
		     struct normal *ret_links)
{
	char raw[RAW_CAP], link[REPLY_TEXT_CAP];
	struct buf text = buf_over(raw, sizeof(raw));
	struct buf links = buf_over(link, sizeof(link));
	size_t decisive;

	buf_str(&text, s->reply->untagged);
	buf_char(&text, '\n');
	decisive = text.len;
	buf_str(&text, s->reply->text);
	buf_char(&text, '\n');
	buf_str(&text, s->reply->challenge);
	for (size_t i = 0; i < sizeof(s->own_words) / sizeof(s->own_words[0]) &&
	     s->own_words[i]; i++)
		blank_own(raw, s->own_words[i]);
	blank_capabilities(raw);
	blank_protocol(raw, decisive, s->reply);
	blank_tokens(raw, &links);
	normal_of(buf_span(&text), ret);
	normal_of(buf_span(&links), ret_links);
}
