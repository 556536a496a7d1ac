#include "probes/wire/der.h"

#include <stddef.h>

#define DER_INTEGER 0x02
#define DER_SEQUENCE 0x30
#define DER_VERSION 0xa0		/* [0] EXPLICIT, of TBSCertificate */

static bool der_length(struct span *rest, size_t *ret_len)
{
	const unsigned char *at = (const unsigned char *)rest->at;
	size_t octets, len = 0;

	if (rest->len < 1)
		return false;
	if (at[0] < 0x80) {
		*ret_len = at[0];
		*rest = span_from(*rest, 1);
		return true;
	}
	octets = at[0] & 0x7fu;
	/* Three octets hold 16 MiB; no certificate is near that. */
	if (octets == 0 || octets > 3 || rest->len < 1 + octets)
		return false;
	for (size_t i = 1; i <= octets; i++)
		len = len << 8 | at[i];
	*ret_len = len;
	*rest = span_from(*rest, 1 + octets);
	return true;
}

bool der_element(struct span *rest, unsigned char *ret_tag,
		 struct span *ret_whole, struct span *ret_body)
{
	struct span body;
	size_t len;

	if (rest->len < 2)
		return false;
	body = span_from(*rest, 1);
	if (!der_length(&body, &len) || body.len < len)
		return false;
	*ret_tag = (unsigned char)rest->at[0];
	*ret_body = (struct span){ body.at, len };
	ret_whole->at = rest->at;
	ret_whole->len = (size_t)(body.at - rest->at) + len;
	*rest = span_from(*rest, ret_whole->len);
	return true;
}

static bool der_expect(struct span *rest, unsigned char tag,
		       struct span *ret_whole, struct span *ret_body)
{
	unsigned char got;

	return der_element(rest, &got, ret_whole, ret_body) && got == tag;
}

bool der_certificate(struct span bytes, struct span *ret_certificate,
		     struct span *ret_subject)
{
	struct span certificate, inside, tbs, whole, body;
	unsigned char tag;

	if (!der_expect(&bytes, DER_SEQUENCE, &certificate, &inside) ||
	    !der_expect(&inside, DER_SEQUENCE, &whole, &tbs))
		return false;
	/* [version] serialNumber signature issuer validity subject */
	if (!der_element(&tbs, &tag, &whole, &body))
		return false;
	if (tag == DER_VERSION && !der_element(&tbs, &tag, &whole, &body))
		return false;
	if (tag != DER_INTEGER)
		return false;
	for (int i = 0; i < 4; i++) {
		if (!der_expect(&tbs, DER_SEQUENCE, &whole, &body))
			return false;
	}
	*ret_certificate = certificate;
	*ret_subject = whole;
	return true;
}
