#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * Which lines of a log are worth a closer look. Words are looked for where a
 * word begins; what is no ASCII anywhere.
 */
struct hot_word {
	const char *text;
	unsigned heat;
};

static const struct hot_word words[] = {
	{ "0x8", 4 }, { "access denied", 3 }, { "alert", 2 }, { "auth", 3 },
	{ "bad", 2 }, { "block", 2 }, { "bye", 2 }, { "cannot", 3 },
	{ "cert", 3 }, { "clos", 1 }, { "connect", 1 }, { "could", 2 },
	{ "couldn", 2 }, { "credential", 4 }, { "denied", 3 }, { "dial", 1 },
	{ "disab", 3 }, { "disconnect", 2 }, { "dns", 1 }, { "eai_", 4 },
	{ "econn", 4 }, { "eof", 2 }, { "error", 3 }, { "etimedout", 4 },
	{ "enotfound", 4 }, { "exception", 3 }, { "exceed", 2 },
	{ "expired", 3 }, { "fail", 4 }, { "fatal", 3 }, { "getaddrinfo", 4 },
	{ "greeting", 1 }, { "handshake", 3 }, { "host", 1 }, { "imap", 2 },
	{ "incorrect", 4 }, { "invalid", 4 }, { "lock", 2 }, { "login", 3 },
	{ "logon", 3 }, { "lost", 2 }, { "mail", 1 }, { "mechanism", 2 },
	{ "must", 2 }, { "not", 1 }, { "password", 4 }, { "pop", 2 },
	{ "refused", 4 }, { "reject", 4 }, { "relay", 2 }, { "required", 3 },
	{ "reset", 2 }, { "resolve", 2 }, { "sasl", 4 }, { "self", 1 },
	{ "server", 1 }, { "sign", 1 }, { "smtp", 2 }, { "ssl", 2 },
	{ "starttls", 3 }, { "temporar", 2 }, { "timed", 3 }, { "timeout", 3 },
	{ "tls", 2 }, { "token", 2 }, { "too many", 3 }, { "unable", 3 },
	{ "unavailable", 3 }, { "unknown", 2 }, { "unreachable", 4 },
	{ "unsupported", 3 }, { "untrusted", 3 }, { "verif", 2 },
	{ "wrong", 4 }, { "x509", 4 },
};

static const struct hot_word wide_words[] = {
	{ "エラー", 4 }, { "失敗", 4 }, { "できません", 3 }, { "できない", 3 },
	{ "拒否", 4 }, { "正しく", 4 }, { "認証", 4 }, { "パスワード", 3 },
	{ "サーバ", 2 }, { "接続", 2 }, { "切断", 3 }, { "証明書", 4 },
	{ "ログイン", 3 }, { "失败", 4 }, { "错误", 4 }, { "拒绝", 4 },
	{ "실패", 4 }, { "오류", 4 },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define HEAT_MAX 60

static unsigned heat_of_word(struct span at)
{
	char first = ascii_lower(at.at[0]);

	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].text[0] == first &&
		    span_starts(at, words[i].text))
			return words[i].heat;
	return 0;
}

static unsigned heat_of_wide(struct span at)
{
	for (size_t i = 0; i < COUNT(wide_words); i++) {
		size_t len = strlen(wide_words[i].text);

		if (at.len >= len &&
		    memcmp(at.at, wide_words[i].text, len) == 0)
			return wide_words[i].heat;
	}
	return 0;
}

/* "535 ", "[AUTH", "NO [", "-ERR": the shape of a refusal. */
static unsigned heat_of_shape(struct span at)
{
	char c = at.at[0];

	if ((c == '4' || c == '5') && at.len > 4 &&
	    ascii_is_digit(at.at[1]) && ascii_is_digit(at.at[2]) &&
	    (at.at[3] == ' ' || at.at[3] == '-'))
		return 6;
	if (c == 'N' && at.len > 3 && memcmp(at.at, "NO ", 3) == 0)
		return 6;
	if (c == '5' && at.len > 4 && at.at[1] == '.' && at.at[3] == '.')
		return 4;
	return 0;
}

unsigned explain_heat(struct span line)
{
	unsigned heat = 0;
	char before = ' ';

	for (size_t i = 0; i < line.len && heat < HEAT_MAX; i++) {
		char c = line.at[i];
		struct span at = span_from(line, i);

		if ((unsigned char)c >= 0xe3)
			heat += heat_of_wide(at);
		else if (c == '-' && span_starts(at, "-ERR"))
			heat += 6;
		else if (ascii_is_alnum(c) && !ascii_is_alnum(before))
			heat += heat_of_shape(at) + heat_of_word(at);
		before = c;
	}
	return heat < HEAT_MAX ? heat : HEAT_MAX;
}
