#include "providers/provider_read.h"

#include <stdlib.h>
#include <string.h>

/*
 * Reading a provider file is strict: a member nobody knows is a mistake that
 * would otherwise be silently without effect. Every complaint names the file
 * and the member.
 */
struct reader {
	const char *name;		/* of the file */
	struct provider *p;
	struct fault *why;
};

static bool bad(struct reader *r, const char *key, const char *expected)
{
	return fail(r->why, FAULT_PROTOCOL, "%s: %s: expected %s", r->name,
		    key, expected);
}

static bool is_listed(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

static bool only_members(struct reader *r, const struct json *object,
			 const char *what, const char *const *names)
{
	if (!json_is_object(object))
		return bad(r, what, "an object");
	for (const struct json *m = json_first(object); m; m = json_next(m))
		if (!is_listed(names, json_name(m)))
			return fail(r->why, FAULT_PROTOCOL,
				    "%s: %s: unknown member \"%s\"", r->name,
				    what, json_name(m));
	return true;
}

static bool only_strings(struct reader *r, const struct json *doc,
			 const char *key)
{
	const struct json *list = json_get(doc, key);

	if (!json_is_array(list))
		return bad(r, key, "a list of texts");
	for (const struct json *s = json_first(list); s; s = json_next(s))
		if (!json_str(s) || !*json_str(s))
			return bad(r, key, "a list of texts");
	return true;
}

/* Getters take another type for "not there"; a strict reader must not. */
static bool is_optional(const struct json *object, const char *key,
			bool (*is_type)(const struct json *))
{
	const struct json *member = json_get(object, key);

	return !member || is_type(member);
}

/* ---- members ---- */

static bool read_names(struct reader *r, const struct json *doc)
{
	static const char *const members[] = { "en", "ja", NULL };
	const struct json *names = json_get(doc, "names");

	r->p->id = json_get_str(doc, "id");
	if (!r->p->id || !*r->p->id)
		return bad(r, "id", "a text");
	if (!only_members(r, names, "names", members))
		return false;
	r->p->name[LANG_EN] = json_get_str(names, "en");
	r->p->name[LANG_JA] = json_get_str(names, "ja");
	return (r->p->name[LANG_EN] && r->p->name[LANG_JA]) ||
	       bad(r, "names", "en and ja");
}

static bool read_server(struct reader *r, const struct json *server)
{
	static const char *const members[] = {
		"service", "host", "port", "security", NULL
	};
	struct endpoint *e = &r->p->server[r->p->servers];
	const char *service = json_get_str(server, "service");
	const char *security = json_get_str(server, "security");
	const char *host = json_get_str(server, "host");
	int64_t port = json_int(json_get(server, "port"), 0);

	if (!only_members(r, server, "servers", members))
		return false;
	if (!service || !service_by_name(service, &e->service))
		return bad(r, "servers: service", "imap, smtp or pop3");
	if (!security || !security_by_name(security, &e->security))
		return bad(r, "servers: security", "tls, starttls or none");
	if (port < 1 || port > 65535)
		return bad(r, "servers: port", "1 to 65535");
	if (!host || !*host || strlen(host) >= sizeof(e->host))
		return bad(r, "servers: host", "a host name");
	span_copy(span_of(host), e->host, sizeof(e->host));
	e->port = (uint16_t)port;
	r->p->servers++;
	if (e->security == SECURITY_STARTTLS)
		r->p->starttls_offered = true;
	return true;
}

static bool read_servers(struct reader *r, const struct json *doc)
{
	const struct json *servers = json_get(doc, "servers");

	if (!json_is_array(servers) || json_count(servers) == 0 ||
	    json_count(servers) > PROVIDER_SERVERS_MAX)
		return bad(r, "servers", "a list of 1 to 8 servers");
	for (const struct json *s = json_first(servers); s; s = json_next(s))
		if (!read_server(r, s))
			return false;
	return true;
}

static bool is_form(const char *form)
{
	static const char *const forms[] = {
		"address", "local", "other", NULL
	};

	return form && is_listed(forms, form);
}

/* One for all services, or an object with one for each it differs for. */
static bool read_user_form(struct reader *r, const struct json *doc)
{
	static const char *const members[] = { "imap", "smtp", "pop3", NULL };
	const struct json *form = json_get(doc, "user_form");

	if (!json_is_string(form) &&
	    !only_members(r, form, "user_form", members))
		return false;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		const char *one = json_str(form);

		if (!one)
			one = json_get_str(form, members[i]);
		if (!one && !json_get(form, members[i]))
			one = "address";
		if (!is_form(one))
			return bad(r, "user_form", "address, local or other");
		r->p->user_form[i] = one;
	}
	return true;
}

