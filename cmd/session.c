#include "cmd/session.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/mask.h"
#include "probes/base/record.h"
#include "probes/evidence_json.h"

#define SCHEMA "mailwhy/session"

/* ---- from a check, and its end ---- */

static bool no_memory(struct fault *why)
{
	return fail(why, FAULT_NO_MEMORY, "no memory for the session");
}

/* Room for `n` experiments and the table they belong to. */
static bool trials_room(struct check_result *r, size_t n, struct fault *why)
{
	struct experiment_table *table;

	if (n == 0)
		return true;
	r->tried = calloc(n, sizeof(*r->tried));
	if (!r->tried || !experiment_table_own(&table, why))
		return no_memory(why);
	r->trials.table = table;
	r->trials.first = r->seen;
	return true;
}

static bool copy_result(const struct check_result *from,
			struct check_result *to, struct fault *why)
{
	size_t n = from->trials.n;

	*to = *from;
	to->tried = NULL;
	to->trials.table = NULL;
	to->seen = calloc(from->n, sizeof(*from->seen));
	if (!to->seen || !trials_room(to, n, why))
		return no_memory(why);
	memcpy(to->seen, from->seen, from->n * sizeof(*from->seen));
	for (size_t i = 0; i < n; i++) {
		to->tried[i] = from->tried[i];
		to->trials.seen[i] = from->trials.seen[i] ? &to->tried[i] :
							    NULL;
	}
	return true;
}

bool session_of(const struct check_request *request,
		const struct check_result *result, const char *demonstration,
		struct session *ret, struct fault *why)
{
	const struct provider *p = request->provider;

	*ret = (struct session){ .login_budget = request->login_budget };
	if (!copy_result(result, &ret->result, why)) {
		session_release(ret);
		return false;
	}
	span_copy(span_of(request->address), ret->address,
		  sizeof(ret->address));
	span_copy(span_of(request->user), ret->user, sizeof(ret->user));
	span_copy(span_of(p ? p->id : ""), ret->provider,
		  sizeof(ret->provider));
	span_copy(span_of(p ? request->how_found : ""), ret->how_found,
		  sizeof(ret->how_found));
	span_copy(span_of(demonstration), ret->demonstration,
		  sizeof(ret->demonstration));
	return true;
}

void session_release(struct session *s)
{
	check_release(&s->result);
	*s = (struct session){ .login_budget = 0 };
}

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

