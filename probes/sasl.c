#include "probes/sasl.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/sasl_mechanism.h"
#include "probes/saslprep.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

bool sasl_add(struct secret *ret, struct span bytes, struct fault *why)
{
	if (secret_add(ret, bytes))
		return true;
	return fail(why, FAULT_NO_MEMORY, "a login response of over %zu bytes",
		    ret->cap);
}

bool sasl_add_name(struct secret *ret, struct span name, struct fault *why)
{
	for (size_t i = 0; i < name.len; i++) {
		struct span c = { name.at + i, 1 };

		if (name.at[i] == '=')
			c = SPAN_LIT("=3D");
		else if (name.at[i] == ',')
			c = SPAN_LIT("=2C");
		if (!sasl_add(ret, c, why))
			return false;
	}
	return true;
}

static bool no_nul(struct span s, const char *what, struct fault *why)
{
	if (s.len == 0 || !memchr(s.at, '\0', s.len))
		return true;
	return fail(why, FAULT_BAD_SECRET, "a NUL in the %s", what);
}

static bool out_of_turn(const struct sasl_session *s, struct fault *why)
{
	return fail(why, FAULT_PROTOCOL, "%s has no answer to a challenge here",
		    s->mechanism->name);
}

/* RFC 4616: [authzid] NUL authcid NUL passwd */
static bool plain(struct sasl_session *s, struct span challenge,
		  struct secret *ret, struct fault *why)
{
	struct span user = span_of(s->who->user);
	struct span secret = secret_span(s->who->secret);

	(void)challenge;
	if (s->turn > 0)
		return out_of_turn(s, why);
	return no_nul(secret, "secret", why) &&
	       sasl_add(ret, (struct span){ "\0", 1 }, why) &&
	       sasl_add(ret, user, why) &&
	       sasl_add(ret, (struct span){ "\0", 1 }, why) &&
	       sasl_add(ret, secret, why);
}

/* draft-murchison-sasl-login; the words of the prompts do not matter */
static bool login(struct sasl_session *s, struct span challenge,
		  struct secret *ret, struct fault *why)
{
	(void)challenge;
	if (s->turn == 0)
		return sasl_add(ret, span_of(s->who->user), why);
	if (s->turn > 1)
		return out_of_turn(s, why);
	return no_nul(secret_span(s->who->secret), "secret", why) &&
	       sasl_add(ret, secret_span(s->who->secret), why);
}

/* RFC 2195 section 2: user SP hex(HMAC-MD5(secret, challenge)) */
static bool cram(struct sasl_session *s, struct span challenge,
		 struct secret *ret, struct fault *why)
{
	struct secret user = { 0 }, secret = { 0 };
	unsigned char mac[DIGEST_MAX];
	char hex[2 * DIGEST_MAX + 1];
	struct buf out = buf_over(hex, sizeof(hex));
	bool ok;

	if (s->turn > 0)
		return out_of_turn(s, why);
	if (challenge.len == 0)
		return fail(why, FAULT_PROTOCOL, "CRAM-MD5 without challenge");
	ok = saslprep(span_of(s->who->user), &user, why) &&
	     saslprep(secret_span(s->who->secret), &secret, why);
	if (ok && !digest_hmac(DIGEST_MD5, secret_span(&secret), challenge,
			       mac))
		ok = fail(why, FAULT_NO_MEMORY, "no HMAC-MD5 here");
	if (ok) {
		hex_encode(&out, (struct span){ (const char *)mac,
						digest_size(DIGEST_MD5) });
		ok = sasl_add(ret, secret_span(&user), why) &&
		     sasl_add(ret, SPAN_LIT(" "), why) &&
		     sasl_add(ret, buf_span(&out), why);
	}
	/* who has these can try passwords at leisure */
	wipe(mac, sizeof(mac));
	wipe(hex, sizeof(hex));
	secret_release(&user);
	secret_release(&secret);
	return ok;
}

/* Google's and Microsoft's: user=NAME ^A auth=Bearer TOKEN ^A ^A */
static bool xoauth2(struct sasl_session *s, struct span challenge,
		    struct secret *ret, struct fault *why)
{
	(void)challenge;
	if (s->turn > 0)
		return true;	/* the error; an empty line ends it */
	return no_nul(secret_span(s->who->secret), "token", why) &&
	       sasl_add(ret, SPAN_LIT("user="), why) &&
	       sasl_add(ret, span_of(s->who->user), why) &&
	       sasl_add(ret, SPAN_LIT("\001auth=Bearer "), why) &&
	       sasl_add(ret, secret_span(s->who->secret), why) &&
	       sasl_add(ret, SPAN_LIT("\001\001"), why);
}

/* RFC 7628 section 3.1 */
static bool oauthbearer(struct sasl_session *s, struct span challenge,
			struct secret *ret, struct fault *why)
{
	char port[24];

