#include "cmd/demo_list.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/demo_check.h"
#include "probes/base/text.h"

#define ENTRIES_MAX 400
#define FAMILIES_MAX 32
#define LIST_ROOM 65536

struct entry {
	char name[64], title[200];
	int family;			/* -1: of no provider */
};

/* The scenarios of one provider: gmail-works, gmail-wrong-port, ... */
struct kin {
	char prefix[64], title[80];
};

struct list {
	const struct options *o;
	size_t entries, families;
	struct entry entry[ENTRIES_MAX];
	struct kin family[FAMILIES_MAX];
	struct fault why;
};

static bool has(const char *text, const char *word)
{
	return span_has(span_of(text), word);
}

static bool is_wanted(const struct list *l, const struct scenario *s)
{
	for (size_t i = 0; i < l->o->targets; i++) {
		const char *word = l->o->target[i];

		if (!has(s->name, word) && !has(s->title_en, word) &&
		    !has(s->title_ja, word) && !has(s->address, word) &&
		    !has(s->verdict, word))
			return false;
	}
	return scenario_is_playable(s);
}

/* Every provider has one that works; its name without that is the prefix. */
static bool add_family(struct list *l, const struct scenario *s)
{
	static const char end[] = "-works";
	struct kin *f = &l->family[l->families];
	struct demo_account a;
	struct span name = span_of(s->name);

	if (!s->situation || !text_ends(s->name, end) ||
	    l->families == FAMILIES_MAX)
		return true;
	if (!demo_account_init(&a, s, &l->why))
		return false;
	span_copy(span_head(name, name.len - (sizeof(end) - 2)), f->prefix,
		  sizeof(f->prefix));
	span_copy(span_of(a.provider ? a.provider->name[l->o->lang] :
			  s->title_en), f->title, sizeof(f->title));
	l->families++;
	demo_account_release(&a);
	return true;
}

static bool add_entry(struct list *l, const struct scenario *s)
{
	struct entry *e = &l->entry[l->entries];

	if (!is_wanted(l, s) || l->entries == ENTRIES_MAX)
		return true;
	span_copy(span_of(s->name), e->name, sizeof(e->name));
	span_copy(span_of(l->o->lang == LANG_JA ? s->title_ja : s->title_en),
		  e->title, sizeof(e->title));
	e->family = -1;
	l->entries++;
	return true;
}

static bool for_all(struct list *l, bool (*run)(struct list *l,
						const struct scenario *s))
{
	char name[64];

	for (size_t i = 0; scenario_name_at(i, name, sizeof(name)); i++) {
		struct scenario *s;
		bool ok;

		if (!scenario_load(name, &s, &l->why))
			return false;
		ok = run(l, s);
		scenario_free(s);
		if (!ok)
			return false;
	}
	return true;
}

/* yahoo-japan-works is Yahoo! JAPAN's, not Yahoo's. */
static void find_families(struct list *l)
{
	for (size_t i = 0; i < l->entries; i++) {
		size_t longest = 0;

		for (size_t k = 0; k < l->families; k++) {
			const char *prefix = l->family[k].prefix;

			if (strlen(prefix) > longest &&
			    span_starts(span_of(l->entry[i].name), prefix)) {
				longest = strlen(prefix);
				l->entry[i].family = (int)k;
			}
		}
	}
}

static void write_family(const struct list *l, int family, const char *title,
			 struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < l->entries; i++) {
		const struct entry *e = &l->entry[i];

		if (e->family != family)
			continue;
		if (!any)
			buf_fmt(out, "%s%s:\n", out->len > 0 ? "\n" : "",
				title);
		any = true;
		buf_fmt(out, "  %-27s %s\n", e->name, e->title);
	}
}

static int print_list(const struct list *l)
{
	static const struct text_arg none[] = { { NULL, NULL } };
	const struct fault no_memory = { .kind = FAULT_NO_MEMORY };
	struct buf out;
	char *text;
	int code;

	if (l->entries == 0)
		return complain(l->o->lang, "error.scenario_none", none);
	text = calloc(1, LIST_ROOM);
	if (!text)
		return complain_internal(l->o->lang, &no_memory);
	out = buf_over(text, LIST_ROOM);
	for (size_t i = 0; i < l->families; i++)
		write_family(l, (int)i, l->family[i].title, &out);
	write_family(l, -1, text_of(l->o->lang, "demo.any_server"), &out);
	code = print_result(l->o->lang, text, 0);
	free(text);
	return code;
}

int demo_list(const struct options *o)
{
	struct list *l = calloc(1, sizeof(*l));
	struct fault why = { .kind = FAULT_NO_MEMORY };
	int code;

	if (!l)
		return complain_internal(o->lang, &why);
	l->o = o;
	if (for_all(l, add_family) && for_all(l, add_entry)) {
		find_families(l);
		code = print_list(l);
	} else {
		code = complain_internal(o->lang, &l->why);
	}
	free(l);
	return code;
}
