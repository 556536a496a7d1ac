#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/der.h"
#include "probes/wire/tls_internal.h"
#include "test/fuzz/fuzz.h"

/* Whatever a certificate says of itself, it may be shown to people. */
static void printable(const char *text)
{
	struct span s = span_of(text);

	HOLDS(text_is_utf8(s));
	for (size_t i = 0; i < s.len; i++)
		HOLDS((unsigned char)s.at[i] >= 0x20 && s.at[i] != 0x7f);
}

static void shown(const struct cert_facts *c)
{
	printable(c->subject);
	printable(c->issuer);
	printable(c->subject_name);
	printable(c->issuer_name);
	printable(c->issuer_org);
	HOLDS(c->names <= CERT_NAMES_MAX);
	for (size_t i = 0; i < c->names; i++)
		printable(c->name[i]);
	HOLDS(strlen(c->sha256) == 64);
}

/* Nobody gets through without a root, whoever he says he is. */
static void judged(const mbedtls_x509_crt *crt, struct tls_facts *f)
{
	const struct tls_request request = { .host = "a.example" };
	struct fault why = { .kind = FAULT_NONE };
	struct validity path;

	HOLDS(!tls_verify(&request, crt, f, &path, &why));
	HOLDS(!f->verified && why.kind != FAULT_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_facts facts;
	struct span der = fuzz_span(data, size), whole, subject;
	bool walked = der_certificate(der, &whole, &subject);
	mbedtls_x509_crt crt;

	HOLDS(!walked || (fuzz_inside(whole, der) &&
			  fuzz_inside(subject, whole)));
	mbedtls_x509_crt_init(&crt);
	if (mbedtls_x509_crt_parse_der(&crt, data, size) == 0) {
		/* Where both find a subject it is the same one. */
		HOLDS(!walked || subject.len == crt.subject_raw.len);
		facts = (struct tls_facts){ .alert = -1 };
		tls_facts_chain(&crt, &facts);
		HOLDS(facts.chain == 1);
		shown(&facts.cert[0]);
		judged(&crt, &facts);
	}
	mbedtls_x509_crt_free(&crt);
	return 0;
}
