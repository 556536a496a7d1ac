#include "reports/settings_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/layout.h"

#define INDENT_HEAD 2
#define INDENT_FIELD 4
#define GAP 2

/* ---- paragraphs ---- */

void settings_put_text(struct human *h, const struct settings *s,
		       const char **label, const char *id,
		       const struct text_arg *more)
{
	char room[2048];
	struct buf b = buf_over(room, sizeof(room));

	settings_say(s, h->style->lang, id, more, &b);
	human_paragraph(h, label, room);
}

static void put_steps(struct human *h, const char **label,
		      const struct settings_steps *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		char room[2048];
		struct buf b = buf_over(room, sizeof(room));

		buf_str(&b, steps->step[i].text);
		if (steps->step[i].url)
			buf_fmt(&b, " %s", steps->step[i].url);
		human_numbered(h, label, (unsigned)i + 1, room);
	}
}

static void put_texts(struct human *h, const char *label,
		      const struct settings_texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		human_paragraph(h, &label, texts->text[i]);
}

/* ---- the title ---- */

static void put_title(struct human *h, const struct settings *s)
{
	enum lang l = h->style->lang;
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	const struct text_arg args[] = {
		{ "program", s->program ? s->program->name.text[l] : "" },
		{ NULL, NULL }
	};

	settings_say(s, l, s->program ? "settings.title_program" :
		     s->known.provider[0] ? "settings.title_known" :
		     "settings.title", args, &b);
	human_ink(h, INK_BOLD);
	human_wrap(h, room, 0, 0);
	human_ink(h, INK_PLAIN);
}

/* ---- one server a block ---- */

static size_t field_columns(enum lang l)
{
	static const char *const ids[] = {
		"settings.field.server", "settings.field.port",
		"settings.field.security", "settings.field.user",
		"settings.field.check", "settings.field.also",
	};
	size_t widest = 0;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		size_t columns = layout_width(text_of(l, ids[i]));

		if (columns > widest)
			widest = columns;
	}
	return widest;
}

static size_t value_column(const struct human *h)
{
	return INDENT_FIELD + field_columns(h->style->lang) + GAP;
}

static void put_name(struct human *h, const char *id)
{
	human_spaces(h, INDENT_FIELD);
	human_pad(h, text_of(h->style->lang, id),
		  field_columns(h->style->lang) + GAP);
}

static void put_field(struct human *h, const char *id, const char *value)
{
	size_t at = value_column(h);

	put_name(h, id);
	human_wrap(h, value, at, at);
}

void settings_put_check(struct human *h, const struct settings *s,
			size_t index, size_t at)
{
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	enum settings_check check = settings_check(s, index);
	size_t mark = human_mark_columns(h) + 1;

	settings_say_check(s, h->style->lang, index, &b);
	human_mark(h, check == CHECK_OK ? MARK_OK : MARK_FAIL);
	human_wrap(h, room, at + mark, at + mark);
}

static void put_server(struct human *h, const struct settings *s,
		       size_t index)
{
	enum lang l = h->style->lang;
	const struct settings_server *server = &s->known.server[index];
	const struct endpoint *e = &server->endpoint;
	char room[512];
	struct buf b = buf_over(room, sizeof(room));

	put_field(h, "settings.field.server", e->host);
	if (server->per_customer) {
		human_spaces(h, value_column(h));
		human_wrap(h, text_of(l, "settings.per_customer"),
			   value_column(h), value_column(h));
	}
	buf_fmt(&b, "%u", e->port);
	put_field(h, "settings.field.port", room);
	b = buf_over(room, sizeof(room));
	words_plain(l, "security.", security_name(e->security), &b);
	put_field(h, "settings.field.security", room);
	put_field(h, "settings.field.user", settings_user(s, l, server));
	if (settings_check(s, index) == CHECK_NONE || settings_is_cut_off(s))
		return;
	put_name(h, "settings.field.check");
	settings_put_check(h, s, index, value_column(h));
}

/* Another way to the same service, in one line. */
static void put_other_way(struct human *h, const struct settings *s,
			  size_t index, bool same_host)
{
	enum lang l = h->style->lang;
	const struct endpoint *e = &s->known.server[index].endpoint;
	char room[1024], port[8], check[512], security[40];
	struct buf b = buf_over(room, sizeof(room));
	struct buf p = buf_over(port, sizeof(port));
	struct buf c = buf_over(check, sizeof(check));
	struct buf w = buf_over(security, sizeof(security));
	const struct text_arg args[] = {
		{ "server", e->host }, { "port", port },
		{ "security", security }, { NULL, NULL }
	};

	buf_fmt(&p, "%u", e->port);
	words_plain(l, "security.", security_name(e->security), &w);
	text_fill(&b, l, same_host ? "settings.also_port" :
		  "settings.also_server", args);
	settings_say_check(s, l, index, &c);
	if (c.len > 0 && !settings_is_cut_off(s))
		buf_fmt(&b, "%s%s", human_dash(h), check);
	put_field(h, "settings.field.also", room);
}

