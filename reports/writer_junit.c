#include <string.h>

#include "reports/words.h"
#include "reports/writer_private.h"

/*
 * JUnit XML, as CI systems read it (Surefire's and Jenkins' schema, where they
 * agree): a suite is an account, a case one way to a service or one
 * expectation. A failure means that somebody must act, an error that it could
 * not be tested. Names of cases are ids, so that their history goes on when
 * the language changes.
 */
/* XML 1.0, 2.2: what is no character there becomes U+FFFD. */
static size_t forbidden(const char *at)
{
	unsigned char c = (unsigned char)*at;

	if (c < ' ')
		return c != '\t' && c != '\n' && c != '\r' ? 1 : 0;
	return strncmp(at, "\xef\xbf\xbe", 3) == 0 ||
	       strncmp(at, "\xef\xbf\xbf", 3) == 0 ? 3 : 0;
}

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	/* in an attribute these would be read as spaces */
	case '\t': return "&#9;";
	case '\n': return "&#10;";
	case '\r': return "&#13;";
	default: return NULL;
	}
}

static void escaped(struct page *out, const char *text, bool in_text)
{
	for (; *text; text++) {
		size_t bad = forbidden(text);
		const char *e = in_text && (*text == '\n' || *text == '"') ?
				NULL : entity(*text);

		if (bad > 0) {
			page_str(out, "\xef\xbf\xbd");
			text += bad - 1;
		} else if (e) {
			page_str(out, e);
		} else {
			page_span(out, (struct span){ text, 1 });
		}
	}
}

static void xml(struct page *out, const char *text)
{
	escaped(out, text, false);
}

static void xml_text(struct page *out, const char *text)
{
	escaped(out, text, true);
}

static void attribute(struct page *out, const char *name, const char *value)
{
	page_fmt(out, " %s=\"", name);
	xml(out, value);
	page_str(out, "\"");
}

static void seconds(struct page *out, msec t)
{
	page_str(out, " time=\"");
	write_seconds(out, t);
	page_str(out, "\"");
}

/* ---- counting: a suite begins with its totals ---- */

struct totals {
	unsigned n[RESULT_SKIPPED + 1];
	bool own;			/* the account has a case of its own */
};

static enum account_result of_expectation(const struct account_outcome *o,
					  const struct outcome_expectation *e)
{
	return e->met ? RESULT_PASSED :
	       o->result == RESULT_ERROR ? RESULT_ERROR : RESULT_FAILED;
}

static unsigned bad(const struct totals *t)
{
	return t->n[RESULT_FAILED] + t->n[RESULT_ERROR];
}

/* Of its own: what the account came to and none of its cases tells. */
static struct totals count(const struct account_outcome *o)
{
	struct totals t = { { 0 }, false };

	for (size_t i = 0; i < o->cases; i++)
		t.n[o->case_of[i].result]++;
	for (size_t i = 0; i < o->expectations; i++)
		t.n[of_expectation(o, &o->expectation[i])]++;
	t.own = o->cases + o->expectations == 0 || o->reason != UNTRIED_NONE ||
		(o->exit_code != 0 && bad(&t) == 0);
	if (t.own)
		t.n[o->result]++;
	return t;
}

/* ---- cases ---- */

/*
 * Viewers take the dots of a class name for those of a package: an address
 * would fall apart. The suite has it as it is.
 */
static void class_name(struct page *out, const char *account)
{
	page_str(out, " classname=\"mailwhy.");
	for (const char *dot; (dot = strchr(account, '.')) != NULL;
	     account = dot + 1) {
		struct page part;

		page_open(&part);
		page_span(&part, (struct span){ account,
						(size_t)(dot - account) });
		page_pour(&part, out, xml);
		page_str(out, "_");
	}
	xml(out, account);
	page_str(out, "\"");
}

static void case_begin(struct page *out, const struct account_outcome *o,
		       struct page *name, msec took)
{
	page_str(out, "\t\t<testcase name=\"");
	page_pour(name, out, xml);
	page_str(out, "\"");
	class_name(out, o->name);
	seconds(out, took);
}

static const char *element(enum account_result r)
{
	return r == RESULT_FAILED ? "failure" :
	       r == RESULT_ERROR ? "error" : "skipped";
}

static void forget(struct page *out, const char *text)
{
	(void)out;
	(void)text;
}

/* `message` and `text` are poured; a skipped case has no text. */
static void case_end(struct page *out, enum account_result r,
		     const char *type, struct page *message, struct page *text)
{
	if (r == RESULT_PASSED) {
		page_str(out, "/>\n");
		page_pour(message, out, forget);
		page_pour(text, out, forget);
		return;
	}
	page_fmt(out, ">\n\t\t\t<%s", element(r));
	if (r != RESULT_SKIPPED)
		attribute(out, "type", type);
	page_str(out, " message=\"");
	page_pour(message, out, xml);
	page_str(out, r == RESULT_SKIPPED ? "\"/>" : "\">");
	page_pour(text, out, r == RESULT_SKIPPED ? forget : xml_text);
	if (r != RESULT_SKIPPED)
		page_fmt(out, "</%s>", element(r));
	page_str(out, "\n\t\t</testcase>\n");
}

