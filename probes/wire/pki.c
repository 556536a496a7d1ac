#include "probes/wire/pki.h"

#include <arpa/inet.h>
#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/civil.h"
#include "probes/wire/tls_internal.h"

#define DAY 86400

static const char *const kind_names[] = {
	[CERT_GOOD] = "good",
	[CERT_KIND_EXPIRED] = "expired",
	[CERT_KIND_FUTURE] = "future",
	[CERT_KIND_OTHER_NAME] = "other-name",
	[CERT_KIND_SELF_SIGNED] = "self-signed",
	[CERT_KIND_UNKNOWN_CA] = "unknown-ca",
	[CERT_KIND_NO_INTERMEDIATE] = "no-intermediate",
	[CERT_KIND_WILDCARD] = "wildcard",
	[CERT_KIND_IP] = "ip",
	[CERT_KIND_SHA1] = "sha1",
	[CERT_KIND_INTERCEPTED] = "intercepted",
	[CERT_KIND_CLIENT_ONLY] = "client-only",
	[CERT_KIND_CROSS_SIGNED] = "cross-signed",
};
_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == CERT_KIND_COUNT,
	       "every kind has a name");

const char *cert_kind_name(enum cert_kind k)
{
	return kind_names[k];
}

bool cert_kind_by_name(const char *name, enum cert_kind *ret)
{
	for (size_t i = 0; i < CERT_KIND_COUNT; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			*ret = (enum cert_kind)i;
			return true;
		}
	}
	return false;
}

/* Who signs: a key, its name, its certificate. */
struct authority {
	mbedtls_pk_context key;
	char name[100];			/* as the library reads names */
	char pem[2048];
};

struct pki {
	struct authority root, intermediate;
	struct authority stranger;	/* trusted by nobody */
	struct authority antivirus;	/* nor this one */
	char crossed[2048];		/* the root, signed by the stranger */
};

/* Names of the authorities: what reports of the demonstration will show. */
#define ROOT_NAME "C=XX,O=mailwhy demo,CN=mailwhy test root"
#define INTERMEDIATE_NAME "C=XX,O=mailwhy demo,CN=mailwhy test issuer"
#define STRANGER_NAME "O=Private Office,CN=Private Office CA"
#define ANTIVIRUS_NAME "O=mailwhy test antivirus," \
	"CN=mailwhy test antivirus Web/Mail Shield Root"

/* What is to be certified. */
struct order {
	mbedtls_pk_context *key;
	const char *subject;
	const struct authority *by;	/* NULL: by itself */
	epoch from, until;
	bool is_ca;
	mbedtls_md_type_t digest;
	const char *usage;		/* OID of the extended usage, NULL */
	size_t usage_len;
	unsigned char san[512];		/* DER, at the end of the room */
	size_t san_len;
};

static bool pki_fail(struct fault *why, int code)
{
	return fail(why, FAULT_INTERNAL,
		    "a test certificate could not be made (code -0x%04x)",
		    (unsigned)-code);
}

static int key_make(mbedtls_pk_context *key)
{
	int code = mbedtls_pk_setup(key,
		mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));

	if (code != 0)
		return code;
	return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1,
				   mbedtls_pk_ec(*key), tls_random, NULL);
}

/* ---- extensions by hand: 2.28 writes neither SAN nor extended usage ---- */

/* Backwards, as the library writes DER: *p moves down from the end. */
static void san_put(struct order *o, unsigned char tag, const void *value,
		    size_t len)
{
	unsigned char *end = o->san + sizeof(o->san);

	if (o->san_len + len + 8 > sizeof(o->san) || len > 255)
		return;
	o->san_len += len;
	memcpy(end - o->san_len, value, len);
	if (len > 127) {
		*(end - ++o->san_len) = (unsigned char)len;
		*(end - ++o->san_len) = 0x81;
	} else {
		*(end - ++o->san_len) = (unsigned char)len;
	}
	*(end - ++o->san_len) =
		(unsigned char)(MBEDTLS_ASN1_CONTEXT_SPECIFIC | tag);
}

