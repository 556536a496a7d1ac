#include "reports/settings_private.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/text.h"
#include "reports/age.h"

#define ARGS_MAX 16

/* ---- sentences ---- */

static const char *provider_name(const struct settings *s, enum lang l,
				 bool starts)
{
	if (s->known.provider[0])
		return s->known.provider;
	return text_of(l, starts ? "provider.unknown.start" :
		       "provider.unknown.inside");
}

void settings_say(const struct settings *s, enum lang l, const char *id,
		  const struct text_arg *more, struct buf *out)
{
	struct text_arg args[ARGS_MAX + 1] = {
		{ "address", s->address }, { "domain", s->known.domain },
		{ "provider", provider_name(s, l, true) },
		{ "the_provider", provider_name(s, l, false) },
	};
	size_t n = 4;

	for (; more && more->name && n < ARGS_MAX; more++)
		args[n++] = *more;
	args[n] = (struct text_arg){ NULL, NULL };
	text_fill(out, l, id, args);
}

/* The text "<first><second>"; static ids need no room. */
static const char *text_at(enum lang l, const char *first, const char *second)
{
	char id[96];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "%s%s", first, second);
	return text_known(l, id) ? text_of(l, id) : "";
}

static void say_at(const struct settings *s, enum lang l, const char *first,
		   const char *second, const struct text_arg *more,
		   struct buf *out)
{
	char id[96];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "%s%s", first, second);
	settings_say(s, l, id, more, out);
}

const char *settings_service(enum lang l, enum service s)
{
	return text_at(l, "protocol.", service_name(s));
}

const char *settings_purpose(enum lang l, enum service s)
{
	return text_at(l, "settings.purpose.", service_name(s));
}

/* ---- which server ---- */

enum settings_check settings_check(const struct settings *s, size_t index)
{
	enum cause verdict;

	if (!s->live || s->live_index[index] < 0)
		return CHECK_NONE;
	verdict = s->live->diagnosis->endpoint_verdict[s->live_index[index]];
	return verdict == CAUSE_NOT_TRIED || verdict == CAUSE_WORKS ?
	       CHECK_OK : CHECK_FAILED;
}

const struct settings_server *settings_choice(const struct settings *s,
					      enum service service)
{
	const struct settings_server *first = NULL;

	for (size_t i = 0; i < s->known.servers; i++) {
		const struct settings_server *server = &s->known.server[i];

		if (server->endpoint.service != service)
			continue;
		if (settings_check(s, i) != CHECK_FAILED)
			return server;
		if (!first)
			first = server;
	}
	return first;
}

enum service settings_receiver(const struct settings *s)
{
	return settings_choice(s, SERVICE_IMAP) ||
	       !settings_choice(s, SERVICE_POP3) ? SERVICE_IMAP : SERVICE_POP3;
}

static void failed_short(const struct settings *s, enum lang l, size_t index,
			 struct buf *out)
{
	struct words w = { .lang = l };
	int at = s->live_index[index];

	words_of_endpoint(&w, s->live, l, at);
	words_cause(&w, s->live->diagnosis->endpoint_verdict[at], ".short",
		    out);
}

void settings_say_check(const struct settings *s, enum lang l, size_t index,
			struct buf *out)
{
	const struct evidence *e;
	char version[16], ms[24];
	struct buf b = buf_over(ms, sizeof(ms));

	switch (settings_check(s, index)) {
	case CHECK_NONE:
		return;
	case CHECK_FAILED:
		failed_short(s, l, index, out);
		return;
	case CHECK_OK:
		break;
	}
	e = s->live->seen[s->live_index[index]];
	buf_fmt(&b, "%lld", e->steps > 0 ? (long long)
		(e->step[e->steps - 1].ended - e->step[0].began) : 0);
	const struct text_arg args[] = {
		{ "version", human_tls_version(&e->tls, version) },
		{ "ms", ms }, { NULL, NULL }
	};

	settings_say(s, l, e->tls.chain > 0 ? "settings.answers_tls" :
		     "settings.answers", args, out);
}

/* Troubles of the network we are in, whichever server is asked. */
static bool is_of_network(enum cause c)
{
	return c == CAUSE_DNS_FAILURE || c == CAUSE_NETWORK_DOWN ||
	       c == CAUSE_CAPTIVE_PORTAL;
}

bool settings_is_cut_off(const struct settings *s)
{
	if (!s->live || s->live->n == 0)
		return false;
	for (size_t i = 0; i < s->live->n; i++)
		if (!is_of_network(s->live->diagnosis->endpoint_verdict[i]))
			return false;
	return true;
}

void settings_say_cut_off(const struct settings *s, enum lang l,
			  struct buf *out)
{
	char why[400];
	struct buf w = buf_over(why, sizeof(why));
	const struct text_arg args[] = { { "why", why }, { NULL, NULL } };
	enum cause c = s->live->diagnosis->endpoint_verdict[0];

	words_plain(l, "settings.cut_off.", cause_id(c), &w);
	settings_say(s, l, "settings.cut_off", args, out);
}

const char *settings_user(const struct settings *s, enum lang l,
			  const struct settings_server *server)
{
	if (server->user[0])
		return server->user;
	return text_of(l, s->user_hint[0] ? "settings.user_below" :
		       "settings.user_unknown");
}

