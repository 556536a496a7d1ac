#ifndef MAILWHY_OUTCOME_PRIVATE_H
#define MAILWHY_OUTCOME_PRIVATE_H

#include "probes/base/json.h"
#include "reports/outcome.h"

/* For outcome*.c only. */

/* The model from the document of a line. Faults: PROTOCOL, NO_MEMORY. */
bool outcome_take(const struct json *doc, struct account_outcome *ret,
		  struct fault *why);
/* Result and exit code, from its cases and what was expected. */
void outcome_judge(struct account_outcome *o, int report_code);
/* Title and first remedy, as they were judged. false: no memory. */
bool outcome_take_words(const struct json *doc, struct account_outcome *o);

/* A copy, made printable; text NULL: "". false: no memory. */
bool outcome_keep(const char *text, char **ret);

#endif
