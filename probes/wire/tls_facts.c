#include "probes/wire/tls_internal.h"

#include <arpa/inet.h>
#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <stddef.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/civil.h"
#include "probes/base/digest.h"
#include "probes/base/text.h"

#define NAME_PARTS_MAX 16

static struct span span_of_buf(const mbedtls_asn1_buf *b)
{
	return (struct span){ (const char *)b->p, b->len };
}

/* ---- names ---- */

/* RFC 4514 section 2.4: what would read as syntax gets a backslash. */
static void add_value(struct buf *out, struct span value)
{
	char room[256];
	struct buf escaped = buf_over(room, sizeof(room));

	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] && strchr(",+\"\\<>;", value.at[i]))
			buf_char(&escaped, '\\');
		buf_char(&escaped, value.at[i]);
	}
	text_printable(out, buf_span(&escaped), false);
}

static void add_part(struct buf *out, const mbedtls_x509_name *part)
{
	const char *type;

	if (mbedtls_oid_get_attr_short_name(&part->oid, &type) != 0)
		type = "?";
	if (out->len)
		buf_char(out, ',');
	buf_str(out, type);
	buf_char(out, '=');
	add_value(out, span_of_buf(&part->val));
}

/*
 * Certificates begin with the country; RFC 4514 section 2.1 turns that round,
 * which also keeps the telling part when the text is cut.
 */
void tls_facts_name(const mbedtls_x509_name *name, char *to, size_t cap)
{
	const mbedtls_x509_name *part[NAME_PARTS_MAX];
	struct buf out = buf_over(to, cap);
	size_t n = 0;

	for (; name && n < NAME_PARTS_MAX; name = name->next) {
		if (name->oid.p)
			part[n++] = name;
	}
	while (n > 0)
		add_part(&out, part[--n]);
}

static void name_part(const mbedtls_x509_name *name, const char *oid,
		      size_t oid_len, char *to, size_t cap)
{
	to[0] = '\0';
	for (; name; name = name->next) {
		struct buf out = buf_over(to, cap);

		if (name->oid.len != oid_len ||
		    memcmp(name->oid.p, oid, oid_len) != 0)
			continue;
		text_printable(&out, span_of_buf(&name->val), false);
		return;
	}
}

static void name_org(const mbedtls_x509_name *name, char *to, size_t cap)
{
	name_part(name, MBEDTLS_OID_AT_ORGANIZATION,
		  MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_ORGANIZATION), to, cap);
}

void tls_facts_common_name(const mbedtls_x509_name *name, char *to,
			   size_t cap)
{
	name_part(name, MBEDTLS_OID_AT_CN,
		  MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_CN), to, cap);
	if (!*to)
		name_org(name, to, cap);
}

static void add_san(struct cert_facts *c, const mbedtls_x509_buf *san)
{
	int tag = san->tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
	struct buf out;

	if (tag == SAN_ADDRESS ? san->len != 4 && san->len != 16
			       : tag != SAN_DNS)
		return;
	if (c->names == CERT_NAMES_MAX) {
		c->more_names = true;
		return;
	}
	out = buf_over(c->name[c->names], sizeof(c->name[0]));
	if (tag == SAN_DNS)
		text_printable(&out, span_of_buf(san), false);
	else
		inet_ntop(san->len == 4 ? AF_INET : AF_INET6, san->p,
			  c->name[c->names], sizeof(c->name[0]));
	c->names++;
}

/* ---- key, signature, dates ---- */

static const struct signature {
	const char *oid, *name;
} signatures[] = {
	{ MBEDTLS_OID_PKCS1_SHA256, "sha256WithRSA" },
	{ MBEDTLS_OID_PKCS1_SHA384, "sha384WithRSA" },
	{ MBEDTLS_OID_PKCS1_SHA512, "sha512WithRSA" },
	{ MBEDTLS_OID_PKCS1_SHA1, "sha1WithRSA" },
	{ MBEDTLS_OID_PKCS1_SHA224, "sha224WithRSA" },
	{ MBEDTLS_OID_PKCS1_MD5, "md5WithRSA" },
	{ MBEDTLS_OID_RSASSA_PSS, "RSASSA-PSS" },
	{ MBEDTLS_OID_ECDSA_SHA256, "ecdsa-with-SHA256" },
	{ MBEDTLS_OID_ECDSA_SHA384, "ecdsa-with-SHA384" },
	{ MBEDTLS_OID_ECDSA_SHA512, "ecdsa-with-SHA512" },
	{ MBEDTLS_OID_ECDSA_SHA224, "ecdsa-with-SHA224" },
	{ MBEDTLS_OID_ECDSA_SHA1, "ecdsa-with-SHA1" },
};

