#include <string.h>

#include "probes/base/text.h"
#include "probes/sasl_mechanism.h"
#include "probes/saslprep.h"

/*
 * SCRAM-SHA-1 and -256 (RFC 5802, RFC 7677), without channel binding:
 *
 *	client-first = "n,," "n=" user ",r=" nonce
 *	server-first = "r=" nonce more ",s=" salt ",i=" iterations
 *	client-final = "c=biws,r=" nonce more ",p=" proof
 *	server-final = "v=" signature / "e=" error
 *
 * RFC 5802 section 5.1 asks for 4096 iterations at least: fewer would let a
 * false server guess the password. The cap keeps it from burning our CPU:
 * they take 0.7 s, in which nobody hears of Ctrl-C.
 */
#define ITERATIONS_MIN 4096
#define ITERATIONS_MAX 600000
#define SALT_MAX 1024

static bool scram_nonce(struct sasl_session *s, struct fault *why)
{
	unsigned char raw[18];
	struct buf out;

	if (s->nonce[0])
		return true;
	if (!random_bytes(raw, sizeof(raw)))
		return fail(why, FAULT_INTERNAL, "no random numbers here");
	out = buf_over(s->nonce, sizeof(s->nonce));
	base64_encode(&out, (struct span){ (const char *)raw, sizeof(raw) });
	return true;
}

static bool first(struct sasl_session *s, struct secret *ret,
		  struct fault *why)
{
	struct secret user = { 0 };
	struct secret *bare = &s->first_bare;
	bool ok;

	if (!scram_nonce(s, why) ||
	    !saslprep(span_of(s->who->user), &user, why))
		return false;
	if (!secret_init(bare, user.len * 3 + sizeof(s->nonce) + 8)) {
		secret_release(&user);
		return fail(why, FAULT_NO_MEMORY, "no memory for SCRAM");
	}
	ok = sasl_add(bare, SPAN_LIT("n="), why) &&
	     sasl_add_name(bare, secret_span(&user), why) &&
	     sasl_add(bare, SPAN_LIT(",r="), why) &&
	     sasl_add(bare, span_of(s->nonce), why) &&
	     sasl_add(ret, SPAN_LIT("n,,"), why) &&
	     sasl_add(ret, secret_span(bare), why);
	secret_release(&user);
	return ok;
}

struct server_first {
	struct span nonce, salt64;
	unsigned iterations;
};

/* attr-val = ALPHA "=" value; the attributes come in this order */
static bool attribute(struct span *rest, const char *name, struct span *ret)
{
	return span_cut(rest, ',', ret) && span_skip(ret, name) && ret->len > 0;
}

static bool read_server_first(struct sasl_session *s, struct span challenge,
			      struct server_first *ret, struct fault *why)
{
	struct span rest = challenge, iterations;
	size_t ours = strlen(s->nonce);

	/* "m=" announces an extension that must be understood: it is not */
	if (!attribute(&rest, "r=", &ret->nonce) ||
	    !attribute(&rest, "s=", &ret->salt64) ||
	    !attribute(&rest, "i=", &iterations))
		return fail(why, FAULT_PROTOCOL, "no SCRAM server-first");
	if (ret->nonce.len <= ours ||
	    memcmp(ret->nonce.at, s->nonce, ours) != 0)
		return fail(why, FAULT_PROTOCOL,
			    "the SCRAM nonce does not begin with ours");
	if (!span_number(iterations, &ret->iterations) ||
	    ret->iterations < ITERATIONS_MIN ||
	    ret->iterations > ITERATIONS_MAX)
		return fail(why, FAULT_PROTOCOL, "SCRAM iteration count "
			    "not within %d and %d", ITERATIONS_MIN,
			    ITERATIONS_MAX);
	return true;
}

static struct span bytes_of(const unsigned char *at, size_t len)
{
	return (struct span){ (const char *)at, len };
}

static bool salted_password(const struct sasl_session *s,
			    const struct server_first *f, unsigned char *ret,
			    struct fault *why)
{
	struct secret secret;
	char salt[SALT_MAX];
	size_t len;
	bool ok;

	if (!base64_decode(f->salt64, salt, sizeof(salt), &len) || len == 0)
		return fail(why, FAULT_PROTOCOL, "the SCRAM salt is no base64");
	if (!saslprep(secret_span(s->who->secret), &secret, why))
		return false;
	ok = digest_pbkdf2(s->mechanism->digest, secret_span(&secret),
			   (struct span){ salt, len }, f->iterations, ret);
	secret_release(&secret);
	return ok || fail(why, FAULT_NO_MEMORY, "no %s here",
			  s->mechanism->name);
}

