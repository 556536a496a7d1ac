#include "cmd/providers_private.h"

#include <string.h>

#include "cmd/check.h"
#include "probes/base/text.h"
#include "reports/age.h"
#include "reports/layout.h"
#include "reports/words.h"

#define LIST_CAP 2048

/* What is not certain says so. */
static void put_doubtful(struct show *s, const char **label,
			 const char *text, bool sure)
{
	const struct text_arg args[] = { { "fact", text }, { NULL, NULL } };

	if (sure)
		sheet_put(&s->sheet, label, text);
	else
		sheet_fill(&s->sheet, label, "providers.unsure", args);
}

/* ---- servers ---- */

static size_t host_columns(const struct provider *p)
{
	size_t most = 0;

	for (size_t i = 0; i < p->servers; i++)
		if (strlen(p->server[i].host) > most)
			most = strlen(p->server[i].host);
	return most;
}

static void put_server(struct show *s, const char **label, size_t i,
		       size_t columns)
{
	const struct endpoint *e = &s->p->server[i];
	char line[400];
	struct buf b = buf_over(line, sizeof(line));

	layout_pad(&b, show_text(s, "protocol.", service_name(e->service)), 6);
	layout_pad(&b, e->host, columns + 2);
	buf_fmt(&b, "%5u  %s", e->port,
		show_text(s, "security.", security_name(e->security)));
	sheet_put(&s->sheet, label, line);
}

static void put_servers(struct show *s)
{
	const struct provider *p = s->p;
	const char *label = "providers.label.servers";
	size_t columns = host_columns(p);
	bool template = false;

	for (size_t i = 0; i < p->servers; i++) {
		put_server(s, &label, i, columns);
		template = template || p->is_template[i];
	}
	if (template)
		sheet_fill(&s->sheet, &label, "providers.template", NULL);
	if (p->servers == 0)
		sheet_fill(&s->sheet, &label, p->secret == SECRET_NONE ?
			   "providers.no_access" : "providers.no_servers",
			   NULL);
	else if (!p->part[PART_SERVERS].sure)
		sheet_fill(&s->sheet, &label, "providers.servers_unsure",
			   NULL);
}

/* ---- user name and secret ---- */

static bool has_service(const struct provider *p, enum service service)
{
	for (size_t i = 0; i < p->servers; i++)
		if (p->server[i].service == service)
			return true;
	return false;
}

/* "IMAP, POP": the services that want the form of `first` as well. */
static void name_services(const struct show *s, unsigned first,
			  struct buf *out)
{
	for (unsigned i = first; i < SERVICE_COUNT; i++) {
		if (!has_service(s->p, (enum service)i) ||
		    strcmp(s->p->user_form[i], s->p->user_form[first]) != 0)
			continue;
		buf_fmt(out, "%s%s", out->len > 0 ? ", " : "",
			show_text(s, "protocol.", service_name(i)));
	}
}

static bool is_told(const struct provider *p, unsigned service)
{
	for (unsigned i = 0; i < service; i++)
		if (has_service(p, (enum service)i) &&
		    strcmp(p->user_form[i], p->user_form[service]) == 0)
			return true;
	return false;
}

static void put_user(struct show *s)
{
	const struct provider *p = s->p;
	const char *label = "providers.label.user";
	const char *hint = p->user_hint.text[s->lang];

	for (unsigned i = 0; i < SERVICE_COUNT; i++) {
		char services[64], line[256];
		struct buf n = buf_over(services, sizeof(services));
		struct buf b = buf_over(line, sizeof(line));
		const struct text_arg args[] = {
			{ "services", services },
			{ "form", show_text(s, "providers.form.",
					  p->user_form[i]) },
			{ NULL, NULL }
		};

		if (!has_service(p, (enum service)i) || is_told(p, i))
			continue;
		name_services(s, i, &n);
		text_fill(&b, s->lang, "providers.user", args);
		put_doubtful(s, &label, line, p->part[PART_USER_FORM].sure);
	}
	if (hint)
		sheet_put(&s->sheet, &label, hint);
}

/* A text of `mailwhy settings`, where {provider} is filled in. */
static void fill_settings(const struct show *s, const char *first,
			  const char *second, const struct text_arg *more,
			  struct buf *out)
{
	struct text_arg args[6] = {
		{ "provider", s->p->name[s->lang] },
		{ "the_provider", s->p->name[s->lang] },
	};
	char id[80];
	struct buf b = buf_over(id, sizeof(id));
	size_t n = 2;

