#include "cmd/session_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"

/* ---- from a check, and its end ---- */

bool session_no_memory(struct fault *why)
{
	return fail(why, FAULT_NO_MEMORY, "no memory for the session");
}

bool session_room_for_trials(struct check_result *r, size_t n,
			     struct fault *why)
{
	if (n == 0)
		return true;
	r->tried = calloc(n, sizeof(*r->tried));
	if (!r->tried || !experiment_table_own(&r->table, why))
		return session_no_memory(why);
	r->trials.table = r->table;
	r->trials.first = r->seen;
	return true;
}

static bool copy_result(const struct check_result *from,
			struct check_result *to, struct fault *why)
{
	size_t n = from->trials.n;

	*to = *from;
	to->tried = NULL;
	memset(to->made, 0, sizeof(to->made));
	to->trials.table = to->table = NULL;
	to->seen = calloc(from->n + 1, sizeof(*from->seen));
	if (!to->seen || !session_room_for_trials(to, n, why))
		return session_no_memory(why);
	for (size_t i = 0; i < from->n; i++)
		to->seen[i] = from->seen[i];
	for (size_t i = 0; i < n; i++) {
		if (!from->trials.seen[i])
			continue;
		to->tried[i] = *from->trials.seen[i];
		to->trials.seen[i] = &to->tried[i];
	}
	return true;
}

/* A text that is no UTF-8 could not be written; then it stays at home. */
static bool copy_provider(const struct provider_own_file *from,
			  struct session *to)
{
	to->own_provider = true;
	if (!from->text ||
	    !text_is_utf8((struct span){ from->text, from->len }))
		return true;
	to->provider_file = calloc(1, from->len + 1);
	if (!to->provider_file)
		return false;
	memcpy(to->provider_file, from->text, from->len);
	return true;
}

static bool copy_known(const struct check_request *request,
		       const struct provider_own *own, struct session *to)
{
	const struct provider *p = request->provider;
	const struct provider_own_file *file = NULL;

	span_copy(span_of(request->address), to->address,
		  sizeof(to->address));
	span_copy(span_of(request->user), to->user, sizeof(to->user));
	if (request->search)
		to->search = *request->search;
	if (!p)
		return true;
	span_copy(span_of(p->id), to->provider, sizeof(to->provider));
	span_copy(span_of(request->how_found), to->how_found,
		  sizeof(to->how_found));
	if (own)
		file = provider_own_by_id(own, p->id);
	return !file || copy_provider(file, to);
}

bool session_of(const struct check_request *request,
		const struct check_result *result, const char *demonstration,
		const struct provider_own *own, struct session *ret,
		struct fault *why)
{
	*ret = (struct session){ .login_budget = request->login_budget };
	ret->search.winner = -1;
	span_copy(span_of(demonstration), ret->demonstration,
		  sizeof(ret->demonstration));
	if (copy_result(result, &ret->result, why) &&
	    (copy_known(request, own, ret) || session_no_memory(why)))
		return true;
	session_release(ret);
	return false;
}

void session_release(struct session *s)
{
	check_release(&s->result);
	free(s->provider_file);
	*s = (struct session){ .login_budget = 0 };
}

bool session_provider(const struct session *s, const struct provider_own *own,
		      struct provider **ret, struct fault *why)
{
	*ret = NULL;
	why->kind = FAULT_NONE;
	if (s->provider_file)
		return provider_parse(span_of(s->provider_file), s->provider,
				      ret, why);
	if (!s->provider[0])
		return false;
	/* a file of one's own that has this id by chance is another one */
	if (!s->own_provider && provider_by_id(NULL, s->provider, ret, why))
		return true;
	return why->kind == FAULT_NONE &&
	       provider_by_id(own, s->provider, ret, why);
}

void session_request(const struct session *s, const struct provider *p,
		     struct check_request *ret)
{
	const struct check_result *r = &s->result;

	*ret = (struct check_request){
		.address = s->address, .user = s->user, .provider = p,
		.how_found = s->how_found, .endpoints = r->n,
		.login_budget = s->login_budget,
		.search = s->search.domain[0] ? &s->search : NULL,
	};
	for (size_t i = 0; i < r->n; i++)
		ret->endpoint[i] = r->seen[i].endpoint;
}
