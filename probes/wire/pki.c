#include "probes/wire/pki.h"

#include <mbedtls/oid.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probes/base/buf.h"
#include "probes/wire/pki_write.h"

#define DAY 86400
#define SIGN_IN_PAGE "login.hotspot.example"

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
	[CERT_KIND_UNLISTED] = "unlisted",
	[CERT_KIND_NO_ROOT] = "no-root",
	[CERT_KIND_INSPECTED] = "inspected",
	[CERT_KIND_SIGN_IN] = "sign-in",
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

struct pki {
	struct authority root, intermediate;
	struct authority stranger;	/* trusted by nobody */
	struct authority antivirus;	/* nor this one */
	/* named like a public one: below our root, and trusted by nobody */
	struct authority public, unlisted;
	struct authority inspector;	/* an antivirus below our root */
	epoch ahead;			/* of the true time */
	char crossed[2048];		/* the root, signed by the stranger */
};

/* Names of the authorities: what reports of the demonstration will show. */
#define ROOT_NAME "C=XX,O=mailwhy demo,CN=mailwhy test root"
#define INTERMEDIATE_NAME "C=XX,O=mailwhy demo,CN=mailwhy test issuer"
#define STRANGER_NAME "O=Private Office,CN=Private Office CA"
#define PUBLIC_NAME "C=XX,O=Let's Encrypt,CN=mailwhy test R0"
#define UNLISTED_NAME "C=XX,O=Let's Encrypt,CN=mailwhy test X0"
#define ANTIVIRUS_NAME "O=mailwhy test antivirus," \
	"CN=mailwhy test antivirus Web/Mail Shield Root"

static bool pki_fail(struct fault *why, int code)
{
	return fail(why, FAULT_INTERNAL,
		    "a test certificate could not be made (code -0x%04x)",
		    (unsigned)-code);
}

/* ---- the authorities ---- */

static int authority_certify(struct authority *a, const struct authority *by,
			     char *to, size_t cap)
{
	epoch now = time(NULL);
	struct order o = {
		.key = &a->key, .subject = a->name, .by = by,
		.from = now - 1000 * (epoch)DAY, .until = now + 3650 * (epoch)DAY,
		.is_ca = true, .digest = MBEDTLS_MD_SHA256,
	};

	return pki_certify(&o, to, cap);
}

static int authority_make(struct authority *a, const char *name,
			  const struct authority *by)
{
	int code = pki_key_make(&a->key);

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
		code = authority_make(&p->public, PUBLIC_NAME, &p->root);
	if (code == 0)
		code = authority_make(&p->unlisted, UNLISTED_NAME, NULL);
	if (code == 0)
		code = authority_make(&p->inspector, ANTIVIRUS_NAME, &p->root);
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
	mbedtls_pk_init(&p->public.key);
	mbedtls_pk_init(&p->unlisted.key);
	mbedtls_pk_init(&p->inspector.key);
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
	mbedtls_pk_free(&p->public.key);
	mbedtls_pk_free(&p->unlisted.key);
	mbedtls_pk_free(&p->inspector.key);
	free(p);
}

void pki_set_clock(struct pki *p, epoch ahead)
{
	p->ahead = ahead;
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
	case CERT_KIND_SIGN_IN:
		san_dns(o, SIGN_IN_PAGE);
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

static void order_dates(struct order *o, const struct pki *p,
			enum cert_kind kind)
{
	epoch now = time(NULL) + p->ahead;

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
	case CERT_KIND_SIGN_IN: return NULL;
	case CERT_KIND_UNKNOWN_CA: return &p->stranger;
	case CERT_KIND_NO_ROOT: return &p->stranger;
	case CERT_KIND_NO_INTERMEDIATE: return &p->public;
	case CERT_KIND_UNLISTED: return &p->unlisted;
	case CERT_KIND_INSPECTED: return &p->inspector;
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
	order_dates(o, p, kind);
}

/* RFC 5280: a common name has at most 64 characters. */
static void subject_of(enum cert_kind kind, const char *host, char *to,
		       size_t cap)
{
	struct buf out = buf_over(to, cap);

	if (kind == CERT_KIND_OTHER_NAME)
		host = "www.elsewhere.example";
	if (kind == CERT_KIND_SIGN_IN)
		host = SIGN_IN_PAGE;
	buf_fmt(&out, "CN=%.64s", host);
}

static int issue(struct pki *p, mbedtls_pk_context *key, enum cert_kind kind,
		 const char *host, char ret_chain[PKI_PEM_CAP],
		 char ret_key[PKI_PEM_CAP])
{
	char subject[80];
	struct order o = { .key = key, .subject = subject };
	struct buf chain;
	int code = pki_key_make(key);

	if (code != 0)
		return code;
	subject_of(kind, host, subject, sizeof(subject));
	order_fill(&o, p, kind, host);
	code = pki_certify(&o, ret_chain, PKI_PEM_CAP);
	if (code != 0)
		return code;
	chain = (struct buf){ .data = ret_chain, .len = strlen(ret_chain),
			      .cap = PKI_PEM_CAP };
	if (o.by && kind != CERT_KIND_NO_INTERMEDIATE &&
	    kind != CERT_KIND_NO_ROOT)
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
