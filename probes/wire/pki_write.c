#include "probes/wire/pki_write.h"

#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/civil.h"

int pki_key_make(mbedtls_pk_context *key)
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

void san_dns(struct order *o, const char *name)
{
	san_put(o, SAN_DNS, name, strlen(name));
}

void san_address(struct order *o, const char *text)
{
	unsigned char bytes[16];
	size_t len;

	if (tls_host_address(text, bytes, &len))
		san_put(o, SAN_ADDRESS, bytes, len);
}

void san_host(struct order *o, const char *host)
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

int pki_certify(struct order *o, char *to, size_t cap)
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
