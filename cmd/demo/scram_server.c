#include "cmd/demo/player.h"

#include <string.h>

#include "probes/base/digest.h"
#include "probes/base/text.h"

/*
 * The server's side of SCRAM (RFC 5802 section 3), so that a client's proof
 * is really checked and the client has a server signature to check itself.
 * Salt and nonce are fixed: a scenario is played alike every time.
 */
#define SALT "mailwhy demo"
#define SERVER_NONCE "3rfcNHYJY1ZVvWVs7j"
#define ITERATIONS 4096			/* RFC 7677 section 4: at least */

struct keys {
	enum digest digest;
	struct span message;		/* AuthMessage */
	unsigned char salted[DIGEST_MAX];
};

/* HMAC(HMAC-or-hash of the salted password under `label`, AuthMessage) */
static bool signature(const struct keys *k, const char *label, bool stored,
		      unsigned char key[DIGEST_MAX],
		      unsigned char ret[DIGEST_MAX])
{
	size_t size = digest_size(k->digest);
	struct span salted = { (const char *)k->salted, size };
	unsigned char sign_with[DIGEST_MAX];

	if (!digest_hmac(k->digest, salted, span_of(label), key))
		return false;
	memcpy(sign_with, key, size);
	if (stored && !digest_hash(k->digest, (struct span){
				   (const char *)key, size }, sign_with))
		return false;
	return digest_hmac(k->digest, (struct span){ (const char *)sign_with,
			   size }, k->message, ret);
}

/* ClientProof is ClientKey XOR ClientSignature. */
static bool proof_is_right(const struct keys *k, struct span proof)
{
	unsigned char key[DIGEST_MAX], sign[DIGEST_MAX];
	unsigned char given[DIGEST_MAX + 2];
	size_t size = digest_size(k->digest), len;

	if (!base64_decode(proof, (char *)given, sizeof(given), &len) ||
	    len != size || !signature(k, "Client Key", true, key, sign))
		return false;
	for (size_t i = 0; i < size; i++)
		given[i] ^= sign[i];
	return digest_same(given, key, size);
}

static void say_server_first(struct player *p, struct span client_first)
{
	struct buf out = buf_over(p->scram, sizeof(p->scram));
	struct span bare, part, nonce = { "", 0 };
	size_t first;

	/* "n,," and no channel binding: what stands behind is signed */
	span_cut(&client_first, ',', &part);
	span_cut(&client_first, ',', &part);
	bare = client_first;
	while (span_cut(&client_first, ',', &part))
		if (part.len > 2 && memcmp(part.at, "r=", 2) == 0)
			nonce = span_from(part, 2);
	buf_add(&out, bare);
	buf_char(&out, ',');
	first = out.len;
	buf_str(&out, "r=");
	buf_add(&out, nonce);
	buf_str(&out, SERVER_NONCE ",s=");
	base64_encode(&out, SPAN_LIT(SALT));
	buf_fmt(&out, ",i=%d", ITERATIONS);
	p->scram_used = out.len;
	login_challenge(p, span_from(buf_span(&out), first));
}

static bool user_is_right(const struct player *p)
{
	struct span bare = span_of(p->scram), user;

	span_cut(&bare, ',', &user);
	return user.len > 2 &&
	       login_user_is_right(p, span_from(user, 2));
}

/* client-final: "c=biws,r=NONCE,p=PROOF"; all before ",p=" is signed. */
static void take_client_final(struct player *p, struct span final,
			      struct keys *k)
{
	unsigned char key[DIGEST_MAX], sign[DIGEST_MAX];
	struct buf out = { p->scram, p->scram_used, sizeof(p->scram), false };
	const char *password = login_password(p);
	size_t end = final.len;
	char room[64];
	struct buf last = buf_over(room, sizeof(room));

	while (end > 0 && memcmp(final.at + end - 1, ",", 1) != 0)
		end--;
	buf_char(&out, ',');
	buf_add(&out, span_head(final, end > 0 ? end - 1 : 0));
	k->message = buf_span(&out);
	if (!password || out.full || !user_is_right(p) ||
	    !digest_pbkdf2(k->digest, span_of(password), SPAN_LIT(SALT),
			   ITERATIONS, k->salted) ||
	    !proof_is_right(k, span_from(final, end + 2)) ||
	    !signature(k, "Server Key", false, key, sign)) {
		polite_login(p, false);
		return;
	}
	buf_str(&last, "v=");
	base64_encode(&last, (struct span){ (const char *)sign,
		      digest_size(k->digest) });
	login_challenge(p, buf_span(&last));
}

void scram_response(struct player *p, struct span raw)
{
	struct keys k = { .digest = text_ends(p->mechanism, "256") ?
				    DIGEST_SHA256 : DIGEST_SHA1 };

	switch (p->sasl_turn++) {
	case 0:
		say_server_first(p, raw);
		break;
	case 1:
		take_client_final(p, raw, &k);
		break;
	default:
		polite_login(p, raw.len == 0);
		break;
	}
}
