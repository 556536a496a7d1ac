#include "providers/provider_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/json_where.h"
#include "probes/base/text.h"

/* ---- complaints ---- */

static bool complain_at(struct reader *r, const char *path, const char *what)
{
	return fail(r->why, FAULT_PROTOCOL, "%.40s:%zu: %.60s: %s", r->name,
		    json_line_of(r->text, path), *path ? path : "the file",
		    what);
}

bool expected(struct reader *r, const char *what, const char *path, ...)
{
	char where[128], said[128];
	va_list args;

	va_start(args, path);
	vsnprintf(where, sizeof(where), path, args);
	va_end(args);
	snprintf(said, sizeof(said), "expected %s", what);
	return complain_at(r, where, said);
}

static bool complain_member(struct reader *r, const char *path,
			    const struct json *member, const char *what)
{
	char where[128];

	snprintf(where, sizeof(where), "%s%s%s", path, *path ? "." : "",
		 json_name(member));
	return complain_at(r, where, what);
}

/* ---- what every member needs ---- */

bool word_index(const char *const *words, const char *word, size_t *ret)
{
	for (size_t i = 0; word && words[i]; i++) {
		if (strcmp(words[i], word) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static bool is_repeated(const struct json *object, const struct json *member)
{
	const struct json *m = json_first(object);

	while (m != member && strcmp(json_name(m), json_name(member)) != 0)
		m = json_next(m);
	return m != member;
}

bool no_repeats(struct reader *r, const struct json *object, const char *path)
{
	for (const struct json *m = json_first(object); m; m = json_next(m))
		if (is_repeated(object, m))
			return complain_member(r, path, m, "given twice");
	return true;
}

bool only_members(struct reader *r, const struct json *object,
		  const char *path, const char *const *names)
{
	size_t index;

	if (!json_is_object(object))
		return expected(r, "an object", "%s", path);
	for (const struct json *m = json_first(object); m; m = json_next(m))
		if (!word_index(names, json_name(m), &index))
			return complain_member(r, path, m, "unknown member");
	return no_repeats(r, object, path);
}

/*
 * These texts go to terminals as they are: what a peer's bytes would have to
 * be made to be shown (control characters, escapes, bidi controls) is refused.
 */
bool is_text(const struct json *v)
{
	char room[PROVIDER_TEXT_CAP * 2];
	struct buf shown = buf_over(room, sizeof(room));

	if (!json_str(v) || !*json_str(v))
		return false;
	text_printable(&shown, span_of(json_str(v)), false);
	return !shown.full && strcmp(room, json_str(v)) == 0;
}

bool read_flag(struct reader *r, const struct json *object, const char *key,
	       const char *path, bool *ret)
{
	const struct json *flag = json_get(object, key);

	if (flag && !json_is_bool(flag))
		return expected(r, "true or false", "%s.%s", path, key);
	*ret = json_true(flag);
	return true;
}

bool read_url(struct reader *r, const struct json *object, const char *key,
	      const char *path, const char **ret)
{
	const char *url = json_get_str(object, key);

	if (json_get(object, key) &&
	    (!is_text(json_get(object, key)) || strncmp(url, "https://", 8) != 0 || !url[8] ||
	     strlen(url) >= PROVIDER_URL_CAP ||
	     url[strcspn(url, " \t\r\n\"<>")]))
		return expected(r, "https://...", "%s%s%s", path,
				*path ? "." : "", key);
	*ret = url;
	return true;
}

static bool is_label(struct span label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!(label.at[i] >= 'a' && label.at[i] <= 'z') &&
		    !ascii_is_digit(label.at[i]) && label.at[i] != '-')
			return false;
	return label.len > 0 && label.len < 64;
}

/* Two labels or more, in lower case, as in a lookup (punycode for the rest). */
bool is_domain(const char *text)
{
	struct span rest = span_of(text), label;
	size_t labels = 0;

	if (rest.len == 0 || rest.len >= HOST_CAP ||
	    text[rest.len - 1] == '.')
		return false;
	while (rest.len > 0) {
		span_cut(&rest, '.', &label);
		if (!is_label(label))
			return false;
		labels++;
	}
	return labels > 1;
}

/* ---- lists ---- */

static bool is_alias(const char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			return false;
	return true;
}

static bool is_address_domain(const char *text)
{
	return is_domain(strncmp(text, "*.", 2) == 0 ? text + 2 : text);
}

/* A page, or in words what was looked at. */
static bool is_source(const char *text)
{
	return strncmp(text, "http://", 7) != 0;
}

static const struct list_rule {
	const char *key, *item;
	bool (*fits)(const char *text);
	bool required, filled;
} lists[] = {
	[PROVIDER_ALIASES] = { "aliases", "a name in lower case", is_alias,
			       false, false },
	[PROVIDER_DOMAINS] = { "domains", "a domain in lower case",
			       is_address_domain, true, false },
	[PROVIDER_MX_SUFFIXES] = { "mx_suffixes", "a domain in lower case",
				   is_domain, true, false },
	[PROVIDER_SOURCES] = { "sources", "https://... or words", is_source,
			       true, true },
};

const char *provider_list_at(const struct provider *p,
			     enum provider_list list, size_t index)
{
	const struct provider_store *store = p->store;
	const struct json *item = json_first(json_get(store->doc,
						      lists[list].key));

	while (item && index-- > 0)
		item = json_next(item);
	return json_str(item);
}

static bool comes_before(const struct json *list, const struct json *item)
{
	const struct json *s = json_first(list);

	while (s != item && strcmp(json_str(s), json_str(item)) != 0)
		s = json_next(s);
	return s != item;
}

static bool read_list(struct reader *r, const struct json *doc,
		      const struct list_rule *rule)
{
	const struct json *list = json_get(doc, rule->key);
	size_t i = 0;

	if (!list && !rule->required)
		return true;
	if (!json_is_array(list) || (rule->filled && json_count(list) == 0))
		return expected(r, rule->filled ? "a list, not empty" :
				"a list", "%s", rule->key);
	for (const struct json *s = json_first(list); s; s = json_next(s)) {
		if (!is_text(s) || !rule->fits(json_str(s)))
			return expected(r, rule->item, "%s[%zu]", rule->key,
					i);
		if (comes_before(list, s))
			return expected(r, "each once", "%s[%zu]", rule->key,
					i);
		i++;
	}
	return true;
}

static bool read_lists(struct reader *r, const struct json *doc)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (!read_list(r, doc, &lists[i]))
			return false;
	return true;
}

/* ---- when it was checked, and how sure it is ---- */

static bool is_month(const char *text)
{
	unsigned year, month;

	return text && strlen(text) == 7 && text[4] == '-' &&
	       span_number((struct span){ text, 4 }, &year) &&
	       span_number(span_of(text + 5), &month) && year >= 2000 &&
	       month >= 1 && month <= 12;
}

/* "issuers": who usually signs for the servers. */
static bool read_issuers(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"names", "source", "checked", NULL
	};
	const struct json *issuers = json_get(doc, "issuers");
	const struct json *names = json_get(issuers, "names");
	struct provider_issuers *to = &r->p->issuers;

	if (!issuers)
		return true;
	if (!only_members(r, issuers, "issuers", members))
		return false;
	if (!json_is_array(names) || json_count(names) == 0 ||
	    json_count(names) > PROVIDER_ISSUERS_MAX)
		return expected(r, "1 to 6 names", "issuers.names");
	for (const struct json *v = json_first(names); v; v = json_next(v)) {
		if (!is_text(v))
			return expected(r, "a printable text",
					"issuers.names[%zu]", to->n);
		to->name[to->n++] = json_str(v);
	}
	if (!is_text(json_get(issuers, "source")) ||
	    !is_source(json_get_str(issuers, "source")))
		return expected(r, "https://... or words", "issuers.source");
	if (!is_month(json_get_str(issuers, "checked")))
		return expected(r, "a month, 2026-08", "issuers.checked");
	to->source = json_get_str(issuers, "source");
	to->checked = json_get_str(issuers, "checked");
	return true;
}

