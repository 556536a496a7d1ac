#include "reports/writer_private.h"

/*
 * Workflow commands of GitHub Actions: annotations at the line of the accounts
 * file. An error is somebody's to mend, a warning the server's or the
 * network's, a notice was not tried; what passed says nothing.
 */
static const char *escape(char c, bool property)
{
	switch (c) {
	case '%': return "%25";
	case '\r': return "%0D";
	case '\n': return "%0A";
	case ':': return property ? "%3A" : NULL;
	case ',': return property ? "%2C" : NULL;
	default: return NULL;
	}
}

static void escaped(struct page *out, const char *text, bool property)
{
	for (; *text; text++) {
		const char *e = escape(*text, property);

		page_span(out, e ? span_of(e) : (struct span){ text, 1 });
	}
}

static void data(struct page *out, const char *text)
{
	escaped(out, text, false);
}

static const char *command(const struct account_outcome *o)
{
	if (o->result == RESULT_SKIPPED)
		return "notice";
	return o->exit_code == 3 ? "warning" : "error";
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	struct page story;

	(void)line;
	if (o->result == RESULT_PASSED)
		return;
	page_open(&story);
	write_story(&story, w->style.lang, o);
	page_fmt(out, "::%s ", command(o));
	if (o->file[0]) {
		page_str(out, "file=");
		escaped(out, o->file, true);
		page_str(out, ",");
	}
	if (o->line > 0)
		page_fmt(out, "line=%u,", o->line);
	page_str(out, "title=");
	escaped(out, o->name, true);
	page_str(out, "::");
	page_pour(&story, out, data);
	page_str(out, "\n");
}

const struct writer_kind writer_github = {
	.name = "github",
	.add = add,
};
