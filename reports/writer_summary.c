#include <stdlib.h>
#include <string.h>

#include "reports/human_private.h"
#include "reports/layout.h"
#include "reports/writer_private.h"

/*
 * What people read at the end of a run: accounts by cause, the worst first;
 * under each cause what to do and whose they are. Only so many names are kept
 * as are shown, so that it does not matter how many accounts there are.
 */
#define NAMES_MAX 10
/* Unmet expectations of one account. */
#define UNMET_MAX 3
/* Groups of one head, before they are one. */
#define ALIKE_MAX 5
#define HEAD_COLUMNS 100
#define HEAD_CAP (HEAD_COLUMNS * 4)
/* Of lines that may be anybody's. */
#define NAME_COLUMNS 120
#define TEXT_COLUMNS 700

struct group {
	char head[HEAD_CAP];
	enum account_result result;
	int exit_code;
	size_t accounts;
	char *remedy, *url;		/* "" both: nothing, or they differ */
	bool differ;
	char *common;			/* what all whys are; NULL: they differ */
	char *name[NAMES_MAX], *why[NAMES_MAX];
	unsigned line[NAMES_MAX];
	size_t first;			/* which it was, as they came */
	/* the same of all groups of its head together */
	size_t head_accounts, head_first;
};

struct state {
	size_t n[RESULT_SKIPPED + 1];
	size_t groups, room;
	struct group *group;
	bool failed;			/* no memory */
};

/* ---- gathering ---- */

/* Of lines that are not ours a head may be of any length, too. */
static void head_of(const struct account_outcome *o, char *head, size_t cap)
{
	struct buf b = buf_over(head, cap);

	layout_cut(&b, o->brief, HEAD_COLUMNS, "");
	if (head[0] >= 'a' && head[0] <= 'z')
		head[0] = (char)(head[0] - 'a' + 'A');
}

/* NULL: no memory. */
static struct group *new_group(struct state *s, const char *head,
			       const struct account_outcome *o)
{
	struct group *g;

	if (s->groups == s->room) {
		size_t room = s->room ? s->room * 2 : 16;

		g = realloc(s->group, room * sizeof(*g));
		if (!g)
			return NULL;
		s->group = g;
		s->room = room;
	}
	g = &s->group[s->groups];
	*g = (struct group){ .first = s->groups++, .result = o->result,
			     .exit_code = o->exit_code,
			     .remedy = strdup(o->remedy),
			     .url = strdup(o->url) };
	span_copy(span_of(head), g->head, sizeof(g->head));
	return g->remedy && g->url ? g : NULL;
}

static bool same_remedy(const struct group *g, const struct account_outcome *o)
{
	return strcmp(g->remedy, o->remedy) == 0 &&
	       strcmp(g->url, o->url) == 0;
}

/*
 * Of one cause, and with the same thing to do: that depends on providers. It
 * may depend on hosts as well, and then every account would stand alone.
 */
static struct group *group_of(struct state *s, const struct account_outcome *o)
{
	char head[HEAD_CAP];
	struct group *g;
	size_t alike = 0;

	head_of(o, head, sizeof(head));
	for (size_t i = 0; i < s->groups; i++) {
		g = &s->group[i];
		if (g->exit_code != o->exit_code || strcmp(g->head, head) != 0)
			continue;
		if (g->differ || same_remedy(g, o))
			return g;
		alike++;
	}
	g = new_group(s, head, o);
	if (g && alike == ALIKE_MAX) {
		g->differ = true;
		g->remedy[0] = g->url[0] = '\0';
	}
	return g;
}

static void tell(enum lang l, const char *id, size_t n, struct buf *out)
{
	char room[24];
	struct buf b = buf_over(room, sizeof(room));
	const struct text_arg args[] = { { "n", room }, { NULL, NULL } };

	buf_fmt(&b, "%zu", n);
	text_fill(out, l, id, args);
}

/*
 * That a login was expected goes without saying where its failure is the head;
 * and of a server that is down nothing else was seen, either.
 */
static bool is_told(const struct account_outcome *o,
		    const struct outcome_expectation *e)
{
	struct span id = span_of(e->id);
	int code = cause_exit_code(o->verdict);

	return !e->met && (code == 0 || (code != 3 &&
		!span_starts(id, "login.") && !span_starts(id, "no_login.")));
}

static void unmet(const struct account_outcome *o, enum lang l, char *list,
		  size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < o->expectations; i++) {
		char next[700];
		struct buf b = buf_over(next, sizeof(next));

		if (!is_told(o, &o->expectation[i]) || ++n > UNMET_MAX)
			continue;
		outcome_unmet_words(&o->expectation[i], l, &b);
		text_join(l, "list.sentences", list, cap, next);
	}
	if (n > UNMET_MAX) {
		char next[100];
		struct buf b = buf_over(next, sizeof(next));

		tell(l, "summary.more_unmet", n - UNMET_MAX, &b);
		text_join(l, "list.sentences", list, cap, next);
	}
}

