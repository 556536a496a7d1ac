#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * Where a server's words end and a program's begin. Programs print their
 * settings behind a refusal, and what stands there is no part of it:
 *
 *	535 5.7.8 Error: authentication failed (host: x, security: STARTTLS)
 *	535 Login failed, Port: 587, Secure(SSL): No, Server Error: 535
 *	550 Sender refused { port: 25, secure: false }
 *	MAIL_ENCRYPTION=tls
 */

/* Names of settings, and of what programs keep about an error. */
static const char *const keys[] = {
	"host", "hostname", "server", "servername", "port", "porta", "puerto",
	"ポート", "端口", "user", "username", "login", "password", "pass",
	"secure", "security", "tls", "ssl", "starttls", "encryption", "auth",
	"authentication", "timeout", "protocol", "service", "method", "mailer",
	"driver", "command", "responseCode", "errno", "syscall", "stack",
	"requireTLS", "rejectUnauthorized", "from", "to", "subject",
};

/* Of these a server's own sentence may be made as well. */
static const char *const words[] = {
	"user", "login", "auth", "authentication", "password", "from", "to",
	"method", "command", "subject", "service",
};

static bool is_one_of(struct span key, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(key, list[i]))
			return true;
	return false;
}

#define IS_ONE_OF(key, list) \
	is_one_of(key, list, sizeof(list) / sizeof((list)[0]))

/* "port: 25", "'host': ", "Port : 25", "secure=": the name in `ret_key`. */
static bool names_value(struct span s, struct span *ret_key,
			struct span *ret_value)
{
	size_t len = 0;

	while (s.len > 0 && strchr(" \t\"'", s.at[0]))
		s = span_from(s, 1);
	while (len < s.len && !strchr(" \t\"':=()[]{},;", s.at[len]))
		len++;
	*ret_key = span_head(s, len);
	s = span_from(s, len);
	if (len == 0 || (s.len > 0 && s.at[0] == '('))	/* Secure(SSL): */
		return false;
	while (s.len > 0 && strchr(" \"'", s.at[0]))
		s = span_from(s, 1);
	*ret_value = span_from(s, 1);
	return s.len > 0 && (s.at[0] == '=' || s.at[0] == ':') &&
	       !span_starts(s, "://");
}

static bool settings_begin(struct span reply, size_t i)
{
	struct span key, value;

	if (!strchr(",;({[", reply.at[i]) ||
	    !names_value(span_from(reply, i + 1), &key, &value) ||
	    !IS_ONE_OF(key, keys))
		return false;
	return reply.at[i] != ',' || !IS_ONE_OF(key, words);
}

struct span explain_before_settings(struct span reply)
{
	/* the code and a word at least are the server's */
	for (size_t i = 4; i < reply.len; i++)
		if (settings_begin(reply, i))
			return span_head(reply, i);
	return reply;
}

bool explain_is_setting(struct span line)
{
	struct span s = span_trim(line), key, value;

	if (span_starts(s, "at ") || span_starts(s, "File \"") ||
	    span_starts(s, "Traceback"))
		return true;
	if (!names_value(s, &key, &value))
		return false;
	return IS_ONE_OF(key, keys) ||
	       memchr(key.at, '_', key.len) != NULL;
}

bool explain_is_configured(struct span line)
{
	static const char *const chosen[] = {
		"timeout", "secure", "security", "tls", "ssl", "starttls",
		"encryption", "auth", "requireTLS", "rejectUnauthorized",
		"mailer", "driver",
	};
	struct span key, value, word;

	if (!names_value(line, &key, &value) ||
	    (!IS_ONE_OF(key, chosen) && !memchr(key.at, '_', key.len)))
		return false;
	/* one word: "tls: handshake failure" is what Go says of an error */
	return !span_word(&value, &word) ||
	       (!span_word(&value, &key) && !span_has(word, "fail") &&
		!span_has(word, "err"));
}
