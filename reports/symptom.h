#ifndef MAILWHY_SYMPTOM_H
#define MAILWHY_SYMPTOM_H

#include "probes/base/span.h"
#include "probes/evidence.h"
#include "reports/rule.h"

/*
 * A server's words as somebody wrote them down (an example of a rule, a line
 * of a log) back into a reply: tag or not, one line or several. What is no
 * line of the protocol is kept as text, so that rules for words see it.
 */
void reply_from_text(enum service s, struct span text, struct reply *ret);

/* REJECTED or DEFERRED as a probe would have said; NONE: no refusal. */
enum fault_kind reply_fault(const struct reply *r);

/* Nothing known yet; `r` must stay. */
struct symptom symptom_of(const struct reply *r);

#endif
