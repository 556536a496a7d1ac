#include <stdlib.h>
#include <string.h>

#include "probes/base/ascii.h"
#include "reports/writer_private.h"

/*
 * Prometheus' text format 0.0.4, for node_exporter's textfile collector; names
 * after blackbox_exporter's, in base units. A family stands together in one
 * piece, so each gathers its samples in a page of its own. Two series of one
 * name and labels spoil the whole file: an account whose name was there before
 * says how often by a label.
 *
 * HELP is always English: collectors want the same words from every file.
 */
enum metric {
	SUCCESS, DURATION, EXIT_CODE, CAUSE, REFUSED, CHECKED, CERTIFICATE,
	SERVICE_SUCCESS, SERVICE_DURATION, SERVICE_CERTIFICATE, METRICS
};

static const struct {
	const char *name, *help;
} metrics[METRICS] = {
	[SUCCESS] = { "mailwhy_probe_success",
		"1 if the account is as was expected of it, else 0." },
	[DURATION] = { "mailwhy_probe_duration_seconds",
		"How long the check of the account took." },
	[EXIT_CODE] = { "mailwhy_probe_exit_code",
		"Who has to act: 0 nobody, 1 the person, 2 whoever wrote the "
		"list, 3 the network or the server, 4 not known." },
	[CAUSE] = { "mailwhy_probe_cause_info",
		"Why the login fails, or why it was not tried; always 1." },
	[REFUSED] = { "mailwhy_probe_refused_logins",
		"Logins that the check cost the account." },
	[CHECKED] = { "mailwhy_probe_checked_timestamp_seconds",
		"When the account was checked." },
	[CERTIFICATE] = {
		"mailwhy_probe_tls_earliest_cert_expiry_timestamp_seconds",
		"When the first of its servers' certificates ends." },
	[SERVICE_SUCCESS] = { "mailwhy_service_success",
		"1 if the login at this server is as was expected, else 0." },
	[SERVICE_DURATION] = { "mailwhy_service_duration_seconds",
		"From looking up the server's name to its last answer." },
	[SERVICE_CERTIFICATE] = {
		"mailwhy_service_tls_cert_expiry_timestamp_seconds",
		"When the server's certificate ends." },
};

/* ---- names that were seen: a hash table ---- */

struct seen {
	char *name;
	unsigned times;
};

struct state {
	struct page page[METRICS];
	size_t names, slots;		/* slots: a power of two, or 0 */
	struct seen *seen;
};

