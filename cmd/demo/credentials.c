#include "cmd/demo/player.h"

#include <string.h>

#include "probes/base/digest.h"
#include "probes/base/text.h"

/*
 * The server's side of a login: enough of each mechanism to know whether the
 * credentials are the scenario's, so that a client that encodes them wrongly
 * is refused here as it would be anywhere.
 */
#define RAW_CAP 8192

static const char challenge_text[] = "<1896.697170952@demo.invalid>";

/* The right password of this endpoint; NULL: it accepts nothing. */
const char *login_password(const struct player *p)
{
	const struct scenario *s = p->scenario;

	if (s->password)
		return s->password;
	if (scenario_cue(s, p->endpoint, CUE_REFUSED, p->in_tls,
			 (struct span){ "", 0 }))
		return NULL;
	return s->secret;
}

static bool same(struct span a, const char *b)
{
	return b && a.len == strlen(b) && memcmp(a.at, b, a.len) == 0;
}

bool login_user_is_right(const struct player *p, struct span user)
{
	return same(user, scenario_login(p->scenario));
}

static bool is_right(const struct player *p, struct span user,
		     struct span password)
{
	return login_user_is_right(p, user) &&
	       same(password, login_password(p));
}

bool login_is_attempt(enum service service, struct span command)
{
	struct span word;

	if (!span_word(&command, &word))
		return false;
	switch (service) {
	case SERVICE_IMAP:
		return span_is(word, "LOGIN") || span_is(word, "AUTHENTICATE");
	case SERVICE_SMTP:
		return span_is(word, "AUTH");
	case SERVICE_POP3:
		/* RFC 1734's bare AUTH lists mechanisms */
		return span_is(word, "PASS") ||
		       (span_is(word, "AUTH") && span_trim(command).len > 0);
	}
	return false;
}

/* ---- commands that carry the secret themselves ---- */

/* An astring of IMAP: an atom, or quoted with backslashes (RFC 3501 4.3). */
static bool take_astring(struct span *rest, char *to, size_t cap,
			 struct span *ret)
{
	size_t n = 0, i = 0;
	bool quoted;

	*rest = span_trim(*rest);
	quoted = rest->len > 0 && rest->at[0] == '"';
	for (i = quoted; i < rest->len && n < cap; i++) {
		char c = rest->at[i];

		if (c == (quoted ? '"' : ' '))
			break;
		if (quoted && c == '\\' && i + 1 < rest->len)
			c = rest->at[++i];
		to[n++] = c;
	}
	*ret = (struct span){ to, n };
	*rest = span_from(*rest, i + quoted);
	return n < cap;
}

static void imap_login(struct player *p, struct span rest)
{
	char user[512], password[RAW_CAP];
	struct span u, s;

	polite_login(p, take_astring(&rest, user, sizeof(user), &u) &&
		     take_astring(&rest, password, sizeof(password), &s) &&
		     is_right(p, u, s));
}

/* ---- SASL ---- */

/* The end of an exchange, for each mechanism: are these the credentials? */

static bool plain_is_right(const struct player *p, struct span raw)
{
	struct span authzid, user;

	return span_cut(&raw, '\0', &authzid) && span_cut(&raw, '\0', &user) &&
	       (authzid.len == 0 || same(authzid, scenario_login(p->scenario))) &&
	       is_right(p, user, raw);
}

static bool login_is_right(const struct player *p, struct span raw)
{
	return is_right(p, span_of(p->sasl_user), raw);
}

/* RFC 2195: "user" SP hex(HMAC-MD5(password, challenge)) */
static bool cram_is_right(const struct player *p, struct span raw)
{
	unsigned char mac[DIGEST_MAX];
	const char *password = login_password(p);
	char room[600];
	struct buf want = buf_over(room, sizeof(room));

	if (!password || !digest_hmac(DIGEST_MD5, span_of(password),
				      span_of(challenge_text), mac))
		return false;
	buf_fmt(&want, "%s ", scenario_login(p->scenario));
	hex_encode(&want, (struct span){ (const char *)mac,
		   digest_size(DIGEST_MD5) });
	return same(raw, want.data);
}

/* Both OAuth forms hold "auth=Bearer TOKEN" between control-A's. */
static bool bearer_is_right(const struct player *p, struct span raw)
{
	const char *token = login_password(p);
	struct span part;

	while (raw.len > 0) {
		span_cut(&raw, '\1', &part);
		if (span_skip(&part, "auth=Bearer "))
			return same(part, token);
	}
	return false;
}