static void put_heading(struct human *h, enum service service, bool instead)
{
	char room[200];
	struct buf b = buf_over(room, sizeof(room));

	human_str(h, "\n");
	human_spaces(h, INDENT_HEAD);
	human_ink(h, INK_BOLD);
	words_plain(h->style->lang, "settings.heading.",
		    instead ? "pop3_instead" : service_name(service), &b);
	human_wrap(h, room, INDENT_HEAD, INDENT_HEAD);
	human_ink(h, INK_PLAIN);
}

/* The chosen server in full, the other ways to the service below it. */
static void put_service(struct human *h, const struct settings *s,
			enum service service)
{
	const struct settings_server *chosen = settings_choice(s, service);

	if (!chosen)
		return;
	put_heading(h, service, service == SERVICE_POP3 &&
		    settings_receiver(s) == SERVICE_IMAP);
	put_server(h, s, (size_t)(chosen - s->known.server));
	for (size_t i = 0; i < s->known.servers; i++) {
		const struct settings_server *other = &s->known.server[i];

		if (other != chosen && other->endpoint.service == service)
			put_other_way(h, s, i, text_same(
				other->endpoint.host, chosen->endpoint.host));
	}
}

/* ---- what else has to be known ---- */

/* Is the user name of any server on this page one that only its owner knows? */
static bool wants_hint(const struct settings *s)
{
	for (size_t i = 0; i < s->known.servers; i++) {
		const struct settings_server *server = &s->known.server[i];
		enum service service = server->endpoint.service;

		if (!server->user[0] &&
		    (!s->program || service == SERVICE_SMTP ||
		     service == settings_receiver(s)))
			return true;
	}
	return false;
}

static void put_user(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_user";

	if (s->user_hint[0] && wants_hint(s))
		human_paragraph(h, &label, s->user_hint);
}

static void put_shape(struct human *h, const struct settings *s,
		      const char **label)
{
	enum lang l = h->style->lang;
	char shape[200], all[800] = "", next[400];
	struct buf b = buf_over(shape, sizeof(shape));
	const struct text_arg args[] = { { "shape", shape }, { NULL, NULL } };

	if (s->shape.min == 0 || s->shape.max == 0)
		return;
	words_shape(l, &s->shape, &b);
	b = buf_over(all, sizeof(all));
	settings_say(s, l, s->shape.sure ? "settings.shape" :
		     "settings.shape_usual", args, &b);
	if (s->secret_separators && s->secret_separators[0]) {
		b = buf_over(next, sizeof(next));
		settings_say(s, l, "settings.shape.separators", NULL, &b);
		text_join(l, "list.sentences", all, sizeof(all), next);
	}
	human_paragraph(h, label, all);
}

static void put_secret(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_password";
	const struct text_arg args[] = {
		{ "url", s->secret_url }, { NULL, NULL }
	};
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));

	settings_say_secret(s, h->style->lang, &b);
	if (b.len == 0)
		return;
	human_paragraph(h, &label, room);
	put_shape(h, s, &label);
	put_steps(h, &label, &s->secret_steps);
	if (s->secret_steps.n == 0 && s->secret_url)
		settings_put_text(h, s, &label, "settings.secret_page", args);
	b = buf_over(room, sizeof(room));
	settings_say_doubt(s, &s->secret_date, h->style->lang, &b);
	if (b.len > 0)
		human_paragraph(h, &label, room);
}

/* "IMAP, SMTP: on from the start": the services of one state. */
static void put_state(struct human *h, const struct settings *s,
		      const char **label, const char *state)
{
	enum lang l = h->style->lang;
	char list[80] = "", id[48];
	struct buf b = buf_over(id, sizeof(id));
	const struct text_arg args[] = { { "service", list }, { NULL, NULL } };

	for (unsigned i = 0; i < SERVICE_COUNT; i++)
		if (s->access[i] && strcmp(s->access[i], state) == 0)
			text_join(l, "list.join", list, sizeof(list),
				  settings_service(l, (enum service)i));
	buf_fmt(&b, "settings.access.%s", state);
	if (list[0])
		settings_put_text(h, s, label, id, args);
}

static void put_access(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_access";

	put_state(h, s, &label, "on");
	put_state(h, s, &label, "off");
	put_state(h, s, &label, "admin");
	if (s->access_steps.n > 0 && !label)
		settings_put_text(h, s, &label, "settings.access_steps", NULL);
	put_steps(h, &label, &s->access_steps);
}

