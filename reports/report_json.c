#include "reports/report.h"

#include <stdlib.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "reports/age.h"
#include "reports/json_private.h"
#include "reports/steps.h"
#include "reports/trial_words.h"
#include "reports/words.h"

#define REPORT_VERSION 1
#define TEXT_ROOM (REPLY_TEXT_CAP * 4 + 1)	/* each byte as \xNN */

void json_text(struct json *parent, const char *name, const char *text)
{
	struct span s = span_of(text);
	if (text_is_utf8(s)) {
		json_add_str(parent, name, text ? text : "");
		return;
	}
	char room[TEXT_ROOM];
	struct buf b = buf_over(room, sizeof(room));
	text_printable(&b, s, true);
	json_add_str(parent, name, text_is_utf8(buf_span(&b)) ? room : "");
}

void json_text_or_null(struct json *parent, const char *name,
		       const char *text)
{
	if (text && text[0])
		json_text(parent, name, text);
	else
		json_add_null(parent, name);
}

void json_date(struct json *parent, const char *name, epoch at)
{
	char room[40];
	struct buf b = buf_over(room, sizeof(room));
	words_date(at, true, &b);
	if (b.len > 0)
		json_add_str(parent, name, room);
	else
		json_add_null(parent, name);
}

/* ---- causes ---- */

static void add_words(struct json *o, const char *name, const struct words *w,
		      enum cause cause)
{
	char room[2048], end[16];
	struct buf b = buf_over(room, sizeof(room));
	struct buf e = buf_over(end, sizeof(end));
	buf_fmt(&e, ".%s", name);
	words_cause(w, cause, end, &b);
	json_text(o, name, room);
}

static void add_why(struct json *o, const struct words *w,
		    const struct diagnosed_cause *c)
{
	char room[2048];
	struct buf b = buf_over(room, sizeof(room));
	words_why(w, c->cause, c->confidence, &b);
	json_text(o, "why", room);
}

static void add_proof(struct json *cause, const struct diagnosed_cause *c)
{
	struct json *list = json_add_array(cause, "proof");
	for (size_t i = 0; i < c->proofs; i++) {
		struct json *o = json_add_object(list, NULL);
		json_add_int(o, "endpoint", c->proof[i].endpoint);
		json_add_int(o, "step", c->proof[i].step);
	}
}

static void add_excluded(struct json *cause, const struct diagnosis *d)
{
	struct json *list = json_add_array(cause, "excluded");
	for (unsigned e = 0; e < EXCLUSION_COUNT; e++) {
		if (d->excluded[e])
			json_add_str(list, NULL,
				     exclusion_name((enum exclusion)e));
	}
}

void json_who(struct json *cause, const struct words *w, enum cause c)
{
	const char *who = words_who(w, c);
	char room[400];
	struct buf b = buf_over(room, sizeof(room));
	if (who[0])
		words_plain(w->lang, "who.", who, &b);
	json_text_or_null(cause, "who", who);
	json_text_or_null(cause, "who_text", room);
}

/* The provider's own steps mend the verdict; rivals have the general ones. */
static void add_remedy(struct json *cause, struct words *w, enum cause id,
		       bool own)
{
	struct json *list = json_add_array(cause, "remedy");
	struct steps steps;
	steps_begin(&steps, w, id, own);
	for (;;) {
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));
		const char *url;
		if (!steps_next(&steps, &b, &url))
			break;
		struct json *o = json_add_object(list, NULL);
		json_text(o, "text", room);
		json_text_or_null(o, "url", url);
	}
}

static void add_settle(struct json *o, const struct words *w, enum cause c)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	steps_settle(w, c, &b);
	json_text(o, "settle", room);
}

