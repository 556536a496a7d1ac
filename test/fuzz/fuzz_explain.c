#include <string.h>

#include "cmd/explain_run.h"
#include "probes/base/text.h"
#include "test/fuzz/fuzz.h"

/*
 * Any text, cut anywhere, to an explanation in both languages and as JSON.
 * The command may be pasted into a shell: nothing of the text may run.
 */
static struct explain *fed(struct span text, size_t step)
{
	static const struct explain_place nothing;
	struct explain *x = explain_new(&nothing);

	HOLDS(x != NULL);
	while (text.len > 0) {
		explain_add(x, span_head(text, step));
		text = span_from(text, step);
	}
	explain_end(x);
	return x;
}

static void is_harmless(const char *json)
{
	const char *command = strstr(json, "\"command\":\t\"mailwhy");
	const char *end;

	HOLDS(command != NULL);
	end = strchr(command + 12, '"');
	HOLDS(end != NULL);
	for (; command < end; command++)
		HOLDS(!strchr(";&|$`<>\\()", *command));
}

static void reports(const struct explain_result *r)
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const struct report_style style = { .lang = (enum lang)l,
						    .width = 80 };
		char *human = explain_report(r, false, &style);
		char *json = explain_report(r, true, &style);

		HOLDS(human && json);
		HOLDS(text_is_utf8(span_of(human)));
		HOLDS(text_is_utf8(span_of(json)));
		is_harmless(json);
		free(human);
		free(json);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct explain_tools tools;
	static struct explain_result whole, cut;
	const struct explain_request request = { .provider = NULL };
	struct fault why = { FAULT_NONE, "" };
	struct explain *a = fed(fuzz_span(data, size), 1 << 20);
	struct explain *b = fed(fuzz_span(data, size), 7);

	if (!tools.general)
		HOLDS(explain_tools_load(&tools, &why));
	HOLDS(explain_run(&request, a, &tools, &whole, &why));
	HOLDS(explain_run(&request, b, &tools, &cut, &why));
	HOLDS(whole.told.diagnosis.causes > 0);
	HOLDS(whole.told.diagnosis.verdict == cut.told.diagnosis.verdict);
	reports(&whole);
	explain_result_release(&whole);
	explain_result_release(&cut);
	explain_free(a);
	explain_free(b);
	return 0;
}
