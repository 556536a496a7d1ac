#include "providers/provider_read.h"

#include <stdio.h>
#include <string.h>

static const char *const services[] = { "imap", "smtp", "pop3", NULL };

/* ---- servers ---- */

/*
 * "{server}.example.jp": the part in braces differs per customer and is
 * checked as if it were a label of its own.
 */
static bool is_host(const char *text)
{
	const char *open = strchr(text, '{');
	const char *shut = open ? strchr(open, '}') : NULL;
	char plain[HOST_CAP];
	struct buf b = buf_over(plain, sizeof(plain));

	if (!open)
		return is_domain(text);
	if (!shut || shut == open + 1)
		return false;
	buf_add(&b, (struct span){ text, (size_t)(open - text) });
	buf_add(&b, (struct span){ open + 1, (size_t)(shut - open) - 1 });
	buf_str(&b, shut + 1);
	return !b.full && is_domain(plain);
}

bool provider_host_is_template(const char *host)
{
	return strchr(host, '{') != NULL;
}

static bool read_server_host(struct reader *r, const struct json *server,
			     size_t i, struct endpoint *e)
{
	const char *host = json_get_str(server, "host");

	if (!host || !is_host(host) || strlen(host) >= sizeof(e->host))
		return expected(r, "a host name", "servers[%zu].host", i);
	span_copy(span_of(host), e->host, sizeof(e->host));
	r->p->is_template[i] = provider_host_is_template(host);
	return true;
}

static bool read_server(struct reader *r, const struct json *server, size_t i)
{
	static const char *const members[] = {
		"service", "host", "port", "security", NULL
	};
	struct endpoint *e = &r->p->server[i];
	const char *service = json_get_str(server, "service");
	const char *security = json_get_str(server, "security");
	int64_t port = json_int(json_get(server, "port"), 0);
	char path[32];

	snprintf(path, sizeof(path), "servers[%zu]", i);
	if (!only_members(r, server, path, members))
		return false;
	if (!service || !service_by_name(service, &e->service))
		return expected(r, "imap, smtp or pop3", "%s.service", path);
	if (!security || !security_by_name(security, &e->security))
		return expected(r, "tls, starttls or none", "%s.security",
				path);
	if (port < 1 || port > 65535)
		return expected(r, "1 to 65535", "%s.port", path);
	e->port = (uint16_t)port;
	if (e->security == SECURITY_STARTTLS)
		r->p->starttls_offered = true;
	return read_server_host(r, server, i, e);
}

bool read_servers(struct reader *r, const struct json *doc)
{
	const struct json *servers = json_get(doc, "servers");

	if (!json_is_array(servers) ||
	    json_count(servers) > PROVIDER_SERVERS_MAX)
		return expected(r, "a list of at most 12 servers", "servers");
	for (const struct json *s = json_first(servers); s; s = json_next(s))
		if (!read_server(r, s, r->p->servers++))
			return false;
	return true;
}

/* ---- the user name ---- */

static bool is_form(const char *form)
{
	static const char *const forms[] = {
		"address", "local", "other", NULL
	};
	size_t index;

	return word_index(forms, form, &index);
}

/* One for all services, or an object with one for each it differs for. */
static bool read_user_form(struct reader *r, const struct json *doc)
{
	const struct json *form = json_get(doc, "user_form");

	if (!json_is_string(form) &&
	    !only_members(r, form, "user_form", services))
		return false;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		const char *one = json_str(form);

		if (!one)
			one = json_get_str(form, services[i]);
		if (!one && !json_get(form, services[i]))
			one = "address";
		if (!is_form(one))
			return expected(r, "address, local or other",
					json_str(form) ? "user_form" :
					"user_form.%s", services[i]);
		r->p->user_form[i] = one;
	}
	return true;
}

static bool has_other_form(const struct provider *p)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (strcmp(p->user_form[i], "other") == 0)
			return true;
	return false;
}

bool read_user(struct reader *r, const struct json *doc)
{
	const struct json *hint = json_get(doc, "user_hint");

	if (!read_user_form(r, doc))
		return false;
	if (hint)
		return read_both(r, hint, "user_hint", &r->p->user_hint);
	return !has_other_form(r->p) ||
	       expected(r, "what the form \"other\" is", "user_hint");
}

/* ---- the secret ---- */

static const char *const kinds[] = {
	[SECRET_ANY] = "any", [SECRET_APP_PASSWORD] = "app_password",
	[SECRET_APP_PASSWORD_2FA] = "app_password_with_2fa",
	[SECRET_SEPARATE] = "separate", [SECRET_OAUTH] = "oauth",
	[SECRET_API_KEY] = "api_key", [SECRET_NONE] = "none",
	[SECRET_KINDS] = NULL
};

const char *secret_kind_name(enum secret_kind kind)
{
	return kinds[kind];
}

