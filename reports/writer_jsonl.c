#include <stdlib.h>

#include "reports/writer_private.h"

/*
 * JSON Lines: every account's report in a line of its own, as it comes. The
 * file may be cut anywhere and loses no more than its last line.
 */
struct writer {
	char none;
};

static struct writer *open_jsonl(const struct writer_style *style)
{
	(void)style;
	return calloc(1, sizeof(struct writer));
}

static void nothing(struct writer *w, struct page *out)
{
	(void)w;
	(void)out;
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	(void)w;
	(void)o;
	page_str(out, line);
	page_str(out, "\n");
}

static void close_jsonl(struct writer *w)
{
	free(w);
}

const struct writer_kind writer_jsonl = {
	.name = "jsonl",
	.open = open_jsonl, .begin = nothing, .add = add, .end = nothing,
	.close = close_jsonl,
};
