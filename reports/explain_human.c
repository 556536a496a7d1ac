#include "reports/explain.h"

#include <stdlib.h>

#include "reports/explain_say.h"
#include "reports/human_private.h"

/* The explanation for people: the words that told it, and what to do. */

#define ROOM 2048

struct page_of {
	struct human h;
	const struct explanation *e;
};

static const struct diagnosis *diagnosis(const struct page_of *p)
{
	return &p->e->diagnosis;
}

static void begin(struct page_of *p, size_t rank)
{
	say_begin(&p->h.words, p->e, p->h.in, p->h.style->lang, rank);
}

/* ---- the verdict ---- */

static void put_verdict(struct page_of *p)
{
	const struct diagnosis *d = diagnosis(p);
	char title[ROOM];
	struct buf t = buf_over(title, sizeof(title));
	const char *sure = "";

	begin(p, 0);
	say_part(&p->h.words, d->verdict, "title", &t);
	if (d->verdict != CAUSE_UNKNOWN && d->verdict != CAUSE_WORKS)
		sure = confidence_name(d->cause[0].confidence);
	human_verdict(&p->h, d->verdict == CAUSE_WORKS ? MARK_OK :
		      d->verdict == CAUSE_UNKNOWN ? MARK_NOTE : MARK_FAIL,
		      title, sure);
	human_str(&p->h, "\n");
}

/* ---- why ---- */

static void put_told(struct page_of *p)
{
	const char *none = NULL;
	const struct reply *r = &p->e->seen.step[0].reply;
	char room[ROOM], words[400];
	struct buf b = buf_over(room, sizeof(room));

	if (diagnosis(p)->verdict == CAUSE_UNKNOWN || p->e->line == 0)
		return;
	explain_quote(r, words, sizeof(words));
	words_add(&p->h.words, "words", words);
	words_fmt(&p->h.words, "line", "%zu", p->e->line);
	words_fill(&p->h.words, "explain.told.", p->e->lines > 1 ? "line" :
		   "one", "", &b);
	human_paragraph(&p->h, &none, room);
}

static void put_why(struct page_of *p)
{
	const char *label = "label.why";
	char room[ROOM];
	struct buf b = buf_over(room, sizeof(room));

	begin(p, 0);
	if (say_part(&p->h.words, diagnosis(p)->verdict, "why", &b))
		human_paragraph(&p->h, &label, room);
	put_told(p);
}

static void put_rivals(struct page_of *p)
{
	const struct diagnosis *d = diagnosis(p);
	const char *label = "label.rivals";

	for (size_t i = 1; i < d->causes; i++) {
		char room[ROOM], rival[512], sure[64];
		struct buf b = buf_over(room, sizeof(room));
		struct buf r = buf_over(rival, sizeof(rival));
		struct buf s = buf_over(sure, sizeof(sure));

		begin(p, i);
		if (!say_part(&p->h.words, d->cause[i].cause, "short", &r))
			continue;
		words_plain(p->h.style->lang, "confidence.",
			    confidence_name(d->cause[i].confidence), &s);
		words_add(&p->h.words, "rival", rival);
		words_add(&p->h.words, "confidence", sure);
		words_fill(&p->h.words, "rival.line", "", "", &b);
		human_paragraph(&p->h, &label, room);
	}
}

/* ---- what to do ---- */

static void put_own_steps(struct page_of *p, const char **label)
{
	const struct report_input *in = p->h.in;

	human_caution(&p->h, label);
	for (unsigned n = 1; n <= in->remedies; n++) {
		char room[ROOM];
		struct buf b = buf_over(room, sizeof(room));

		buf_str(&b, in->remedy[n - 1].text);
		if (in->remedy[n - 1].url[0])
			buf_fmt(&b, " %s", in->remedy[n - 1].url);
		human_numbered(&p->h, label, n, room);
	}
}

static void put_do(struct page_of *p)
{
	const char *label = "label.do";
	unsigned shown = 0;

	begin(p, 0);
	if (!say_is_delivery(diagnosis(p)))
		human_who(&p->h, diagnosis(p)->verdict);
	if (p->h.in->remedies > 0) {
		put_own_steps(p, &label);
		return;
	}
	for (unsigned n = 1;; n++) {
		char room[ROOM];
		struct buf b = buf_over(room, sizeof(room));
		bool said;

		if (!say_remedy(&p->h.words, diagnosis(p)->verdict, n, &b,
				&said))
			return;
		if (said)
			human_numbered(&p->h, &label, ++shown, room);
	}
}

static void put_settle(struct page_of *p)
{
	const char *label = "label.settle";
	char command[700];
	struct buf b = buf_over(command, sizeof(command));

	if (diagnosis(p)->cause[0].confidence == CONFIDENCE_PROVEN ||
	    say_is_delivery(diagnosis(p)))
		return;
	say_command(p->e, p->h.style->lang, &b);
	human_paragraph(&p->h, &label,
			text_of(p->h.style->lang, "explain.settle"));
	human_paragraph(&p->h, &label, command);
}

char *explain_human(const struct explanation *e, const struct report_input *in,
		    const struct report_style *style)
{
	struct page_of *p = calloc(1, sizeof(*p));
	char *text;

	if (!p)
		return NULL;
	p->e = e;
	p->h.in = in;
	p->h.style = style;
	page_open(&p->h.page);
	human_columns(&p->h);
	put_verdict(p);
	put_why(p);
	put_rivals(p);
	put_do(p);
	put_settle(p);
	if (diagnosis(p)->verdict != CAUSE_WORKS) {
		human_help(&p->h);
		human_known(&p->h);
	}
	text = page_close(&p->h.page);
	free(p);
	return text;
}
