#include "reports/program.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "probes/base/text.h"

/* Strict: a member nobody knows would be silently without effect. */
struct reader {
	const char *file;
	struct program *p;
	struct fault *why;
};

static bool bad(const struct reader *r, const char *key, const char *expected)
{
	return fail(r->why, FAULT_PROTOCOL, "%s: %s: expected %s", r->file,
		    key, expected);
}

static bool is_listed(const char *const *names, const char *name, size_t len)
{
	for (; *names; names++)
		if (strlen(*names) == len && strncmp(*names, name, len) == 0)
			return true;
	return false;
}

static bool only_members(const struct reader *r, const struct json *object,
			 const char *what, const char *const *names)
{
	if (!json_is_object(object))
		return bad(r, what, "an object");
	for (const struct json *m = json_first(object); m; m = json_next(m))
		if (!is_listed(names, json_name(m), strlen(json_name(m))))
			return fail(r->why, FAULT_PROTOCOL,
				    "%s: %s: unknown member \"%s\"", r->file,
				    what, json_name(m));
	return true;
}

static bool braces_are_known(const char *text)
{
	static const char *const names[] = {
		"address", "secret", "in_service", "in_host", "in_port",
		"in_security", "in_user", "smtp_host", "smtp_port",
		"smtp_security", "smtp_user", NULL
	};

	while ((text = strpbrk(text, "{}")) != NULL) {
		size_t len = strcspn(text + 1, "}");

		if (*text != '{' || text[1 + len] != '}' ||
		    !is_listed(names, text + 1, len))
			return false;
		text += len + 2;
	}
	return true;
}

/* Both languages; other members of the object are its reader's business. */
static bool read_text(const struct reader *r, const struct json *object,
		      const char *key, struct program_text *ret)
{
	for (unsigned l = 0; l < LANG_COUNT; l++) {
		const char *text = json_get_str(object,
						lang_code((enum lang)l));

		if (!text || !*text || !braces_are_known(text))
			return bad(r, key, "en and ja, with known {names}");
		ret->text[l] = text;
	}
	return true;
}

static bool read_pair(const struct reader *r, const struct json *doc,
		      const char *key, struct program_text *ret)
{
	static const char *const members[] = { "en", "ja", NULL };
	const struct json *object = json_get(doc, key);

	return only_members(r, object, key, members) &&
	       read_text(r, object, key, ret);
}

static bool is_strings(const struct json *list)
{
	if (!json_is_array(list))
		return false;
	for (const struct json *s = json_first(list); s; s = json_next(s))
		if (!json_str(s) || !*json_str(s))
			return false;
	return true;
}

static bool read_services(struct reader *r, const struct json *doc)
{
	static const char *const members[] = { "imap", "pop3", NULL };
	const struct json *services = json_get(doc, "services");

	if (!only_members(r, services, "services", members))
		return false;
	r->p->service[SERVICE_IMAP] = json_get_str(services, "imap");
	r->p->service[SERVICE_POP3] = json_get_str(services, "pop3");
	return (r->p->service[SERVICE_IMAP] && r->p->service[SERVICE_POP3]) ||
	       bad(r, "services", "imap and pop3");
}

static bool read_security(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"tls", "starttls", "none", NULL
	};
	const struct json *security = json_get(doc, "security");

	if (!only_members(r, security, "security", members))
		return false;
	for (unsigned s = 0; s < SECURITY_COUNT; s++)
		if (!read_pair(r, security, security_name((enum security)s),
			       &r->p->security[s]))
			return false;
	return true;
}

static bool check_entries(const struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"providers", "only", "en", "ja", NULL
	};
	const struct json *list = json_get(doc, "own_entries");
	struct program_text text;

	if (!json_is_array(list))
		return bad(r, "own_entries", "a list");
	for (const struct json *e = json_first(list); e; e = json_next(e)) {
		const struct json *only = json_get(e, "only");

		if (!only_members(r, e, "own_entries", members) ||
		    !read_text(r, e, "own_entries", &text))
			return false;
		if (!is_strings(json_get(e, "providers")) ||
		    (only && !json_is_bool(only)))
			return bad(r, "own_entries",
				   "providers, and only true or false");
	}
	return true;
}

/* One value for all languages, or one for each. */
static bool read_value(const struct reader *r, const struct json *field,
		       struct program_text *ret)
{
	const char *one = json_get_str(field, "value");

	if (!one)
		return read_pair(r, field, "value", ret);
	for (unsigned l = 0; l < LANG_COUNT; l++)
		ret->text[l] = one;
	return braces_are_known(one) || bad(r, "value", "a known {name}");
}

static bool read_field(const struct reader *r, const struct json *field,
		       struct program_step *step)
{
	static const char *const members[] = { "en", "ja", "value", NULL };
	struct program_field *f = &step->field[step->fields];

	if (step->fields == PROGRAM_FIELDS_MAX)
		return bad(r, "fields", "8 at most");
	step->fields++;
	return only_members(r, field, "fields", members) &&
	       read_text(r, field, "fields", &f->name) &&
	       read_value(r, field, &f->value);
}

