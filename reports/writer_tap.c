#include "reports/writer_private.h"

/*
 * TAP version 13: a test point is an account; what failed is told in YAML
 * below it. The plan stands at the end, so that points come as they are.
 */
/* A description ends at a line end, and "#" begins a directive. */
static void description(struct page *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '#' || *text == '\\')
			page_str(out, "\\");
		page_span(out, (unsigned char)*text < ' ' ? SPAN_LIT(" ") :
			  (struct span){ text, 1 });
	}
}

/* YAML 1.2, 5.7 and 7.3.1: a double-quoted scalar. */
static void yaml(struct page *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			page_fmt(out, "\\%c", c);
		else if (c == '\n')
			page_str(out, "\\n");
		else if (c < ' ' || c == 0x7f)
			page_fmt(out, "\\x%02x", c);
		else
			page_span(out, (struct span){ text, 1 });
	}
}

static void pair(struct page *out, const char *before, const char *text)
{
	page_fmt(out, "  %s: \"", before);
	yaml(out, text);
	page_str(out, "\"\n");
}

static void pair_of(struct page *out, const char *before, struct page *text)
{
	page_fmt(out, "  %s: \"", before);
	page_pour(text, out, yaml);
	page_str(out, "\"\n");
}

static void add_case(struct page *out, const struct outcome_case *c)
{
	page_fmt(out, "    - service: %s\n",
		 service_name(c->endpoint.service));
	pair(out, "    host", c->endpoint.host);
	page_fmt(out, "      port: %u\n      security: %s\n      result: %s\n"
		 "      cause: %s\n", c->endpoint.port,
		 security_name(c->endpoint.security), result_name(c->result),
		 cause_id(c->cause));
	if (c->stage == STAGE_COUNT)
		return;
	page_fmt(out, "      stage: %s\n      fault: %s\n",
		 stage_name(c->stage), fault_name(c->fault));
	if (c->reply[0])
		pair(out, "    reply", c->reply);
}

static void add_expectation(struct page *out,
			    const struct outcome_expectation *e)
{
	page_fmt(out, "    - id: %s\n", e->id);
	pair(out, "    wanted", e->wanted);
	pair(out, "    got", e->got);
	page_fmt(out, "      met: %s\n", e->met ? "true" : "false");
}

static void diagnostics(struct page *out, enum lang l,
			const struct account_outcome *o)
{
	struct page story;

	page_open(&story);
	write_story(&story, l, o);
	page_str(out, "  ---\n");
	pair_of(out, "message", &story);
	page_fmt(out, "  severity: %s\n  verdict: %s\n  confidence: %s\n"
		 "  exit_code: %d\n",
		 o->result == RESULT_ERROR ? "error" : "fail",
		 cause_id(o->verdict), confidence_name(o->confidence),
		 o->exit_code);
	if (o->reason != UNTRIED_NONE)
		page_fmt(out, "  reason: %s\n", untried_id(o->reason));
	if (o->cases > 0)
		page_str(out, "  services:\n");
	for (size_t i = 0; i < o->cases; i++)
		add_case(out, &o->case_of[i]);
	if (o->expectations > 0)
		page_str(out, "  expectations:\n");
	for (size_t i = 0; i < o->expectations; i++)
		add_expectation(out, &o->expectation[i]);
	page_str(out, "  ...\n");
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	bool fine = o->result == RESULT_PASSED || o->result == RESULT_SKIPPED;

	(void)line;
	page_fmt(out, "%s %zu - ", fine ? "ok" : "not ok", w->accounts);
	description(out, o->name);
	if (o->result == RESULT_SKIPPED) {
		struct page title;

		page_open(&title);
		write_title(&title, w->style.lang, o);
		page_str(out, " # SKIP ");
		page_pour(&title, out, description);
	}
	page_str(out, "\n");
	if (!fine)
		diagnostics(out, w->style.lang, o);
}

static void begin(struct writer *w, struct page *out)
{
	(void)w;
	page_str(out, "TAP version 13\n");
}

static void end(struct writer *w, struct page *out)
{
	page_fmt(out, w->accounts ? "1..%zu\n" : "1..%zu # SKIP no accounts\n",
		 w->accounts);
}

const struct writer_kind writer_tap = {
	.name = "tap",
	.begin = begin, .add = add, .end = end,
};