static const char *signature_name(const mbedtls_x509_buf *oid)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	     i++) {
		if (strlen(signatures[i].oid) == oid->len &&
		    memcmp(signatures[i].oid, oid->p, oid->len) == 0)
			return signatures[i].name;
	}
	return "unknown";
}

static const char *curve_name(const mbedtls_pk_context *key)
{
#if TLS_3
	mbedtls_ecp_group_id id =
		mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(*key));
#else
	mbedtls_ecp_group_id id = mbedtls_pk_ec(*key)->grp.id;
#endif
	const mbedtls_ecp_curve_info *info;

	switch (id) {
	case MBEDTLS_ECP_DP_SECP256R1: return "P-256";
	case MBEDTLS_ECP_DP_SECP384R1: return "P-384";
	case MBEDTLS_ECP_DP_SECP521R1: return "P-521";
	default: break;
	}
	info = mbedtls_ecp_curve_info_from_grp_id(id);
	return info ? info->name : "unknown";
}

static void key_facts(const mbedtls_pk_context *key, struct cert_facts *ret)
{
	struct buf out = buf_over(ret->key, sizeof(ret->key));

	switch (mbedtls_pk_get_type(key)) {
	case MBEDTLS_PK_RSA:
	case MBEDTLS_PK_RSASSA_PSS:
		buf_fmt(&out, "RSA %zu", mbedtls_pk_get_bitlen(key));
		break;
	case MBEDTLS_PK_ECKEY:
	case MBEDTLS_PK_ECKEY_DH:
	case MBEDTLS_PK_ECDSA:
		buf_fmt(&out, "EC %s", curve_name(key));
		break;
	default:
		buf_str(&out, "unknown");
	}
}

epoch tls_facts_time(const mbedtls_x509_time *t)
{
	struct civil c = { t->year, t->mon, t->day, t->hour, t->min, t->sec };

	return civil_to_epoch(&c);
}

static bool is_ca(const mbedtls_x509_crt *crt)
{
#if TLS_3
	return mbedtls_x509_crt_get_ca_istrue(crt) == 1;
#else
	return crt->ca_istrue != 0;
#endif
}

static void fingerprint(const mbedtls_x509_crt *crt, char *to, size_t cap)
{
	unsigned char hash[DIGEST_MAX];
	struct buf out = buf_over(to, cap);

	if (digest_hash(DIGEST_SHA256, span_of_buf(&crt->raw), hash))
		hex_encode(&out, (struct span){ (const char *)hash, 32 });
}

static void cert_facts(const mbedtls_x509_crt *crt, struct cert_facts *ret)
{
	const mbedtls_x509_sequence *s = &crt->subject_alt_names;

	*ret = (struct cert_facts){ .names = 0 };
	tls_facts_name(&crt->subject, ret->subject, sizeof(ret->subject));
	tls_facts_name(&crt->issuer, ret->issuer, sizeof(ret->issuer));
	tls_facts_common_name(&crt->subject, ret->subject_name,
			      sizeof(ret->subject_name));
	tls_facts_common_name(&crt->issuer, ret->issuer_name,
			      sizeof(ret->issuer_name));
	name_org(&crt->issuer, ret->issuer_org, sizeof(ret->issuer_org));
	for (; s; s = s->next) {
		if (s->buf.p)
			add_san(ret, &s->buf);
	}
	ret->not_before = tls_facts_time(&crt->valid_from);
	ret->not_after = tls_facts_time(&crt->valid_to);
	key_facts(&crt->pk, ret);
	span_copy(span_of(signature_name(&crt->sig_oid)), ret->signature,
		  sizeof(ret->signature));
	fingerprint(crt, ret->sha256, sizeof(ret->sha256));
	ret->is_ca = is_ca(crt);
	ret->self_signed = crt->subject_raw.len == crt->issuer_raw.len &&
			   memcmp(crt->subject_raw.p, crt->issuer_raw.p,
				  crt->subject_raw.len) == 0;
}

