#include "reports/human_private.h"

#include <string.h>

#include "reports/layout.h"

#define INDENT_HEAD 2
#define INDENT_STEP 4
#define GAP 2

/* How much an endpoint has to say. The troubled ones are shown first, so that
 * "the answer above" is above. */
enum interest { TROUBLED, UNTRIED, HEALTHY };

static const struct step *untried_login(const struct evidence *e)
{
	const struct step *s = evidence_step(e, STAGE_LOGIN);
	if (!s || s->result != STEP_SKIPPED || s->skip == SKIP_FAILED_BEFORE ||
	    e->login.outcome != LOGIN_NOT_TRIED)
		return NULL;
	return s;
}

static enum interest interest_of(const struct evidence *e)
{
	const struct step *failure = evidence_failure(e);
	if (failure && failure->stage != STAGE_LOGOUT)
		return TROUBLED;
	if (e->login.outcome == LOGIN_ACCEPTED || e->login.preauth)
		return HEALTHY;
	return untried_login(e) ? UNTRIED : TROUBLED;
}

static void plain_pad(struct human *h, const char *prefix, const char *name,
		      size_t columns)
{
	char room[120];
	struct buf b = buf_over(room, sizeof(room));
	words_plain(h->style->lang, prefix, name, &b);
	human_pad(h, room, columns ? columns : layout_width(room));
}

/* RFC 5952 section 6: an IPv6 address beside a port is in brackets. */
static void address_text(const struct endpoint *e, struct buf *out)
{
	buf_fmt(out, strchr(e->host, ':') ? "[%s]:%u" : "%s:%u", e->host,
		e->port);
}

/* "IMAP  imap.gmail.com:993  SSL/TLS" */
static void head_text(const struct human *h, const struct endpoint *e,
		      size_t address_columns, size_t columns, struct buf *out)
{
	char address[HOST_CAP + 10], head[HOST_CAP * 2];
	struct buf a = buf_over(address, sizeof(address));
	struct buf b = buf_over(head, sizeof(head));
	address_text(e, &a);
	words_plain(h->style->lang, "service.", service_name(e->service), &b);
	buf_str(&b, "  ");
	layout_pad(&b, address, address_columns > layout_width(address) ?
		   address_columns : layout_width(address));
	buf_str(&b, "  ");
	words_plain(h->style->lang, "security.", security_name(e->security),
		    &b);
	layout_pad(out, head, columns > layout_width(head) ? columns :
		   layout_width(head));
}

static void put_head(struct human *h, const struct endpoint *e,
		     size_t address_columns, size_t columns)
{
	human_spaces(h, INDENT_HEAD);
	human_ink(h, INK_BOLD);
	struct buf *out = page_room(&h->page, PAGE_ROOM);
	if (columns > 0) {
		head_text(h, e, address_columns, columns, out);
	} else {
		char room[HOST_CAP * 2];
		struct buf b = buf_over(room, sizeof(room));
		head_text(h, e, 0, 0, &b);
		layout_wrap(out, room, INDENT_HEAD, INDENT_STEP,
			    h->style->width);
	}
	human_ink(h, INK_PLAIN);
}

/* ---- in full: one line a stage ---- */

static bool is_noise(const struct human *h, const struct step *s)
{
	if (s->result == STEP_SKIPPED)
		return s->skip == SKIP_FAILED_BEFORE || s->skip == SKIP_NONE ||
		       (s->skip == SKIP_NOT_NEEDED &&
			s->stage != STAGE_CAPABILITY);
	return s->stage == STAGE_LOGOUT && s->result == STEP_PASSED &&
	       h->style->verbosity == 0;
}

static enum mark mark_of(const struct step *s)
{
	if (s->result == STEP_FAILED)
		return s->stage == STAGE_LOGOUT ? MARK_NOTE : MARK_FAIL;
	if (s->result == STEP_SKIPPED && s->skip != SKIP_NOT_NEEDED)
		return MARK_SKIP;
	return s->why.kind == FAULT_NONE ? MARK_OK : MARK_NOTE;
}

static void put_step(struct human *h, const struct evidence *e,
		     const struct step *s)
{
	char fact[REPLY_TEXT_CAP + 512], took[32];
	struct buf f = buf_over(fact, sizeof(fact));
	struct buf t = buf_over(took, sizeof(took));
	human_step_fact(h, e, s, &f);
	/* Waiting for another login is no fault of this server's. */
	if (s->result != STEP_SKIPPED)
		human_time(h, s->ended - s->began - s->waited, &t);
	human_spaces(h, INDENT_STEP);
	human_mark(h, mark_of(s));
	plain_pad(h, "stage.", stage_name(s->stage), h->stage_columns);
	human_spaces(h, GAP);
	human_fact(h, fact, INDENT_STEP + human_mark_columns(h) + 1 +
		   h->stage_columns + GAP, took);
}

/* ---- the transcript of -v ---- */

