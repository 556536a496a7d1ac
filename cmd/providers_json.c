#include "cmd/providers_set.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "reports/age.h"

#define PROVIDERS_VERSION 1

struct writer {
	enum lang lang;
	epoch now;
};

static void add_text(struct json *o, const char *name, const char *text)
{
	if (text && *text)
		json_add_str(o, name, text);
	else
		json_add_null(o, name);
}

static void add_fact(const struct writer *w, struct json *o,
		     const char *checked, bool sure)
{
	int age = age_in_months(checked, w->now);

	json_add_str(o, "checked", checked);
	if (age >= 0)
		json_add_int(o, "age_months", age);
	else
		json_add_null(o, "age_months");
	json_add_bool(o, "sure", sure);
}

static void add_list(struct json *o, const char *name,
		     const struct provider *p, enum provider_list list)
{
	struct json *items = json_add_array(o, name);
	const char *item;

	for (size_t i = 0; (item = provider_list_at(p, list, i)); i++)
		json_add_str(items, NULL, item);
}

/* ---- in short ---- */

static void add_summary(const struct writer *w, struct json *o,
			const struct provider_row *row)
{
	const struct provider *p = row->provider;
	size_t n = 0;

	while (provider_list_at(p, PROVIDER_DOMAINS, n))
		n++;
	json_add_str(o, "id", p->id);
	json_add_str(o, "name", p->name[w->lang]);
	json_add_int(o, "domain_count", (int64_t)n);
	json_add_str(o, "secret_kind", secret_kind_name(p->secret));
	add_fact(w, o, p->checked, p->sure);
	add_text(o, "own_file", row->own_file);
}

static void add_broken(struct json *doc, const struct provider_own *own)
{
	struct json *list = json_add_array(doc, "broken");

	for (size_t i = 0; own && i < own->files; i++) {
		struct json *o;

		if (own->file[i].provider)
			continue;
		o = json_add_object(list, NULL);
		json_add_str(o, "own_file", own->file[i].name);
		json_add_str(o, "fault", own->file[i].why.text);
	}
}

/* ---- in full ---- */

static void add_servers(struct json *o, const struct provider *p)
{
	struct json *list = json_add_array(o, "servers");

	for (size_t i = 0; i < p->servers; i++) {
		const struct endpoint *e = &p->server[i];
		struct json *s = json_add_object(list, NULL);

		json_add_str(s, "service", service_name(e->service));
		json_add_str(s, "host", e->host);
		json_add_int(s, "port", e->port);
		json_add_str(s, "security", security_name(e->security));
		json_add_bool(s, "template", p->is_template[i]);
	}
}

static void add_per_service(const struct writer *w, struct json *o,
			    const struct provider *p)
{
	struct json *forms = json_add_object(o, "user_form");
	struct json *switches = json_add_object(o, "switches");

	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		const char *name = service_name((enum service)s);

		add_text(forms, name, p->user_form[s]);
		add_text(switches, name, access_switch_name(p->access[s]));
	}
	add_text(o, "user_hint", p->user_hint.text[w->lang]);
}

static void add_length(struct json *o, const char *name, size_t length)
{
	if (length > 0)
		json_add_int(o, name, (int64_t)length);
	else
		json_add_null(o, name);
}

static void add_secret(struct json *o, const struct provider *p)
{
	struct json *s = json_add_object(o, "secret");

	json_add_str(s, "kind", secret_kind_name(p->secret));
	add_length(s, "min", p->secret_min);
	add_length(s, "max", p->secret_max);
	add_text(s, "alphabet", p->secret_alphabet);
	add_text(s, "separators", p->secret_separators);
	json_add_bool(s, "sure", p->secret_sure);
	add_text(o, "app_password_url", p->app_password_url);
	if (p->ordinary_refusal == CAUSE_COUNT) {
		json_add_null(o, "ordinary_refusal");
		return;
	}
	s = json_add_object(o, "ordinary_refusal");
	json_add_str(s, "cause", cause_id(p->ordinary_refusal));
	json_add_bool(s, "sure", p->ordinary_refusal_sure);
}

