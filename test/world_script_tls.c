#include "test/world_script.h"
#include "test/world_script_private.h"

#include <string.h>

#include "probes/base/digest.h"
#include "probes/base/text.h"

#define DAY 86400
#define BUILT (SCRIPT_NOW - 100 * DAY)

/* As tls_client judges the certificates that pki.c makes. */
static const struct {
	enum fault_kind fault;
	const char *issuer, *org;
} certificates[CERT_KIND_COUNT] = {
	[CERT_KIND_OTHER_NAME] = { FAULT_CERT_NAME, NULL, NULL },
	[CERT_KIND_SELF_SIGNED] = { FAULT_CERT_SELF_SIGNED, NULL, NULL },
	[CERT_KIND_UNKNOWN_CA] = { FAULT_CERT_UNKNOWN_CA, "Private Office CA",
		NULL },
	[CERT_KIND_NO_INTERMEDIATE] = { FAULT_CERT_INCOMPLETE,
		"mailwhy test R0", "Let's Encrypt" },
	[CERT_KIND_UNLISTED] = { FAULT_CERT_UNKNOWN_CA,
		"mailwhy test X0", "Let's Encrypt" },
	[CERT_KIND_NO_ROOT] = { FAULT_CERT_INCOMPLETE, "Private Office CA",
		NULL },
	[CERT_KIND_SHA1] = { FAULT_CERT_WEAK, NULL, NULL },
	[CERT_KIND_INTERCEPTED] = { FAULT_CERT_UNKNOWN_CA,
		"mailwhy test antivirus Web/Mail Shield Root", NULL },
	[CERT_KIND_INSPECTED] = { FAULT_NONE,
		"mailwhy test antivirus Web/Mail Shield Root", NULL },
	[CERT_KIND_SIGN_IN] = { FAULT_CERT_SELF_SIGNED, NULL, NULL },
	[CERT_KIND_CLIENT_ONLY] = { FAULT_CERT_USAGE, NULL, NULL },
};

static const char *shown_name(enum cert_kind kind, const char *host)
{
	if (kind == CERT_KIND_OTHER_NAME)
		return "elsewhere.example";
	return kind == CERT_KIND_SIGN_IN ? "login.hotspot.example" : host;
}

static bool is_self_signed(enum cert_kind kind)
{
	return kind == CERT_KIND_SELF_SIGNED || kind == CERT_KIND_SIGN_IN;
}

static void cert_fill(const struct scene *scene, const char *host,
		      struct cert_facts *c)
{
	enum cert_kind kind = scene->cert;
	const char *issuer = certificates[kind].issuer;
	const char *name = shown_name(kind, host);
	unsigned char hash[DIGEST_MAX];
	struct buf b;

	if (!issuer)
		issuer = is_self_signed(kind) ? name : "mailwhy test issuer";
	b = buf_over(c->subject, sizeof(c->subject));
	buf_fmt(&b, "CN=%.64s", name);
	b = buf_over(c->issuer, sizeof(c->issuer));
	buf_fmt(&b, "CN=%s", issuer);
	if (certificates[kind].org)
		buf_fmt(&b, ",O=%s", certificates[kind].org);
	span_copy(span_of(name), c->subject_name, sizeof(c->subject_name));
	span_copy(span_of(issuer), c->issuer_name, sizeof(c->issuer_name));
	span_copy(span_of(name), c->name[0], sizeof(c->name[0]));
	/* one a host: no two servers have the same */
	digest_hash(DIGEST_SHA256, span_of(host), hash);
	b = buf_over(c->sha256, sizeof(c->sha256));
	hex_encode(&b, (struct span){ (const char *)hash, 32 });
	c->names = 1;
	c->not_before = SCRIPT_NOW - 30 * DAY;
	c->not_after = SCRIPT_NOW + 60 * DAY;
	if (kind == CERT_KIND_EXPIRED)
		c->not_after = SCRIPT_NOW - DAY;
	if (kind == CERT_KIND_FUTURE)
		c->not_before = SCRIPT_NOW + DAY;
	span_copy(SPAN_LIT("EC P-256"), c->key, sizeof(c->key));
	c->self_signed = is_self_signed(kind);
}

/* The dates count when nothing worse is wrong. */
static enum fault_kind judge_dates(const struct cert_facts *c, epoch now)
{
	if (now > c->not_after)
		return FAULT_CERT_EXPIRED;
	return now < c->not_before ? FAULT_CERT_FUTURE : FAULT_NONE;
}

static bool judge_cert(const struct scene *scene, const char *host,
		       struct tls_facts *ret, struct fault *why)
{
	enum fault_kind fault = certificates[scene->cert].fault;

	ret->handshake_done = true;
	ret->legacy_renegotiation = scene->tls == SCENE_TLS_LEGACY;
	ret->chain = 1;
	cert_fill(scene, host, &ret->cert[0]);
	if (!fault)
		fault = judge_dates(&ret->cert[0], ret->checked_at);
	span_copy(SPAN_LIT("TLSv1.2"), ret->version, sizeof(ret->version));
	span_copy(SPAN_LIT("TLS-ECDHE-ECDSA-WITH-AES-128-GCM-SHA256"),
		  ret->cipher, sizeof(ret->cipher));
	ret->cert_expired = fault == FAULT_CERT_EXPIRED;
	ret->cert_future = fault == FAULT_CERT_FUTURE;
	ret->cert_wrong_name = fault == FAULT_CERT_NAME ||
			       scene->cert == CERT_KIND_SIGN_IN;
	ret->cert_weak = fault == FAULT_CERT_WEAK;
	ret->cert_wrong_usage = fault == FAULT_CERT_USAGE;
	ret->cert_untrusted = fault == FAULT_CERT_SELF_SIGNED ||
			      fault == FAULT_CERT_UNKNOWN_CA ||
			      fault == FAULT_CERT_INCOMPLETE;
	ret->verified = !fault;
	return !fault || fail(why, fault, "the certificate: %s",
			      fault_name(fault));
}