void tls_facts_begin(struct tls_facts *ret)
{
	size_t behind = offsetof(struct tls_facts, cert) + sizeof(ret->cert);

	memset(ret, 0, offsetof(struct tls_facts, cert));
	memset((char *)ret + behind, 0, sizeof(*ret) - behind);
	ret->alert = -1;
}

void tls_facts_chain(const mbedtls_x509_crt *chain, struct tls_facts *ret)
{
	for (; chain && chain->raw.p; chain = chain->next) {
		if (ret->chain == CHAIN_MAX) {
			ret->longer_chain = true;
			return;
		}
		cert_facts(chain, &ret->cert[ret->chain++]);
	}
}

/* ---- the session ---- */

/* TLS-RSA-WITH-X and TLS1-3-X; with IANA TLS_RSA_WITH_X and TLS_X. */
static void suite_name(const char *name, struct buf *out)
{
	if (!name)
		return;
	if (strncmp(name, "TLS1-3-", 7) == 0) {
		buf_str(out, "TLS_");
		name += 7;
	}
	for (; *name; name++)
		buf_char(out, *name == '-' ? '_' : *name);
}

/* Those that the library has thrown out, or never had. */
static const struct old_suite {
	unsigned suite;
	const char *name;
} old_suites[] = {
	{ 0x0004, "TLS_RSA_WITH_RC4_128_MD5" },
	{ 0x0005, "TLS_RSA_WITH_RC4_128_SHA" },
	{ 0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
};

void tls_suite_name(unsigned suite, struct buf *out)
{
	const char *name = mbedtls_ssl_get_ciphersuite_name((int)suite);

	for (size_t i = 0; i < sizeof(old_suites) / sizeof(old_suites[0]);
	     i++) {
		if (old_suites[i].suite == suite) {
			buf_str(out, old_suites[i].name);
			return;
		}
	}
	if (name && strcmp(name, "unknown") != 0)
		suite_name(name, out);
}

static const char *group_name(unsigned group)
{
	switch (group) {
	case 0x0017: return "P-256";
	case 0x0018: return "P-384";
	case 0x0019: return "P-521";
	case 0x001d: return "X25519";
	case 0x001e: return "X448";
	case 0x11ec: return "X25519MLKEM768";
	default: return "";
	}
}

static void group_facts(const struct tls_watch *w, struct tls_facts *ret)
{
	struct buf out = buf_over(ret->group, sizeof(ret->group));

	if (strstr(ret->cipher, "_DHE_"))
		buf_fmt(&out, "DH %u", w->dh_bits);
	else if (strstr(ret->cipher, "_ECDHE_") || w->version == 0x0304)
		buf_str(&out, group_name(w->group));
}

void tls_facts_session(const struct tls *t, struct tls_facts *ret)
{
	const struct tls_watch *w = &t->watch;
	struct buf out = buf_over(ret->cipher, sizeof(ret->cipher));

	/* Also when it failed: what the server chose says whose limit it is. */
	span_copy(span_of(tls_version_name(w->version)), ret->version,
		  sizeof(ret->version));
	/* TLS 1.3 has no renegotiation */
	ret->legacy_renegotiation = w->suite && w->version < 0x0304 &&
				    !w->secure_renegotiation;
	if (!t->ready) {
		if (w->suite)
			tls_suite_name(w->suite, &out);
		group_facts(w, ret);
		return;
	}
	span_copy(span_of(mbedtls_ssl_get_version(&t->ssl)), ret->version,
		  sizeof(ret->version));
	suite_name(mbedtls_ssl_get_ciphersuite(&t->ssl), &out);
	group_facts(w, ret);
}