#define T trial
static const struct field trial_fields[] = {
	{ "id", FIELD_TEXT, AT(id) },
	{ "about", FIELD_UNSIGNED, AT(about) },
	{ "until", FIELD_NAMED, AT(until), .named = stage_named },
	{ "variant", FIELD_NAMED, AT(variant), .named = variant_named },
	{ "hello", FIELD_BOOL, AT(only_hello) },
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
	if (s->result.secret_given)
		write_hygiene(&s->result.secret, doc);
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

static bool read_endpoints(const struct json *list, struct check_result *ret,
			   struct fault *why)
{
	size_t n = json_count(list);

	if (!json_is_array(list) || n == 0 || n > ENDPOINTS_MAX)
		return fail(why, FAULT_PROTOCOL,
			    "\"endpoints\": expected 1 to %d", ENDPOINTS_MAX);
	ret->seen = calloc(n, sizeof(*ret->seen));
	if (!ret->seen)
		return no_memory(why);
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
	if (!trials_room(ret, n, why))
		return false;
	for (const struct json *v = json_first(list); v; v = json_next(v))
		if (!read_trial(v, ret, why))
			return false;
	return true;
}

static bool read_session(const struct json *doc, struct session *ret,
			 struct fault *why)
{
	struct check_result *r = &ret->result;

	if (!is_session(doc, why) ||
	    !record_read(&head_record, doc, ret, sizeof(*ret), why) ||
	    !read_endpoints(json_get(doc, "endpoints"), r, why) ||
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

void session_request(const struct session *s, const struct provider *p,
		     struct check_request *ret)
{
	const struct check_result *r = &s->result;

	*ret = (struct check_request){
		.address = s->address, .user = s->user, .provider = p,
		.how_found = s->how_found, .endpoints = r->n,
		.login_budget = s->login_budget,
	};
	for (size_t i = 0; i < r->n; i++)
		ret->endpoint[i] = r->seen[i].endpoint;
}

/* ---- for a public place ---- */

static void visit_text(void *mask, char *text, size_t cap)
{
	mask_text(mask, text, cap);
}

/* A path below a home says whose it is. */
static void mask_path(char *path, size_t cap)
{
	const char *name = strrchr(path, '/');

	if (name && strncmp(path, "/etc/", 5) != 0 &&
	    strncmp(path, "/usr/", 5) != 0)
		span_copy(span_of(name + 1), path, cap);
}

/* The bytes of an address say what its text says. */
static void renew_address(struct address *a)
{
	address_parse(a->text, a->port, a);
}

static void mask_talk(struct mask *m, struct transcript *t)
{
	char text[REPLY_TEXT_CAP * 4];
	struct transcript masked = { .cut = t->cut };

	for (size_t i = 0; i < t->lines; i++) {
		struct transcript_line line = t->line[i];
		size_t len;

		span_copy((struct span){ t->text + line.start, line.len },
			  text, sizeof(text));
		mask_text(m, text, sizeof(text));
		len = strlen(text);
		if (len > TRANSCRIPT_CAP - masked.used) {
			masked.cut = true;
			break;
		}
		line.start = (uint16_t)masked.used;
		line.len = (uint16_t)len;
		memcpy(masked.text + masked.used, text, len);
		masked.used += len;
		masked.line[masked.lines++] = line;
	}
	*t = masked;
}

static void mask_evidence(struct mask *m, struct evidence *e)
{
	record_texts(&evidence_record, e, visit_text, m);
	mask_path(e->tls.trust_file, sizeof(e->tls.trust_file));
	for (size_t i = 0; i < e->name.addresses; i++)
		renew_address(&e->name.address[i]);
	for (size_t i = 0; i < e->connection.attempts; i++)
		renew_address(&e->connection.attempt[i].address);
	mask_talk(m, &e->transcript);
}

/* Domains that belong to everybody stay; one's own becomes example.com. */
static void mask_account(const struct session *s, struct mask *m)
{
	bool own = s->provider[0] == '\0' ||
		   strcmp(s->how_found, "domain") != 0;
	const char *names[] = { s->address, s->user };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *at = strrchr(names[i], '@');
		char local[USER_CAP], masked[HOST_CAP + 8];
		struct buf b = buf_over(masked, sizeof(masked));
		struct span head = { names[i], at ? (size_t)(at - names[i]) :
						    strlen(names[i]) };

		span_copy(head, local, sizeof(local));
		buf_fmt(&b, "user@%s", own ? "example.com" : at ? at + 1 : "");
		if (at && own)
			mask_add(m, at + 1, "example.com", true);
		if (at)
			mask_add(m, names[i], masked, false);
		mask_add(m, local, "user", false);
	}
}

/* How long the secret is concerns only who asked. */
static void mask_finding(struct mask *m, struct finding *f)
{
	if (f->id == FINDING_SECRET_SHAPE) {
		f->number = 0;
		f->detail[0] = '\0';
	}
	mask_text(m, f->detail, sizeof(f->detail));
}

void session_mask(struct session *s, bool keep_addresses)
{
	struct mask m = { .keep_addresses = keep_addresses };

	mask_account(s, &m);
	mask_text(&m, s->address, sizeof(s->address));
	mask_text(&m, s->user, sizeof(s->user));
	for (size_t i = 0; i < s->result.n; i++)
		mask_evidence(&m, &s->result.seen[i]);
	for (size_t i = 0; i < s->result.trials.n; i++) {
		mask_evidence(&m, &s->result.tried[i]);
		mask_text(&m, s->result.trials.trial[i].endpoint.host,
			  HOST_CAP);
	}
	for (size_t i = 0; i < s->result.diagnosis.findings; i++)
		mask_finding(&m, &s->result.diagnosis.finding[i]);
	s->result.secret.look = (struct secret_look){ .characters = 0 };
}