/* Each of the two may be missing in a part: the file's own holds then. */
static bool read_fact(struct reader *r, const struct json *object,
		      const char *path, struct provider_fact *fact)
{
	const struct json *checked = json_get(object, "checked");
	const struct json *sure = json_get(object, "sure");

	if (checked && !is_month(json_str(checked)))
		return expected(r, "a month, 2026-08", "%schecked", path);
	if (sure && !json_is_bool(sure))
		return expected(r, "true or false", "%ssure", path);
	if (checked)
		fact->checked = json_str(checked);
	if (sure)
		fact->sure = json_true(sure);
	return true;
}

static bool read_part(struct reader *r, const struct json *parts,
		      const char *name, struct provider_fact *ret)
{
	static const char *const members[] = { "checked", "sure", NULL };
	const struct json *part = json_get(parts, name);
	char path[64];

	ret->checked = r->p->checked;
	ret->sure = r->p->sure;
	if (!part)
		return true;
	snprintf(path, sizeof(path), "parts.%s", name);
	if (!only_members(r, part, path, members))
		return false;
	snprintf(path, sizeof(path), "parts.%s.", name);
	return read_fact(r, part, path, ret);
}

static bool read_facts(struct reader *r, const struct json *doc)
{
	static const char *const names[] = {
		[PART_SERVERS] = "servers", [PART_USER_FORM] = "user_form",
		[PART_SECRET] = "secret", [PART_SWITCHES] = "switches",
		[PART_REMEDIES] = "remedies", [PART_COUNT] = NULL
	};
	const struct json *parts = json_get(doc, "parts");
	struct provider_fact all = { NULL, false };

	if (!json_get(doc, "checked"))
		return expected(r, "a month, 2026-08", "checked");
	if (!json_get(doc, "sure"))
		return expected(r, "true or false", "sure");
	if (!read_fact(r, doc, "", &all) ||
	    (parts && !only_members(r, parts, "parts", names)))
		return false;
	r->p->checked = all.checked;
	r->p->sure = all.sure;
	for (size_t i = 0; i < PART_COUNT; i++)
		if (!read_part(r, parts, names[i], &r->p->part[i]))
			return false;
	return true;
}

