#ifndef MAILWHY_JSON_PRIVATE_H
#define MAILWHY_JSON_PRIVATE_H

#include "probes/base/json.h"
#include "reports/report.h"
#include "reports/words.h"

/*
 * For report_json.c, json_*.c and outcome*.c only. All of them add text through
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

/* `w` is made to be about the endpoint when something failed there. */
void json_endpoint(struct json *endpoints, struct words *w, size_t index,
		   bool with_transcript);

/* The whole report, for the caller to print and free. NULL: no memory. */
struct json *report_document(const struct report_input *in, enum lang lang,
			     bool with_transcript);

#endif