static bool read_secret_kind(struct reader *r, const struct json *secret)
{
	static const char *const kinds[] = {
		[SECRET_ANY] = "any", [SECRET_APP_PASSWORD] = "app_password",
		[SECRET_SEPARATE] = "separate", [SECRET_OAUTH] = "oauth",
	};
	const char *kind = json_get_str(secret, "kind");

	for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i], kind) == 0) {
			r->p->secret = (enum secret_kind)i;
			return true;
		}
	}
	return bad(r, "secret: kind", "any, app_password, separate or oauth");
}

static bool read_secret_length(struct reader *r, const struct json *secret)
{
	int64_t min = json_int(json_get(secret, "min"), 0);
	int64_t max = json_int(json_get(secret, "max"), 0);

	if (!is_optional(secret, "min", json_is_number) ||
	    !is_optional(secret, "max", json_is_number) || min < 0 ||
	    max < 0 || min > 1000 || max > 1000 || (max > 0 && max < min))
		return bad(r, "secret: min, max", "0 to 1000, in order");
	r->p->secret_min = (size_t)min;
	r->p->secret_max = (size_t)max;
	return true;
}

static bool read_secret(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"kind", "min", "max", "alphabet", "separators", "sure", NULL
	};
	static const char *const alphabets[] = {
		"lower", "upper", "letters", "digits", "lower_digits",
		"alnum", "ascii", NULL
	};
	const struct json *secret = json_get(doc, "secret");
	const char *alphabet = json_get_str(secret, "alphabet");

	if (!only_members(r, secret, "secret", members) ||
	    !read_secret_kind(r, secret) || !read_secret_length(r, secret))
		return false;
	if (json_get(secret, "alphabet") &&
	    (!alphabet || !is_listed(alphabets, alphabet)))
		return bad(r, "secret: alphabet", "lower, upper, letters, "
			   "digits, lower_digits, alnum or ascii");
	if (!is_optional(secret, "separators", json_is_string))
		return bad(r, "secret: separators", "a text");
	if (!is_optional(secret, "sure", json_is_bool))
		return bad(r, "secret: sure", "true or false");
	r->p->secret_alphabet = alphabet;
	r->p->secret_separators = json_get_str(secret, "separators");
	r->p->secret_sure = json_true(json_get(secret, "sure"));
	return true;
}

static bool read_refusal(struct reader *r, const struct json *doc)
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
		return bad(r, "ordinary_refusal: cause", "the id of a cause");
	if (!is_optional(refusal, "sure", json_is_bool))
		return bad(r, "ordinary_refusal: sure", "true or false");
	r->p->ordinary_refusal_sure = json_true(json_get(refusal, "sure"));
	return true;
}

static bool read_answers_more(struct reader *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "answers_more");

	if (!is_optional(doc, "answers_more", json_is_array))
		return bad(r, "answers_more", "a list of services");
	for (const struct json *s = json_first(list); s; s = json_next(s)) {
		enum service service;

		if (!json_str(s) || !service_by_name(json_str(s), &service))
			return bad(r, "answers_more", "imap, smtp or pop3");
		r->p->answers_more[service] = true;
	}
	return true;
}