static void add_cause(struct json *causes, struct words *w, size_t rank)
{
	const struct diagnosis *d = w->in->diagnosis;
	const struct diagnosed_cause *c = &d->cause[rank];
	struct json *o = json_add_object(causes, NULL);
	if (rank > 0)		/* else they are those of the head */
		words_of_cause(w, w->in, w->lang, rank);
	json_add_str(o, "id", cause_id(c->cause));
	json_add_str(o, "confidence", confidence_name(c->confidence));
	add_words(o, "title", w, c->cause);
	add_words(o, "short", w, c->cause);
	add_why(o, w, c);
	json_text_or_null(o, "rule", c->rule);
	add_proof(o, c);
	add_excluded(o, d);
	json_who(o, w, c->cause);
	add_remedy(o, w, c->cause, rank == 0);
	if (c->confidence != CONFIDENCE_PROVEN && c->cause != CAUSE_WORKS)
		add_settle(o, w, c->cause);
}

/* ---- findings, provider ---- */

static void add_finding(struct json *list, struct words *w,
			const struct finding *f)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	struct json *o = json_add_object(list, NULL);
	words_of_finding(w, w->in, w->lang, f, &b);
	json_text(o, "text", room);
	json_add_str(o, "id", finding_name(f->id));
	if (f->endpoint >= 0)
		json_add_int(o, "endpoint", f->endpoint);
	else
		json_add_null(o, "endpoint");
	json_add_int(o, "number", f->number);
	json_text_or_null(o, "detail", f->detail);
}

static void add_fact(struct json *o, const char *checked, bool sure,
		     epoch now)
{
	int age = age_in_months(checked, now);
	json_text_or_null(o, "checked", checked);
	if (age >= 0)
		json_add_int(o, "age_months", age);
	else
		json_add_null(o, "age_months");
	json_add_bool(o, "sure", sure);
}

static void add_known(struct json *provider, const struct report_input *in)
{
	const struct report_help *h = &in->help;
	add_fact(provider, in->provider_checked, in->provider_sure,
		 in->made_at);
	add_fact(json_add_object(provider, "remedies"), in->remedy_checked,
		 !in->remedy_uncertain, in->made_at);
	if (in->servers_checked && in->servers_checked[0])
		add_fact(json_add_object(provider, "servers"),
			 in->servers_checked, !in->servers_uncertain,
			 in->made_at);
	else
		json_add_null(provider, "servers");
	struct json *list = json_add_array(provider, "doubts");
	for (size_t i = 0; i < in->doubts; i++)
		json_text(list, NULL, in->doubt[i]);
	if (!h->text && !h->url && !h->phone) {
		json_add_null(provider, "help");
		return;
	}
	struct json *o = json_add_object(provider, "help");
	json_text_or_null(o, "text", h->text);
	json_text_or_null(o, "url", h->url);
	json_text_or_null(o, "phone", h->phone);
}

static void add_provider(struct json *doc, const struct report_input *in)
{
	if (!in->provider_id || !in->provider_id[0]) {
		json_add_null(doc, "provider");
		return;
	}
	struct json *o = json_add_object(doc, "provider");
	json_text(o, "id", in->provider_id);
	json_text_or_null(o, "name", in->provider_name);
	json_text_or_null(o, "how_found", in->how_found);
	add_known(o, in);
}

static void add_logins(struct json *doc, const struct report_input *in)
{
	struct json *o = json_add_object(doc, "logins");
	json_add_int(o, "attempted", in->diagnosis->logins_attempted);
	json_add_int(o, "refused", in->diagnosis->logins_refused);
	json_add_int(o, "budget", in->login_budget);
	struct json *list = json_add_array(doc, "services_working");
	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		if (in->diagnosis->service_works[s])
			json_add_str(list, NULL,
				     service_name((enum service)s));
	}
}

/* ---- experiments ---- */

static void add_trial_endpoint(struct json *o, const struct endpoint *e)
{
	struct json *to = json_add_object(o, "probe");
	json_add_str(to, "service", service_name(e->service));
	json_text(to, "host", e->host);
	json_add_int(to, "port", e->port);
	json_add_str(to, "security", security_name(e->security));
}

static void add_ruled_out(struct json *o, const struct report_input *in,
			  size_t i)
{
	enum cause out[TRIAL_EXCLUDES_MAX];
	size_t n = trial_ruled_out(in, i, out);
	struct json *list = n > 0 ? json_add_array(o, "excluded") : NULL;
	for (size_t k = 0; k < n; k++)
		json_add_str(list, NULL, cause_id(out[k]));
}

