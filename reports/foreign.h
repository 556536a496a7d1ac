#ifndef MAILWHY_FOREIGN_H
#define MAILWHY_FOREIGN_H

#include <stdbool.h>

#include "probes/evidence.h"

/*
 * Whose server is it that answers? Known by the names it gives itself: in its
 * greeting and in its certificate. Pure.
 */

/*
 * The host in "220 mail.example.com ESMTP" (RFC 5321 section 4.2); false: it
 * names none, and ret is "".
 */
bool foreign_banner(const struct evidence *e, char ret[HOST_CAP]);

/*
 * Do two hosts belong to the same owner, as far as names tell: zoho.com and
 * mx.zoho.co.jp, but not zoho.com and webhost.example?
 */
bool foreign_same_owner(const char *a, const char *b);
/* The same owner below another top-level domain: zoho.com and zoho.eu. */
bool foreign_is_sibling(const char *a, const char *b);

#endif
