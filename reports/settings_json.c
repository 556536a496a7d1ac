#include "reports/settings_private.h"

#include <stdlib.h>

#include "probes/base/text.h"

#define SETTINGS_VERSION 1

/* ---- parts ---- */

static void add_steps(struct json *parent, const char *name,
		      const struct settings_steps *steps)
{
	struct json *list = json_add_array(parent, name);

	for (size_t i = 0; i < steps->n; i++) {
		struct json *o = json_add_object(list, NULL);

		json_text(o, "text", steps->step[i].text);
		json_text_or_null(o, "url", steps->step[i].url);
	}
}

static void add_texts(struct json *parent, const char *name,
		      const struct settings_texts *texts)
{
	struct json *list = json_add_array(parent, name);

	for (size_t i = 0; i < texts->n; i++)
		json_text(list, NULL, texts->text[i]);
}

static void add_date(struct json *parent, const struct settings_date *d)
{
	json_text_or_null(parent, "checked", d->month);
	json_add_bool(parent, "sure", d->sure);
}

/* ---- servers ---- */

static void add_failure(struct json *o, const struct settings *s,
			const struct evidence *e, size_t index)
{
	const struct step *failed = evidence_failure(e);
	enum cause cause =
		s->live->diagnosis->endpoint_verdict[s->live_index[index]];

	if (!failed)
		return;
	json_add_str(o, "stage", stage_name(failed->stage));
	json_add_str(o, "fault", fault_name(failed->why.kind));
	json_add_str(o, "cause", cause_id(cause));
}

static void add_check(struct json *parent, const struct settings *s,
		      enum lang l, size_t index)
{
	static const char *const names[] = {
		[CHECK_NONE] = "not_checked", [CHECK_OK] = "ok",
		[CHECK_FAILED] = "failed",
	};
	enum settings_check check = settings_check(s, index);
	struct json *o = json_add_object(parent, "check");
	const struct evidence *e;
	char room[512];
	struct buf b = buf_over(room, sizeof(room));

	json_add_str(o, "result", names[check]);
	if (check == CHECK_NONE)
		return;
	e = s->live->seen[s->live_index[index]];
	settings_say_check(s, l, index, &b);
	json_text(o, "text", room);
	if (e->steps > 0)
		json_add_int(o, "ms", e->step[e->steps - 1].ended -
			     e->step[0].began);
	add_failure(o, s, e, index);
}

static void add_server(struct json *list, const struct settings *s,
		       enum lang l, size_t index)
{
	const struct settings_server *server = &s->known.server[index];
	const struct endpoint *e = &server->endpoint;
	struct json *o = json_add_object(list, NULL);

	json_add_str(o, "service", service_name(e->service));
	json_text(o, "host", e->host);
	json_add_bool(o, "per_customer", server->per_customer);
	json_add_int(o, "port", e->port);
	json_add_str(o, "security", security_name(e->security));
	json_text_or_null(o, "user", server->user);
	json_add_bool(o, "preferred",
		      settings_choice(s, e->service) == server);
	add_check(o, s, l, index);
}

/* ---- password, switches, where from ---- */

static void add_secret(struct json *doc, const struct settings *s,
		       enum lang l)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	struct json *o;

	if (!s->secret[0]) {
		json_add_null(doc, "secret");
		return;
	}
	o = json_add_object(doc, "secret");
	settings_say_secret(s, l, &b);
	json_add_str(o, "kind", s->secret);
	json_text(o, "text", room);
	json_add_int(o, "min", (int64_t)s->shape.min);
	json_add_int(o, "max", (int64_t)s->shape.max);
	json_text_or_null(o, "alphabet", s->shape.alphabet);
	json_text_or_null(o, "separators", s->secret_separators);
	json_text_or_null(o, "url", s->secret_url);
	add_steps(o, "steps", &s->secret_steps);
	add_date(o, &s->secret_date);
}

static void add_access(struct json *doc, const struct settings *s)
{
	struct json *o = json_add_object(doc, "access");

	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		json_text_or_null(o, service_name((enum service)i),
				  s->access[i]);
	add_steps(o, "steps", &s->access_steps);
}

static void add_source(struct json *doc, const struct settings *s,
		       enum lang l)
{
	char room[1200];
	struct buf b = buf_over(room, sizeof(room));
	struct json *o = json_add_object(doc, "source");

	settings_say_source(s, l, &b);
	json_text_or_null(o, "how", s->how_found);
	json_text_or_null(o, "at", s->found_at);
	json_text_or_null(o, "text", room);
	add_date(o, &s->date);
	add_texts(o, "sources", &s->sources);
}

static void add_provider(struct json *doc, const struct settings *s)
{
	struct json *o;

	if (!s->provider_id[0]) {
		json_add_null(doc, "provider");
		return;
	}
	o = json_add_object(doc, "provider");
	json_text(o, "id", s->provider_id);
	json_text(o, "name", s->known.provider);
}

static void add_help(struct json *doc, const struct settings *s)
{
	struct json *o = json_add_object(doc, "help");

	json_text_or_null(o, "text", s->help.text);
	json_text_or_null(o, "url", s->help.url);
	json_text_or_null(o, "phone", s->help.phone);
}

/* ---- --for ---- */

static void filled(struct json *o, const char *name, const struct settings *s,
		   enum lang l, const char *text)
{
	char room[2048];
	struct buf b = buf_over(room, sizeof(room));

	settings_fill_program(s, l, text, &b);
	json_text(o, name, room);
}