static void add_remedies(const struct writer *w, struct json *o,
			 const struct provider *p)
{
	struct json *all = json_add_object(o, "remedies");

	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		struct provider_step step[PROVIDER_STEPS_MAX];
		size_t n = provider_remedy(p, (enum cause)c, step);
		struct json *list = n == 0 ? NULL :
			json_add_array(all, cause_id((enum cause)c));

		for (size_t i = 0; i < n; i++) {
			struct json *s = json_add_object(list, NULL);

			json_add_str(s, "text", step[i].text[w->lang]);
			add_text(s, "url", step[i].url);
		}
	}
}

static void add_remarks(const struct writer *w, struct json *o,
			const char *name, const struct provider_text *text,
			size_t n)
{
	struct json *list = json_add_array(o, name);

	for (size_t i = 0; i < n; i++)
		json_add_str(list, NULL, text[i].text[w->lang]);
}

static void add_help(const struct writer *w, struct json *o,
		     const struct provider *p)
{
	const struct provider_help *h = &p->help;
	struct json *help;

	if (!h->text[w->lang] && !h->url && !h->phone) {
		json_add_null(o, "help");
		return;
	}
	help = json_add_object(o, "help");
	add_text(help, "text", h->text[w->lang]);
	add_text(help, "url", h->url);
	add_text(help, "phone", h->phone);
}

static void add_parts(const struct writer *w, struct json *o,
		      const struct provider *p)
{
	static const char *const names[PART_COUNT] = {
		[PART_SERVERS] = "servers", [PART_USER_FORM] = "user_form",
		[PART_SECRET] = "secret", [PART_SWITCHES] = "switches",
		[PART_REMEDIES] = "remedies",
	};
	struct json *parts = json_add_object(o, "parts");

	for (size_t i = 0; i < PART_COUNT; i++)
		add_fact(w, json_add_object(parts, names[i]),
			 p->part[i].checked, p->part[i].sure);
}

static void add_issuers(struct json *o, const struct provider_issuers *i)
{
	struct json *to, *names;

	if (i->n == 0) {
		json_add_null(o, "issuers");
		return;
	}
	to = json_add_object(o, "issuers");
	names = json_add_array(to, "names");
	for (size_t k = 0; k < i->n; k++)
		json_add_str(names, NULL, i->name[k]);
	json_add_str(to, "source", i->source);
	json_add_str(to, "checked", i->checked);
}

static void add_full(const struct writer *w, struct json *o,
		     const struct provider_row *row)
{
	const struct provider *p = row->provider;

	add_summary(w, o, row);
	add_list(o, "aliases", p, PROVIDER_ALIASES);
	add_list(o, "domains", p, PROVIDER_DOMAINS);
	add_list(o, "mx_suffixes", p, PROVIDER_MX_SUFFIXES);
	add_servers(o, p);
	add_per_service(w, o, p);
	add_secret(o, p);
	add_remedies(w, o, p);
	add_help(w, o, p);
	add_text(o, "lockout", p->lockout.text[w->lang]);
	add_remarks(w, o, "quirks", p->quirk, p->quirks);
	add_remarks(w, o, "doubts", p->doubt, p->doubts);
	add_issuers(o, &p->issuers);
	add_list(o, "sources", p, PROVIDER_SOURCES);
	add_parts(w, o, p);
}

char *providers_json(const struct provider_set *set,
		     const struct provider_own *own,
		     const struct provider_row *one, epoch now, enum lang l)
{
	const struct writer w = { l, now };
	struct json *doc = json_object_new();
	struct json *list;
	char *text;

	json_add_str(doc, "schema", "mailwhy/providers");
	json_add_int(doc, "version", PROVIDERS_VERSION);
	json_add_str(doc, "mailwhy", MAILWHY_VERSION);
	json_add_str(doc, "lang", lang_code(l));
	list = json_add_array(doc, "providers");
	for (size_t i = 0; i < set->n && !one; i++)
		add_summary(&w, json_add_object(list, NULL), &set->row[i]);
	if (one)
		add_full(&w, json_add_object(list, NULL), one);
	add_broken(doc, own);
	text = json_print(doc, true);
	json_free(doc);
	return text;
}

struct span providers_schema(void)
{
	const struct embedded *file = &embedded_providers_schema[0];

	return (struct span){ file->bytes, file->name ? file->len : 0 };
}
