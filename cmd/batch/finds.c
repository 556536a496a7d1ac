#include "cmd/batch/finds.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/wait.h"

/* Finding takes seconds: looking whether it is over, often enough, is cheap. */
#define LOOK_MSEC 50

struct find {
	char domain[HOST_CAP];
	bool under_way;
	uint64_t used;
	char provider[64];		/* its id, "" none */
	struct discovery found;		/* without the provider */
};

void finds_init(struct finds *f)
{
	*f = (struct finds){ .clock = 0 };
	mutex_init(&f->mutex);
}

void finds_release(struct finds *f)
{
	for (size_t i = 0; i < FINDS_MAX; i++)
		free(f->row[i]);
	mutex_release(&f->mutex);
}

static struct find **row_of(struct finds *f, const char *domain)
{
	for (size_t i = 0; i < FINDS_MAX; i++)
		if (f->row[i] && text_same(f->row[i]->domain, domain))
			return &f->row[i];
	return NULL;
}

/* A free row, or that of the domain nobody asked for the longest time. */
static struct find **oldest(struct finds *f)
{
	struct find **best = NULL;

	for (size_t i = 0; i < FINDS_MAX; i++) {
		if (!f->row[i])
			return &f->row[i];
		if (!f->row[i]->under_way &&
		    (!best || f->row[i]->used < (*best)->used))
			best = &f->row[i];
	}
	return best;
}

/* Without a row the finding is nobody else's; it is made all the same. */
static void begin(struct finds *f, const char *domain)
{
	struct find **row = oldest(f);
	struct find *new = row ? calloc(1, sizeof(*new)) : NULL;

	if (!new)
		return;
	free(*row);
	*row = new;
	span_copy(span_of(domain), new->domain, sizeof(new->domain));
	new->under_way = true;
	new->used = ++f->clock;
}

/* The provider is everyone's own: who takes the finding frees it. */
static bool copy(const struct find *from, const struct options *o,
		 struct discovery **ret, struct fault *why)
{
	struct discovery *d = malloc(sizeof(*d));

	if (!d)
		return fail(why, FAULT_NO_MEMORY, "no memory for discovery");
	*d = from->found;
	why->kind = FAULT_NONE;
	if (from->provider[0] &&
	    !provider_by_id(o->own_providers, from->provider, &d->provider,
			    why) && why->kind != FAULT_NONE) {
		free(d);
		return false;
	}
	*ret = d;
	return true;
}

enum finds_answer finds_ask(struct finds *f, const struct options *o,
			    const char *domain, struct discovery **ret,
			    struct fault *why)
{
	enum finds_answer answer = FINDS_LOOK;
	struct find **row;

	mutex_lock(&f->mutex);
	while ((row = row_of(f, domain)) != NULL && (*row)->under_way) {
		mutex_unlock(&f->mutex);
		if (!wait_until(now_msec() + LOOK_MSEC, why))
			return FINDS_FAILED;
		mutex_lock(&f->mutex);
	}
	if (row) {
		(*row)->used = ++f->clock;
		answer = copy(*row, o, ret, why) ? FINDS_COPY : FINDS_FAILED;
	} else {
		begin(f, domain);
	}
	mutex_unlock(&f->mutex);
	return answer;
}

void finds_told(struct finds *f, const char *domain,
		const struct discovery *found)
{
	struct find **row;

	mutex_lock(&f->mutex);
	row = row_of(f, domain);
	if (row && found) {
		(*row)->found = *found;
		(*row)->found.provider = NULL;
		if (found->provider)
			span_copy(span_of(found->provider->id),
				  (*row)->provider,
				  sizeof((*row)->provider));
		(*row)->under_way = false;
	} else if (row) {
		free(*row);
		*row = NULL;
	}
	mutex_unlock(&f->mutex);
}