void settings_put_source(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_source";
	char room[1200];
	struct buf b = buf_over(room, sizeof(room));

	settings_say_source(s, h->style->lang, &b);
	if (b.len > 0)
		human_paragraph(h, &label, room);
	for (size_t i = 0; h->style->verbosity > 0 && i < s->sources.n; i++)
		human_paragraph(h, &label, s->sources.text[i]);
}

/* A provider whose server names nobody told. */
static void put_no_servers(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_do";

	if (s->known.servers == 0 && strcmp(s->secret, "none") != 0)
		settings_put_text(h, s, &label, "settings.servers_unknown",
				  NULL);
}

void settings_put_account(struct human *h, const struct settings *s)
{
	put_no_servers(h, s);
	put_user(h, s);
	put_secret(h, s);
	put_access(h, s);
}

static void put_rest(struct human *h, const struct settings *s)
{
	const char *lockout = "label.settings_lockout";

	if (s->lockout)
		human_paragraph(h, &lockout, s->lockout);
	put_texts(h, "label.settings_doubts", &s->doubts);
	human_help(h);
	human_search(h);
	settings_put_source(h, s);
}

/* ---- the page ---- */

/* A line with a mark of its own at the top of the page. */
static void put_note(struct human *h, const char *text)
{
	size_t at = human_mark_columns(h) + 1;

	human_mark(h, MARK_NOTE);
	human_wrap(h, text, at, at);
}

void settings_put_notes(struct human *h, const struct settings *s)
{
	enum lang l = h->style->lang;
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	const struct text_arg args[] = {
		{ "suggestion", s->did_you_mean }, { NULL, NULL }
	};

	if (s->did_you_mean) {
		settings_say(s, l, "settings.did_you_mean", args, &b);
		put_note(h, room);
	}
	if (s->not_compared)
		put_note(h, text_of(l, "compare.impossible"));
	if (settings_is_cut_off(s)) {
		b = buf_over(room, sizeof(room));
		settings_say_cut_off(s, l, &b);
		put_note(h, room);
	}
}

static void put_known(struct human *h, const struct settings *s)
{
	put_title(h, s);
	settings_put_notes(h, s);
	put_service(h, s, SERVICE_IMAP);
	put_service(h, s, SERVICE_SMTP);
	put_service(h, s, SERVICE_POP3);
	human_str(h, "\n");
	settings_put_account(h, s);
	put_texts(h, "label.settings_notes", &s->quirks);
	put_rest(h, s);
}

static void put_program(struct human *h, const struct settings *s)
{
	put_title(h, s);
	settings_put_notes(h, s);
	human_str(h, "\n");
	settings_put_program(h, s);
	put_rest(h, s);
}

/* What is wrong, and with --for where to mend it. */
static void put_compared(struct human *h, const struct settings *s)
{
	settings_put_comparison(h, s);
	if (!s->program)
		return;
	human_str(h, "\n");
	put_title(h, s);
	human_str(h, "\n");
	settings_put_program(h, s);
}

static bool is_known(const struct settings *s)
{
	return s->known.servers > 0 || s->provider_id[0];
}

/* What the other writers of the page look at. */
static void fill_input(const struct settings *s,
		       const struct diagnosis *nothing,
		       struct report_input *ret)
{
	*ret = s->live ? *s->live : (struct report_input){
		.diagnosis = nothing, .address = s->address };
	ret->provider_name = s->known.provider;
	ret->help = s->help;
	ret->search = s->search;
	ret->made_at = s->made_at;
}

char *settings_human(const struct settings *s,
		     const struct report_style *style)
{
	static const char *const labels[] = {
		"label.why", "label.settings_user", "label.settings_password",
		"label.settings_access", "label.settings_notes",
		"label.settings_lockout", "label.settings_doubts",
		"label.help", "label.found", "label.settings_source",
		"label.settings_guess",
		"label.settings_do", "label.settings_own",
		"label.settings_steps", "label.settings_check",
		"label.compare_reply",
	};
	static const struct diagnosis nothing;
	struct human *h = calloc(1, sizeof(*h));
	struct report_input in;
	char *text;

	if (!h)
		return NULL;
	fill_input(s, &nothing, &in);
	h->in = &in;
	h->style = style;
	words_of_endpoint(&h->words, &in, style->lang, -1);
	page_open(&h->page);
	human_labels(h, labels, sizeof(labels) / sizeof(labels[0]));
	if (!is_known(s))
		settings_put_unknown(h, s);
	else if (s->compared > 0)
		put_compared(h, s);
	else if (s->program)
		put_program(h, s);
	else
		put_known(h, s);
	text = page_close(&h->page);
	free(h);
	return text;
}
