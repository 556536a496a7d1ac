#ifndef MAILWHY_JSON_PRIVATE_H
#define MAILWHY_JSON_PRIVATE_H

#include "probes/base/json.h"
#include "reports/report.h"

/*
 * For report_json.c and json_*.c only. All of them add text through
 * json_text, so that a value cut in the middle of a character cannot make
 * the document invalid.
 */
void json_text(struct json *parent, const char *name, const char *text);
/* As json_text, but null when empty. */
void json_text_or_null(struct json *parent, const char *name,
		       const char *text);
void json_date(struct json *parent, const char *name, epoch at);

/* "discovery": how the servers were looked for, or null. */
void json_search(struct json *doc, const struct search *s);

struct words;
/* Who can mend a cause: "who" and "who_text", null where nobody has to. */
void json_who(struct json *cause, const struct words *w, enum cause c);

void json_endpoint(struct json *endpoints, const struct report_input *in,
		   size_t index, bool with_transcript);

#endif
