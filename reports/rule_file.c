#include <stdlib.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "reports/rule_read.h"

/* Files of rules: lists of words, and the rules that use them. */

/* What a document holds; either may be NULL. */
struct document {
	const char *name;
	const struct json *lists, *rules;
};

static bool read_list(struct rule_reader *rd, const struct json *v)
{
	struct word_list list = { NULL, { NULL, 0 } };
	struct span text;

	if (rd->words.lists == WORD_LISTS_MAX)
		return rule_bad(rd, "too many lists of words");
	if (!rule_text(rd, v, "|", &text))
		return false;
	list.name = arena_text(rd->words.arena, span_of(json_name(v)));
	if (!list.name)
		return fail(rd->why, FAULT_NO_MEMORY, "rules");
	if (!words_parse(&rd->words, text, &list.words, rd->why))
		return rule_bad_word(rd);
	rd->words.list[rd->words.lists++] = list;
	return true;
}

static bool read_document(struct rule_reader *rd, const struct document *d,
			  struct rules *ret)
{
	rd->file = d->name;
	rd->rule = "words";
	for (const struct json *v = json_first(d->lists); v; v = json_next(v)) {
		rd->member = json_name(v);
		if (!read_list(rd, v))
			return false;
	}
	rd->rule = rd->member = "rules";
	if (!d->rules)
		return d->lists != NULL || rule_bad(rd, "not a list");
	if (!json_is_array(d->rules))
		return rule_bad(rd, "not a list");
	for (const struct json *v = json_first(d->rules); v; v = json_next(v))
		if (!rule_read(rd, v, &ret->rule[ret->n++]))
			return false;
	return true;
}

/* One after the other: a list of words holds in all later documents. */
static bool read_documents(const struct document *d, size_t n,
			   struct rules **ret, struct fault *why)
{
	struct rules *r = calloc(1, sizeof(*r));
	struct rule_reader rd = { .why = why };
	size_t rules = 1;
	bool ok;

	if (!r)
		return fail(why, FAULT_NO_MEMORY, "rules");
	rd.words.arena = &r->arena;
	for (size_t i = 0; i < n; i++)
		rules += json_count(d[i].rules);
	r->rule = arena_take(&r->arena, rules * sizeof(*r->rule));
	ok = r->rule || fail(why, FAULT_NO_MEMORY, "rules");
	for (size_t i = 0; ok && i < n; i++)
		ok = read_document(&rd, &d[i], r);
	memcpy(r->list, rd.words.list, sizeof(r->list));
	r->lists = rd.words.lists;
	if (!ok)
		rules_free(r);
	else
		*ret = r;
	return ok;
}

bool rules_word_in(const struct rules *r, const char *list, struct span text)
{
	struct normal n;

	normal_of(text, &n);
	for (size_t i = 0; i < r->lists; i++)
		if (strcmp(r->list[i].name, list) == 0)
			return words_found(&r->list[i].words, &n);
	return false;
}

bool rules_from_json(const struct json *array, const char *name,
		     struct rules **ret, struct fault *why)
{
	struct document d = { name, NULL, array };

	return read_documents(&d, 1, ret, why);
}

static bool document_open(struct span text, const char *name,
			  struct json **ret_doc, struct document *ret,
			  struct fault *why)
{
	if (!json_parse(text, ret_doc, why))
		return false;
	*ret = (struct document){ name, json_get(*ret_doc, "words"),
				  json_get(*ret_doc, "rules") };
	for (const struct json *v = json_first(*ret_doc); v; v = json_next(v))
		if (v != ret->lists && v != ret->rules)
			return fail(why, FAULT_PROTOCOL,
				    "%s: unknown member \"%s\"", name,
				    json_name(v) ? json_name(v) : "");
	return true;
}

bool rules_parse(struct span json_text, const char *name, struct rules **ret,
		 struct fault *why)
{
	struct json *doc = NULL;
	struct document d;
	bool ok = document_open(json_text, name, &doc, &d, why) &&
		  read_documents(&d, 1, ret, why);

	json_free(doc);
	return ok;
}

void rules_free(struct rules *r)
{
	if (!r)
		return;
	arena_release(&r->arena);
	free(r);
}

#define RULE_FILES_MAX 24

struct rules *rules_general(struct fault *why)
{
	struct json *doc[RULE_FILES_MAX] = { NULL };
	struct document d[RULE_FILES_MAX];
	struct rules *ret = NULL;
	const struct embedded *e = embedded_rules;
	size_t n = 0;
	bool ok = true;

	for (; ok && e->name && n < RULE_FILES_MAX; e++, n++)
		ok = document_open((struct span){ e->bytes, e->len }, e->name,
				   &doc[n], &d[n], why);
	if (ok && e->name)
		ok = fail(why, FAULT_PROTOCOL, "too many files of rules");
	if (ok)
		read_documents(d, n, &ret, why);
	for (size_t i = 0; i < n; i++)
		json_free(doc[i]);
	return ret;
}
