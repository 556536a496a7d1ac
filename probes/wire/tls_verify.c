#include "probes/wire/tls_internal.h"

#include <mbedtls/oid.h>
#include <string.h>

#include "probes/base/buf.h"

/*
 * The chain is judged after the handshake and before a byte of ours travels.
 * Only the roots that the chain names are parsed.
 */
#define ROOTS_MAX 12			/* cross-signing needs 2 or 3 */
#define CERTS_ASKED_MAX 12

/*
 * The same on every library: SHA-2, RSA from 2048 bits, all curves. 3.6
 * would refuse SHA-224, 2.28 accepts it; nobody uses it.
 */
static const mbedtls_x509_crt_profile profile = {
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
	MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
	0xfffffff,
	0xfffffff,
	2048,
};

#define FLAGS_WEAK (MBEDTLS_X509_BADCERT_BAD_MD | \
	MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)
#define FLAGS_USAGE (MBEDTLS_X509_BADCERT_KEY_USAGE | \
	MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | \
	MBEDTLS_X509_BADCERT_NS_CERT_TYPE)
#define FLAGS_KNOWN (FLAGS_WEAK | FLAGS_USAGE | \
	MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE | \
	MBEDTLS_X509_BADCERT_NOT_TRUSTED)

struct check {
	mbedtls_x509_crt roots;
	size_t candidates;
	mbedtls_x509_crt *top;		/* where the path ended */
	struct validity path;		/* when all of it is valid */
	uint32_t flags;
	bool no_memory;
};

/* ---- candidates ---- */

static bool root_parse(struct check *c, struct span der)
{
	int code = mbedtls_x509_crt_parse_der_nocopy(&c->roots,
		(const unsigned char *)der.at, der.len);

	if (code == MBEDTLS_ERR_X509_ALLOC_FAILED)
		return false;
	/* A root that this library cannot read vouches for nobody. */
	if (code == 0)
		c->candidates++;
	return true;
}

static bool roots_of_issuer(struct check *c, const struct trust *trust,
			    const mbedtls_x509_crt *crt)
{
	struct span issuer = { (const char *)crt->issuer_raw.p,
			       crt->issuer_raw.len };
	struct span der;
	size_t cursor = 0;

	while (c->candidates < ROOTS_MAX &&
	       trust_find(trust, issuer, &cursor, &der)) {
		if (!root_parse(c, der))
			return false;
	}
	return true;
}

/* Two certificates with one issuer would bring its root in twice. */
static bool issuer_seen(const mbedtls_x509_crt *chain,
			const mbedtls_x509_crt *until)
{
	for (; chain != until; chain = chain->next) {
		if (chain->issuer_raw.len == until->issuer_raw.len &&
		    memcmp(chain->issuer_raw.p, until->issuer_raw.p,
			   until->issuer_raw.len) == 0)
			return true;
	}
	return false;
}

static bool roots_find(struct check *c, const struct trust *trust,
		       const mbedtls_x509_crt *chain)
{
	const mbedtls_x509_crt *crt = chain;

	for (size_t i = 0; crt && i < CERTS_ASKED_MAX; i++) {
		if (!issuer_seen(chain, crt) &&
		    !roots_of_issuer(c, trust, crt))
			return false;
		crt = crt->next;
	}
	return true;
}

/* ---- the path ---- */

static void path_narrow(struct validity *path, const mbedtls_x509_crt *crt)
{
	epoch from = tls_facts_time(&crt->valid_from);
	epoch until = tls_facts_time(&crt->valid_to);

	if (from > path->from)
		path->from = from;
	if (until < path->until)
		path->until = until;
}

/* Called from the top of the path down: the first is where it ended. */
static int path_note(void *self, mbedtls_x509_crt *crt, int depth,
		     uint32_t *flags)
{
	struct check *c = self;

	(void)depth;
	(void)flags;
	if (!c->top)
		c->top = crt;
	path_narrow(&c->path, crt);
	return 0;
}

static void path_verify(struct check *c, const mbedtls_x509_crt *chain)
{
	/* The library takes it writable and does not write. */
	mbedtls_x509_crt *own = (mbedtls_x509_crt *)chain;
	mbedtls_x509_crt *roots = c->candidates ? &c->roots : NULL;
	int code = mbedtls_x509_crt_verify_with_profile(own, roots, NULL,
		&profile, NULL, &c->flags, path_note, c);

	if (code == MBEDTLS_ERR_X509_ALLOC_FAILED)
		c->no_memory = true;
	/* It gave up without a verdict (a chain too long): never "good". */
	else if (code != 0 && (c->flags == 0 || c->flags == UINT32_MAX))
		c->flags = MBEDTLS_X509_BADCERT_OTHER;
}

static bool leaf_usage_fits(const mbedtls_x509_crt *leaf)
{
	static const unsigned any[] = {
		MBEDTLS_X509_KU_DIGITAL_SIGNATURE,
		MBEDTLS_X509_KU_KEY_ENCIPHERMENT,
		MBEDTLS_X509_KU_KEY_AGREEMENT,
	};
	bool usage = false;

	for (size_t i = 0; i < sizeof(any) / sizeof(any[0]); i++)
		usage |= mbedtls_x509_crt_check_key_usage(leaf, any[i]) == 0;
	return usage && mbedtls_x509_crt_check_extended_key_usage(leaf,
		MBEDTLS_OID_SERVER_AUTH,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) == 0;
}

