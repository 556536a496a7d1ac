#include "cmd/settings_fill.h"

#include <string.h>

#include "cmd/check.h"
#include "probes/base/text.h"

static void fill_date(const struct provider_fact *fact,
		      struct settings_date *ret)
{
	*ret = (struct settings_date){ fact->checked, fact->sure };
}

void settings_begin(const char *address, epoch today, struct settings *ret)
{
	const char *at = strrchr(address, '@');

	*ret = (struct settings){
		.address = address, .provider_id = "", .how_found = "",
		.found_at = "", .secret = "", .user_hint = "",
		.version = MAILWHY_VERSION, .made_at = today,
	};
	ret->known.provider = "";
	ret->known.address = address;
	ret->known.domain = at ? at + 1 : "";
	ret->date.month = ret->servers_date.month = "";
	ret->secret_date.month = "";
	for (size_t i = 0; i < SETTINGS_SERVERS_MAX; i++)
		ret->live_index[i] = -1;
}

/* ---- user name ---- */

static void fill_user(const char *address, const char *form,
		      char to[SETTINGS_USER_CAP])
{
	struct span user = span_of(address);

	if (strcmp(form, "local") == 0)
		user = span_head(user, strcspn(address, "@"));
	else if (strcmp(form, "address") != 0)
		user.len = 0;
	span_copy(user, to, SETTINGS_USER_CAP);
}

void settings_add_server(const struct endpoint *e, const char *user_form,
			 struct settings *io)
{
	struct settings_server *to = &io->known.server[io->known.servers];

	if (io->known.servers == SETTINGS_SERVERS_MAX)
		return;
	io->known.servers++;
	*to = (struct settings_server){ .endpoint = *e };
	to->per_customer = provider_host_is_template(e->host);
	fill_user(io->address, user_form, to->user);
}

/* ---- texts ---- */

static void fill_steps(const struct provider *p, enum cause cause,
		       enum lang l, struct settings_steps *ret)
{
	struct provider_step step[PROVIDER_STEPS_MAX];
	size_t n = provider_remedy(p, cause, step);

	for (size_t i = 0; i < n && i < SETTINGS_STEPS_MAX; i++)
		ret->step[ret->n++] = (struct settings_step){
			step[i].text[l], step[i].url };
}

static void fill_texts(const struct provider_text *from, size_t n,
		       enum lang l, struct settings_texts *ret)
{
	for (size_t i = 0; i < n && i < SETTINGS_TEXTS_MAX; i++)
		ret->text[ret->n++] = from[i].text[l];
}

static void fill_sources(const struct provider *p, struct settings *io)
{
	const char *source;

	for (size_t i = 0; i < SETTINGS_TEXTS_MAX; i++) {
		source = provider_list_at(p, PROVIDER_SOURCES, i);
		if (!source)
			return;
		io->sources.text[io->sources.n++] = source;
	}
}

/* ---- the password and the switches ---- */

static void fill_secret(const struct provider *p, enum lang l,
			struct settings *io)
{
	io->secret = secret_kind_name(p->secret);
	io->shape = check_shape(p);
	io->secret_separators = p->secret_separators;
	io->secret_url = p->app_password_url;
	if (p->secret != SECRET_ANY)
		fill_steps(p, secret_kind_cause(p->secret), l,
			   &io->secret_steps);
	fill_date(&p->part[PART_SECRET], &io->secret_date);
}

/* What is on already needs no steps, and what is not known might. */
static void fill_access(const struct provider *p, enum lang l,
			struct settings *io)
{
	bool all_on = true;

	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		io->access[s] = access_switch_name(p->access[s]);
		if (settings_choice(io, (enum service)s) &&
		    p->access[s] != SWITCH_ON)
			all_on = false;
	}
	if (!all_on)
		fill_steps(p, CAUSE_PROTOCOL_DISABLED, l, &io->access_steps);
}

void settings_take_provider(const struct provider *p, enum lang l,
			    struct settings *io)
{
	io->provider_id = p->id;
	io->known.provider = p->name[l];
	io->known.user_sure = p->part[PART_USER_FORM].sure;
	for (size_t i = 0; i < p->servers; i++)
		settings_add_server(&p->server[i],
				    p->user_form[p->server[i].service], io);
	io->date = (struct settings_date){ p->checked, p->sure };
	fill_date(&p->part[PART_SERVERS], &io->servers_date);
	if (p->user_hint.text[l])
		io->user_hint = p->user_hint.text[l];
	fill_secret(p, l, io);
	fill_access(p, l, io);
	fill_texts(p->quirk, p->quirks, l, &io->quirks);
	fill_texts(p->doubt, p->doubts, l, &io->doubts);
	fill_sources(p, io);
	io->lockout = p->lockout.text[l];
	io->help = (struct report_help){ p->help.text[l], p->help.url,
					 p->help.phone };
}

/* ---- what discovery brought ---- */

static bool is_own_data(enum source s)
{
	return s == SOURCE_DOMAIN || s == SOURCE_MX;
}

static const char *asked(const struct discovery *d)
{
	const struct candidate *c = &d->search.candidate[d->search.winner];

	return is_own_data(c->source) && c->answer[0] &&
	       c->source == SOURCE_MX ? c->answer : c->asked;
}

/* A mailbox that takes OAuth2 alone has no password at all. */
static bool takes_oauth_only(const struct discovery *d)
{
	for (size_t i = 0; i < d->servers; i++)
		if (!(d->server[i].auth & AUTH_OAUTH2) ||
		    (d->server[i].auth & (AUTH_PASSWORD | AUTH_ENCRYPTED)))
			return false;
	return d->servers > 0;
}

static void take_servers(const struct discovery *d, struct settings *io)
{
	io->known.servers = 0;
	io->known.user_sure = d->servers > 0;
	for (size_t i = 0; i < d->servers; i++) {
		const char *form = d->server[i].user_form;

		if (!form[0])
			io->known.user_sure = false;
		/* RFC 6186 section 4: the whole address comes first */
		settings_add_server(&d->server[i].endpoint,
				    form[0] ? form : "address", io);
	}
	if (!io->provider_id[0] && takes_oauth_only(d))
		io->secret = "oauth";
}

void settings_take_discovery(const struct discovery *d, enum lang l,
			     struct settings *io)
{
	const struct search *s = &d->search;
	enum source source = s->winner < 0 ? SOURCE_DOMAIN :
			     s->candidate[s->winner].source;

	io->search = s;
	if (d->provider) {
		settings_take_provider(d->provider, l, io);
		io->how_found = d->how_found;
		io->found_at = s->domain;
	}
	if (s->winner < 0)
		return;
	io->how_found = source_name(source);
	io->found_at = asked(d);
	io->known.guessed = source == SOURCE_GUESS;
	if (!is_own_data(source))
		take_servers(d, io);
}