static bool read_rules(struct reader *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "rules");
	struct provider_store *store = r->p->store;

	if (!list)
		return true;
	if (!rules_from_json(list, r->name, &store->rules, r->why))
		return false;
	r->p->rules = store->rules;
	return true;
}

static bool check_step(struct reader *r, const struct json *step)
{
	static const char *const members[] = { "en", "ja", "url", NULL };
	const char *url = json_get_str(step, "url");

	if (!only_members(r, step, "remedies", members))
		return false;
	if (!json_get_str(step, "en") || !json_get_str(step, "ja"))
		return bad(r, "remedies", "en and ja");
	if (json_get(step, "url") && (!url || strncmp(url, "https://", 8)))
		return bad(r, "remedies: url", "https://...");
	return true;
}

static bool check_remedies(struct reader *r, const struct json *doc)
{
	const struct json *remedies = json_get(doc, "remedies");

	if (remedies && !json_is_object(remedies))
		return bad(r, "remedies", "an object");
	for (const struct json *m = json_first(remedies); m;
	     m = json_next(m)) {
		enum cause cause;

		if (!cause_by_id(json_name(m), &cause))
			return bad(r, "remedies", "ids of causes");
		if (!json_is_array(m) || json_count(m) == 0 ||
		    json_count(m) > PROVIDER_STEPS_MAX)
			return bad(r, "remedies", "1 to 10 steps");
		for (const struct json *s = json_first(m); s;
		     s = json_next(s))
			if (!check_step(r, s))
				return false;
	}
	return true;
}

static bool read_rest(struct reader *r, const struct json *doc)
{
	const char *url = json_get_str(doc, "app_password_url");
	const char *checked = json_get_str(doc, "checked");

	if (json_get(doc, "app_password_url") &&
	    (!url || strncmp(url, "https://", 8)))
		return bad(r, "app_password_url", "https://...");
	if (json_get(doc, "lockout") && !json_get_str(doc, "lockout"))
		return bad(r, "lockout", "a text");
	if (!checked || strlen(checked) != 7 || checked[4] != '-')
		return bad(r, "checked", "a month, 2026-08");
	if (!json_is_bool(json_get(doc, "sure")))
		return bad(r, "sure", "true or false");
	r->p->checked = checked;
	r->p->sure = json_true(json_get(doc, "sure"));
	return true;
}

static bool read_document(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"id", "names", "domains", "mx_suffixes", "servers",
		"user_form", "secret", "ordinary_refusal", "answers_more",
		"rules", "remedies", "app_password_url", "quirks", "lockout",
		"sources", "checked", "sure", NULL
	};

	return only_members(r, doc, "the file", members) &&
	       read_names(r, doc) &&
	       only_strings(r, doc, "domains") &&
	       only_strings(r, doc, "mx_suffixes") &&
	       read_servers(r, doc) && read_user_form(r, doc) &&
	       read_secret(r, doc) && read_refusal(r, doc) &&
	       read_answers_more(r, doc) && read_rules(r, doc) &&
	       check_remedies(r, doc) &&
	       (!json_get(doc, "quirks") || only_strings(r, doc, "quirks")) &&
	       only_strings(r, doc, "sources") && read_rest(r, doc);
}

bool provider_parse(struct span json_text, const char *name,
		    struct provider **ret, struct fault *why)
{
	struct provider *p = calloc(1, sizeof(*p));
	struct provider_store *store = calloc(1, sizeof(*store));
	struct reader r = { .name = name, .p = p, .why = why };
	struct fault json_why;

	if (!p || !store) {
		free(p);
		free(store);
		return fail(why, FAULT_NO_MEMORY, "%s", name);
	}
	p->store = store;
	if (!json_parse(json_text, &store->doc, &json_why)) {
		fail(why, json_why.kind, "%.40s: %.110s", name, json_why.text);
	} else if (read_document(&r, store->doc)) {
		*ret = p;
		return true;
	}
	provider_free(p);
	return false;
}
