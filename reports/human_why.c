#include "reports/human_private.h"

#include <string.h>

#include "reports/steps.h"

#define SAID_MAX 3			/* servers quoted */
#define LINES_MAX 5			/* of what one said besides */

/* ---- why ---- */

/* Who says the same a hundred times need not be quoted as often. */
static struct span first_lines(const char *said)
{
	struct span all = span_of(said), rest = all, line;
	for (size_t i = 0; i < LINES_MAX && rest.len > 0; i++)
		span_cut(&rest, '\n', &line);
	return span_trim(span_head(all, all.len - rest.len -
				   (rest.len > 0)));
}

static void put_more(struct human *h, const char *how, const char *said)
{
	const char *none = NULL;
	char room[REPLY_TEXT_CAP + 512], lines[REPLY_TEXT_CAP + 8];
	struct buf b = buf_over(room, sizeof(room));
	struct buf l = buf_over(lines, sizeof(lines));
	if (said[0] == '\0')
		return;
	buf_add(&l, first_lines(said));
	if (l.len + 1 < strlen(said))
		buf_str(&l, "\n...");
	words_add(&h->words, "words", lines);
	words_fill(&h->words, "said.", how, "", &b);
	human_paragraph(h, &none, room);
}

/*
 * What came in place of TLS was kept byte by byte: its whole lines of text are
 * for people, and what our own handshake provoked behind them is not.
 */
static void add_lines(const char *raw, struct buf *out)
{
	static const char end[] = "\\x0D\\x0A";
	for (size_t i = 0; i < LINES_MAX; i++) {
		const char *stop = strstr(raw, end);
		struct span line = span_of(raw);
		if (stop)
			line = span_head(line, (size_t)(stop - raw));
		/* the last one may be cut off */
		if (line.len == 0 || span_has(line, "\\x") ||
		    (!stop && i > 0))
			break;
		buf_fmt(out, "%s%.*s", i > 0 ? "\n" : "", (int)line.len,
			line.at);
		if (!stop)
			break;
		raw = stop + sizeof(end) - 1;
	}
}

static void add_reply(struct words *w, const struct step *s)
{
	char lines[REPLY_TEXT_CAP];
	struct buf b = buf_over(lines, sizeof(lines));
	if (s->stage == STAGE_TLS)
		add_lines(s->reply.text, &b);
	words_add(w, "words", b.len > 0 ? lines : s->reply.text);
}

static void put_said(struct human *h, const struct proof *p)
{
	const char *none = NULL;
	char room[REPLY_TEXT_CAP + 512];
	struct buf b = buf_over(room, sizeof(room));
	const struct evidence *e = h->in->seen[p->endpoint];
	const struct step *s = &e->step[p->step];
	words_of_endpoint(&h->words, h->in, h->style->lang, p->endpoint);
	add_reply(&h->words, s);
	if (s->reply.text[0]) {
		words_fill(&h->words, "said.", h->in->n > 1 ? "at" : "one", "",
			   &b);
	} else if (s->why.kind != FAULT_NONE) {
		char fault[160];
		struct buf f = buf_over(fault, sizeof(fault));
		words_plain(h->style->lang, "fault.", fault_name(s->why.kind),
			    &f);
		words_add(&h->words, "fault", fault);
		words_fill(&h->words, "said.", "nothing", "", &b);
	} else {
		return;
	}
	human_paragraph(h, &none, room);
	put_more(h, "also", s->reply.untagged);
	put_more(h, "oauth", s->reply.challenge);
}

static bool said_before(const struct report_input *in,
			const struct diagnosed_cause *c, size_t n)
{
	const struct proof *p = &c->proof[n];
	const char *text = in->seen[p->endpoint]->step[p->step].reply.text;
	for (size_t i = 0; i < n; i++) {
		const struct proof *q = &c->proof[i];
		if (strcmp(in->seen[q->endpoint]->step[q->step].reply.text,
			   text) == 0)
			return true;
	}
	return false;
}

static bool is_about_secret(const struct finding *f)
{
	return f->id == FINDING_SECRET_SUSPICIOUS ||
	       f->id == FINDING_SECRET_SHAPE;
}