static bool alerted(int alert, struct tls_facts *ret, struct fault *why)
{
	enum fault_kind kind = FAULT_TLS_ALERT;

	if (alert == 70 || alert == 86)
		kind = FAULT_TLS_VERSION;
	else if (alert == 40 || alert == 71)
		kind = FAULT_TLS_CIPHER;
	ret->alert = alert;
	ret->alert_fatal = true;
	return fail(why, kind, "the server sent the TLS alert %s",
		    tls_alert_name(alert));
}

/* As tls_hello. */
static bool told_version(unsigned minor, unsigned suite,
			 struct tls_facts *ret, struct fault *why)
{
	struct buf b = buf_over(ret->offered, sizeof(ret->offered));

	ret->cipher_is_ours = suite != 0x000a;
	span_copy(span_of(suite == 0x000a ? "TLS_RSA_WITH_3DES_EDE_CBC_SHA" :
			  "TLS_RSA_WITH_AES_128_CBC_SHA"),
		  ret->offered_cipher, sizeof(ret->offered_cipher));

	buf_fmt(&b, "TLSv1.%u", minor);
	return fail(why, FAULT_TLS_VERSION, "the server offers %s",
		    ret->offered);
}

static bool not_tls(struct script_link *l, msec by, struct tls_facts *ret,
		    struct fault *why)
{
	if (!script_pump(l, by, why))
		return false;
	ret->first_bytes = l->ready.len < FIRST_BYTES_MAX ? l->ready.len :
			   FIRST_BYTES_MAX;
	memcpy(ret->first, l->ready.at, ret->first_bytes);
	return fail(why, FAULT_NOT_TLS, "what the server sent is not TLS");
}

/* Read as the handshake would: whoever stands in between shall see it. */
static bool silent(struct stream *io, msec by, struct fault *why)
{
	char byte;
	size_t len;

	stream_read(io, &byte, 1, &len, by, why);
	return false;
}

/* As 2.28 meets messages of the handshake over several records. */
static bool in_pieces(struct tls_facts *ret, struct fault *why)
{
	ret->in_pieces = ret->own_limit = true;
	span_copy(SPAN_LIT("TLSv1.2"), ret->version, sizeof(ret->version));
	return fail(why, FAULT_TLS_LIMIT, "split messages of the handshake");
}

/* A group that every library refuses. */
static bool small_group(unsigned bits, struct tls_facts *ret,
			struct fault *why)
{
	struct buf b = buf_over(ret->group, sizeof(ret->group));

	buf_fmt(&b, "DH %u", bits);
	span_copy(SPAN_LIT("TLSv1.2"), ret->version, sizeof(ret->version));
	return fail(why, FAULT_TLS_CIPHER, "a group of %u bits", bits);
}

static bool handshake(struct script_link *l, struct stream *io,
		      const struct tls_request *request, msec by,
		      struct tls_facts *ret, struct fault *why)
{
	struct script_world *w = l->world;
	const struct scene *scene = &w->scenario->endpoint[l->endpoint];
	struct play play;

	if (scene->connect == CONNECT_RESET || scene->tls == SCENE_TLS_RESET)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (scene->tls == SCENE_TLS_CUT && !request->upgraded)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (scene->tls == SCENE_TLS_CLOSE)
		return fail(why, FAULT_CLOSED, "closed during the handshake");
	if (scene->tls == SCENE_TLS_SILENCE)
		return silent(io, by, why);
	if (scene->tls == SCENE_TLS_OFFERS && request->only_hello)
		return told_version(scene->minor, scene->suite, ret, why);
	if (scene->tls == SCENE_TLS_GROUP && !request->only_hello)
		return small_group(scene->bits, ret, why);
	if (scene->tls == SCENE_TLS_ALERT || scene->tls == SCENE_TLS_OFFERS)
		return alerted(scene->alert, ret, why);
	if (script_clear_first(scene)) {
		if (l->ready.len > 0)
			return not_tls(l, by, ret, why);
		player_next(&l->player, &play);
		if (play.kind == PLAY_SEND)
			l->ready = play.bytes;
		if (play.kind != PLAY_SECURE)
			return not_tls(l, by, ret, why);
		player_secured(&l->player);
	}
	if (request->only_hello)
		return told_version(2, 0, ret, why);
	if (scene->wire.records)
		return in_pieces(ret, why);
	l->in_tls = true;
	return judge_cert(scene, request->host, ret, why) ||
	       request->allow_unverified;
}

bool script_secure(struct world *world, const struct tls_request *request,
		   struct stream *io, msec by, struct tls_facts *ret,
		   struct fault *why)
{
	struct script_world *w = script_world_of(world);
	/* one thread: the handshake follows upon its connection */
	struct script_link *l = &w->link[w->links - 1];
	bool ok;

	*ret = (struct tls_facts){ .alert = -1, .built_at = BUILT,
		.checked_at = SCRIPT_NOW + scenario_clock(w->scenario) };
	span_copy(SPAN_LIT("TLSv1.2"), ret->our_versions,
		  sizeof(ret->our_versions));
	span_copy(span_of(request->host), ret->server_name,
		  sizeof(ret->server_name));
	ok = !script_breaks(w, 2) ? handshake(l, io, request, by, ret, why) :
	     script_broken(w, by, why);
	if (!ok)
		stream_close(io);
	return ok;
}
