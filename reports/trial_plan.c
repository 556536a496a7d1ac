#include <string.h>

#include "reports/trial_words.h"

/* --explain-plan: what an experiment could show, and what would follow. */

static bool is_of_same(const struct trials *t, size_t i, size_t k)
{
	return t->trial[i].about == t->trial[k].about &&
	       strcmp(t->trial[i].id, t->trial[k].id) == 0;
}

/* Of several servers the same follows: it is said behind the last. */
static bool is_last(const struct trials *t, size_t index)
{
	for (size_t k = index + 1; k < t->n; k++)
		if (is_of_same(t, index, k))
			return false;
	return true;
}

static void add_list(struct words *w, const struct trial_prospect *p)
{
	char list[1024] = "";

	for (size_t i = 0; i < p->excludes; i++) {
		char text[512];
		struct buf b = buf_over(text, sizeof(text));

		words_cause(w, p->excluded[i], ".short", &b);
		text_join(w->lang, "trial.out.join", list, sizeof(list), text);
	}
	words_add(w, "list", list);
}

static void add_when(struct words *w, const struct trial_prospect *p)
{
	char when[256], sight[200];
	struct buf b = buf_over(when, sizeof(when));
	struct buf s = buf_over(sight, sizeof(sight));

	words_plain(w->lang, "trial.sight.", sight_name(p->sight), &s);
	words_add(w, "sight", sight);
	words_fill(w, "trial.when.", p->otherwise ? "not" : "so", "", &b);
	words_add(w, "when", when);
}

static void add_cause(struct words *w, enum cause c)
{
	char text[512];
	struct buf b = buf_over(text, sizeof(text));

	words_cause(w, c, ".short", &b);
	words_add(w, "cause", text);
}

static void tell(struct words *w, size_t about, const struct trial_prospect *p,
		 struct buf *out)
{
	words_of_endpoint(w, w->in, w->lang, (int)about);
	add_when(w, p);
	if (p->concludes) {
		add_cause(w, p->so.cause);
		words_fill(w, "trial.then.", confidence_name(p->so.confidence),
			   "", out);
	}
	/* a proof rules out all else by itself */
	if (p->excludes > 0 &&
	    !(p->concludes && p->so.confidence == CONFIDENCE_PROVEN)) {
		add_list(w, p);
		words_fill(w, "trial.then.", p->concludes ? "also" : "out", "",
			   out);
	}
}

void trial_plan_words(struct words *w, size_t index, struct buf *out)
{
	const struct trials *t = w->in->trials;
	struct trial_prospect p;

	if (!is_last(t, index))
		return;
	for (size_t n = 0; trial_prospect(t, index, n, &p); n++)
		tell(w, t->trial[index].about, &p, out);
}