static void put_line(struct human *h, const struct transcript *t,
		     const struct transcript_line *l)
{
	char head[48], text[TRANSCRIPT_CAP + 1], took[32];
	struct buf b = buf_over(head, sizeof(head));
	struct buf time = buf_over(took, sizeof(took));
	human_time(h, l->at, &time);
	buf_fmt(&b, "%9s %-3s %c ", took, l->in_tls ? "TLS" : "", l->mark);
	span_copy((struct span){ t->text + l->start, l->len }, text,
		  sizeof(text));
	size_t at = INDENT_STEP + layout_width(head);
	human_spaces(h, INDENT_STEP);
	human_ink(h, INK_DIM);
	human_str(h, head);
	human_ink(h, INK_PLAIN);
	layout_wrap(page_room(&h->page, (size_t)l->len * 4 + PAGE_ROOM), text,
		    at, at, h->style->width);
	human_str(h, "\n");
}

static void put_transcript(struct human *h, const struct transcript *t)
{
	if (t->lines == 0)
		return;
	human_str(h, "\n");
	human_spaces(h, INDENT_STEP);
	human_wrap(h, text_of(h->style->lang, "transcript.title"),
		   INDENT_STEP, INDENT_STEP);
	for (size_t i = 0; i < t->lines; i++)
		put_line(h, t, &t->line[i]);
	if (t->cut) {
		human_spaces(h, INDENT_STEP);
		human_str(h, text_of(h->style->lang, "transcript.cut"));
		human_str(h, "\n");
	}
	human_str(h, "\n");
}

static void put_full(struct human *h, size_t index)
{
	const struct evidence *e = h->in->seen[index];
	words_of_endpoint(&h->words, h->in, h->style->lang, (int)index);
	put_head(h, &e->endpoint, 0, 0);
	human_str(h, "\n");
	for (size_t i = 0; i < e->steps; i++) {
		if (!is_noise(h, &e->step[i]))
			put_step(h, e, &e->step[i]);
	}
	if (h->style->verbosity > 0)
		put_transcript(h, &e->transcript);
}

/* ---- in brief: one line an endpoint ---- */

static void brief_text(struct human *h, const struct evidence *e,
		       struct buf *out)
{
	char version[16];
	enum lang l = h->style->lang;
	if (e->login.preauth) {
		buf_str(out, text_of(l, "step.preauth"));
		return;
	}
	if (e->login.outcome != LOGIN_ACCEPTED) {
		buf_str(out, text_of(l, "ready.login"));
		buf_str(out, human_dash(h));
		human_skip(h, untried_login(e)->skip, out);
		return;
	}
	words_add(&h->words, "version", human_tls_version(&e->tls, version));
	words_fill(&h->words, "healthy.",
		   e->tls.verified && e->tls.chain > 0 ? "tls" : "line", "",
		   out);
}

static void put_brief(struct human *h, size_t index, size_t address_columns,
		      size_t head_columns)
{
	const struct evidence *e = h->in->seen[index];
	char text[512], took[32];
	struct buf b = buf_over(text, sizeof(text));
	struct buf t = buf_over(took, sizeof(took));
	words_of_endpoint(&h->words, h->in, h->style->lang, (int)index);
	brief_text(h, e, &b);
	if (e->login.outcome == LOGIN_ACCEPTED && e->steps > 0)
		human_time(h, e->step[e->steps - 1].ended - e->step[0].began,
			   &t);
	size_t at = INDENT_HEAD + head_columns + GAP;
	size_t mark = human_mark_columns(h) + 1;
	size_t need = at + mark + layout_width(text) +
		      (took[0] ? layout_width(took) + GAP : 0);
	bool fits = h->style->width == 0 || need <= h->style->width;
	put_head(h, &e->endpoint, address_columns, fits ? head_columns : 0);
	if (fits) {
		human_spaces(h, GAP);
	} else {
		at = INDENT_STEP;
		human_str(h, "\n");
		human_spaces(h, at);
	}
	human_mark(h, MARK_OK);
	at += mark;
	if (took[0])
		human_fact(h, text, at, took);
	else
		human_wrap(h, text, at, at);
}

/* ---- all of them ---- */

static void put_interest(struct human *h, enum interest wanted)
{
	size_t address = 0, head = 0;
	for (size_t i = 0; i < h->in->n; i++) {
		char room[HOST_CAP + 10];
		struct buf b = buf_over(room, sizeof(room));
		if (interest_of(h->in->seen[i]) != wanted)
			continue;
		address_text(&h->in->seen[i]->endpoint, &b);
		size_t columns = layout_width(room);
		if (columns > address)
			address = columns;
	}
	for (size_t i = 0; i < h->in->n; i++) {
		char room[HOST_CAP * 2];
		struct buf b = buf_over(room, sizeof(room));
		if (interest_of(h->in->seen[i]) != wanted)
			continue;
		head_text(h, &h->in->seen[i]->endpoint, address, 0, &b);
		if (layout_width(room) > head)
			head = layout_width(room);
	}
	for (size_t i = 0; i < h->in->n; i++) {
		if (interest_of(h->in->seen[i]) != wanted)
			continue;
		if (wanted == TROUBLED || h->style->verbosity > 0)
			put_full(h, i);
		else
			put_brief(h, i, address, head);
	}
}

void human_endpoints(struct human *h)
{
	put_interest(h, TROUBLED);
	put_interest(h, UNTRIED);
	put_interest(h, HEALTHY);
}
