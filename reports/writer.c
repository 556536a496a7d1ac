#include "reports/writer.h"

#include <stdlib.h>
#include <string.h>

#include "reports/writer_private.h"

const struct writer_kind *const writer_table[] = {
	&writer_summary, &writer_jsonl, &writer_junit, &writer_tap,
	&writer_prometheus, &writer_github, &writer_csv, &writer_nagios,
	NULL
};

const struct writer_kind *writer_by_name(const char *name)
{
	for (size_t i = 0; writer_table[i]; i++)
		if (strcmp(writer_table[i]->name, name) == 0)
			return writer_table[i];
	return NULL;
}

const char *writer_name_at(size_t index)
{
	size_t n = sizeof(writer_table) / sizeof(writer_table[0]) - 1;

	return index < n ? writer_table[index]->name : NULL;
}

struct writer *writer_open(const struct writer_kind *kind,
			   const struct writer_style *style)
{
	struct writer *w = calloc(1, sizeof(*w));
	void *own = calloc(1, kind->state_size + 1);

	if (!w || !own) {
		free(w);
		free(own);
		return NULL;
	}
	*w = (struct writer){ .kind = kind, .style = *style, .own = own };
	return w;
}

void writer_begin(struct writer *w, struct page *out)
{
	if (w->kind->begin)
		w->kind->begin(w, out);
}

void writer_add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	w->accounts++;
	if (w->kind->add)
		w->kind->add(w, o, line, out);
}

void writer_end(struct writer *w, struct page *out)
{
	if (w->kind->end)
		w->kind->end(w, out);
}

void writer_close(struct writer *w)
{
	if (!w)
		return;
	if (w->kind->release)
		w->kind->release(w);
	free(w->own);
	free(w);
}