/* What its own looks say of the secret is part of why it is refused. */
static bool is_reason(const struct human *h, const struct finding *f)
{
	enum cause c = h->in->diagnosis->verdict;
	return is_about_secret(f) &&
	       (c == CAUSE_APP_PASSWORD || c == CAUSE_SEPARATE_PASSWORD ||
		c == CAUSE_WRONG_CREDENTIALS || c == CAUSE_PASSWORD_MANGLED ||
		c == CAUSE_USERNAME_FORMAT);
}

static void put_secret(struct human *h)
{
	const struct diagnosis *d = h->in->diagnosis;
	for (size_t i = 0; i < d->findings; i++) {
		const char *none = NULL;
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));
		if (!is_reason(h, &d->finding[i]))
			continue;
		words_of_finding(&h->words, h->in, h->style->lang,
				 &d->finding[i], &b);
		human_paragraph(h, &none, room);
	}
}

static void put_why(struct human *h, const struct diagnosed_cause *c)
{
	const char *label = "label.why";
	char room[2048];
	struct buf b = buf_over(room, sizeof(room));
	words_of_cause(&h->words, h->in, h->style->lang, 0);
	words_why(&h->words, c->cause, c->confidence, &b);
	human_paragraph(h, &label, room);
	size_t said = 0;
	for (size_t i = 0; i < c->proofs && said < SAID_MAX; i++) {
		if (c->proof[i].endpoint >= h->in->n ||
		    said_before(h->in, c, i))
			continue;
		put_said(h, &c->proof[i]);
		said++;
	}
	put_secret(h);
}

/*
 * Rivals are explanations of the same answer; what is proven besides is a
 * trouble of its own.
 */
static void other_text(struct human *h, const struct diagnosed_cause *c,
		       struct buf *out)
{
	char rival[512], sure[64];
	struct buf r = buf_over(rival, sizeof(rival));
	struct buf s = buf_over(sure, sizeof(sure));
	if (c->confidence == CONFIDENCE_PROVEN) {
		words_cause(&h->words, c->cause, ".title", out);
		return;
	}
	words_cause(&h->words, c->cause, ".short", &r);
	words_plain(h->style->lang, "confidence.",
		    confidence_name(c->confidence), &s);
	words_add(&h->words, "rival", rival);
	words_add(&h->words, "confidence", sure);
	words_fill(&h->words, "rival.line", "", "", out);
}

static void put_others(struct human *h, const char *label, bool proven)
{
	const struct diagnosis *d = h->in->diagnosis;
	for (size_t i = 1; i < d->causes; i++) {
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));
		if ((d->cause[i].confidence == CONFIDENCE_PROVEN) != proven)
			continue;
		words_of_cause(&h->words, h->in, h->style->lang, i);
		other_text(h, &d->cause[i], &b);
		human_paragraph(h, &label, room);
	}
}

static void put_not(struct human *h)
{
	const char *label = "label.not";
	char list[1024] = "", end[1024];
	for (unsigned e = 0; e < EXCLUSION_COUNT; e++) {
		char name[120];
		struct buf b = buf_over(name, sizeof(name));
		if (!h->in->diagnosis->excluded[e])
			continue;
		words_plain(h->style->lang, "not.",
			    exclusion_name((enum exclusion)e), &b);
		text_join(h->style->lang, "list.join", list, sizeof(list),
			  name);
	}
	if (list[0] == '\0')
		return;
	struct buf b = buf_over(end, sizeof(end));
	words_add(&h->words, "list", list);
	words_fill(&h->words, "list.", "end", "", &b);
	human_paragraph(h, &label, end);
}

/* ---- what to do ---- */

void human_who(struct human *h, enum cause cause)
{
	const char *label = "label.who", *who = words_who(&h->words, cause);
	char room[400];
	struct buf b = buf_over(room, sizeof(room));
	if (!who[0])
		return;
	words_plain(h->style->lang, "who.", who, &b);
	human_paragraph(h, &label, room);
}

static void put_do(struct human *h, enum cause cause)
{
	const char *label = "label.do";
	struct steps steps;
	if (steps_are_known(&h->words, cause, true))
		human_caution(h, &label);
	steps_begin(&steps, &h->words, cause, true);
	for (unsigned n = 1;; n++) {
		char room[2048];
		struct buf b = buf_over(room, sizeof(room));
		const char *url;
		if (!steps_next(&steps, &b, &url))
			break;
		if (url)
			buf_fmt(&b, " %s", url);
		human_numbered(h, &label, n, room);
	}
}

