#include <stdlib.h>

#include "reports/writer_private.h"

void write_case_id(struct page *out, const struct outcome_case *c)
{
	page_fmt(out, "%s %s:%u %s", service_name(c->endpoint.service),
		 c->endpoint.host, c->endpoint.port,
		 security_name(c->endpoint.security));
}

void write_seconds(struct page *out, msec t)
{
	page_fmt(out, "%lld.%03d", (long long)(t / 1000), (int)(t % 1000));
}

void write_title(struct page *out, enum lang l,
		 const struct account_outcome *o)
{
	const struct text_arg args[] = {
		{ "title", o->title }, { "why", o->why }, { NULL, NULL }
	};

	if (o->why[0])
		page_fill(out, l, "outcome.because", args);
	else
		page_str(out, o->title);
}

static const char *service_word(enum lang l, enum service s)
{
	static const char *const ids[] = {
		[SERVICE_IMAP] = "protocol.imap",
		[SERVICE_SMTP] = "protocol.smtp",
		[SERVICE_POP3] = "protocol.pop3",
	};

	return text_of(l, ids[s]);
}

void write_case_title(struct page *out, enum lang l,
		      const struct outcome_case *c)
{
	const struct text_arg args[] = {
		{ "title", c->title },
		{ "service", service_word(l, c->endpoint.service) },
		{ NULL, NULL }
	};

	if (c->stage == STAGE_COUNT)
		page_fill(out, l, c->result == RESULT_PASSED ? "case.works" :
		    "case.untried", args);
	else if (c->result == RESULT_PASSED)
		page_fill(out, l, "case.expected", args);
	else if (c->result == RESULT_SKIPPED)
		page_fill(out, l, "case.other_way", args);
	else
		page_str(out, c->title);
}

void write_said(struct page *out, enum lang l, const struct outcome_case *c)
{
	char port[8], id[40];
	struct buf p = buf_over(port, sizeof(port));
	struct buf f = buf_over(id, sizeof(id));
	const struct text_arg args[] = {
		{ "host", c->endpoint.host }, { "port", port },
		{ "words", c->reply }, { "fault", id }, { NULL, NULL }
	};

	if (c->stage == STAGE_COUNT)
		return;
	buf_fmt(&p, "%u", c->endpoint.port);
	if (!c->reply[0]) {
		char fault[200];

		buf_fmt(&f, "fault.%s", fault_name(c->fault));
		span_copy(span_of(text_of(l, id)), fault, sizeof(fault));
		const struct text_arg nothing[] = {
			{ "host", c->endpoint.host }, { "port", port },
			{ "fault", fault }, { NULL, NULL }
		};
		page_fill(out, l, "said.nothing", nothing);
		return;
	}
	page_fill(out, l, "said.at", args);
}

static bool counts(const struct outcome_case *c)
{
	return c->result == RESULT_FAILED || c->result == RESULT_ERROR;
}

static void write_advice(struct page *out, enum lang l,
			 const struct account_outcome *o)
{
	if (!o->remedy[0])
		return;
	page_fmt(out, "\n%s: %s", text_of(l, "label.do"), o->remedy);
	if (o->url[0])
		page_fmt(out, " %s", o->url);
}

void write_story(struct page *out, enum lang l,
		 const struct account_outcome *o)
{
	int first = cause_exit_code(o->verdict) == 0;

	write_title(out, l, o);
	for (size_t i = 0; i < o->cases; i++) {
		if (!counts(&o->case_of[i]))
			continue;
		page_str(out, "\n");
		write_said(out, l, &o->case_of[i]);
	}
	for (size_t i = 0; i < o->expectations; i++) {
		/* the title is the first one, where the login works */
		if (o->expectation[i].met || first-- == 1)
			continue;
		page_str(out, "\n");
		outcome_unmet_words(&o->expectation[i], l,
				    page_room(out, 1024));
	}
	write_advice(out, l, o);
}

void page_pour(struct page *from, struct page *to,
	       void (*add)(struct page *to, const char *text))
{
	bool failed = from->failed;
	char *text = page_close(from);

	if (text)
		add(to, text);
	to->failed = to->failed || failed;
	free(text);
}