	(void)challenge;
	if (s->turn > 0)	/* section 3.2.3: a lone ^A ends the exchange */
		return sasl_add(ret, SPAN_LIT("\001"), why);
	snprintf(port, sizeof(port), "\001port=%u", (unsigned)s->port);
	return no_nul(secret_span(s->who->secret), "token", why) &&
	       sasl_add(ret, SPAN_LIT("n,a="), why) &&
	       sasl_add_name(ret, span_of(s->who->user), why) &&
	       sasl_add(ret, SPAN_LIT(",\001host="), why) &&
	       sasl_add(ret, span_of(s->host), why) &&
	       sasl_add(ret, span_of(port), why) &&
	       sasl_add(ret, SPAN_LIT("\001auth=Bearer "), why) &&
	       sasl_add(ret, secret_span(s->who->secret), why) &&
	       sasl_add(ret, SPAN_LIT("\001\001"), why);
}

enum { PLAIN, LOGIN, CRAM_MD5, SCRAM_SHA_1, SCRAM_SHA_256, XOAUTH2,
       OAUTHBEARER };

static const struct sasl_mechanism mechanisms[] = {
	[PLAIN] = { "PLAIN", true, false, true, false, 0, 1, plain },
	[LOGIN] = { "LOGIN", false, false, true, false, 0, 2, login },
	[CRAM_MD5] = { "CRAM-MD5", false, false, false, false, DIGEST_MD5, 1,
		       cram },
	[SCRAM_SHA_1] = { "SCRAM-SHA-1", true, false, false, true, DIGEST_SHA1,
			  0, scram_respond },
	[SCRAM_SHA_256] = { "SCRAM-SHA-256", true, false, false, true,
			    DIGEST_SHA256, 0, scram_respond },
	[XOAUTH2] = { "XOAUTH2", true, true, true, false, 0, 1, xoauth2 },
	[OAUTHBEARER] = { "OAUTHBEARER", true, true, true, false, 0, 1,
			  oauthbearer },
};

const struct sasl_mechanism *sasl_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(mechanisms); i++)
		if (text_same(mechanisms[i].name, name))
			return &mechanisms[i];
	return NULL;
}

const char *sasl_name(const struct sasl_mechanism *m)
{
	return m->name;
}

bool sasl_client_first(const struct sasl_mechanism *m)
{
	return m->client_first;
}

bool sasl_wants_token(const struct sasl_mechanism *m)
{
	return m->wants_token;
}

bool sasl_sends_secret(const struct sasl_mechanism *m)
{
	return m->sends_secret;
}

bool sasl_proves_server(const struct sasl_mechanism *m)
{
	return m->proves_server;
}

static const struct sasl_mechanism *first_offered(
	const struct capabilities *offered, const int *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct sasl_mechanism *m = &mechanisms[order[i]];
		char word[32];

		snprintf(word, sizeof(word), "AUTH=%s", m->name);
		if (capability_has(offered, word))
			return m;
	}
	return NULL;
}

const struct sasl_mechanism *sasl_choose(const struct capabilities *offered,
					 bool is_token, bool in_tls)
{
	static const int token[] = { OAUTHBEARER, XOAUTH2 };
	static const int under_tls[] = { PLAIN, LOGIN, SCRAM_SHA_256,
					 SCRAM_SHA_1, CRAM_MD5 };
	static const int in_clear[] = { SCRAM_SHA_256, SCRAM_SHA_1, CRAM_MD5,
					PLAIN, LOGIN };

	if (is_token)
		return first_offered(offered, token, ARRAY_SIZE(token));
	if (in_tls)
		return first_offered(offered, under_tls, ARRAY_SIZE(under_tls));
	return first_offered(offered, in_clear, ARRAY_SIZE(in_clear));
}

void sasl_begin(struct sasl_session *s, const struct sasl_mechanism *m,
		const struct credentials *who, const char *host, uint16_t port)
{
	*s = (struct sasl_session){
		.mechanism = m, .who = who, .host = host, .port = port,
	};
}

void sasl_end(struct sasl_session *s)
{
	secret_release(&s->first_bare);
	secret_release(&s->server_signature);
	wipe(s, sizeof(*s));
}

bool sasl_respond(struct sasl_session *s, struct span challenge,
		  struct secret *ret, struct fault *why)
{
	secret_clear(ret);
	/*
	 * A server that takes no initial response asks for it with an empty
	 * challenge, although it came with the command.
	 */
	if (s->mechanism->client_first && s->turn == 1 && challenge.len == 0 &&
	    !s->repeated) {
		s->repeated = true;
		s->turn = 0;
		secret_release(&s->first_bare);
	}
	if (!s->mechanism->respond(s, challenge, ret, why))
		return false;
	s->turn++;
	return true;
}

bool sasl_finish(const struct sasl_session *s, struct fault *why)
{
	/* "OK" to half of a login says nothing of the secret */
	if (s->turn < s->mechanism->turns)
		return fail(why, FAULT_PROTOCOL,
			    "OK before the login was sent");
	if (!s->mechanism->proves_server || s->server_proven)
		return true;
	return fail(why, FAULT_SERVER_UNPROVEN, "the server said yes without "
		    "proof that it knows the secret (RFC 5802 section 3)");
}
