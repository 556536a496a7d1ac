#include "cmd/session_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/candidate_json.h"
#include "probes/evidence_json.h"

#define SCHEMA "mailwhy/session"

/* ---- as JSON: the members beside the evidence by one table ---- */

#define T session
#define AT(member) RECORD_AT(struct T, member)
static const struct field head_fields[] = {
	{ "made_at", FIELD_SIGNED, AT(result.made_at) },
	{ "took_ms", FIELD_SIGNED, AT(result.took) },
	{ "address", FIELD_TEXT, AT(address) },
	{ "user", FIELD_TEXT, AT(user) },
	{ "provider", FIELD_TEXT, AT(provider) },
	{ "how_found", FIELD_TEXT, AT(how_found) },
	{ "own_provider", FIELD_BOOL, AT(own_provider) },
	{ "demonstration", FIELD_TEXT, AT(demonstration) },
	{ "login_budget", FIELD_UNSIGNED, AT(login_budget) },
	{ "secret_given", FIELD_BOOL, AT(result.secret_given) },
};
static const struct record head_record = RECORD_OF(head_fields);
#undef T

static const char *variant_named(unsigned v)
{
	return v < VARIANT_COUNT ? variant_name((enum variant)v) : NULL;
}

static const char *kind_named(unsigned v)
{
	return v < HOST_KIND_COUNT ? host_kind_name((enum host_kind)v) : NULL;
}

#define T trial
static const struct field trial_fields[] = {
	{ "id", FIELD_TEXT, AT(id) },
	{ "about", FIELD_UNSIGNED, AT(about) },
	{ "until", FIELD_NAMED, AT(until), .named = stage_named },
	{ "variant", FIELD_NAMED, AT(variant), .named = variant_named },
	{ "hello", FIELD_BOOL, AT(only_hello) },
	{ "unverified", FIELD_BOOL, AT(unverified) },
	{ "named_by", FIELD_TEXT, AT(named_by) },
	{ "address", FIELD_TEXT, AT(address) },
	{ "kind", FIELD_NAMED, AT(kind), .named = kind_named },
	{ "endpoint", FIELD_RECORD, AT(endpoint), .record = &endpoint_record },
};
static const struct record trial_record = RECORD_OF(trial_fields);
#undef T

static void write_trials(const struct trials *t, struct json *to)
{
	struct json *list = json_add_array(to, "experiments");

	for (size_t i = 0; i < t->n; i++) {
		struct json *o = json_add_object(list, NULL);

		record_write(&trial_record, &t->trial[i], o);
		if (t->seen[i])
			evidence_to_json(t->seen[i],
					 json_add_object(o, "seen"));
	}
}

static void write_hygiene(const struct hygiene *h, struct json *to)
{
	struct json *secret = json_add_object(to, "secret");
	struct json *notes = json_add_array(secret, "notes");
	char classes[80];

	for (int i = 0; i < HYGIENE_COUNT; i++)
		if (h->found[i])
			json_add_str(notes, NULL,
				     hygiene_name((enum hygiene_id)i));
	secret_classes_write(&h->look, classes, sizeof(classes));
	json_add_int(secret, "characters", (int64_t)h->look.characters);
	json_add_str(secret, "classes", classes);
	json_add_bool(secret, "like_kind", h->like_kind);
	json_add_bool(secret, "unlike_kind", h->unlike_kind);
}

/* A line each: a report within JSON is read by people, too. */
static void write_report(const char *report, struct json *to)
{
	struct json *list = json_add_array(to, "report");
	struct span rest = span_of(report), line;

	while (span_cut(&rest, '\n', &line)) {
		char text[1024];

		span_copy(line, text, sizeof(text));
		json_add_str(list, NULL, text);
	}
}

char *session_print(const struct session *s, const char *report)
{
	struct json *doc = json_object_new(), *list;
	char *text;

	json_add_str(doc, "schema", SCHEMA);
	json_add_int(doc, "version", SESSION_VERSION);
	json_add_str(doc, "mailwhy", MAILWHY_VERSION);
	if (report)
		write_report(report, doc);
	record_write(&head_record, s, doc);
	if (s->provider_file)
		json_add_str(doc, "provider_file", s->provider_file);
	if (s->result.secret_given)
		write_hygiene(&s->result.secret, doc);
	if (s->search.domain[0])
		search_to_json(&s->search, json_add_object(doc, "search"));
	list = json_add_array(doc, "endpoints");
	for (size_t i = 0; i < s->result.n; i++)
		evidence_to_json(&s->result.seen[i],
				 json_add_object(list, NULL));
	if (s->result.trials.n > 0)
		write_trials(&s->result.trials, doc);
	text = json_print(doc, true);
	json_free(doc);
	return text;
}

/* ---- and back ---- */