static void add_trial(struct json *list, struct words *w, size_t i)
{
	const struct trials *t = w->in->trials;
	const struct evidence *e = t->seen[i];
	const struct step *failed = e ? evidence_failure(e) : NULL;
	struct json *o = json_add_object(list, NULL);
	struct ranked_cause c;
	char room[2048];
	struct buf b = buf_over(room, sizeof(room));
	json_text(o, "id", t->trial[i].id);
	json_add_str(o, "result", e ? sight_name(sight_of(t, i)) : "planned");
	json_add_int(o, "endpoint", t->trial[i].about);
	add_trial_endpoint(o, &t->trial[i].endpoint);
	json_add_str(o, "until", stage_name(t->trial[i].until));
	if (t->trial[i].address[0])
		json_text(o, "address", t->trial[i].address);
	if (t->trial[i].named_by[0])
		json_text(o, "named_by", t->trial[i].named_by);
	if (t->trial[i].variant != VARIANT_NONE)
		json_add_str(o, "variant", variant_name(t->trial[i].variant));
	json_text_or_null(o, "fault", failed ? fault_name(failed->why.kind) :
					       NULL);
	if (e && trial_conclusion(w->in, i, &c)) {
		json_add_str(o, "cause", cause_id(c.cause));
		json_add_str(o, "confidence", confidence_name(c.confidence));
	}
	add_ruled_out(o, w->in, i);
	trial_words(w, i, &b);
	json_text(o, "text", room);
}

/* ---- the document ---- */

static void add_head(struct json *doc, struct words *w)
{
	const struct report_input *in = w->in;
	json_add_str(doc, "schema", "mailwhy/report");
	json_add_int(doc, "version", REPORT_VERSION);
	json_text(doc, "mailwhy", in->version);
	json_date(doc, "made_at", in->made_at);
	json_add_int(doc, "took_ms", in->took);
	json_add_str(doc, "lang", lang_code(w->lang));
	json_text_or_null(doc, "demonstration", in->demonstration);
	json_text_or_null(doc, "address", in->address);
	json_text_or_null(doc, "user", in->user);
	json_add_str(doc, "verdict", cause_id(in->diagnosis->verdict));
	words_of_cause(w, in, w->lang, 0);
	add_words(doc, "title", w, in->diagnosis->verdict);
	add_why(doc, w, &in->diagnosis->cause[0]);
	json_add_int(doc, "exit_code", in->diagnosis->exit_code);
}

static void fill(struct json *doc, struct words *w, bool with_transcript)
{
	const struct report_input *in = w->in;
	const struct diagnosis *d = in->diagnosis;
	add_head(doc, w);
	struct json *list = json_add_array(doc, "causes");
	for (size_t i = 0; i < d->causes; i++)
		add_cause(list, w, i);
	list = json_add_array(doc, "endpoints");
	for (size_t i = 0; i < in->n; i++)
		json_endpoint(list, w, i, with_transcript);
	add_logins(doc, in);
	list = json_add_array(doc, "findings");
	for (size_t i = 0; i < d->findings; i++)
		add_finding(list, w, &d->finding[i]);
	add_provider(doc, in);
	json_search(doc, in->search);
	list = json_add_array(doc, "experiments");
	for (size_t i = 0; in->trials && i < in->trials->n; i++)
		add_trial(list, w, i);
}

struct json *report_document(const struct report_input *in, enum lang lang,
			     bool with_transcript)
{
	struct words *w = calloc(1, sizeof(*w));
	struct json *doc = w ? json_object_new() : NULL;
	if (doc) {
		w->in = in;
		w->lang = lang;
		fill(doc, w, with_transcript);
	}
	free(w);
	return doc;
}

char *report_json(const struct report_input *in,
		  const struct report_style *style)
{
	struct json *doc = report_document(in, style->lang,
					   style->verbosity > 0);
	char *text = json_print(doc, true);
	json_free(doc);
	return text;
}

struct span report_schema(void)
{
	const struct embedded *file = &embedded_schema[0];
	return (struct span){ file->bytes, file->name ? file->len : 0 };
}
