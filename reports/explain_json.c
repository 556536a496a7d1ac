#include "reports/explain.h"

#include <stdlib.h>

#include "probes/base/embedded.h"
#include "reports/explain_say.h"
#include "reports/json_private.h"

#define EXPLANATION_VERSION 1
#define ROOM 2048

static void add_part(struct json *o, struct words *w, enum cause c,
		     const char *part)
{
	char room[ROOM];
	struct buf b = buf_over(room, sizeof(room));

	say_part(w, c, part, &b);
	json_text_or_null(o, part, room);
}

static void add_proof(struct json *cause, const struct explanation *e)
{
	struct json *list = json_add_array(cause, "proof"), *o;
	char words[400];

	if (e->line == 0)
		return;
	o = json_add_object(list, NULL);
	explain_quote(&e->seen.step[0].reply, words, sizeof(words));
	json_add_int(o, "line", (int64_t)e->line);
	json_text(o, "text", words);
}

/* The provider's own steps mend the verdict; rivals have the general ones. */
static void add_remedy(struct json *cause, struct words *w, enum cause c,
		       bool own)
{
	struct json *list = json_add_array(cause, "remedy"), *o;
	const struct report_input *in = w->in;

	for (size_t i = 0; own && i < in->remedies; i++) {
		o = json_add_object(list, NULL);
		json_text(o, "text", in->remedy[i].text);
		json_text_or_null(o, "url", in->remedy[i].url);
	}
	for (unsigned n = 1; !own || in->remedies == 0; n++) {
		char room[ROOM];
		struct buf b = buf_over(room, sizeof(room));
		bool said;

		if (!say_remedy(w, c, n, &b, &said))
			return;
		if (!said)
			continue;
		o = json_add_object(list, NULL);
		json_text(o, "text", room);
		json_add_null(o, "url");
	}
}

static void add_cause(struct json *causes, struct words *w,
		      const struct explanation *e, size_t rank)
{
	const struct diagnosed_cause *c = &e->diagnosis.cause[rank];
	struct json *o = json_add_object(causes, NULL);

	say_begin(w, e, w->in, w->lang, rank);
	json_add_str(o, "id", cause_id(c->cause));
	json_add_str(o, "confidence", confidence_name(c->confidence));
	add_part(o, w, c->cause, "title");
	add_part(o, w, c->cause, "why");
	json_text_or_null(o, "rule", c->rule);
	add_proof(o, e);
	json_who(o, w, c->cause);
	add_remedy(o, w, c->cause, rank == 0);
}

static void add_place(struct json *doc, const struct explanation *e)
{
	const struct explain_place *p = &e->place;
	struct json *o = json_add_object(doc, "place");

	json_text_or_null(o, "service", p->service_known ?
			  service_name(p->service) : NULL);
	json_text_or_null(o, "host", p->host);
	if (p->port != 0)
		json_add_int(o, "port", p->port);
	else
		json_add_null(o, "port");
	json_text_or_null(o, "security", p->security_known ?
			  security_name(p->security) : NULL);
	json_text_or_null(o, "mechanism", p->mechanism);
	json_text_or_null(o, "address", p->address);
}

static void add_provider(struct json *doc, const struct report_input *in)
{
	struct json *o;

	if (!in->provider_id || !in->provider_id[0]) {
		json_add_null(doc, "provider");
		return;
	}
	o = json_add_object(doc, "provider");
	json_text(o, "id", in->provider_id);
	json_text_or_null(o, "name", in->provider_name);
	json_text_or_null(o, "how_found", in->how_found);
}

static char *print(struct json *doc, struct words *w,
		   const struct explanation *e)
{
	const struct diagnosis *d = &e->diagnosis;
	char command[700];
	struct buf b = buf_over(command, sizeof(command));
	struct json *list;

	json_add_str(doc, "schema", "mailwhy/explanation");
	json_add_int(doc, "version", EXPLANATION_VERSION);
	json_text(doc, "mailwhy", w->in->version);
	json_add_str(doc, "lang", lang_code(w->lang));
	json_add_str(doc, "verdict", cause_id(d->verdict));
	say_begin(w, e, w->in, w->lang, 0);
	add_part(doc, w, d->verdict, "title");
	add_part(doc, w, d->verdict, "why");
	json_add_int(doc, "exit_code", d->exit_code);
	list = json_add_array(doc, "causes");
	for (size_t i = 0; i < d->causes; i++)
		add_cause(list, w, e, i);
	add_place(doc, e);
	add_provider(doc, w->in);
	say_command(e, w->lang, &b);
	json_text(doc, "command", command);
	return json_print(doc, true);
}

char *explain_json(const struct explanation *e, const struct report_input *in,
		   const struct report_style *style)
{
	struct words *w = calloc(1, sizeof(*w));
	struct json *doc = json_object_new();
	char *text = NULL;

	if (w && doc) {
		w->in = in;
		w->lang = style->lang;
		text = print(doc, w, e);
	}
	json_free(doc);
	free(w);
	return text;
}

struct span explain_schema(void)
{
	const struct embedded *file = &embedded_explanation[0];

	return (struct span){ file->bytes, file->name ? file->len : 0 };
}
