#include "providers/provider.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "probes/base/text.h"
#include "providers/provider_name.h"
#include "providers/provider_own.h"
#include "providers/provider_read.h"

#define SUFFIX ".json"

bool provider_id_at(size_t index, char *ret_id, size_t cap)
{
	size_t i = 0;
	struct span name;

	while (embedded_providers[i].name && i < index)
		i++;
	name = span_of(embedded_providers[i].name);
	if (name.len < sizeof(SUFFIX))
		return false;
	span_copy(span_head(name, name.len - (sizeof(SUFFIX) - 1)), ret_id,
		  cap);
	return true;
}

/* "gmail.json" is the file of the provider "gmail"; a test holds them to it. */
static bool is_file_of(const struct embedded *file, const char *id)
{
	size_t len = strlen(id);

	return strncmp(file->name, id, len) == 0 &&
	       strcmp(file->name + len, SUFFIX) == 0;
}

static bool parse_embedded(const struct embedded *file, struct provider **ret,
			   struct fault *why)
{
	return provider_parse((struct span){ file->bytes, file->len },
			      file->name, ret, why);
}

static const struct embedded *file_of_id(const char *id)
{
	for (const struct embedded *file = embedded_providers; file->name;
	     file++)
		if (is_file_of(file, id))
			return file;
	return NULL;
}

/* ---- where a provider comes from ---- */

/* One of the two, or neither. */
struct origin {
	const struct provider_own_file *own;
	const struct embedded *built_in;
};

static bool parse_origin(struct origin o, struct provider **ret,
			 struct fault *why)
{
	why->kind = FAULT_NONE;
	if (o.own)
		return provider_parse((struct span){ o.own->text, o.own->len },
				      o.own->name, ret, why);
	return o.built_in && parse_embedded(o.built_in, ret, why);
}

/* The built-in file of an id, unless the user has one of that id. */
static struct origin built_in(const struct provider_own *own, const char *id)
{
	struct origin o = { NULL, NULL };

	if (id && !provider_own_by_id(own, id))
		o.built_in = file_of_id(id);
	return o;
}

/* The id behind "KIND KEY" in the index (providers/index.cmake), or NULL. */
static const char *indexed(char kind, const char *key)
{
	char line[HOST_CAP + 8];
	struct buf b = buf_over(line, sizeof(line));

	buf_fmt(&b, "%c %s", kind, key);
	return b.full ? NULL : embedded_line(embedded_provider_index, line);
}

bool provider_by_id(const struct provider_own *own, const char *id,
		    struct provider **ret, struct fault *why)
{
	struct origin o = built_in(own, id);

	o.own = provider_own_by_id(own, id);
	return parse_origin(o, ret, why);
}

/* ---- by domain ---- */

static struct origin of_domain(const struct provider_own *own,
			       const char *domain, const char *any)
{
	struct origin o = { provider_own_by_domain(own, domain), NULL };

	if (!o.own)
		o.own = provider_own_by_domain(own, any);
	if (o.own)
		return o;
	o = built_in(own, indexed('d', domain));
	return o.built_in ? o : built_in(own, indexed('d', any));
}

/* Lower case, without the dot of the root; false: no host name. */
static bool plain_host(const char *host, char *to, size_t cap)
{
	struct buf b = buf_over(to, cap);

	for (; *host; host++)
		buf_char(&b, ascii_lower(*host));
	return !b.full && *to && !strpbrk(to, "* =");
}

bool provider_by_domain(const struct provider_own *own, const char *domain,
			struct provider **ret, struct fault *why)
{
	char lower[HOST_CAP], any[HOST_CAP + 2];
	struct buf b = buf_over(any, sizeof(any));
	const char *dot;

	why->kind = FAULT_NONE;
	if (!plain_host(domain, lower, sizeof(lower)))
		return false;
	dot = strchr(lower, '.');
	if (!dot)
		return false;
	buf_fmt(&b, "*%s", dot);
	return parse_origin(of_domain(own, lower, any), ret, why);
}

/* ---- by mail exchanger ---- */

static struct origin of_mx(const struct provider_own *own, const char *host)
{
	size_t own_len = 0;
	struct origin o = { provider_own_by_mx(own, host, &own_len), NULL };

	for (const char *at = host; at; at = strchr(at, '.')) {
		struct origin other;

		at += *at == '.';
		if (o.own && strlen(at) <= own_len)
			return o;
		other = built_in(own, indexed('m', at));
		if (other.built_in)
			return other;
	}
	return o;
}

