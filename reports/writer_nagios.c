#include <limits.h>

#include "reports/nagios.h"
#include "reports/writer_private.h"

/*
 * One account as a plugin says it: the state, a sentence and performance data
 * in the first line, what people want to know when they look closer below it.
 */
static const char *const states[] = {
	[NAGIOS_OK] = "OK", [NAGIOS_WARNING] = "WARNING",
	[NAGIOS_CRITICAL] = "CRITICAL", [NAGIOS_UNKNOWN] = "UNKNOWN",
};

enum nagios_state nagios_of_code(int code)
{
	switch (code) {
	case 0: return NAGIOS_OK;
	case 1: case 3: case 4: return NAGIOS_CRITICAL;
	default: return NAGIOS_UNKNOWN;
	}
}

/* ---- thresholds ---- */

static bool least_days(const struct account_outcome *o, int *ret)
{
	bool any = false;
	int days;

	for (size_t i = 0; i < o->cases; i++) {
		if (!outcome_cert_days(o, &o->case_of[i], &days))
			continue;
		*ret = any && *ret < days ? *ret : days;
		any = true;
	}
	return any;
}

static enum nagios_state time_state(const struct account_outcome *o,
				    const struct writer_style *s)
{
	if (s->critical > 0 && o->took > s->critical)
		return NAGIOS_CRITICAL;
	return s->warning > 0 && o->took > s->warning ? NAGIOS_WARNING :
	       NAGIOS_OK;
}

static enum nagios_state days_state(const struct account_outcome *o,
				    const struct writer_style *s)
{
	int days = 0;

	if (!least_days(o, &days))
		return NAGIOS_OK;
	if (days < s->days_critical)
		return NAGIOS_CRITICAL;
	return days < s->days_warning ? NAGIOS_WARNING : NAGIOS_OK;
}

/* Time and certificates say something only of a login that was tried. */
enum nagios_state nagios_state(const struct account_outcome *o,
			       const struct writer_style *style)
{
	enum nagios_state base = o->result == RESULT_SKIPPED ? NAGIOS_UNKNOWN :
				 nagios_of_code(o->exit_code);
	enum nagios_state t = time_state(o, style), d = days_state(o, style);

	if (base != NAGIOS_OK)
		return base;
	return t > d ? t : d;
}

/* ---- the first line ---- */

/* A bar ends the text, a line end the line. */
static void one_line(struct page *out, const char *text)
{
	for (; *text; text++)
		page_span(out, *text == '|' ? SPAN_LIT("/") :
			  (unsigned char)*text < ' ' ? SPAN_LIT(" ") :
			  (struct span){ text, 1 });
}

static void join(char *list, size_t cap, enum lang l, const char *id,
		 const char *n)
{
	const struct text_arg args[] = { { "n", n }, { NULL, NULL } };
	char next[200];
	struct buf b = buf_over(next, sizeof(next));

	text_fill(&b, l, id, args);
	text_join(l, "list.sentences", list, cap, next);
}

static void exceeded(struct page *out, const struct account_outcome *o,
		     const struct writer_style *s)
{
	char list[600] = "", room[32];
	struct buf b = buf_over(room, sizeof(room));
	int days = 0;

	if (days_state(o, s) != NAGIOS_OK && least_days(o, &days)) {
		buf_fmt(&b, "%d", days);
		join(list, sizeof(list), s->lang, days < 0 ? "nagios.ended" :
		     "nagios.ends", room);
	}
	if (time_state(o, s) != NAGIOS_OK) {
		b = buf_over(room, sizeof(room));
		buf_fmt(&b, "%lld.%03d", (long long)(o->took / 1000),
			(int)(o->took % 1000));
		join(list, sizeof(list), s->lang, "nagios.slow", room);
	}
	if (list[0])
		page_fmt(out, " %s", list);
}

static void threshold(struct page *out, msec t)
{
	page_str(out, ";");
	if (t > 0)
		write_seconds(out, t);
}

static void service_times(struct page *out, const struct account_outcome *o)
{
	unsigned n[SERVICE_COUNT] = { 0 };

	for (size_t i = 0; i < o->cases; i++) {
		const struct outcome_case *c = &o->case_of[i];

		page_fmt(out, " %s", service_name(c->endpoint.service));
		if (++n[c->endpoint.service] > 1)
			page_fmt(out, "%u", n[c->endpoint.service]);
		page_str(out, "=");
		write_seconds(out, c->took);
		page_str(out, "s;;;0");
	}
}

/* 'label'=value[unit];warn;crit;min;max; "14:" warns below 14. */
static void performance(struct page *out, const struct account_outcome *o,
			const struct writer_style *s)
{
	int days = 0;

	page_str(out, " | time=");
	write_seconds(out, o->took);
	page_str(out, "s");
	threshold(out, s->warning);
	threshold(out, s->critical);
	page_str(out, ";0");
	if (least_days(o, &days)) {
		page_fmt(out, " cert_days=%d;", days);
		if (s->days_warning >= 0)
			page_fmt(out, "%d:", s->days_warning);
		page_str(out, ";");
		if (s->days_critical >= 0)
			page_fmt(out, "%d:", s->days_critical);
		page_str(out, ";;");
	}
	service_times(out, o);
	page_fmt(out, " refused_logins=%u;;;0\n", o->logins_refused);
}

/* ---- the lines below ---- */

static void add_case(struct page *out, const struct account_outcome *o,
		     const struct outcome_case *c)
{
	int days;

	page_fmt(out, "[%s] ", result_name(c->result));
	write_case_id(out, c);
	if (c->tls[0])
		page_fmt(out, " %s", c->tls);
	page_str(out, " ");
	write_seconds(out, c->took);
	page_str(out, "s");
	if (outcome_cert_days(o, c, &days))
		page_fmt(out, " cert_days=%d", days);
	if (c->stage != STAGE_COUNT)
		page_fmt(out, " %s:%s", cause_id(c->cause),
			 stage_name(c->stage));
	page_str(out, "\n");
}

static void no_bars(struct page *out, const char *text)
{
	for (; *text; text++)
		page_span(out, *text == '|' ? SPAN_LIT("/") :
			  (struct span){ text, 1 });
}

static void below(struct page *out, const struct account_outcome *o,
		  enum lang l)
{
	struct page story, cases;

	page_open(&story);
	page_open(&cases);
	if (o->exit_code != 0) {
		write_story(&story, l, o);
		page_str(&story, "\n");
	}
	for (size_t i = 0; i < o->cases; i++)
		add_case(&cases, o, &o->case_of[i]);
	page_pour(&story, out, no_bars);
	page_pour(&cases, out, no_bars);
}

static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	struct page title;

	(void)line;
	page_open(&title);
	if (o->verdict != CAUSE_WORKS)
		page_fmt(&title, "%s: ", o->name);
	write_title(&title, w->style.lang, o);
	exceeded(&title, o, &w->style);
	page_fmt(out, "MAIL %s - ", states[nagios_state(o, &w->style)]);
	page_pour(&title, out, one_line);
	performance(out, o, &w->style);
	below(out, o, w->style.lang);
}

const struct writer_kind writer_nagios = {
	.name = "nagios", .one = true,
	.add = add,
};
