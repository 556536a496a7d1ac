#include <string.h>

#include "probes/base/json.h"
#include "probes/evidence_json.h"
#include "test/fuzz/fuzz.h"

static char *print(const struct evidence *e)
{
	struct json *doc = json_object_new();
	char *text;

	evidence_to_json(e, doc);
	text = json_print(doc, false);
	json_free(doc);
	HOLDS(text != NULL);
	return text;
}

static bool parse(struct span text, struct evidence *ret)
{
	struct json *doc;
	struct fault why = { .kind = FAULT_NONE };
	bool ok;

	if (!json_parse(text, &doc, &why))
		return false;
	ok = evidence_from_json(doc, ret, &why);
	HOLDS(ok || why.kind == FAULT_PROTOCOL);
	json_free(doc);
	return ok;
}

/* What was read is what is written: reading it again changes nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence *e = calloc(2, sizeof(*e));
	char *text, *again;

	HOLDS(e != NULL);
	if (parse(fuzz_span(data, size), &e[0])) {
		HOLDS(e->steps <= STEPS_MAX);
		HOLDS(e->connection.winner == -1 ||
		      (size_t)e->connection.winner < e->connection.attempts);
		text = print(&e[0]);
		HOLDS(parse(span_of(text), &e[1]));
		again = print(&e[1]);
		HOLDS(strcmp(text, again) == 0);
		free(text);
		free(again);
	}
	free(e);
	return 0;
}
