#include "probes/base/text.h"
#include "reports/writer.h"
#include "test/fuzz/fuzz.h"

/* Whatever line it came from: every output of it is whole and in UTF-8. */
static void write_all(const struct account_outcome *o, const char *line)
{
	const struct writer_style style = {
		.lang = LANG_JA, .color = true, .unicode = true, .width = 80,
		.warning = 1, .critical = 2,
		.days_warning = 30, .days_critical = 14,
	};

	for (size_t i = 0; writer_table[i]; i++) {
		struct writer *w = writer_open(writer_table[i], &style);
		struct page page;
		char *text;

		HOLDS(w != NULL);
		page_open(&page);
		writer_begin(w, &page);
		writer_add(w, o, line, &page);
		writer_end(w, &page);
		writer_close(w);
		text = page_close(&page);
		HOLDS(text && text_is_utf8(span_of(text)));
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct account_outcome o;
	struct fault why = { .kind = FAULT_NONE };
	struct span line = fuzz_span(data, size);

	if (!outcome_read(line, &o, &why)) {
		HOLDS(why.kind == FAULT_PROTOCOL || why.kind == FAULT_TOO_LONG);
		return 0;
	}
	HOLDS(o.cases <= ENDPOINTS_MAX && o.labels <= LABELS_MAX);
	HOLDS(o.name[0] && o.exit_code >= 0 && o.exit_code <= 5);
	write_all(&o, "{}");
	outcome_release(&o);
	return 0;
}