	for (; more && more->name && n < 5; more++)
		args[n++] = *more;
	args[n] = (struct text_arg){ NULL, NULL };
	buf_fmt(&b, "settings.%s%s", first, second);
	text_fill(out, s->lang, id, args);
}

static void put_shape(struct show *s, const char **label)
{
	const struct provider *p = s->p;
	const struct secret_shape look = check_shape(p);
	char shape[160], line[256];
	struct buf a = buf_over(shape, sizeof(shape));
	struct buf b = buf_over(line, sizeof(line));
	const struct text_arg args[] = { { "shape", shape }, { NULL, NULL } };

	if (p->secret_min == 0 || p->secret_max == 0)
		return;
	words_shape(s->lang, &look, &a);
	fill_settings(s, look.sure ? "shape" : "shape_usual", "", args, &b);
	sheet_put(&s->sheet, label, line);
	if (p->secret_separators && *p->secret_separators)
		sheet_fill(&s->sheet, label, "settings.shape.separators",
			   NULL);
}

static void put_secret(struct show *s)
{
	const char *label = "providers.label.secret";
	const char *url = s->p->app_password_url;
	const struct text_arg args[] = { { "url", url }, { NULL, NULL } };
	char line[512];
	struct buf b = buf_over(line, sizeof(line));

	fill_settings(s, "secret.", secret_kind_name(s->p->secret), NULL, &b);
	put_doubtful(s, &label, line, s->p->part[PART_SECRET].sure);
	put_shape(s, &label);
	if (url)
		sheet_fill(&s->sheet, &label, "settings.secret_page", args);
}

static void put_switches(struct show *s)
{
	const char *label = "providers.label.switches";

	for (unsigned i = 0; i < SERVICE_COUNT; i++) {
		const char *name = service_name((enum service)i);
		char line[256];
		struct buf b = buf_over(line, sizeof(line));
		const struct text_arg args[] = {
			{ "service", show_text(s, "protocol.", name) },
			{ NULL, NULL }
		};

		if (s->p->access[i] == SWITCH_UNKNOWN)
			continue;
		fill_settings(s, "access.",
			      access_switch_name(s->p->access[i]), args, &b);
		put_doubtful(s, &label, line, s->p->part[PART_SWITCHES].sure);
	}
}

/* ---- what to do ---- */

static void cause_short(const struct show *s, enum cause cause,
			struct buf *out)
{
	const struct text_arg args[] = {
		{ "service", text_of(s->lang, "explain.any.service") },
		{ "port", "" }, { NULL, NULL }
	};
	char id[80];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "cause.%s.short", cause_id(cause));
	text_fill(out, s->lang, id, args);
}

static void put_refusal(struct show *s)
{
	const struct provider *p = s->p;
	const char *label = "providers.label.refusal";
	char rival[300];
	struct buf b = buf_over(rival, sizeof(rival));
	const struct text_arg args[] = { { "rival", rival }, { NULL, NULL } };

	if (p->ordinary_refusal == CAUSE_COUNT)
		return;
	cause_short(s, p->ordinary_refusal, &b);
	sheet_fill(&s->sheet, &label, p->ordinary_refusal_sure ?
		   "providers.refusal" : "providers.refusal_unsure", args);
}

static void put_steps(struct show *s, const char **label, enum cause cause)
{
	struct provider_step step[PROVIDER_STEPS_MAX];
	size_t n = provider_remedy(s->p, cause, step);

	for (size_t i = 0; i < n; i++) {
		char line[PROVIDER_TEXT_CAP + PROVIDER_URL_CAP + 2];
		struct buf b = buf_over(line, sizeof(line));

		buf_str(&b, step[i].text[s->lang]);
		if (step[i].url)
			buf_fmt(&b, " %s", step[i].url);
		sheet_numbered(&s->sheet, label, (unsigned)i + 1, line);
	}
}

static void put_caution(struct show *s, const char **label)
{
	const struct provider_fact *f = &s->p->part[PART_REMEDIES];
	char age[96];
	struct buf b = buf_over(age, sizeof(age));
	const struct text_arg args[] = { { "age", age }, { NULL, NULL } };

	if (!f->sure)
		sheet_fill(&s->sheet, label, "remedy.uncertain", NULL);
	if (!age_is_old(f->checked, s->now))
		return;
	age_words(s->lang, f->checked, s->now, &b);
	sheet_fill(&s->sheet, label, "remedy.old", args);
}

static bool has_remedy(const struct provider *p, enum cause cause)
{
	struct provider_step step[PROVIDER_STEPS_MAX];

	return provider_remedy(p, cause, step) > 0;
}