static void add_program_step(struct json *list, const struct settings *s,
			     enum lang l, const struct program_step *step)
{
	struct json *o = json_add_object(list, NULL), *fields;

	filled(o, "text", s, l, step->text.text[l]);
	fields = json_add_array(o, "fields");
	for (size_t i = 0; i < step->fields; i++) {
		struct json *f = json_add_object(fields, NULL);

		filled(f, "name", s, l, step->field[i].name.text[l]);
		filled(f, "value", s, l, step->field[i].value.text[l]);
	}
}

static void add_program(struct json *doc, const struct settings *s,
			enum lang l)
{
	const struct program *p = s->program;
	struct program_text entry;
	struct json *o, *list;
	bool only = false;

	if (!p) {
		json_add_null(doc, "program");
		return;
	}
	o = json_add_object(doc, "program");
	json_text(o, "id", p->id);
	json_text(o, "name", p->name.text[l]);
	json_text_or_null(o, "own_entry",
			  program_own_entry(p, s->provider_id, &entry, &only) ?
			  entry.text[l] : NULL);
	json_add_bool(o, "own_entry_only", only);
	list = json_add_array(o, "steps");
	for (size_t i = 0; !only && s->known.servers > 0 && i < p->steps; i++)
		if (settings_wants_step(s, &p->step[i]))
			add_program_step(list, s, l, &p->step[i]);
	list = json_add_array(o, "notes");
	for (size_t i = 0; i < p->notes; i++)
		json_text(list, NULL, p->note[i].text[l]);
	json_add_str(o, "checked", p->checked);
	json_add_bool(o, "sure", p->sure);
}

/* ---- --compare ---- */

static void add_field(struct json *parent, const struct settings *s,
		      enum lang l, const struct compared_server *c,
		      enum compare_field f)
{
	char given[SETTINGS_USER_CAP], right[SETTINGS_USER_CAP], why[1200];
	struct buf g = buf_over(given, sizeof(given));
	struct buf r = buf_over(right, sizeof(right));
	struct buf w = buf_over(why, sizeof(why));
	struct json *o = json_add_object(parent, compare_field_name(f));
	enum compare_reason reason = c->field[f].reason;

	settings_given_text(c, l, f, &g);
	settings_right_text(s, l, c, f, &r);
	settings_say_reason(s, l, c, f, &w);
	json_add_str(o, "result", compare_result_name(c->field[f].result));
	json_text_or_null(o, "given", given);
	json_text_or_null(o, "right", right);
	json_text_or_null(o, "reason", reason == REASON_NONE ? NULL :
			  compare_reason_name(reason));
	json_text_or_null(o, "why", why);
}

static void add_compared(struct json *list, const struct settings *s,
			 enum lang l, const struct compared_server *c)
{
	struct json *o = json_add_object(list, NULL);
	char why[1200];
	struct buf w = buf_over(why, sizeof(why));
	bool missing = c->missing != REASON_NONE;

	settings_say_reason(s, l, c, COMPARE_FIELDS, &w);
	json_add_str(o, "service", service_name(c->given.service));
	json_add_str(o, "result", compare_result_name(compare_worst(c)));
	json_text_or_null(o, "reason", missing ?
			  compare_reason_name(c->missing) : NULL);
	json_text_or_null(o, "why", why);
	for (unsigned f = 0; f < COMPARE_FIELDS; f++)
		add_field(o, s, l, c, (enum compare_field)f);
}

static void add_comparison(struct json *doc, const struct settings *s,
			   enum lang l)
{
	char reply[4096];
	struct buf b = buf_over(reply, sizeof(reply));
	struct json *o, *list;

	if (s->compared == 0) {
		json_add_null(doc, "comparison");
		return;
	}
	o = json_add_object(doc, "comparison");
	list = json_add_array(o, "servers");
	for (size_t i = 0; i < s->compared; i++)
		add_compared(list, s, l, &s->comparison[i]);
	settings_say_reply(s, l, &b);
	json_text(o, "reply", reply);
}

/* ---- the document ---- */

static void add_head(struct json *doc, const struct settings *s, enum lang l)
{
	json_add_str(doc, "schema", "mailwhy/settings");
	json_add_int(doc, "version", SETTINGS_VERSION);
	json_text(doc, "mailwhy", s->version);
	json_date(doc, "made_at", s->made_at);
	json_add_str(doc, "lang", lang_code(l));
	json_text(doc, "address", s->address);
	json_text(doc, "domain", s->known.domain);
	json_text_or_null(doc, "did_you_mean", s->did_you_mean);
	json_add_bool(doc, "offline", s->offline);
	json_add_int(doc, "exit_code", s->exit_code);
}

char *settings_json(const struct settings *s,
		    const struct report_style *style)
{
	struct json *doc = json_object_new(), *list;
	enum lang l = style->lang;
	char *text;

	if (!doc)
		return NULL;
	add_head(doc, s, l);
	add_provider(doc, s);
	add_source(doc, s, l);
	list = json_add_array(doc, "servers");
	for (size_t i = 0; i < s->known.servers; i++)
		add_server(list, s, l, i);
	json_text_or_null(doc, "user_hint", s->user_hint);
	add_secret(doc, s, l);
	add_access(doc, s);
	add_texts(doc, "notes", &s->quirks);
	json_text_or_null(doc, "lockout", s->lockout);
	add_texts(doc, "doubts", &s->doubts);
	add_help(doc, s);
	json_search(doc, s->search);
	add_program(doc, s, l);
	add_comparison(doc, s, l);
	text = json_print(doc, true);
	json_free(doc);
	return text;
}