enum cause secret_kind_cause(enum secret_kind kind)
{
	static const enum cause causes[] = {
		[SECRET_ANY] = CAUSE_WRONG_CREDENTIALS,
		[SECRET_APP_PASSWORD] = CAUSE_APP_PASSWORD,
		[SECRET_APP_PASSWORD_2FA] = CAUSE_APP_PASSWORD,
		[SECRET_SEPARATE] = CAUSE_SEPARATE_PASSWORD,
		[SECRET_OAUTH] = CAUSE_OAUTH_REQUIRED,
		[SECRET_API_KEY] = CAUSE_SEPARATE_PASSWORD,
		[SECRET_NONE] = CAUSE_AUTH_NOT_OFFERED,
	};

	return causes[kind];
}

static bool read_secret_kind(struct reader *r, const struct json *secret)
{
	size_t index;

	if (!word_index(kinds, json_get_str(secret, "kind"), &index))
		return expected(r, "any, app_password, app_password_with_2fa, "
				"separate, oauth, api_key or none",
				"secret.kind");
	r->p->secret = (enum secret_kind)index;
	return true;
}

static bool read_length(struct reader *r, const struct json *secret,
			const char *key, size_t *ret)
{
	const struct json *length = json_get(secret, key);
	int64_t n = json_int(length, 0);

	if ((length && !json_is_number(length)) || n < 0 || n > 1000)
		return expected(r, "0 to 1000", "secret.%s", key);
	*ret = (size_t)n;
	return true;
}

static bool read_secret_shape(struct reader *r, const struct json *secret)
{
	static const char *const alphabets[] = {
		"lower", "upper", "letters", "digits", "lower_digits",
		"alnum", "ascii", NULL
	};
	const struct json *separators = json_get(secret, "separators");
	struct provider *p = r->p;
	size_t index;

	if (!read_length(r, secret, "min", &p->secret_min) ||
	    !read_length(r, secret, "max", &p->secret_max))
		return false;
	if (p->secret_max > 0 && p->secret_max < p->secret_min)
		return expected(r, "no less than min", "secret.max");
	p->secret_alphabet = json_get_str(secret, "alphabet");
	if (json_get(secret, "alphabet") &&
	    !word_index(alphabets, p->secret_alphabet, &index))
		return expected(r, "lower, upper, letters, digits, "
				"lower_digits, alnum or ascii",
				"secret.alphabet");
	if (separators && !json_is_string(separators))
		return expected(r, "a text", "secret.separators");
	p->secret_separators = json_str(separators);
	return true;
}

bool read_secret(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"kind", "min", "max", "alphabet", "separators", "sure", NULL
	};
	const struct json *secret = json_get(doc, "secret");

	return only_members(r, secret, "secret", members) &&
	       read_secret_kind(r, secret) && read_secret_shape(r, secret) &&
	       read_flag(r, secret, "sure", "secret", &r->p->secret_sure);
}

/* ---- what a refusal may mean ---- */

static const char *const states[] = {
	[SWITCH_UNKNOWN] = "", [SWITCH_ON] = "on", [SWITCH_OFF] = "off",
	[SWITCH_ADMIN] = "admin", NULL
};

const char *access_switch_name(enum access_switch s)
{
	return states[s];
}

bool read_switches(struct reader *r, const struct json *doc)
{
	const struct json *switches = json_get(doc, "switches");
	size_t index;

	if (!switches)
		return true;
	if (!only_members(r, switches, "switches", services))
		return false;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		const struct json *one = json_get(switches, services[i]);

		if (!one)
			continue;
		if (!word_index(states + 1, json_str(one), &index))
			return expected(r, "on, off or admin", "switches.%s",
					services[i]);
		r->p->access[i] = (enum access_switch)(index + 1);
	}
	return true;
}

bool read_refusal(struct reader *r, const struct json *doc)
{
	static const char *const members[] = { "cause", "sure", NULL };
	const struct json *refusal = json_get(doc, "ordinary_refusal");
	const char *cause = json_get_str(refusal, "cause");

	r->p->ordinary_refusal = CAUSE_COUNT;
	if (!refusal)
		return true;
	if (!only_members(r, refusal, "ordinary_refusal", members))
		return false;
	if (!cause || !cause_by_id(cause, &r->p->ordinary_refusal))
		return expected(r, "the id of a cause",
				"ordinary_refusal.cause");
	return read_flag(r, refusal, "sure", "ordinary_refusal",
			 &r->p->ordinary_refusal_sure);
}

bool read_answers_more(struct reader *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "answers_more");
	size_t i = 0;

	if (list && !json_is_array(list))
		return expected(r, "a list of services", "answers_more");
	for (const struct json *s = json_first(list); s; s = json_next(s)) {
		enum service service;

		if (!json_str(s) || !service_by_name(json_str(s), &service))
			return expected(r, "imap, smtp or pop3",
					"answers_more[%zu]", i);
		r->p->answers_more[service] = true;
		i++;
	}
	return true;
}