/* ---- the password ---- */

void settings_say_secret(const struct settings *s, enum lang l,
			 struct buf *out)
{
	if (s->secret[0])
		say_at(s, l, "settings.secret.", s->secret, NULL, out);
}

const char *settings_secret_value(const struct settings *s, enum lang l)
{
	return text_at(l, "settings.value.secret.",
		       s->secret[0] ? s->secret : "any");
}

/* ---- where it comes from ---- */

void settings_say_date(const struct settings *s, const char *month,
		       enum lang l, struct buf *out)
{
	char date[64], age[96];
	struct buf d = buf_over(date, sizeof(date));
	struct buf a = buf_over(age, sizeof(age));
	const struct text_arg args[] = {
		{ "date", date }, { "age", age }, { NULL, NULL }
	};

	age_month(l, month, &d);
	age_words(l, month, s->made_at, &a);
	text_fill(out, l, age_is_old(month, s->made_at) ?
		  "settings.checked_old" : "settings.checked", args);
}

/* Months compare as they are written. */
static const char *older(const struct settings_date *a,
			 const struct settings_date *b)
{
	return b->month[0] && strcmp(b->month, a->month) < 0 ? b->month :
							       a->month;
}

/* What is sure and fresh needs no words, nor does the age of the whole. */
void settings_say_doubt(const struct settings *s,
			const struct settings_date *d, enum lang l,
			struct buf *out)
{
	char all[400] = "", next[200];
	struct buf b = buf_over(all, sizeof(all));

	if (!d->month[0])
		return;
	if (!d->sure)
		settings_say(s, l, "settings.part_unsure", NULL, &b);
	if (strcmp(d->month, s->date.month) != 0 &&
	    age_is_old(d->month, s->made_at)) {
		b = buf_over(next, sizeof(next));
		settings_say_date(s, d->month, l, &b);
		text_join(l, "list.sentences", all, sizeof(all), next);
	}
	buf_str(out, all);
}

void settings_say_source(const struct settings *s, enum lang l,
			 struct buf *out)
{
	char all[1024] = "", next[512];
	struct buf b = buf_over(all, sizeof(all));
	const struct text_arg args[] = {
		{ "at", s->found_at }, { NULL, NULL }
	};

	if (!s->how_found[0])
		return;
	say_at(s, l, "settings.how.", s->how_found, args, &b);
	if (s->date.month[0]) {
		b = buf_over(next, sizeof(next));
		settings_say_date(s, older(&s->date, &s->servers_date), l,
				  &b);
		text_join(l, "list.sentences", all, sizeof(all), next);
	}
	if (s->date.month[0] && (!s->date.sure || !s->servers_date.sure)) {
		b = buf_over(next, sizeof(next));
		settings_say(s, l, "settings.unsure", NULL, &b);
		text_join(l, "list.sentences", all, sizeof(all), next);
	}
	buf_str(out, all);
}

/* ---- the words of a program ---- */

bool settings_wants_step(const struct settings *s,
			 const struct program_step *step)
{
	const struct settings_server *in =
		settings_choice(s, settings_receiver(s));

	return !step->other_user_only ||
	       (in && !text_same(in->user, s->address));
}

static void put_server(const struct settings *s, enum lang l,
		       const struct settings_server *server, const char *what,
		       struct buf *out)
{
	const struct endpoint *e = server ? &server->endpoint : NULL;

	if (!e)
		buf_str(out, text_of(l, "settings.value.unknown"));
	else if (strcmp(what, "host") == 0)
		buf_str(out, e->host);
	else if (strcmp(what, "port") == 0)
		buf_fmt(out, "%u", e->port);
	else if (strcmp(what, "security") == 0)
		buf_str(out, s->program->security[e->security].text[l]);
	else
		buf_str(out, settings_user(s, l, server));
}

static void put_name(const struct settings *s, enum lang l, struct span name,
		     struct buf *out)
{
	enum service in = settings_receiver(s);
	char what[32];

	span_copy(name, what, sizeof(what));
	if (strcmp(what, "address") == 0)
		buf_str(out, s->address);
	else if (strcmp(what, "secret") == 0)
		buf_str(out, settings_secret_value(s, l));
	else if (strcmp(what, "in_service") == 0)
		buf_str(out, s->program->service[in]);
	else if (span_skip(&name, "in_"))
		put_server(s, l, settings_choice(s, in), what + 3, out);
	else if (span_skip(&name, "smtp_"))
		put_server(s, l, settings_choice(s, SERVICE_SMTP), what + 5,
			   out);
}

void settings_fill_program(const struct settings *s, enum lang l,
			   const char *text, struct buf *out)
{
	while (*text) {
		size_t plain = strcspn(text, "{"), name;

		buf_add(out, (struct span){ text, plain });
		text += plain;
		if (!*text)
			break;
		/* the loader has seen to it that every brace is closed */
		name = strcspn(text, "}");
		put_name(s, l, (struct span){ text + 1, name - 1 }, out);
		text += name + 1;
	}
}

struct span settings_schema(void)
{
	const struct embedded *file = &embedded_settings_schema[0];

	return (struct span){ file->bytes, file->name ? file->len : 0 };
}