static struct seen *slot_of(struct seen *table, size_t slots,
			    const char *name)
{
	uint64_t hash = 14695981039346656037u;	/* FNV-1a */
	size_t at;

	for (const char *c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	at = (size_t)hash & (slots - 1);
	while (table[at].name && strcmp(table[at].name, name) != 0)
		at = (at + 1) & (slots - 1);
	return &table[at];
}

static bool grow(struct state *s)
{
	size_t slots = s->slots ? s->slots * 2 : 64;
	struct seen *table = calloc(slots, sizeof(*table));

	if (!table)
		return false;
	for (size_t i = 0; i < s->slots; i++)
		if (s->seen[i].name)
			*slot_of(table, slots, s->seen[i].name) = s->seen[i];
	free(s->seen);
	s->seen = table;
	s->slots = slots;
	return true;
}

/* How often the name was seen, this time included; 0: no memory. */
static unsigned times_seen(struct state *s, const char *name)
{
	struct seen *e;

	if (s->names * 2 >= s->slots && !grow(s))
		return 0;
	e = slot_of(s->seen, s->slots, name);
	if (!e->name) {
		e->name = strdup(name);
		s->names++;
	}
	return e->name ? ++e->times : 0;
}

/* ---- labels ---- */

static void value(struct page *out, const char *text)
{
	for (; *text; text++) {
		const char *e = *text == '\\' ? "\\\\" : *text == '"' ? "\\\"" :
				*text == '\n' ? "\\n" : NULL;

		page_span(out, e ? span_of(e) : (struct span){ text, 1 });
	}
}

static void pair(struct page *out, const char *name, const char *text)
{
	page_fmt(out, "%s=\"", name);
	value(out, text);
	page_str(out, "\"");
}

/* As kube-state-metrics does: a name of its own space, made of what may be. */
static void label_name(const char *name, char *to, size_t cap)
{
	struct buf b = buf_over(to, cap);

	buf_str(&b, "label_");
	for (; *name; name++)
		buf_char(&b, ascii_is_alnum(*name) ? *name : '_');
}

/* Two names that become one: the later says that there was another. */
static void own_label(struct page *out, const struct account_outcome *o,
		      size_t at)
{
	char name[120], other[120], conflict[140];
	struct buf b = buf_over(conflict, sizeof(conflict));
	unsigned before = 0;

	label_name(o->label[at].name, name, sizeof(name));
	for (size_t i = 0; i < at; i++) {
		label_name(o->label[i].name, other, sizeof(other));
		before += strcmp(name, other) == 0;
	}
	buf_fmt(&b, before ? "%s_conflict%u" : "%s", name, before + 1);
	page_str(out, ",");
	pair(out, conflict, o->label[at].value);
}

static void account_name(struct page *out, const struct account_outcome *o,
			 unsigned times)
{
	pair(out, "account", o->name);
	if (times > 1)
		page_fmt(out, ",repeated=\"%u\"", times);
}

/* account="...", and what the list says of it. */
static void account_labels(struct page *out, const struct account_outcome *o,
			   unsigned times)
{
	account_name(out, o, times);
	for (size_t i = 0; i < o->labels; i++)
		own_label(out, o, i);
}

static void case_labels(struct page *out, const struct outcome_case *c)
{
	page_fmt(out, ",service=\"%s\",", service_name(c->endpoint.service));
	pair(out, "host", c->endpoint.host);
	page_fmt(out, ",port=\"%u\",security=\"%s\"", c->endpoint.port,
		 security_name(c->endpoint.security));
}

/* ---- samples ---- */

static struct page *sample(struct state *s, enum metric f, const char *labels)
{
	page_fmt(&s->page[f], "%s{%s} ", metrics[f].name, labels);
	return &s->page[f];
}

static void number(struct state *s, enum metric f, const char *labels,
		   int64_t n)
{
	page_fmt(sample(s, f, labels), "%lld\n", (long long)n);
}

static void duration(struct state *s, enum metric f, const char *labels,
		     msec t)
{
	write_seconds(sample(s, f, labels), t);
	page_str(&s->page[f], "\n");
}

static bool same(const struct endpoint *a, const struct endpoint *b)
{
	return a->service == b->service && a->port == b->port &&
	       a->security == b->security && strcmp(a->host, b->host) == 0;
}

static bool is_repeated(const struct account_outcome *o, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (same(&o->case_of[i].endpoint, &o->case_of[at].endpoint))
			return true;
	return false;
}

static void add_case(struct state *s, const struct outcome_case *c,
		     const char *labels)
{
	if (c->result != RESULT_SKIPPED) {
		number(s, SERVICE_SUCCESS, labels, c->result == RESULT_PASSED);
		duration(s, SERVICE_DURATION, labels, c->took);
	}
	if (c->cert_end)
		number(s, SERVICE_CERTIFICATE, labels, c->cert_end);
}

/* The labels of the list stand at the account; one joins them from there. */
static void add_cases(struct state *s, const struct account_outcome *o,
		      unsigned times)
{
	for (size_t i = 0; i < o->cases; i++) {
		struct page labels;
		char *text;

		if (is_repeated(o, i))
			continue;
		page_open(&labels);
		account_name(&labels, o, times);
		case_labels(&labels, &o->case_of[i]);
		text = page_close(&labels);
		if (text)
			add_case(s, &o->case_of[i], text);
		s->page[SERVICE_SUCCESS].failed |= !text;
		free(text);
	}
}

static epoch earliest(const struct account_outcome *o)
{
	epoch first = 0;

	for (size_t i = 0; i < o->cases; i++) {
		epoch end = o->case_of[i].cert_end;

		if (end && (!first || end < first))
			first = end;
	}
	return first;
}

static void add_account(struct state *s, const struct account_outcome *o,
			const char *labels)
{
	struct page *cause = &s->page[CAUSE];

	number(s, SUCCESS, labels, o->result == RESULT_PASSED);
	number(s, EXIT_CODE, labels, o->exit_code);
	page_fmt(cause, "%s{%s,cause=\"%s\",confidence=\"%s\","
		 "result=\"%s\"} 1\n", metrics[CAUSE].name, labels,
		 outcome_cause(o), confidence_name(o->confidence),
		 result_name(o->result));
	if (o->reason != UNTRIED_NONE)
		return;
	duration(s, DURATION, labels, o->took);
	number(s, REFUSED, labels, o->logins_refused);
	number(s, CHECKED, labels, o->made_at);
	if (earliest(o))
		number(s, CERTIFICATE, labels, earliest(o));
}

/*
 * An account that was refused before still fails: an alert must not end
 * because it was not tried again. Of one that the run did not come to, nothing
 * is known.
 */
static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	struct state *s = w->own;
	struct page labels;
	unsigned times;
	char *text;

	(void)line;
	if (o->reason == UNTRIED_INTERRUPTED || o->reason == UNTRIED_DUPLICATE)
		return;
	times = times_seen(s, o->name);
	page_open(&labels);
	account_labels(&labels, o, times);
	text = page_close(&labels);
	if (text) {
		add_account(s, o, text);
		add_cases(s, o, times);
	}
	out->failed |= !text || times == 0;
	free(text);
}

static void begin(struct writer *w, struct page *out)
{
	struct state *s = w->own;

	(void)out;
	for (unsigned f = 0; f < METRICS; f++)
		page_open(&s->page[f]);
}

static void end(struct writer *w, struct page *out)
{
	struct state *s = w->own;

	for (unsigned f = 0; f < METRICS; f++) {
		if (s->page[f].b.len > 0)
			page_fmt(out, "# HELP %s %s\n# TYPE %s gauge\n",
				 metrics[f].name, metrics[f].help,
				 metrics[f].name);
		page_pour(&s->page[f], out, page_str);
	}
}

static void release(struct writer *w)
{
	struct state *s = w->own;

	for (unsigned f = 0; f < METRICS; f++)
		free(s->page[f].owned);
	for (size_t i = 0; i < s->slots; i++)
		free(s->seen[i].name);
	free(s->seen);
}

const struct writer_kind writer_prometheus = {
	.name = "prometheus", .gathers = true, .whole = true,
	.state_size = sizeof(struct state),
	.begin = begin, .add = add, .end = end, .release = release,
};