bool provider_by_mx(const struct provider_own *own, const char *mx_host,
		    struct provider **ret, struct fault *why)
{
	char lower[HOST_CAP];
	size_t len;

	why->kind = FAULT_NONE;
	if (!plain_host(mx_host, lower, sizeof(lower)))
		return false;
	len = strlen(lower);
	if (lower[len - 1] == '.')
		lower[len - 1] = '\0';
	return *lower && parse_origin(of_mx(own, lower), ret, why);
}

/* ---- by name ---- */

#define BETWEEN " = "

static const char *id_of_name(const char *key)
{
	const struct embedded *index = embedded_provider_index;
	const char *line = index->bytes, *end = index->bytes + index->len;

	for (; line < end; line += strlen(line) + 1) {
		const char *id = strstr(line, BETWEEN);
		char name[PROVIDER_KEY_CAP];

		if (line[0] != 'n' || !id)
			continue;
		span_copy((struct span){ line + 2, (size_t)(id - line) - 2 },
			  name, sizeof(name));
		if (provider_name_is(name, key))
			return id + sizeof(BETWEEN) - 1;
	}
	return NULL;
}

static struct origin of_name(const struct provider_own *own, const char *key)
{
	struct origin o = { provider_own_by_name(own, key), NULL };
	char id[PROVIDER_ID_CAP];

	if (o.own || !*key)
		return o;
	for (size_t i = 0; provider_id_at(i, id, sizeof(id)); i++)
		if (provider_name_is(id, key))
			return built_in(own, id);
	return built_in(own, id_of_name(key));
}

bool provider_by_name(const struct provider_own *own, const char *name,
		      struct provider **ret, struct fault *why)
{
	char key[PROVIDER_KEY_CAP];

	if (provider_by_domain(own, name, ret, why))
		return true;
	if (why->kind != FAULT_NONE)
		return false;
	provider_name_key(name, key);
	return parse_origin(of_name(own, key), ret, why);
}

/* ---- what a file says ---- */

size_t provider_remedy(const struct provider *p, enum cause cause,
		       struct provider_step ret[PROVIDER_STEPS_MAX])
{
	const struct provider_store *store = p->store;
	const struct json *remedies = json_get(store->doc, "remedies");
	const struct json *steps = json_get(remedies, cause_id(cause));
	size_t n = 0;

	for (const struct json *s = json_first(steps);
	     s && n < PROVIDER_STEPS_MAX; s = json_next(s)) {
		ret[n].text[LANG_EN] = json_get_str(s, "en");
		ret[n].text[LANG_JA] = json_get_str(s, "ja");
		ret[n].url = json_get_str(s, "url");
		n++;
	}
	return n;
}

static bool lacks(const struct provider *p, enum cause cause)
{
	struct provider_step step[PROVIDER_STEPS_MAX];

	return cause != CAUSE_COUNT && provider_remedy(p, cause, step) == 0;
}

static bool is_switched_off(const struct provider *p)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (p->access[i] == SWITCH_OFF || p->access[i] == SWITCH_ADMIN)
			return true;
	return false;
}

/* A user name that is not the address is easily got wrong. */
static bool has_other_name(const struct provider *p)
{
	for (size_t i = 0; i < p->servers; i++)
		if (strcmp(p->user_form[p->server[i].service],
			   "address") != 0)
			return true;
	return false;
}

bool provider_is_complete(const struct provider *p, const char *name,
			  struct fault *why)
{
	const enum cause wanted[] = {
		CAUSE_WRONG_CREDENTIALS, secret_kind_cause(p->secret),
		p->ordinary_refusal,
		is_switched_off(p) ? CAUSE_PROTOCOL_DISABLED : CAUSE_COUNT,
		has_other_name(p) ? CAUSE_USERNAME_FORMAT : CAUSE_COUNT,
	};

	if (p->servers == 0)		/* nobody gets as far as a login */
		return true;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (lacks(p, wanted[i]))
			return fail(why, FAULT_PROTOCOL,
				    "%.40s: remedies.%s: missing", name,
				    cause_id(wanted[i]));
	return true;
}

void provider_free(struct provider *p)
{
	struct provider_store *store;

	if (!p)
		return;
	store = p->store;
	if (store) {
		rules_free(store->rules);
		json_free(store->doc);
		free(store);
	}
	free(p);
}