static bool read_step(struct reader *r, const struct json *item)
{
	static const char *const members[] = {
		"when", "en", "ja", "fields", NULL
	};
	struct program_step *step = &r->p->step[r->p->steps];
	const struct json *when = json_get(item, "when");
	const struct json *fields = json_get(item, "fields");

	if (r->p->steps == PROGRAM_STEPS_MAX)
		return bad(r, "steps", "12 at most");
	r->p->steps++;
	if (!only_members(r, item, "steps", members) ||
	    !read_text(r, item, "steps", &step->text))
		return false;
	step->other_user_only = when != NULL;
	if (when && (!json_str(when) ||
		     strcmp(json_str(when), "user_not_address") != 0))
		return bad(r, "when", "user_not_address");
	if (fields && !json_is_array(fields))
		return bad(r, "fields", "a list");
	for (const struct json *f = json_first(fields); f; f = json_next(f))
		if (!read_field(r, f, step))
			return false;
	return true;
}

static bool read_steps(struct reader *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "steps");

	if (!json_is_array(list) || json_count(list) == 0)
		return bad(r, "steps", "a list of steps");
	for (const struct json *s = json_first(list); s; s = json_next(s))
		if (!read_step(r, s))
			return false;
	return true;
}

static bool read_notes(struct reader *r, const struct json *doc)
{
	static const char *const members[] = { "en", "ja", NULL };
	const struct json *list = json_get(doc, "notes");

	if (!json_is_array(list) || json_count(list) > PROGRAM_NOTES_MAX)
		return bad(r, "notes", "a list of 6 at most");
	for (const struct json *n = json_first(list); n; n = json_next(n))
		if (!only_members(r, n, "notes", members) ||
		    !read_text(r, n, "notes", &r->p->note[r->p->notes++]))
			return false;
	return true;
}

static bool read_rest(struct reader *r, const struct json *doc)
{
	const char *checked = json_get_str(doc, "checked");

	r->p->id = json_get_str(doc, "id");
	if (!r->p->id || !*r->p->id)
		return bad(r, "id", "a text");
	if (!is_strings(json_get(doc, "aliases")))
		return bad(r, "aliases", "a list of texts");
	if (!is_strings(json_get(doc, "sources")) ||
	    json_count(json_get(doc, "sources")) == 0)
		return bad(r, "sources", "a list of texts");
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
		"id", "aliases", "names", "services", "security",
		"own_entries", "steps", "notes", "sources", "checked", "sure",
		NULL
	};

	return only_members(r, doc, "the file", members) &&
	       read_rest(r, doc) &&
	       read_pair(r, doc, "names", &r->p->name) &&
	       read_services(r, doc) && read_security(r, doc) &&
	       check_entries(r, doc) && read_steps(r, doc) &&
	       read_notes(r, doc);
}

bool program_parse(struct span json_text, const char *file,
		   struct program **ret, struct fault *why)
{
	struct program *p = calloc(1, sizeof(*p));
	struct reader r = { .file = file, .p = p, .why = why };
	struct fault json_why;

	if (!p)
		return fail(why, FAULT_NO_MEMORY, "%s", file);
	if (!json_parse(json_text, &p->doc, &json_why)) {
		fail(why, json_why.kind, "%.40s: %.110s", file, json_why.text);
	} else if (read_document(&r, p->doc)) {
		*ret = p;
		return true;
	}
	program_free(p);
	return false;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	json_free(p->doc);
	free(p);
}

bool program_at(size_t index, struct program **ret, struct fault *why)
{
	size_t i = 0;

	why->kind = FAULT_NONE;
	while (embedded_programs[i].name && i < index)
		i++;
	return embedded_programs[i].name &&
	       program_parse((struct span){ embedded_programs[i].bytes,
					    embedded_programs[i].len },
			     embedded_programs[i].name, ret, why);
}

static bool is_called(const struct program *p, const char *name)
{
	if (text_same(p->id, name))
		return true;
	for (const struct json *a = json_first(json_get(p->doc, "aliases")); a;
	     a = json_next(a))
		if (text_same(json_str(a), name))
			return true;
	return false;
}

bool program_by_name(const char *name, struct program **ret,
		     struct fault *why)
{
	for (size_t i = 0; program_at(i, ret, why); i++) {
		if (is_called(*ret, name))
			return true;
		program_free(*ret);
		*ret = NULL;
	}
	return false;
}

bool program_own_entry(const struct program *p, const char *provider,
		       struct program_text *ret, bool *ret_only)
{
	const struct json *list = json_get(p->doc, "own_entries");

	for (const struct json *e = json_first(list); e; e = json_next(e)) {
		const struct json *id = json_first(json_get(e, "providers"));

		while (id && strcmp(json_str(id), provider) != 0)
			id = json_next(id);
		if (!id)
			continue;
		for (unsigned l = 0; l < LANG_COUNT; l++)
			ret->text[l] = json_get_str(e,
						    lang_code((enum lang)l));
		*ret_only = json_true(json_get(e, "only"));
		return true;
	}
	return false;
}