static void put_remedy(struct show *s, const char **label, enum cause cause)
{
	char name[300], line[400];
	struct buf b = buf_over(name, sizeof(name));
	struct buf h = buf_over(line, sizeof(line));
	const struct text_arg args[] = { { "cause", name }, { NULL, NULL } };

	if (cause == CAUSE_COUNT || !has_remedy(s->p, cause))
		return;
	cause_short(s, cause, &b);
	text_fill(&h, s->lang, "providers.when", args);
	sheet_put(&s->sheet, label, line);
	put_steps(s, label, cause);
}

/*
 * First what its kind of secret makes everybody do and what is usually behind
 * a refusal, then all the rest.
 */
static void put_remedies(struct show *s)
{
	const enum cause first = secret_kind_cause(s->p->secret);
	const enum cause usual = s->p->ordinary_refusal;
	const char *label = "label.do";

	put_caution(s, &label);
	if (s->p->secret == SECRET_NONE) {
		put_steps(s, &label, first);
		return;
	}
	if (first != CAUSE_WRONG_CREDENTIALS)
		put_remedy(s, &label, first);
	if (usual != first)
		put_remedy(s, &label, usual);
	for (unsigned c = 0; c < CAUSE_COUNT; c++)
		if ((c != first || first == CAUSE_WRONG_CREDENTIALS) &&
		    c != usual)
			put_remedy(s, &label, (enum cause)c);
}

/* ---- remarks ---- */

static void put_texts(struct show *s, const char *label,
		      const struct provider_text *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sheet_put(&s->sheet, &label, text[i].text[s->lang]);
}

static void put_help(struct show *s)
{
	const struct provider_help *h = &s->p->help;
	const char *label = "label.help";
	const struct text_arg args[] = { { "phone", h->phone },
					 { NULL, NULL } };

	if (h->text[s->lang])
		sheet_put(&s->sheet, &label, h->text[s->lang]);
	if (h->phone)
		sheet_fill(&s->sheet, &label, "help.phone", args);
	if (h->url)
		sheet_put(&s->sheet, &label, h->url);
}

static void put_list(struct show *s, const char *label,
		     enum provider_list list)
{
	char line[LIST_CAP] = "";
	struct buf b = buf_over(line, sizeof(line));
	const char *item;

	for (size_t i = 0; (item = provider_list_at(s->p, list, i)); i++)
		buf_fmt(&b, "%s%s", i > 0 ? ", " : "", item);
	if (b.len > 0)
		sheet_put(&s->sheet, &label, line);
}

/* ---- the page ---- */

static const char *const labels[] = {
	"providers.label.servers", "providers.label.user",
	"providers.label.secret", "providers.label.switches",
	"providers.label.refusal", "label.do", "providers.label.lockout",
	"providers.label.quirks", "label.known", "label.help",
	"providers.label.names", "providers.label.domains",
	"providers.label.mx", "providers.label.issuers",
	"providers.label.sources",
	"providers.label.checked", NULL
};

static void put_title(struct show *s, const struct provider_row *row)
{
	char title[300];
	struct buf b = buf_over(title, sizeof(title));
	const struct text_arg args[] = {
		{ "name", s->p->name[s->lang] }, { "id", s->p->id },
		{ "file", row->own_file }, { NULL, NULL }
	};

	text_fill(&b, s->lang, row->own_file ? "providers.title_own" :
		  "providers.title", args);
	sheet_title(&s->sheet, title);
}

char *providers_show(const struct provider_row *row, epoch now,
		     const struct report_style *style)
{
	struct show s = { .lang = style->lang, .now = now,
			  .p = row->provider };
	const struct provider *p = s.p;

	sheet_open(&s.sheet, style, labels);
	put_title(&s, row);
	put_servers(&s);
	if (p->servers > 0) {
		put_user(&s);
		put_secret(&s);
		put_switches(&s);
	}
	put_refusal(&s);
	put_remedies(&s);
	put_texts(&s, "providers.label.lockout", &p->lockout,
		  p->lockout.text[s.lang] ? 1 : 0);
	put_texts(&s, "providers.label.quirks", p->quirk, p->quirks);
	put_texts(&s, "label.known", p->doubt, p->doubts);
	put_help(&s);
	put_list(&s, "providers.label.names", PROVIDER_ALIASES);
	put_list(&s, "providers.label.domains", PROVIDER_DOMAINS);
	put_list(&s, "providers.label.mx", PROVIDER_MX_SUFFIXES);
	show_issuers(&s);
	show_sources(&s);
	show_checked(&s);
	return sheet_close(&s.sheet);
}