static void add_case(struct page *out, enum lang l,
		     const struct account_outcome *o,
		     const struct outcome_case *c)
{
	struct page name, message, text;

	page_open(&name);
	page_open(&message);
	page_open(&text);
	write_case_id(&name, c);
	write_case_title(&message, l, c);
	/* the whole story stands where the account's verdict was found */
	if (c->cause == o->verdict && c->result != RESULT_SKIPPED)
		write_story(&text, l, o);
	else
		write_said(&text, l, c);
	case_begin(out, o, &name, c->took);
	case_end(out, c->result, cause_id(c->cause), &message, &text);
}

static void add_expectation(struct page *out, enum lang l,
			    const struct account_outcome *o,
			    const struct outcome_expectation *e)
{
	struct page name, message, text;

	page_open(&name);
	page_open(&message);
	page_open(&text);
	page_fmt(&name, "expect %s", e->id);
	outcome_unmet_words(e, l, page_room(&message, 1024));
	case_begin(out, o, &name, 0);
	case_end(out, of_expectation(o, e), "expectation", &message, &text);
}

static void add_own_case(struct page *out, enum lang l,
			 const struct account_outcome *o)
{
	struct page name, message, text;

	page_open(&name);
	page_open(&message);
	page_open(&text);
	page_str(&name, "account");
	write_title(&message, l, o);
	write_story(&text, l, o);
	case_begin(out, o, &name, o->took);
	case_end(out, o->result, outcome_cause(o), &message, &text);
}

/* ---- suites ---- */

static void property(struct page *out, const char *prefix, const char *name,
		     const char *value)
{
	page_fmt(out, "\t\t\t<property name=\"%s", prefix);
	xml(out, name);
	page_str(out, "\"");
	attribute(out, "value", value);
	page_str(out, "/>\n");
}

static void number(struct page *out, const char *name, unsigned value)
{
	char room[16];
	struct buf b = buf_over(room, sizeof(room));

	buf_fmt(&b, "%u", value);
	property(out, "", name, room);
}

static void add_properties(struct page *out, const struct account_outcome *o)
{
	page_str(out, "\t\t<properties>\n");
	property(out, "", "result", result_name(o->result));
	property(out, "", "verdict", cause_id(o->verdict));
	property(out, "", "confidence", confidence_name(o->confidence));
	number(out, "exit_code", (unsigned)o->exit_code);
	number(out, "refused_logins", o->logins_refused);
	if (o->provider[0])
		property(out, "", "provider", o->provider);
	if (o->line > 0)
		number(out, "line", o->line);
	for (size_t i = 0; i < o->labels; i++)
		property(out, "label.", o->label[i].name, o->label[i].value);
	page_str(out, "\t\t</properties>\n");
}

static void suite_begin(struct page *out, const struct account_outcome *o,
			const struct totals *t)
{
	char at[40];
	struct buf b = buf_over(at, sizeof(at));

	/* Surefire's has no zone: it is UTC */
	words_date(o->made_at, true, &b);
	if (b.len > 0)
		at[b.len - 1] = '\0';
	page_str(out, "\t<testsuite");
	attribute(out, "name", o->name);
	page_fmt(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" "
		 "skipped=\"%u\"", bad(t) + t->n[RESULT_PASSED] +
		 t->n[RESULT_SKIPPED], t->n[RESULT_FAILED],
		 t->n[RESULT_ERROR], t->n[RESULT_SKIPPED]);
	seconds(out, o->took);
	attribute(out, "timestamp", at);
	if (o->file[0])
		attribute(out, "file", o->file);
	page_str(out, ">\n");
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	struct totals t = count(o);

	(void)line;
	suite_begin(out, o, &t);
	add_properties(out, o);
	for (size_t i = 0; i < o->cases; i++)
		add_case(out, w->style.lang, o, &o->case_of[i]);
	for (size_t i = 0; i < o->expectations; i++)
		add_expectation(out, w->style.lang, o, &o->expectation[i]);
	if (t.own)
		add_own_case(out, w->style.lang, o);
	page_str(out, "\t</testsuite>\n");
}

static void begin(struct writer *w, struct page *out)
{
	(void)w;
	page_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		 "<testsuites name=\"mailwhy\">\n");
}

static void end(struct writer *w, struct page *out)
{
	(void)w;
	page_str(out, "</testsuites>\n");
}

const struct writer_kind writer_junit = {
	.name = "junit", .whole = true,
	.begin = begin, .add = add, .end = end,
};