static void put_settle(struct human *h, const struct diagnosed_cause *c)
{
	const char *label = "label.settle";
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	if (c->confidence == CONFIDENCE_PROVEN)
		return;
	steps_settle(&h->words, c->cause, &b);
	human_paragraph(h, &label, room);
}

/* ---- findings ---- */

static bool is_warning(const struct finding *f)
{
	return f->id == FINDING_UNVERIFIED || f->id == FINDING_CLEAR_LOGIN ||
	       f->id == FINDING_CLEAR_DISCOVERY ||
	       f->id == FINDING_DOMAIN_SIMILAR;
}

/* Two ports of one host often have the same to say. */
static bool is_repeated(const struct report_input *in, size_t n)
{
	const struct finding *f = &in->diagnosis->finding[n];
	for (size_t i = 0; i < n; i++) {
		const struct finding *g = &in->diagnosis->finding[i];
		if (g->id == f->id && f->id != FINDING_ENDPOINT_FAILS &&
		    g->number == f->number && strcmp(g->detail, f->detail) == 0 &&
		    g->endpoint >= 0 && f->endpoint >= 0 &&
		    strcmp(in->seen[g->endpoint]->endpoint.host,
			   in->seen[f->endpoint]->endpoint.host) == 0)
			return true;
	}
	return false;
}

void human_warnings(struct human *h)
{
	const struct diagnosis *d = h->in->diagnosis;
	for (size_t i = 0; i < d->findings; i++) {
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));
		if (!is_warning(&d->finding[i]) || is_repeated(h->in, i))
			continue;
		words_of_finding(&h->words, h->in, h->style->lang,
				 &d->finding[i], &b);
		size_t at = human_mark_columns(h) + 1;
		human_mark(h, MARK_NOTE);
		human_wrap(h, room, at, at);
	}
}

static void put_works(struct human *h, const char **label)
{
	const struct diagnosis *d = h->in->diagnosis;
	if (d->verdict == CAUSE_WORKS)
		return;
	for (unsigned s = 0; s < SERVICE_COUNT; s++) {
		char name[24], room[256];
		struct buf n = buf_over(name, sizeof(name));
		struct buf b = buf_over(room, sizeof(room));
		if (!d->service_works[s])
			continue;
		words_plain(h->style->lang, "protocol.",
			    service_name((enum service)s), &n);
		words_add(&h->words, "service", name);
		words_fill(&h->words, "works.", "service", "", &b);
		human_paragraph(h, label, room);
	}
}

static bool has_also(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->findings; i++) {
		if (!is_warning(&d->finding[i]))
			return true;
	}
	return false;
}

static void put_also(struct human *h)
{
	const struct diagnosis *d = h->in->diagnosis;
	const char *label = "label.also";
	put_works(h, &label);
	for (size_t i = 0; i < d->findings; i++) {
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));
		if (is_warning(&d->finding[i]) || is_repeated(h->in, i) ||
		    is_reason(h, &d->finding[i]))
			continue;
		words_of_finding(&h->words, h->in, h->style->lang,
				 &d->finding[i], &b);
		human_paragraph(h, &label, room);
	}
}

static void put_budget(struct human *h)
{
	const struct diagnosis *d = h->in->diagnosis;
	char room[256];
	struct buf b = buf_over(room, sizeof(room));
	if (d->logins_attempted == 0 || d->verdict == CAUSE_WORKS)
		return;
	words_of_endpoint(&h->words, h->in, h->style->lang, -1);
	words_fill(&h->words, "budget.", d->logins_refused > 0 ? "line" :
		   "none", "", &b);
	human_wrap(h, room, 0, 0);
}

void human_why(struct human *h)
{
	const struct diagnosis *d = h->in->diagnosis;
	bool fails = d->verdict != CAUSE_WORKS && d->verdict != CAUSE_NOT_TRIED;
	human_str(h, fails || has_also(d) || human_has_search(h) ? "\n" : "");
	if (d->causes > 0 && fails) {
		put_why(h, &d->cause[0]);
		put_others(h, "label.rivals", false);
		put_others(h, "label.besides", true);
		human_trials(h);
		put_not(h);
		words_of_cause(&h->words, h->in, h->style->lang, 0);
		human_who(h, d->verdict);
		put_do(h, d->verdict);
		human_help(h);
		put_settle(h, &d->cause[0]);
		human_known(h);
	}
	put_also(h);
	human_search(h);
	put_budget(h);
}
