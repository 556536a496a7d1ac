#include "test/outputs.h"

#include <stdlib.h>

#include "probes/base/text.h"
#include "reports/writer.h"

static void write_all(const struct account_outcome *o, const char *line,
		      enum lang lang, struct page *page)
{
	const struct writer_style style = {
		.lang = lang, .unicode = true, .width = 80,
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

static char *text_of_all(struct account_outcome *o, const char *line,
			 enum lang lang)
{
	struct page page;
	char *text;

	page_open(&page);
	write_all(o, line, lang, &page);
	outcome_release(o);
	text = page_close(&page);
	if (text && text_is_utf8(span_of(text)))
		return text;
	free(text);
	return NULL;
}

char *outputs_of(const char *report, enum lang lang)
{
	struct account_outcome o;
	struct fault why;

	return outcome_read(span_of(report), &o, &why) ?
	       text_of_all(&o, report, lang) : NULL;
}

char *outputs_of_check(const struct check_request *request,
		       const struct check_result *result)
{
	const struct outcome_about about = { .name = "account" };
	struct check_report_room room;
	struct report_input in;
	struct account_outcome o;
	struct fault why;
	char *line, *text = NULL;

	check_report_input(request, result, LANG_EN, &room, &in);
	if (outcome_of(&in, &about, LANG_EN, &o, &line, &why)) {
		text = text_of_all(&o, line, LANG_EN);
		free(line);
	}
	return text;
}
