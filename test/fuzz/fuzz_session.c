#include <string.h>

#include "cmd/session.h"
#include "test/fuzz/fuzz.h"

static char *report_of(struct session *s, bool as_json)
{
	const struct report_style style = { .unicode = true, .width = 80 };
	struct check_request request;
	struct provider *p;
	struct fault why;
	char *report = NULL;

	session_provider(s, NULL, &p, &why);
	session_request(s, p, &request);
	if (check_judge(&request, &s->result, &why))
		report = check_report(&request, &s->result, as_json, &style,
				      NULL);
	provider_free(p);
	HOLDS(report != NULL);
	return report;
}

/* What was read is what is written; the second reading changes nothing. */
static void again(struct session *first, struct session *second)
{
	struct fault why = { .kind = FAULT_NONE };
	char *text = session_print(first, NULL), *same, *a, *b;

	HOLDS(text != NULL);
	HOLDS(session_parse(span_of(text), second, &why));
	same = session_print(second, NULL);
	HOLDS(same && strcmp(text, same) == 0);
	a = report_of(first, true);
	b = report_of(second, true);
	HOLDS(strcmp(a, b) == 0);
	free(a);
	free(b);
	free(text);
	free(same);
}

/*
 * From anybody's file to a report: whatever it holds, it is diagnosed, told
 * in words and masked, or refused with a reason.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session *s = calloc(2, sizeof(*s));
	struct fault why = { .kind = FAULT_NONE };

	HOLDS(s != NULL);
	if (session_parse(fuzz_span(data, size), &s[0], &why)) {
		again(&s[0], &s[1]);
		free(report_of(&s[0], false));
		session_release(&s[1]);
		if (session_mask(&s[0], false, &why))
			again(&s[0], &s[1]);
		else
			HOLDS(why.kind == FAULT_TOO_LONG);
		session_release(&s[1]);
	} else {
		HOLDS(why.kind == FAULT_PROTOCOL || why.kind == FAULT_TOO_LONG);
	}
	session_release(&s[0]);
	free(s);
	return 0;
}
