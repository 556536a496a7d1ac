#ifndef MAILWHY_STATED_DATE_H
#define MAILWHY_STATED_DATE_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/span.h"

/*
 * The date that a server states in its greeting, as Sendmail, Exim and
 * Exchange do: "220 mx.example ESMTP; Wed, 25 Nov 2026 14:18:23 +0000" (RFC
 * 5322 section 3.3). The first one in `text`; without a time it is noon, with
 * a zone that is only a name it is taken for UTC. false: none, *ret is kept.
 */
bool date_stated(struct span text, epoch *ret);

#endif