static void defects(const struct check *c, const struct tls_request *request,
		    const mbedtls_x509_crt *leaf, struct tls_facts *io)
{
	io->cert_expired = c->flags & MBEDTLS_X509_BADCERT_EXPIRED;
	io->cert_future = c->flags & MBEDTLS_X509_BADCERT_FUTURE;
	io->cert_untrusted = c->flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED;
	io->cert_weak = c->flags & FLAGS_WEAK;
	io->cert_wrong_usage = (c->flags & FLAGS_USAGE) ||
			       !leaf_usage_fits(leaf);
	io->cert_invalid = c->flags & ~(uint32_t)FLAGS_KNOWN;
	io->cert_wrong_name = !tls_leaf_names(leaf, request->host);
	if (c->top && c->candidates && !io->cert_untrusted &&
	    !io->cert_invalid)
		tls_facts_common_name(&c->top->subject, io->root,
				      sizeof(io->root));
}

/* ---- what to call it ---- */

static bool is_self_issued(const mbedtls_x509_crt *crt)
{
	return crt->subject_raw.len == crt->issuer_raw.len &&
	       memcmp(crt->subject_raw.p, crt->issuer_raw.p,
		      crt->subject_raw.len) == 0;
}

static bool issuer_known(const struct trust *trust,
			 const mbedtls_x509_crt *crt)
{
	struct span issuer = { (const char *)crt->issuer_raw.p,
			       crt->issuer_raw.len };
	struct span der;
	size_t cursor = 0;

	return trust_find(trust, issuer, &cursor, &der);
}

static bool fault_untrusted(const struct check *c, const struct trust *trust,
			    const mbedtls_x509_crt *leaf, struct fault *why)
{
	const mbedtls_x509_crt *top = c->top ? c->top : leaf;
	char issuer[80];

	tls_facts_common_name(&top->issuer, issuer, sizeof(issuer));
	if (is_self_issued(top)) {
		if (top == leaf)
			return fail(why, FAULT_CERT_SELF_SIGNED, "the "
				    "certificate is signed by itself");
		return fail(why, FAULT_CERT_UNKNOWN_CA,
			    "the chain ends in %s, which is not trusted here",
			    issuer);
	}
	/* The authority is known by name, yet its key did not sign this. */
	if (issuer_known(trust, top))
		return fail(why, FAULT_CERT_UNKNOWN_CA, "the certificate "
			    "names %s, which did not sign it", issuer);
	return fail(why, FAULT_CERT_INCOMPLETE, "the chain stops before a "
		    "known root: the certificate of %s is missing", issuer);
}

static bool fault_name_mismatch(const struct tls_request *request,
				const struct tls_facts *f, struct fault *why)
{
	char room[90];
	struct buf names = buf_over(room, sizeof(room));
	const struct cert_facts *leaf = &f->cert[0];

	for (size_t i = 0; i < leaf->names && i < 3; i++)
		buf_fmt(&names, "%s%s", i ? ", " : "", leaf->name[i]);
	if (leaf->names > 3)
		buf_str(&names, ", ...");
	return fail(why, FAULT_CERT_NAME, "the certificate is not for %.64s "
		    "but for %s", request->host,
		    leaf->names ? room : "no name at all");
}

static bool fault_of_defects(const struct check *c,
			     const struct tls_request *request,
			     const mbedtls_x509_crt *leaf,
			     const struct tls_facts *f, struct fault *why)
{
	if (!request->trust)
		return fail(why, FAULT_NO_TRUST,
			    "no CA bundle to judge the certificate by");
	if (f->cert_untrusted)
		return fault_untrusted(c, request->trust, leaf, why);
	if (f->cert_wrong_name)
		return fault_name_mismatch(request, f, why);
	if (f->cert_expired)
		return fail(why, FAULT_CERT_EXPIRED,
			    "a certificate of the chain is past its end");
	if (f->cert_future)
		return fail(why, FAULT_CERT_FUTURE,
			    "a certificate of the chain is not yet valid");
	if (f->cert_weak)
		return fail(why, FAULT_CERT_WEAK,
			    "a signature (%s) or a key (%s) of the chain is "
			    "too weak", f->cert[0].signature, f->cert[0].key);
	if (f->cert_wrong_usage)
		return fail(why, FAULT_CERT_USAGE,
			    "the certificate is not for TLS servers");
	if (f->cert_invalid)
		return fail(why, FAULT_CERT_INVALID,
			    "the chain cannot be verified (0x%x)", c->flags);
	return true;
}

bool tls_verify(const struct tls_request *request,
		const mbedtls_x509_crt *chain, struct tls_facts *io,
		struct validity *ret_path, struct fault *why)
{
	struct check c = { .path.until = INT64_MAX };
	bool ok;

	mbedtls_x509_crt_init(&c.roots);
	c.no_memory = request->trust && !roots_find(&c, request->trust, chain);
	if (!c.no_memory)
		path_verify(&c, chain);
	if (c.no_memory) {
		ok = fail(why, FAULT_NO_MEMORY, "out of memory");
	} else {
		defects(&c, request, chain, io);
		ok = fault_of_defects(&c, request, chain, io, why);
	}
	io->verified = ok;
	*ret_path = c.path;
	mbedtls_x509_crt_free(&c.roots);
	return ok;
}