/* ---- the whole ---- */

static bool is_id(const char *text)
{
	for (; *text; text++)
		if (!(*text >= 'a' && *text <= 'z') &&
		    !ascii_is_digit(*text) && *text != '_')
			return false;
	return true;
}

static bool read_id(struct reader *r, const struct json *doc)
{
	const struct json *id = json_get(doc, "id");

	if (!is_text(id) || !is_id(json_str(id)) ||
	    strlen(json_str(id)) >= PROVIDER_ID_CAP)
		return expected(r, "letters a-z, digits and _", "id");
	r->p->id = json_str(id);
	return true;
}

/* The rule a complaint is about: "x.json: rule "ID": MEMBER: ...". */
static size_t rule_index(const struct json *list, const char *said)
{
	size_t i = 0;

	for (const struct json *v = json_first(list); v; v = json_next(v)) {
		const char *id = json_get_str(v, "id");
		char quoted[128];

		snprintf(quoted, sizeof(quoted), "rule \"%s\": ", id ? id : "");
		if (strstr(said, quoted))
			return i;
		i++;
	}
	return i;
}

/* The line of the member where it is, or else of its rule. */
static size_t rule_line(const struct reader *r, size_t index,
			const char *said)
{
	const char *at = strstr(said, "\": ");
	struct span rest = span_of(at ? at + 3 : ""), member;
	char outer[96], inner[96];
	size_t a, b;

	span_cut(&rest, ':', &member);
	snprintf(outer, sizeof(outer), "rules[%zu].%.*s", index,
		 (int)member.len, member.at);
	snprintf(inner, sizeof(inner), "rules[%zu].when.%.*s", index,
		 (int)member.len, member.at);
	a = json_line_of(r->text, outer);
	b = json_line_of(r->text, inner);
	return a > b ? a : b;
}

static bool read_rules(struct reader *r, const struct json *doc)
{
	const struct json *list = json_get(doc, "rules");
	struct provider_store *store = r->p->store;
	struct fault said;
	const char *rule;

	if (!list)
		return true;
	if (rules_from_json(list, r->name, &store->rules, &said)) {
		r->p->rules = store->rules;
		return true;
	}
	rule = strstr(said.text, ": rule ");
	if (!rule)
		return fail(r->why, said.kind, "%s", said.text);
	return fail(r->why, said.kind, "%.40s:%zu%s", r->name,
		    rule_line(r, rule_index(list, said.text), said.text),
		    rule);
}

static bool read_document(struct reader *r, const struct json *doc)
{
	static const char *const members[] = {
		"id", "names", "aliases", "domains", "mx_suffixes", "servers",
		"user_form", "user_hint", "secret", "ordinary_refusal",
		"switches", "answers_more", "app_password_url", "help",
		"issuers",
		"rules", "remedies", "quirks", "lockout", "doubts",
		"sources", "checked", "sure", "parts", NULL
	};

	return only_members(r, doc, "", members) &&
	       read_id(r, doc) && read_names(r, doc) && read_lists(r, doc) &&
	       read_servers(r, doc) && read_user(r, doc) &&
	       read_secret(r, doc) && read_refusal(r, doc) &&
	       read_switches(r, doc) && read_answers_more(r, doc) &&
	       read_url(r, doc, "app_password_url", "",
			&r->p->app_password_url) &&
	       read_help(r, doc) && read_issuers(r, doc) &&
	       read_rules(r, doc) &&
	       read_remedies(r, doc) && read_remarks(r, doc) &&
	       read_facts(r, doc);
}

bool provider_parse(struct span json_text, const char *name,
		    struct provider **ret, struct fault *why)
{
	struct provider *p = calloc(1, sizeof(*p));
	struct provider_store *store = calloc(1, sizeof(*store));
	struct reader r = { .name = name, .text = json_text, .p = p,
			    .why = why };
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
