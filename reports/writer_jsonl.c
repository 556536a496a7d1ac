#include "reports/writer_private.h"

/*
 * JSON Lines: every account's report in a line of its own, as it comes. The
 * file may be cut anywhere and loses no more than its last line.
 */
static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	(void)w;
	(void)o;
	page_str(out, line);
	page_str(out, "\n");
}

const struct writer_kind writer_jsonl = {
	.name = "jsonl",
	.add = add,
};
