#include "cmd/demo_serve.h"

#include <string.h>

#include "cmd/demo_check.h"
#include "probes/base/text.h"

/* ---- a word for the shell ---- */

static bool needs_quotes(const char *word)
{
	for (; *word; word++)
		if (!ascii_is_alnum(*word) && !strchr("@%+=:,./_-", *word))
			return true;
	return false;
}

static void put_word(struct buf *out, const char *word)
{
	if (!needs_quotes(word)) {
		buf_str(out, word);
		return;
	}
	buf_char(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_str(out, "'\\'");
		buf_char(out, *word);
	}
	buf_char(out, '\'');
}

static void put_option(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_fmt(out, " %s ", name);
	put_word(out, value);
}

/* ---- the target ---- */

static bool plays(const struct scenario *s, const struct endpoint *wanted)
{
	for (size_t i = 0; i < s->endpoints; i++)
		if (s->endpoint[i].endpoint.port == wanted->port &&
		    text_same(s->endpoint[i].endpoint.host, wanted->host))
			return true;
	return false;
}

static bool is_named(const struct scenario *s, const struct endpoint *e)
{
	const char *at = strrchr(s->address, '@');

	for (size_t i = 0; at && i < s->records; i++) {
		const struct scene_record *r = &s->record[i];
		const struct endpoint *named = &r->endpoint;

		if (r->type == RECORD_SRV && text_same(r->name, at + 1) &&
		    named->service == e->service && named->port == e->port &&
		    named->security == e->security &&
		    text_same(named->host, e->host))
			return true;
	}
	return false;
}

/* The domain, whom nobody knows, names just the servers that are asked for. */
static bool domain_will_do(const struct scenario *s)
{
	size_t asked = scenario_asked(s), services = 0;

	for (size_t i = 0; i < asked; i++)
		if (s->endpoint[i].endpoint.demanded ||
		    !is_named(s, &s->endpoint[i].endpoint))
			return false;
	for (size_t i = 0; i < s->records; i++)
		services += s->record[i].type == RECORD_SRV;
	return asked == 0 || services == asked;
}

/*
 * The address alone would do: its provider is known, and whatever a check of
 * it calls is played here. POP3 is not called where there is IMAP.
 */
static bool address_will_do(const struct scenario *s)
{
	struct demo_account a;
	struct fault why;
	bool all = true;

	if (!demo_account_init(&a, s, &why))
		return false;
	if (!a.provider && domain_will_do(s)) {
		demo_account_release(&a);
		return true;
	}
	for (size_t i = 0; a.provider && i < a.provider->servers; i++)
		if (a.provider->server[i].service != SERVICE_POP3 &&
		    !plays(s, &a.provider->server[i]))
			all = false;
	all = all && a.provider && a.provider->servers > 0;
	demo_account_release(&a);
	return all;
}

static void put_url(struct buf *out, const struct endpoint *e)
{
	static const char *const schemes[SERVICE_COUNT][2] = {
		[SERVICE_IMAP] = { "imap", "imaps" },
		[SERVICE_SMTP] = { "submission", "submissions" },
		[SERVICE_POP3] = { "pop3", "pop3s" },
	};

	/* no URL says "no encryption"; one such server is the whole scene */
	if (e->security == SECURITY_NONE)
		buf_fmt(out, " --server %s --port %u --service %s --security "
			"none", e->host, e->port, service_name(e->service));
	else
		buf_fmt(out, " %s://%s:%u", schemes[e->service][e->security ==
			SECURITY_TLS], e->host, e->port);
}

static void put_target(struct buf *out, const struct scenario *s)
{
	if (address_will_do(s)) {
		buf_char(out, ' ');
		put_word(out, s->address);
	} else {
		for (size_t i = 0; i < scenario_asked(s); i++)
			put_url(out, &s->endpoint[i].endpoint);
		put_option(out, "--address", s->address);
	}
	put_option(out, "--user", scenario_user(s));
}

/* ---- the whole ---- */

static void put_host(struct buf *out, const char *host)
{
	buf_fmt(out, strchr(host, ':') ? "[%s]" : "%s", host);
}

static void put_redirections(struct buf *out, const struct servers *all)
{
	struct probe_plan plan = { .connect_rules = 0 };

	servers_redirect(all, &plan);
	for (size_t i = 0; i < plan.connect_rules; i++) {
		const struct connect_rule *r = &plan.connect_rule[i];

		buf_str(out, " \\\n    --connect-to ");
		put_host(out, r->from_host);
		buf_fmt(out, ":%u:", r->from_port);
		put_host(out, r->to_host);
		buf_fmt(out, ":%u", r->to_port);
	}
}

void demo_try(struct buf *out, const struct scenario *s,
	      const struct servers *all, const char *ca)
{
	buf_str(out, "  mailwhy");
	put_target(out, s);
	put_option(out, "--sender", s->sender);
	put_option(out, "--mechanism", s->mechanism);
	if (scenario_says(s->plaintext))
		buf_str(out, " --insecure-plaintext");
	if (scenario_says(s->token))
		buf_str(out, " --token-stdin");
	if (s->timeout)
		buf_fmt(out, " --timeout %u",
			(scenario_timeout(s) + 999) / 1000);
	buf_str(out, " \\\n   ");
	put_option(out, "--ca-file", ca);
	put_option(out, "--dns-server", servers_dns(all));
	put_redirections(out, all);
	buf_char(out, '\n');
}