/* What one account has of its own, where the head is of many; malloc'd. */
static char *detail(const struct account_outcome *o, enum lang l)
{
	char list[TEXT_COLUMNS * 4] = "";

	if (o->reason == UNTRIED_NONE)
		unmet(o, l, list, sizeof(list));
	return strdup(list[0] ? list : o->why);
}

/* false: no memory. */
static bool share_why(struct group *g, const char *why)
{
	if (g->accounts == 1) {
		g->common = strdup(why);
		return g->common != NULL;
	}
	if (g->common && strcmp(g->common, why) != 0) {
		free(g->common);
		g->common = NULL;
	}
	return true;
}

static bool forget(char *why)
{
	free(why);
	return false;
}

/*
 * Accounts come as they are done; shown are the first of the list, in its
 * order. false: no memory.
 */
static bool join_group(struct group *g, const struct account_outcome *o,
		       enum lang l)
{
	size_t last = g->accounts++, at;
	char *why = detail(o, l);

	if (!why || !share_why(g, why))
		return forget(why);
	if (last >= NAMES_MAX) {
		last = NAMES_MAX - 1;
		if (g->line[last] <= o->line) {
			free(why);
			return true;
		}
		free(g->name[last]);
		free(g->why[last]);
	}
	for (at = last; at > 0 && g->line[at - 1] > o->line; at--) {
		g->name[at] = g->name[at - 1];
		g->why[at] = g->why[at - 1];
		g->line[at] = g->line[at - 1];
	}
	g->name[at] = strdup(o->name);
	g->why[at] = why;
	g->line[at] = o->line;
	return g->name[at] != NULL;
}

/* Once there is no memory, nothing more is looked at: see end(). */
static void add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out)
{
	struct state *s = w->own;
	struct group *g;

	(void)line;
	(void)out;
	s->n[o->result]++;
	if (o->result == RESULT_PASSED || s->failed)
		return;
	g = group_of(s, o);
	s->failed = !g || !join_group(g, o, w->style.lang);
}

/* ---- telling ---- */

static bool same_head(const struct group *a, const struct group *b)
{
	return a->exit_code == b->exit_code && strcmp(a->head, b->head) == 0;
}

/* Groups of one head stay together. */
static void count_heads(struct state *s)
{
	for (size_t i = 0; i < s->groups; i++) {
		struct group *g = &s->group[i];

		g->head_first = s->groups;
		for (size_t k = 0; k < s->groups; k++) {
			if (!same_head(g, &s->group[k]))
				continue;
			g->head_accounts += s->group[k].accounts;
			if (k < g->head_first)
				g->head_first = k;
		}
	}
}

static int compare(const void *left, const void *right)
{
	const struct group *a = left, *b = right;

	if (a->exit_code != b->exit_code)
		return outcome_worse(a->exit_code, b->exit_code) ==
		       a->exit_code ? -1 : 1;
	if (a->head_accounts != b->head_accounts)
		return a->head_accounts > b->head_accounts ? -1 : 1;
	if (a->head_first != b->head_first)
		return a->head_first < b->head_first ? -1 : 1;
	if (a->accounts != b->accounts)
		return a->accounts > b->accounts ? -1 : 1;
	return a->first < b->first ? -1 : 1;
}

static void join(enum lang l, const char *id, size_t n, char *list, size_t cap)
{
	char next[120];
	struct buf b = buf_over(next, sizeof(next));

	tell(l, id, n, &b);
	text_join(l, "list.sentences", list, cap, next);
}

static enum mark mark_of(enum account_result r)
{
	return r == RESULT_PASSED ? MARK_OK : r == RESULT_FAILED ? MARK_FAIL :
	       r == RESULT_ERROR ? MARK_NOTE : MARK_SKIP;
}

static void put_totals(struct human *h, const struct state *s)
{
	static const struct {
		enum account_result result;
		const char *id;
	} rows[] = {
		{ RESULT_PASSED, "summary.passed" },
		{ RESULT_FAILED, "summary.failed" },
		{ RESULT_ERROR, "summary.error" },
		{ RESULT_SKIPPED, "summary.skipped" },
	};
	enum lang l = h->style->lang;
	enum account_result worst = s->n[RESULT_FAILED] ? RESULT_FAILED :
		s->n[RESULT_ERROR] ? RESULT_ERROR :
		s->n[RESULT_SKIPPED] || !s->n[RESULT_PASSED] ?
		RESULT_SKIPPED : RESULT_PASSED;
	char text[800] = "";
	size_t all = 0;

	for (unsigned r = 0; r <= RESULT_SKIPPED; r++)
		all += s->n[r];
	join(l, "summary.accounts", all, text, sizeof(text));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (s->n[rows[i].result] > 0)
			join(l, rows[i].id, s->n[rows[i].result], text,
			     sizeof(text));
	human_verdict(h, mark_of(worst), text, "");
}

