#include <string.h>

#include "reports/words.h"
#include "reports/writer_private.h"

/*
 * CSV as spreadsheets open it with a double click: RFC 4180, and in UTF-8 with
 * a byte order mark, without which they take it for the code page of the
 * country. A cell that a spreadsheet would run as a formula gets an apostrophe
 * in front: server replies and names are other people's words.
 */
static bool starts_formula(const char *text)
{
	static const char *const wide[] = {	/* = + - @ of full width */
		"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
	};

	if (*text && strchr("=+-@\t\r\n", *text))
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (strncmp(text, wide[i], 3) == 0)
			return true;
	return false;
}

static void cell(struct page *out, const char *text)
{
	page_str(out, "\"");
	if (starts_formula(text))
		page_str(out, "'");
	for (; *text; text++)
		page_span(out, *text == '"' ? SPAN_LIT("\"\"") :
			  (struct span){ text, 1 });
	page_str(out, "\"");
}

static void next(struct page *out, const char *text)
{
	page_str(out, ",");
	cell(out, text);
}

static void number(struct page *out, int64_t n)
{
	page_fmt(out, ",%lld", (long long)n);
}

/* The best that any way to the service came to; "" none was asked for. */
static const char *service_result(const struct account_outcome *o,
				  enum service s)
{
	const struct outcome_case *best = NULL;

	for (size_t i = 0; i < o->cases; i++) {
		const struct outcome_case *c = &o->case_of[i];

		if (c->endpoint.service != s)
			continue;
		if (!best || c->logged_in ||
		    (best->result == RESULT_SKIPPED &&
		     c->result != RESULT_SKIPPED))
			best = c;
	}
	return best ? result_name(best->result) : "";
}

static void least_days(struct page *out, const struct account_outcome *o)
{
	bool any = false;
	int least = 0, days;

	for (size_t i = 0; i < o->cases; i++) {
		if (!outcome_cert_days(o, &o->case_of[i], &days))
			continue;
		least = any && least < days ? least : days;
		any = true;
	}
	if (any)
		number(out, least);
	else
		page_str(out, ",");
}

static void labels(struct page *out, const struct account_outcome *o)
{
	struct page text;

	page_open(&text);
	for (size_t i = 0; i < o->labels; i++)
		page_fmt(&text, "%s%s=%s", i > 0 ? "; " : "",
			 o->label[i].name, o->label[i].value);
	page_pour(&text, out, next);
}

static void first_reply(struct page *out, enum lang l,
			const struct account_outcome *o)
{
	struct page text;

	page_open(&text);
	for (size_t i = 0; i < o->cases; i++) {
		const struct outcome_case *c = &o->case_of[i];

		if (c->cause != o->verdict || c->stage == STAGE_COUNT)
			continue;
		write_said(&text, l, c);
		break;
	}
	page_pour(&text, out, next);
}

static void unmet(struct page *out, enum lang l,
		  const struct account_outcome *o)
{
	struct page text;
	bool any = false;

	page_open(&text);
	for (size_t i = 0; i < o->expectations; i++) {
		if (o->expectation[i].met)
			continue;
		page_str(&text, any ? " " : "");
		outcome_unmet_words(&o->expectation[i], l,
				    page_room(&text, 1024));
		any = true;
	}
	page_pour(&text, out, next);
}

static void advice(struct page *out, const struct account_outcome *o)
{
	next(out, o->remedy);
	next(out, o->url);
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	char at[40];
	struct buf b = buf_over(at, sizeof(at));
	struct page title;

	(void)line;
	words_date(o->made_at, true, &b);
	page_open(&title);
	write_title(&title, w->style.lang, o);
	cell(out, o->name);
	next(out, result_name(o->result));
	next(out, outcome_cause(o));
	next(out, o->reason ? "" : confidence_name(o->confidence));
	page_pour(&title, out, next);
	first_reply(out, w->style.lang, o);
	advice(out, o);
	for (unsigned s = 0; s < SERVICE_COUNT; s++)
		next(out, service_result(o, (enum service)s));
	least_days(out, o);
	number(out, o->logins_refused);
	number(out, o->took);
	next(out, at);
	next(out, o->provider);
	number(out, o->exit_code);
	labels(out, o);
	next(out, o->file);
	number(out, o->line);
	unmet(out, w->style.lang, o);
	page_str(out, "\r\n");
}

static void begin(struct writer *w, struct page *out)
{
	(void)w;
	page_str(out, "\xef\xbb\xbf"
		 "account,result,cause,confidence,what,server_said,what_to_do,"
		 "link,imap,smtp,pop3,certificate_days,refused_logins,took_ms,"
		 "checked_at,provider,exit_code,labels,file,line,"
		 "not_as_expected\r\n");
}

const struct writer_kind writer_csv = {
	.name = "csv",
	.begin = begin, .add = add,
};
