#ifndef MAILWHY_WIRE_DER_H
#define MAILWHY_WIRE_DER_H

#include <stdbool.h>

#include "probes/base/span.h"

/*
 * Just enough DER (X.690) to find a name inside a certificate without
 * parsing all of it. Pure; for any bytes.
 */

/*
 * Cut one element off the front of *rest. *ret_whole is the element with its
 * header, *ret_body without. false: no whole element there, or an indefinite
 * length, which DER forbids.
 */
bool der_element(struct span *rest, unsigned char *ret_tag,
		 struct span *ret_whole, struct span *ret_body);

/*
 * The certificate at the start of `bytes` (what follows it is not part of it)
 * and the DER of its subject. RFC 5280 section 4.1.
 */
bool der_certificate(struct span bytes, struct span *ret_certificate,
		     struct span *ret_subject);

#endif
