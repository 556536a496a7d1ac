#ifndef MAILWHY_SASLPREP_H
#define MAILWHY_SASLPREP_H

#include <stdbool.h>

#include "probes/base/fault.h"
#include "probes/base/secret.h"
#include "probes/base/span.h"

/*
 * RFC 4013: map, NFKC, prohibit, bidi. For user names and passwords of SCRAM
 * and CRAM-MD5. *ret is initialised here; released by the caller.
 * Faults: BAD_SECRET (prohibited character, no UTF-8), NO_MEMORY.
 */
bool saslprep(struct span text, struct secret *ret, struct fault *why);

#endif