static void san_dns(struct order *o, const char *name)
{
	san_put(o, 2, name, strlen(name));
}

static void san_address(struct order *o, const char *text)
{
	unsigned char bytes[16];
	size_t len;

	if (tls_host_address(text, bytes, &len))
		san_put(o, 7, bytes, len);
}

static void san_host(struct order *o, const char *host)
{
	unsigned char bytes[16];
	size_t len;

	if (tls_host_address(host, bytes, &len))
		san_address(o, host);
	else
		san_dns(o, host);
}

static int write_san(mbedtls_x509write_cert *w, struct order *o)
{
	unsigned char *start = o->san;
	unsigned char *p = o->san + sizeof(o->san) - o->san_len;
	int len;

	if (o->san_len == 0)
		return 0;
	len = mbedtls_asn1_write_len(&p, start, o->san_len);
	if (len >= 0)
		len = mbedtls_asn1_write_tag(&p, start,
			MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
	if (len < 0)
		return len;
	return mbedtls_x509write_crt_set_extension(w,
		MBEDTLS_OID_SUBJECT_ALT_NAME,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, p,
		(size_t)(o->san + sizeof(o->san) - p));
}

static int write_usage(mbedtls_x509write_cert *w, const struct order *o)
{
	unsigned char room[32] = { 0 }, *p = room + sizeof(room);
	int code;

	if (!o->usage)
		return 0;
	code = mbedtls_asn1_write_oid(&p, room, o->usage, o->usage_len);
	if (code >= 0)
		code = mbedtls_asn1_write_len(&p, room, (size_t)code);
	if (code >= 0)
		code = mbedtls_asn1_write_tag(&p, room,
			MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
	if (code < 0)
		return code;
	return mbedtls_x509write_crt_set_extension(w,
		MBEDTLS_OID_EXTENDED_KEY_USAGE,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0, p,
		(size_t)(room + sizeof(room) - p));
}

/* ---- one certificate ---- */

static int write_serial(mbedtls_x509write_cert *w)
{
	unsigned char serial[16];

	if (tls_random(NULL, serial, sizeof(serial)) != 0)
		return MBEDTLS_ERR_X509_FATAL_ERROR;
	/* RFC 5280 4.1.2.2: positive, and not zero */
	serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40);
#if TLS_3
	return mbedtls_x509write_crt_set_serial_raw(w, serial,
						    sizeof(serial));
#else
	mbedtls_mpi number;
	int code;

	mbedtls_mpi_init(&number);
	code = mbedtls_mpi_read_binary(&number, serial, sizeof(serial));
	if (code == 0)
		code = mbedtls_x509write_crt_set_serial(w, &number);
	mbedtls_mpi_free(&number);
	return code;
#endif
}

static void stamp(epoch t, char ret[16])
{
	struct civil c = civil_of_epoch(t);
	struct buf out = buf_over(ret, 16);

	buf_fmt(&out, "%04d%02d%02d%02d%02d%02d", c.year, c.month, c.day,
		c.hour, c.minute, c.second);
}

static int write_names(mbedtls_x509write_cert *w, const struct order *o)
{
	char from[16], until[16];
	int code;

	stamp(o->from, from);
	stamp(o->until, until);
	code = mbedtls_x509write_crt_set_validity(w, from, until);
	if (code == 0)
		code = mbedtls_x509write_crt_set_subject_name(w, o->subject);
	if (code == 0)
		code = mbedtls_x509write_crt_set_issuer_name(w,
			o->by ? o->by->name : o->subject);
	return code;
}

static int write_extensions(mbedtls_x509write_cert *w, struct order *o)
{
	int code = mbedtls_x509write_crt_set_basic_constraints(w, o->is_ca,
							       -1);

	if (code == 0)
		code = mbedtls_x509write_crt_set_key_usage(w, o->is_ca ?
			MBEDTLS_X509_KU_KEY_CERT_SIGN |
			MBEDTLS_X509_KU_CRL_SIGN :
			MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
	if (code == 0)
		code = mbedtls_x509write_crt_set_subject_key_identifier(w);
	if (code == 0)
		code = mbedtls_x509write_crt_set_authority_key_identifier(w);
	if (code == 0)
		code = write_usage(w, o);
	if (code == 0)
		code = write_san(w, o);
	return code;
}

static int certify(struct order *o, char *to, size_t cap)
{
	mbedtls_x509write_cert w;
	int code;

	mbedtls_x509write_crt_init(&w);
	mbedtls_x509write_crt_set_version(&w, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(&w, o->digest);
	mbedtls_x509write_crt_set_subject_key(&w, o->key);
	mbedtls_x509write_crt_set_issuer_key(&w, o->by ?
		(mbedtls_pk_context *)&o->by->key : o->key);
	code = write_serial(&w);
	if (code == 0)
		code = write_names(&w, o);
	if (code == 0)
		code = write_extensions(&w, o);
	if (code == 0)
		code = mbedtls_x509write_crt_pem(&w, (unsigned char *)to, cap,
						 tls_random, NULL);
	mbedtls_x509write_crt_free(&w);
	return code;
}

/* ---- the authorities ---- */

static int authority_certify(struct authority *a, const struct authority *by,
			     char *to, size_t cap)
{
	epoch now = time(NULL);
	struct order o = {
		.key = &a->key, .subject = a->name, .by = by,
		.from = now - 30 * DAY, .until = now + 3650 * (epoch)DAY,
		.is_ca = true, .digest = MBEDTLS_MD_SHA256,
	};

	return certify(&o, to, cap);
}

static int authority_make(struct authority *a, const char *name,
			  const struct authority *by)
{
	int code = key_make(&a->key);

	if (code != 0)
		return code;
	span_copy(span_of(name), a->name, sizeof(a->name));
	return authority_certify(a, by, a->pem, sizeof(a->pem));
}

static int authorities_make(struct pki *p)
{
	int code = authority_make(&p->root, ROOT_NAME, NULL);

	if (code == 0)
		code = authority_make(&p->intermediate, INTERMEDIATE_NAME,
				      &p->root);
	if (code == 0)
		code = authority_make(&p->stranger, STRANGER_NAME, NULL);
	if (code == 0)
		code = authority_make(&p->antivirus, ANTIVIRUS_NAME, NULL);
	if (code == 0)
		code = authority_certify(&p->root, &p->stranger, p->crossed,
					 sizeof(p->crossed));
	return code;
}

bool pki_new(struct pki **ret, struct fault *why)
{
	struct pki *p = calloc(1, sizeof(*p));
	int code;

	if (!p)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	mbedtls_pk_init(&p->root.key);
	mbedtls_pk_init(&p->intermediate.key);
	mbedtls_pk_init(&p->stranger.key);
	mbedtls_pk_init(&p->antivirus.key);
	code = authorities_make(p);
	if (code != 0) {
		pki_free(p);
		return pki_fail(why, code);
	}
	*ret = p;
	return true;
}

void pki_free(struct pki *p)
{
	if (!p)
		return;
	mbedtls_pk_free(&p->root.key);
	mbedtls_pk_free(&p->intermediate.key);
	mbedtls_pk_free(&p->stranger.key);
	mbedtls_pk_free(&p->antivirus.key);
	free(p);
}

const char *pki_ca_pem(const struct pki *p)
{
	return p->root.pem;
}

const char *pki_other_ca_pem(const struct pki *p)
{
	return p->stranger.pem;
}

/* ---- the kinds ---- */

/* "*.example.test" for mail.example.test. */
static void san_wildcard(struct order *o, const char *host)
{
	char name[HOST_CAP + 2];
	struct buf out = buf_over(name, sizeof(name));
	const char *parent = strchr(host, '.');

	/* A wildcard needs two labels behind it; else name the host as well. */
	if (!parent || !strchr(parent + 1, '.')) {
		san_host(o, host);
		parent = NULL;
	}
	buf_fmt(&out, "*.%s", parent ? parent + 1 : host);
	san_dns(o, name);
}

static void order_names(struct order *o, enum cert_kind kind,
			const char *host)
{
	switch (kind) {
	case CERT_KIND_OTHER_NAME:
		san_dns(o, "www.elsewhere.example");
		san_dns(o, "elsewhere.example");
		break;
	case CERT_KIND_WILDCARD:
		san_wildcard(o, host);
		break;
	case CERT_KIND_IP:
		/* Addresses and no name: right for who connects by number. */
		san_address(o, host);
		san_address(o, "::1");
		san_address(o, "127.0.0.1");
		break;
	default:
		san_host(o, host);
	}
}

static void order_dates(struct order *o, enum cert_kind kind)
{
	epoch now = time(NULL);

	o->from = now - DAY;
	o->until = now + 90 * (epoch)DAY;
	if (kind == CERT_KIND_EXPIRED) {
		o->from = now - 93 * (epoch)DAY;
		o->until = now - 3 * DAY;
	} else if (kind == CERT_KIND_FUTURE) {
		o->from = now + 3 * DAY;
	}
}

static const struct authority *issuer_of(const struct pki *p,
					 enum cert_kind kind)
{
	switch (kind) {
	case CERT_KIND_SELF_SIGNED: return NULL;
	case CERT_KIND_UNKNOWN_CA: return &p->stranger;
	case CERT_KIND_INTERCEPTED: return &p->antivirus;
	default: return &p->intermediate;
	}
}

static void order_fill(struct order *o, const struct pki *p,
		       enum cert_kind kind, const char *host)
{
	bool client = kind == CERT_KIND_CLIENT_ONLY;

	o->by = issuer_of(p, kind);
	o->digest = kind == CERT_KIND_SHA1 ? MBEDTLS_MD_SHA1
					   : MBEDTLS_MD_SHA256;
	o->usage = client ? MBEDTLS_OID_CLIENT_AUTH : MBEDTLS_OID_SERVER_AUTH;
	o->usage_len = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH);
	order_names(o, kind, host);
	order_dates(o, kind);
}

/* RFC 5280: a common name has at most 64 characters. */
static void subject_of(enum cert_kind kind, const char *host, char *to,
		       size_t cap)
{
	struct buf out = buf_over(to, cap);

	if (kind == CERT_KIND_OTHER_NAME)
		host = "www.elsewhere.example";
	buf_fmt(&out, "CN=%.64s", host);
}

static int issue(struct pki *p, mbedtls_pk_context *key, enum cert_kind kind,
		 const char *host, char ret_chain[PKI_PEM_CAP],
		 char ret_key[PKI_PEM_CAP])
{
	char subject[80];
	struct order o = { .key = key, .subject = subject };
	struct buf chain;
	int code = key_make(key);

	if (code != 0)
		return code;
	subject_of(kind, host, subject, sizeof(subject));
	order_fill(&o, p, kind, host);
	code = certify(&o, ret_chain, PKI_PEM_CAP);
	if (code != 0)
		return code;
	chain = (struct buf){ .data = ret_chain, .len = strlen(ret_chain),
			      .cap = PKI_PEM_CAP };
	if (o.by && kind != CERT_KIND_NO_INTERMEDIATE)
		buf_str(&chain, o.by->pem);
	if (kind == CERT_KIND_CROSS_SIGNED)
		buf_str(&chain, p->crossed);
	return mbedtls_pk_write_key_pem(key, (unsigned char *)ret_key,
					PKI_PEM_CAP);
}

bool pki_issue(struct pki *p, enum cert_kind kind, const char *host,
	       char ret_chain[PKI_PEM_CAP], char ret_key[PKI_PEM_CAP],
	       struct fault *why)
{
	mbedtls_pk_context key;
	int code;

	mbedtls_pk_init(&key);
	code = issue(p, &key, kind, host, ret_chain, ret_key);
	mbedtls_pk_free(&key);
	return code == 0 ? true : pki_fail(why, code);
}
