#include "cmd/providers_set.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/nearest.h"

static bool no_memory(struct fault *why)
{
	return fail(why, FAULT_NO_MEMORY, "no memory for the providers");
}

static bool add(struct provider_set *set, const struct provider_own *own,
		const char *id, struct fault *why)
{
	struct provider_row *row = &set->row[set->n];
	const struct provider_own_file *file = provider_own_by_id(own, id);

	if (!provider_by_id(own, id, &row->provider, why))
		return why->kind != FAULT_NONE ? false :
		       fail(why, FAULT_INTERNAL, "%s is gone", id);
	row->own_file = file ? file->name : NULL;
	set->n++;
	return true;
}

static size_t count_built_in(void)
{
	char id[PROVIDER_ID_CAP];
	size_t n = 0;

	while (provider_id_at(n, id, sizeof(id)))
		n++;
	return n;
}

static bool is_built_in(const char *id)
{
	char known[PROVIDER_ID_CAP];

	for (size_t i = 0; provider_id_at(i, known, sizeof(known)); i++)
		if (strcmp(known, id) == 0)
			return true;
	return false;
}

static bool add_all(struct provider_set *set, const struct provider_own *own,
		    struct fault *why)
{
	char id[PROVIDER_ID_CAP];

	for (size_t i = 0; provider_id_at(i, id, sizeof(id)); i++)
		if (!add(set, own, id, why))
			return false;
	for (size_t i = 0; own && i < own->files; i++)
		if (own->file[i].provider &&
		    !is_built_in(own->file[i].provider->id) &&
		    !add(set, own, own->file[i].provider->id, why))
			return false;
	return true;
}

static int by_id(const void *a, const void *b)
{
	const struct provider_row *x = a, *y = b;

	return strcmp(x->provider->id, y->provider->id);
}

bool provider_set_load(const struct provider_own *own,
		       struct provider_set *ret, struct fault *why)
{
	size_t most = count_built_in() + (own ? own->files : 0);

	*ret = (struct provider_set){ 0 };
	ret->row = calloc(most + 1, sizeof(*ret->row));
	if (!ret->row)
		return no_memory(why);
	if (!add_all(ret, own, why)) {
		provider_set_release(ret);
		return false;
	}
	qsort(ret->row, ret->n, sizeof(*ret->row), by_id);
	return true;
}

void provider_set_release(struct provider_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		provider_free(set->row[i].provider);
	free(set->row);
	*set = (struct provider_set){ 0 };
}

static void try_list(struct nearest *n, const struct provider *p,
		     enum provider_list list)
{
	const char *item;

	for (size_t i = 0; (item = provider_list_at(p, list, i)); i++)
		nearest_try(n, item, p->id);
}

const char *provider_set_nearest(const struct provider_set *set,
				 const char *name)
{
	struct nearest n;

	nearest_begin(&n, name);
	for (size_t i = 0; i < set->n; i++) {
		const struct provider *p = set->row[i].provider;

		nearest_try(&n, p->id, p->id);
		for (unsigned l = 0; l < LANG_COUNT; l++)
			nearest_try(&n, p->name[l], p->id);
		try_list(&n, p, PROVIDER_ALIASES);
		try_list(&n, p, PROVIDER_DOMAINS);
	}
	/* a short word is near to everything */
	return n.best * 4 <= strlen(name) + 3 ? n.found : NULL;
}
