#include "providers/provider.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "probes/base/text.h"
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

bool provider_by_id(const struct provider_own *own, const char *id,
		    struct provider **ret, struct fault *why)
{
	(void)own;
	for (const struct embedded *file = embedded_providers; file->name;
	     file++)
		if (is_file_of(file, id))
			return parse_embedded(file, ret, why);
	why->kind = FAULT_NONE;
	return false;
}

/*
 * A look at the text of the list of domains is enough to know which file to
 * parse: parsing all of them would cost more than a TLS handshake.
 */
static bool lists_domain(const struct embedded *file, const char *domain)
{
	const char *list = strstr(file->bytes, "\"domains\"");
	const char *end = list ? strchr(list, ']') : NULL;
	char quoted[HOST_CAP + 4];
	struct buf b = buf_over(quoted, sizeof(quoted));
	const char *found;

	if (!end)
		return false;
	buf_fmt(&b, "\"%s\"", domain);
	found = b.full ? NULL : strstr(list, quoted);
	return found && found < end;
}

static const struct embedded *file_of_domain(const char *domain)
{
	char any[HOST_CAP + 2];
	struct buf b = buf_over(any, sizeof(any));
	const char *dot = strchr(domain, '.');

	if (dot)
		buf_fmt(&b, "*%s", dot);
	for (const struct embedded *file = embedded_providers; file->name;
	     file++)
		if (lists_domain(file, domain) ||
		    (dot && lists_domain(file, any)))
			return file;
	return NULL;
}

bool provider_by_domain(const struct provider_own *own, const char *domain,
			struct provider **ret, struct fault *why)
{
	char lower[HOST_CAP];
	struct buf b = buf_over(lower, sizeof(lower));
	const struct embedded *file;

	(void)own;
	for (; *domain; domain++)
		buf_char(&b, ascii_lower(*domain));
	/* quotes and stars would search for something else */
	file = b.full || strpbrk(lower, "\"*\\") ? NULL :
	       file_of_domain(lower);
	why->kind = FAULT_NONE;
	return file && parse_embedded(file, ret, why);
}

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