static const struct mechanism {
	const char *name;
	const char *prompt;		/* first challenge */
	const char *second;		/* after a first answer; NULL: no second */
	bool (*is_right)(const struct player *p, struct span raw);
	bool error_challenge;		/* RFC 7628 3.2.2: says why, then fails */
} mechanisms[] = {
	{ "PLAIN", "", NULL, plain_is_right, false },
	{ "LOGIN", "Username:", "Password:", login_is_right, false },
	{ "CRAM-MD5", challenge_text, NULL, cram_is_right, false },
	{ "XOAUTH2", "", NULL, bearer_is_right, true },
	{ "OAUTHBEARER", "", NULL, bearer_is_right, true },
	{ "SCRAM-SHA-1", "", NULL, NULL, false },	/* scram_server.c */
	{ "SCRAM-SHA-256", "", NULL, NULL, false },
};

static const struct mechanism *mechanism_of(const struct player *p)
{
	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (text_same(mechanisms[i].name, p->mechanism))
			return &mechanisms[i];
	return NULL;
}

void login_challenge(struct player *p, struct span raw)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));

	base64_encode(&b, raw);
	player_say(p, "%s%s", p->scene->endpoint.service == SERVICE_SMTP ?
		   "334 " : "+ ", b.data);
	p->turn = TURN_SASL;
}

static void say_cancelled(struct player *p)
{
	static const char *const text[SERVICE_COUNT] = {
		[SERVICE_IMAP] = "BAD Authentication aborted by client.",
		[SERVICE_SMTP] = "501 5.7.0 Authentication aborted",
		[SERVICE_POP3] = "-ERR Authentication aborted by client.",
	};
	enum service service = p->scene->endpoint.service;

	player_say(p, "%s%s%s", service == SERVICE_IMAP ? p->tag : "",
		   service == SERVICE_IMAP ? " " : "", text[service]);
}

/* One answer of the client, in base64; "=" is an empty one (RFC 4954). */
static void take_answer(struct player *p, struct span line)
{
	const struct mechanism *m = mechanism_of(p);
	char raw[RAW_CAP];
	size_t len = 0;
	bool right;

	if (!span_is(line, "=") &&
	    !base64_decode(line, raw, sizeof(raw), &len)) {
		say_cancelled(p);
		return;
	}
	if (!m->is_right) {
		scram_response(p, (struct span){ raw, len });
		return;
	}
	if (p->sasl_turn++ == 0 && m->second) {
		span_copy((struct span){ raw, len }, p->sasl_user,
			  sizeof(p->sasl_user));
		login_challenge(p, span_of(m->second));
		return;
	}
	right = p->sasl_turn <= 2 && m->is_right(p, (struct span){ raw, len });
	if (!right && m->error_challenge && p->sasl_turn == 1)
		login_challenge(p, SPAN_LIT("{\"status\":\"400\","
				"\"schemes\":\"Bearer\",\"scope\":"
				"\"https://mail.demo.invalid/\"}"));
	else
		polite_login(p, right);
}

void login_response(struct player *p, struct span line)
{
	if (span_is(line, "*"))
		say_cancelled(p);
	else
		take_answer(p, line);
}

static void sasl_command(struct player *p, struct span rest)
{
	static const char *const unknown[SERVICE_COUNT] = {
		[SERVICE_IMAP] = "NO [CANNOT] Unsupported authentication mechanism.",
		[SERVICE_SMTP] = "504 5.5.4 Unrecognized authentication type",
		[SERVICE_POP3] = "-ERR Unsupported authentication mechanism.",
	};
	enum service service = p->scene->endpoint.service;
	const struct mechanism *m;
	struct span name = { "", 0 };

	span_word(&rest, &name);
	span_copy(name, p->mechanism, sizeof(p->mechanism));
	p->sasl_turn = 0;
	m = mechanism_of(p);
	rest = span_trim(rest);
	if (!m)
		player_say(p, "%s%s%s", service == SERVICE_IMAP ? p->tag : "",
			   service == SERVICE_IMAP ? " " : "", unknown[service]);
	else if (rest.len > 0)
		take_answer(p, rest);
	else
		login_challenge(p, span_of(m->prompt));
}

void login_command(struct player *p, struct span command)
{
	struct span word = { "", 0 };

	span_word(&command, &word);
	if (span_is(word, "LOGIN")) {
		imap_login(p, command);
	} else if (span_is(word, "USER")) {
		span_copy(span_trim(command), p->sasl_user, sizeof(p->sasl_user));
		player_say(p, "+OK");
	} else if (span_is(word, "PASS")) {
		/* RFC 1939: the rest of the line, spaces and all */
		polite_login(p, is_right(p, span_of(p->sasl_user),
					 span_from(command, 1)));
	} else {
		sasl_command(p, command);
	}
}
