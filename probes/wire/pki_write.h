#ifndef MAILWHY_WIRE_PKI_WRITE_H
#define MAILWHY_WIRE_PKI_WRITE_H

/* Writing one certificate; shared by the pki*.c files and nobody else. */
#include "probes/base/clock.h"
#include "probes/wire/tls_internal.h"

/* Who signs: a key, its name, its certificate. */
struct authority {
	mbedtls_pk_context key;
	char name[100];			/* as the library reads names */
	char pem[2048];
};

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

/*
 * All return 0 or a code of the library. What does not fit the SAN is left
 * out: its room holds several of the longest names.
 */
int pki_key_make(mbedtls_pk_context *key);
int pki_certify(struct order *o, char *to, size_t cap);

void san_dns(struct order *o, const char *name);
void san_address(struct order *o, const char *text);	/* not one: ignored */
void san_host(struct order *o, const char *host);	/* either */

#endif
