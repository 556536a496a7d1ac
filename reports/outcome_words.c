#include <stdlib.h>
#include <string.h>

#include "reports/outcome_private.h"
#include "reports/page.h"

/* What people are told of an account, in one sentence. */

/* "imap" as the language writes it. */
static const char *service_words(enum lang l, const char *name)
{
	char id[40];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "protocol.%s", name);
	return text_known(l, id) ? text_of(l, id) : name;
}

/* expectation.<id>; of "login.imap" the part before the dot. */
static void expectation_words(enum lang l, const char *id, struct buf *out)
{
	size_t len = strcspn(id, ".");
	char key[80];
	struct buf k = buf_over(key, sizeof(key));
	const struct text_arg args[] = {
		{ "service", id[len] ? service_words(l, id + len + 1) : "" },
		{ NULL, NULL }
	};

	buf_fmt(&k, "expectation.%.*s", (int)len, id);
	if (text_known(l, key))
		text_fill(out, l, key, args);
	else
		buf_str(out, id);
}

/* What came of a login, as the language says it; all else stays. */
static const char *value_words(enum lang l, const char *value)
{
	char id[200];
	struct buf b = buf_over(id, sizeof(id));

	buf_str(&b, "expectation.value.");
	for (const char *c = value; *c; c++)
		buf_char(&b, *c == ' ' ? '-' : *c);
	return text_known(l, id) ? text_of(l, id) : value;
}

/* "at least 14": expectation.wanted.<id>, where there is one. */
static void wanted_words(const struct outcome_expectation *e, enum lang l,
			 struct buf *out)
{
	char id[80];
	struct buf b = buf_over(id, sizeof(id));
	const struct text_arg args[] = {
		{ "wanted", e->wanted }, { NULL, NULL }
	};

	buf_fmt(&b, "expectation.wanted.%s", e->id);
	if (text_known(l, id))
		text_fill(out, l, id, args);
	else
		buf_str(out, value_words(l, e->wanted));
}

void outcome_unmet_words(const struct outcome_expectation *e, enum lang l,
			 struct buf *out)
{
	char what[160], wanted[240];
	struct buf w = buf_over(what, sizeof(what));
	struct buf b = buf_over(wanted, sizeof(wanted));
	const struct text_arg args[] = {
		{ "what", what }, { "wanted", wanted },
		{ "got", value_words(l, e->got) }, { NULL, NULL }
	};

	expectation_words(l, e->id, &w);
	wanted_words(e, l, &b);
	text_fill(out, l, !e->got[0] || strcmp(e->got, "not seen") == 0 ?
		  "outcome.unmet_unseen" : "outcome.unmet", args);
}

static const struct outcome_expectation *
unmet(const struct account_outcome *o)
{
	for (size_t i = 0; i < o->expectations; i++)
		if (!o->expectation[i].met)
			return &o->expectation[i];
	return NULL;
}

/* What accounts have in common: the words without the values. */
static void unmet_brief(const struct outcome_expectation *e, enum lang l,
			struct buf *out)
{
	char what[160];
	struct buf w = buf_over(what, sizeof(what));
	const struct text_arg args[] = { { "what", what }, { NULL, NULL } };

	expectation_words(l, e->id, &w);
	text_fill(out, l, "outcome.unmet_head", args);
}

/*
 * Its verdict in words; or, when that is not what counts, why it was not
 * tried or which expectation was not met. A report without prose leaves both
 * empty.
 */
static void title_words(const struct json *doc, enum lang l,
			const struct account_outcome *o, struct page *title,
			struct page *brief)
{
	const struct json *first = json_first(json_get(doc, "causes"));
	const struct outcome_expectation *e = unmet(o);
	bool fails = cause_exit_code(o->verdict) != 0;
	char id[64];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "untried.%s", untried_id(o->reason));
	if (o->reason != UNTRIED_NONE) {
		page_str(title, text_of(l, id));
	} else if (fails && o->exit_code == 0) {
		page_str(title, text_of(l, "outcome.expected"));
	} else if (!fails && e) {
		outcome_unmet_words(e, l, page_room(title, 1024));
		unmet_brief(e, l, page_room(brief, 400));
	} else {
		page_str(title, json_get_str(doc, "title"));
		page_str(brief, json_get_str(first, "short"));
	}
}

static bool keep_page(struct page *p, const char *otherwise, char **ret)
{
	char *text = page_close(p);
	bool kept = text && outcome_keep(text[0] ? text : otherwise, ret);

	free(text);
	return kept;
}

static bool take_title(const struct json *doc, enum lang l,
		       struct account_outcome *o)
{
	struct page title, brief;
	bool kept;

	page_open(&title);
	page_open(&brief);
	title_words(doc, l, o, &title, &brief);
	kept = keep_page(&title, cause_id(o->verdict), &o->title);
	return keep_page(&brief, o->title, &o->brief) && kept;
}

bool outcome_take_words(const struct json *doc, struct account_outcome *o)
{
	const struct json *first = json_first(json_get(doc, "causes"));
	const struct json *step = json_first(json_get(first, "remedy"));
	const char *code = json_get_str(doc, "lang");
	enum lang l = LANG_EN;
	bool acts = o->reason == UNTRIED_NONE && o->exit_code != 0 &&
		    cause_exit_code(o->verdict) != 0;

	if (code)
		lang_by_code(code, &l);
	return take_title(doc, l, o) &&
	       outcome_keep(acts ? json_get_str(step, "text") : "",
			    &o->remedy) &&
	       outcome_keep(acts ? json_get_str(step, "url") : "", &o->url);
}
