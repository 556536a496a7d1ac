#ifndef MAILWHY_REDACT_H
#define MAILWHY_REDACT_H

#include <stdbool.h>

#include "probes/base/buf.h"
#include "probes/base/secret.h"
#include "probes/base/span.h"

/*
 * A server may echo what we sent. The redactor knows every form in which a
 * secret could come back (raw, as SASLprep made it, quoted for IMAP or JSON, in
 * base64 at any of the three alignments, percent-encoded, hex, HTML-escaped)
 * and replaces each by "<secret>" before a byte becomes evidence. Left alone
 * are forms shorter than 4 bytes, which would match by chance, and secrets
 * that are a word every server says ("password").
 * Immutable once made; shared between threads.
 */
struct redactor;

bool redactor_new(const struct secret *secret, struct redactor **ret);
void redactor_free(struct redactor *r);		/* wipes */

/* Append `text` without the secret. r NULL: as it is. */
void redact(const struct redactor *r, struct span text, struct buf *out);

#endif