/* A note of a newer version says nothing to this one. */
static void read_hygiene(const struct json *secret, struct hygiene *h)
{
	const struct json *notes = json_get(secret, "notes");
	const char *classes = json_get_str(secret, "classes");
	int64_t characters = json_int(json_get(secret, "characters"), 0);

	for (const struct json *n = json_first(notes); n; n = json_next(n))
		for (int i = 0; i < HYGIENE_COUNT; i++)
			if (json_str(n) &&
			    strcmp(hygiene_name((enum hygiene_id)i),
				   json_str(n)) == 0)
				h->found[i] = true;
	h->like_kind = json_true(json_get(secret, "like_kind"));
	h->unlike_kind = json_true(json_get(secret, "unlike_kind"));
	if (characters > 0 && characters <= SECRET_CAP)
		h->look.characters = (size_t)characters;
	if (classes)
		secret_classes_read(classes, &h->look);
}

static bool is_session(const struct json *doc, struct fault *why)
{
	const char *schema = json_get_str(doc, "schema");

	if (!schema || strcmp(schema, SCHEMA) != 0)
		return fail(why, FAULT_PROTOCOL, "\"schema\": expected \""
			    SCHEMA "\"");
	return json_int(json_get(doc, "version"), 0) == SESSION_VERSION ||
	       fail(why, FAULT_PROTOCOL, "\"version\": expected %d",
		    SESSION_VERSION);
}

/* None is a result only where a search says why. */
static bool read_endpoints(const struct json *list, bool searched,
			   struct check_result *ret, struct fault *why)
{
	size_t n = json_count(list);

	if (!json_is_array(list) || (n == 0 && !searched) ||
	    n > ENDPOINTS_MAX)
		return fail(why, FAULT_PROTOCOL,
			    "\"endpoints\": expected 1 to %d", ENDPOINTS_MAX);
	ret->seen = calloc(n + 1, sizeof(*ret->seen));
	if (!ret->seen)
		return session_no_memory(why);
	for (const struct json *e = json_first(list); e; e = json_next(e))
		if (!evidence_from_json(e, &ret->seen[ret->n++], why))
			return false;
	return true;
}

static bool read_trial(const struct json *v, struct check_result *r,
		       struct fault *why)
{
	size_t i = r->trials.n++;
	const struct json *seen = json_get(v, "seen");

	if (!record_read(&trial_record, v, &r->trials.trial[i],
			 sizeof(r->trials.trial[i]), why))
		return false;
	if (r->trials.trial[i].about >= r->n)
		return fail(why, FAULT_PROTOCOL,
			    "\"about\": expected an endpoint's number");
	if (seen)
		r->trials.seen[i] = &r->tried[i];
	return !seen || evidence_from_json(seen, &r->tried[i], why);
}

static bool read_trials(const struct json *list, struct check_result *ret,
			struct fault *why)
{
	size_t n = json_count(list);

	if (!list)
		return true;
	if (!json_is_array(list) || n > TRIALS_MAX)
		return fail(why, FAULT_PROTOCOL,
			    "\"experiments\": expected %d at most",
			    TRIALS_MAX);
	if (!session_room_for_trials(ret, n, why))
		return false;
	for (const struct json *v = json_first(list); v; v = json_next(v))
		if (!read_trial(v, ret, why))
			return false;
	return true;
}

static bool read_search(const struct json *v, struct search *ret,
			struct fault *why)
{
	ret->winner = -1;
	if (!v)
		return true;
	if (!search_from_json(v, ret, why))
		return false;
	return ret->domain[0] ||
	       fail(why, FAULT_PROTOCOL, "\"domain\": expected a name");
}

static bool read_provider_file(const struct json *v, struct session *ret,
			       struct fault *why)
{
	if (!v)
		return true;
	if (!json_is_string(v) || !ret->own_provider)
		return fail(why, FAULT_PROTOCOL,
			    "\"provider_file\": expected the text of one");
	ret->provider_file = strdup(json_str(v));
	return ret->provider_file || session_no_memory(why);
}

static bool read_session(const struct json *doc, struct session *ret,
			 struct fault *why)
{
	struct check_result *r = &ret->result;

	if (!is_session(doc, why) ||
	    !record_read(&head_record, doc, ret, sizeof(*ret), why) ||
	    !read_provider_file(json_get(doc, "provider_file"), ret, why) ||
	    !read_search(json_get(doc, "search"), &ret->search, why) ||
	    !read_endpoints(json_get(doc, "endpoints"),
			    ret->search.domain[0], r, why) ||
	    !read_trials(json_get(doc, "experiments"), r, why))
		return false;
	if (r->secret_given)
		read_hygiene(json_get(doc, "secret"), &r->secret);
	return true;
}

bool session_parse(struct span text, struct session *ret, struct fault *why)
{
	struct json *doc;
	bool ok;

	*ret = (struct session){ .login_budget = 0 };
	if (!json_parse(text, &doc, why))
		return false;
	ok = read_session(doc, ret, why);
	if (!ok)
		session_release(ret);
	json_free(doc);
	return ok;
}
