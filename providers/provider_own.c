#include "providers/provider_own.h"

#include <stdlib.h>
#include <string.h>

#include "providers/provider_name.h"

static bool no_memory(struct fault *why)
{
	return fail(why, FAULT_NO_MEMORY, "no memory for a provider file");
}

static struct provider_own_file *next_file(struct provider_own *own,
					   const char *name,
					   struct fault *why)
{
	struct provider_own_file *f = &own->file[own->files];

	if (own->files == PROVIDER_OWN_MAX) {
		fail(why, FAULT_TOO_LONG, "more than %d provider files",
		     PROVIDER_OWN_MAX);
		return NULL;
	}
	*f = (struct provider_own_file){ .name = strdup(name) };
	if (!f->name) {
		no_memory(why);
		return NULL;
	}
	own->files++;
	return f;
}

static bool is_taken(const struct provider_own *own,
		     const struct provider_own_file *f)
{
	for (size_t i = 0; i < own->files; i++)
		if (&own->file[i] != f && own->file[i].provider &&
		    strcmp(own->file[i].provider->id, f->provider->id) == 0)
			return true;
	return false;
}

bool provider_own_add(struct provider_own *own, const char *name,
		      struct span text, struct fault *why)
{
	struct provider_own_file *f = next_file(own, name, why);

	if (!f)
		return false;
	f->text = malloc(text.len + 1);
	if (!f->text)
		return no_memory(why);
	memcpy(f->text, text.at, text.len);
	f->text[text.len] = '\0';
	f->len = text.len;
	if (!provider_parse((struct span){ f->text, f->len }, name,
			    &f->provider, &f->why)) {
		f->provider = NULL;
		return f->why.kind != FAULT_NO_MEMORY || no_memory(why);
	}
	if (!is_taken(own, f))
		return true;
	fail(&f->why, FAULT_PROTOCOL, "%.40s: id: \"%s\" is the id of "
	     "another file", name, f->provider->id);
	provider_free(f->provider);
	f->provider = NULL;
	return true;
}

bool provider_own_add_unread(struct provider_own *own, const char *name,
			     const struct fault *reason, struct fault *why)
{
	struct provider_own_file *f = next_file(own, name, why);

	if (f)
		f->why = *reason;
	return f != NULL;
}

void provider_own_free(struct provider_own *own)
{
	if (!own)
		return;
	for (size_t i = 0; i < own->files; i++) {
		free(own->file[i].name);
		free(own->file[i].text);
		provider_free(own->file[i].provider);
	}
	free(own);
}

const struct provider_own_file *
provider_own_broken(const struct provider_own *own)
{
	for (size_t i = 0; own && i < own->files; i++)
		if (!own->file[i].provider)
			return &own->file[i];
	return NULL;
}

/* ---- lookups ---- */

const struct provider_own_file *
provider_own_by_id(const struct provider_own *own, const char *id)
{
	for (size_t i = 0; own && i < own->files; i++)
		if (own->file[i].provider &&
		    strcmp(own->file[i].provider->id, id) == 0)
			return &own->file[i];
	return NULL;
}

static bool lists(const struct provider *p, enum provider_list list,
		  const char *item)
{
	const char *known;

	for (size_t i = 0; (known = provider_list_at(p, list, i)); i++)
		if (strcmp(known, item) == 0)
			return true;
	return false;
}

const struct provider_own_file *
provider_own_by_domain(const struct provider_own *own, const char *domain)
{
	for (size_t i = 0; own && i < own->files; i++)
		if (own->file[i].provider &&
		    lists(own->file[i].provider, PROVIDER_DOMAINS, domain))
			return &own->file[i];
	return NULL;
}

const struct provider_own_file *
provider_own_by_mx(const struct provider_own *own, const char *host,
		   size_t *ret_len)
{
	for (const char *at = host; at; at = strchr(at, '.')) {
		at += *at == '.';
		for (size_t i = 0; own && i < own->files; i++) {
			if (!own->file[i].provider ||
			    !lists(own->file[i].provider,
				   PROVIDER_MX_SUFFIXES, at))
				continue;
			*ret_len = strlen(at);
			return &own->file[i];
		}
	}
	return NULL;
}

static bool is_called(const struct provider *p, const char *key)
{
	const char *alias;

	if (provider_name_is(p->id, key) ||
	    provider_name_is(p->name[LANG_EN], key) ||
	    provider_name_is(p->name[LANG_JA], key))
		return true;
	for (size_t i = 0; (alias = provider_list_at(p, PROVIDER_ALIASES, i));
	     i++)
		if (provider_name_is(alias, key))
			return true;
	return false;
}

const struct provider_own_file *
provider_own_by_name(const struct provider_own *own, const char *key)
{
	for (size_t i = 0; own && i < own->files; i++)
		if (own->file[i].provider &&
		    is_called(own->file[i].provider, key))
			return &own->file[i];
	return NULL;
}
