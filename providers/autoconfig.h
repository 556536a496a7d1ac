#ifndef MAILWHY_AUTOCONFIG_H
#define MAILWHY_AUTOCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/candidate.h"

/*
 * Mozilla's config-v1.1.xml: what a domain or the ISPDB says of its servers.
 * Pure; for any bytes. Only autoconfig.c includes expat.
 *
 * A document type, and so every entity that could blow up, is refused; so are
 * elements nested deeper than any real file has. Servers that cannot be used
 * (no host name, no port, another protocol) are left out; those without
 * encryption stay in, as what they are.
 */
struct autoconfig {
	char name[80];			/* of the provider, printable; "" */
	size_t servers;			/* in the order of the file */
	struct offer server[OFFERS_MAX];
};

/*
 * `domain` stands in for %EMAILDOMAIN%. Faults: PROTOCOL (no XML, or no
 * clientConfig; the text says where), TOO_LONG (nested too deep), NO_MEMORY.
 */
bool autoconfig_parse(struct span xml, const char *domain,
		      struct autoconfig *ret, struct fault *why);

#endif