/*
 * From SaltedPassword to ClientProof and ServerSignature (section 3). The
 * proof replaces `salted`, the signature stays in the session.
 */
static bool prove(struct sasl_session *s, unsigned char *salted,
		  struct span message, struct fault *why)
{
	enum digest d = s->mechanism->digest;
	size_t n = digest_size(d);
	unsigned char client[DIGEST_MAX], stored[DIGEST_MAX],
		      server[DIGEST_MAX], signature[DIGEST_MAX];
	bool ok;

	ok = digest_hmac(d, bytes_of(salted, n), SPAN_LIT("Client Key"),
			 client) &&
	     digest_hash(d, bytes_of(client, n), stored) &&
	     digest_hmac(d, bytes_of(stored, n), message, signature) &&
	     digest_hmac(d, bytes_of(salted, n), SPAN_LIT("Server Key"),
			 server) &&
	     digest_hmac(d, bytes_of(server, n), message, stored) &&
	     secret_init(&s->server_signature, DIGEST_MAX) &&
	     secret_add(&s->server_signature, bytes_of(stored, n));
	for (size_t i = 0; ok && i < n; i++)
		salted[i] = client[i] ^ signature[i];
	wipe(client, sizeof(client));
	wipe(stored, sizeof(stored));
	wipe(server, sizeof(server));
	wipe(signature, sizeof(signature));
	return ok || fail(why, FAULT_NO_MEMORY, "no %s here",
			  s->mechanism->name);
}

/* AuthMessage = client-first-bare "," server-first "," final-without-proof */
static bool second(struct sasl_session *s, struct span challenge,
		   struct secret *ret, struct fault *why)
{
	struct server_first f;
	struct secret message = { 0 };
	unsigned char key[DIGEST_MAX] = { 0 };
	bool ok;

	if (!read_server_first(s, challenge, &f, why))
		return false;
	if (!secret_init(&message, s->first_bare.len + challenge.len +
			 f.nonce.len + 16))
		return fail(why, FAULT_NO_MEMORY, "no memory for SCRAM");
	ok = sasl_add(ret, SPAN_LIT("c=biws,r="), why) &&
	     sasl_add(ret, f.nonce, why) &&
	     sasl_add(&message, secret_span(&s->first_bare), why) &&
	     sasl_add(&message, SPAN_LIT(","), why) &&
	     sasl_add(&message, challenge, why) &&
	     sasl_add(&message, SPAN_LIT(","), why) &&
	     sasl_add(&message, secret_span(ret), why) &&
	     salted_password(s, &f, key, why) &&
	     prove(s, key, secret_span(&message), why) &&
	     sasl_add(ret, SPAN_LIT(",p="), why);
	if (ok && !secret_add_base64(ret, bytes_of(key, digest_size(
						s->mechanism->digest))))
		ok = fail(why, FAULT_NO_MEMORY, "no room for the SCRAM proof");
	wipe(key, sizeof(key));
	secret_release(&message);
	return ok;
}

/*
 * "e=": the server is about to refuse, and an empty answer lets it. A wrong
 * signature means that it does not know the secret: no more is said to it.
 */
static bool third(struct sasl_session *s, struct span challenge,
		  struct fault *why)
{
	char signature[DIGEST_MAX];
	struct span rest = challenge, value;
	size_t len;

	if (span_starts(challenge, "e="))
		return true;
	if (!attribute(&rest, "v=", &value))
		return fail(why, FAULT_PROTOCOL, "no SCRAM server-final");
	if (!base64_decode(value, signature, sizeof(signature), &len) ||
	    len != s->server_signature.len ||
	    !digest_same((const unsigned char *)signature,
			 (const unsigned char *)s->server_signature.bytes, len))
		return fail(why, FAULT_SERVER_UNPROVEN,
			    "the server's SCRAM signature is wrong");
	s->server_proven = true;
	return true;
}

bool scram_respond(struct sasl_session *s, struct span challenge,
		   struct secret *ret, struct fault *why)
{
	switch (s->turn) {
	case 0:
		return first(s, ret, why);
	case 1:
		return second(s, challenge, ret, why);
	case 2:
		return third(s, challenge, why);
	default:
		return fail(why, FAULT_PROTOCOL, "SCRAM is over, and the "
			    "server asks for more");
	}
}
