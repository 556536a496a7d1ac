#include "test/outputs.h"

#include <stdlib.h>

#include "probes/base/text.h"
#include "reports/writer.h"

static void write_all(const struct account_outcome *o, const char *line,
		      enum lang lang, struct page *page)
{
	const struct writer_style style = {
		.lang = lang, .unicode = true, .width = 80, .version = "0",
		.days_warning = 30, .days_critical = 14,
	};

	for (size_t i = 0; writer_table[i]; i++) {
		struct writer *w = writer_open(writer_table[i], &style);

		if (!w)
			continue;
		writer_begin(w, page);
		writer_add(w, o, line, page);
		writer_end(w, page);
		writer_close(w);
	}
}

char *outputs_of(const char *report, enum lang lang)
{
	struct account_outcome o;
	struct fault why;
	struct page page;
	char *text;

	if (!outcome_read(span_of(report), &o, &why))
		return NULL;
	page_open(&page);
	write_all(&o, report, lang, &page);
	outcome_release(&o);
	text = page_close(&page);
	if (text && text_is_utf8(span_of(text)))
		return text;
	free(text);
	return NULL;
}