/* Lines of somebody else's may be of any length. */
static void put_cut(struct human *h, const char **label, const char *text,
		    size_t columns)
{
	char room[PAGE_ROOM / 2];
	struct buf b = buf_over(room, sizeof(room));

	layout_cut(&b, text, columns, human_ellipsis(h));
	human_paragraph(h, label, room);
}

/* Said once instead of behind each name. */
static bool is_common(const struct group *g)
{
	return g->accounts > 1 && g->common;
}

static void put_name(struct human *h, const struct group *g, size_t i,
		     const char **label)
{
	char line[24];
	struct buf n = buf_over(line, sizeof(line));
	const struct text_arg args[] = { { "n", line }, { NULL, NULL } };
	struct page text;
	char *made;

	page_open(&text);
	layout_cut(page_room(&text, NAME_COLUMNS * 4), g->name[i],
		   NAME_COLUMNS, human_ellipsis(h));
	if (g->line[i] > 0) {
		buf_fmt(&n, "%u", g->line[i]);
		page_str(&text, "  ");
		page_fill(&text, h->style->lang, "summary.line", args);
	}
	if (g->why[i][0] && !is_common(g))
		page_fmt(&text, "%s%s", human_dash(h), g->why[i]);
	made = page_close(&text);
	put_cut(h, label, made ? made : "", TEXT_COLUMNS);
	free(made);
}

static void put_more(struct human *h, const struct group *g)
{
	const char *none = NULL;
	char text[200];
	struct buf b = buf_over(text, sizeof(text));

	if (g->accounts <= NAMES_MAX)
		return;
	buf_fmt(&b, "%s ", human_ellipsis(h));
	tell(h->style->lang, "summary.more", g->accounts - NAMES_MAX, &b);
	human_paragraph(h, &none, text);
}

static void put_group(struct human *h, const struct group *g)
{
	const char *what = "label.do", *whose = "label.accounts", *none = NULL;
	const char *why = "label.why";
	char n[24];
	struct buf b = buf_over(n, sizeof(n));

	buf_fmt(&b, "%zu", g->accounts);
	human_str(h, "\n");
	human_mark(h, mark_of(g->result));
	human_ink(h, INK_BOLD);
	human_fact(h, g->head, human_mark_columns(h) + 1, n);
	human_ink(h, INK_PLAIN);
	if (is_common(g) && g->common[0])
		put_cut(h, &why, g->common, TEXT_COLUMNS);
	if (g->differ)
		human_paragraph(h, &what, text_of(h->style->lang,
						  "summary.differ"));
	if (g->remedy[0])
		put_cut(h, &what, g->remedy, TEXT_COLUMNS);
	if (g->url[0])
		put_cut(h, &none, g->url, TEXT_COLUMNS);
	for (size_t i = 0; i < g->accounts && i < NAMES_MAX; i++)
		put_name(h, g, i, &whose);
	put_more(h, g);
}

static void put(struct human *h, const struct state *s)
{
	static const char *const labels[] = { "label.why", "label.do",
					      "label.accounts" };

	human_labels(h, labels, sizeof(labels) / sizeof(labels[0]));
	put_totals(h, s);
	for (size_t i = 0; i < s->groups; i++)
		put_group(h, &s->group[i]);
}

static void end(struct writer *w, struct page *out)
{
	struct state *s = w->own;
	const struct report_style style = {
		.lang = w->style.lang, .color = w->style.color,
		.unicode = w->style.unicode, .width = w->style.width,
	};
	struct human *h = calloc(1, sizeof(*h));

	if (!h || s->failed) {
		out->failed = true;
		free(h);
		return;
	}
	count_heads(s);
	if (s->groups > 0)
		qsort(s->group, s->groups, sizeof(*s->group), compare);
	h->style = &style;
	page_open(&h->page);
	put(h, s);
	page_pour(&h->page, out, page_str);
	free(h);
}

static void release(struct writer *w)
{
	struct state *s = w->own;

	for (size_t i = 0; i < s->groups; i++) {
		free(s->group[i].remedy);
		free(s->group[i].url);
		free(s->group[i].common);
		for (size_t k = 0; k < NAMES_MAX; k++) {
			free(s->group[i].name[k]);
			free(s->group[i].why[k]);
		}
	}
	free(s->group);
}

const struct writer_kind writer_summary = {
	.name = "summary", .gathers = true,
	.state_size = sizeof(struct state),
	.add = add, .end = end, .release = release,
};
