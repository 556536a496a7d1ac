#include "reports/human_private.h"

#include <stdlib.h>
#include <string.h>

#include "reports/layout.h"

/* ---- the verdict: one sentence, how sure at the right margin ---- */

static bool is_healthy(enum cause c)
{
	return c == CAUSE_WORKS || c == CAUSE_NOT_TRIED;
}

static void confidence_text(const struct human *h, struct buf *out)
{
	const struct diagnosis *d = h->in->diagnosis;
	if (d->causes > 0 && !is_healthy(d->verdict) &&
	    d->verdict != CAUSE_UNKNOWN)
		words_plain(h->style->lang, "confidence.",
			    confidence_name(d->cause[0].confidence), out);
}

/*
 * A verdict that needs two lines breaks behind a comma or at a space, and does
 * not leave a syllable alone on the second, nor a word or two on the first:
 * the bytes of the longest first line that does so, 0: there is none.
 */
static size_t good_break(const char *title, size_t at, size_t limit,
			 size_t width)
{
	size_t best = 0;
	unsigned found = 0;
	if (layout_width(title) <= limit - at)
		return 0;
	for (size_t w = limit; w > (at + limit) / 2 && found < 2; w--) {
		char room[PAGE_ROOM];
		struct buf b = buf_over(room, sizeof(room));
		struct span rest, line;
		layout_wrap(&b, title, at, at, w);
		rest = buf_span(&b);
		span_cut(&rest, '\n', &line);
		unsigned quality = layout_break_quality(title, line.len);
		if (quality > found && layout_width(title + line.len) <=
				       width - at) {
			found = quality;
			best = line.len;
		}
	}
	return best;
}

static void wrap_title(const char *title, size_t at, size_t limit,
		       size_t width, struct buf *out)
{
	size_t cut = limit > at ? good_break(title, at, limit, width) : 0;
	if (cut == 0) {
		layout_wrap(out, title, at, at, limit);
		return;
	}
	buf_add(out, (struct span){ title, cut });
	buf_fmt(out, "\n%*s%s", (int)at, "",
		title + cut + strspn(title + cut, " "));
}

/* The title is wrapped short of the confidence that shares its first line. */
static void put_title(struct human *h, const char *title, const char *sure)
{
	char room[PAGE_ROOM];
	struct buf b = buf_over(room, sizeof(room));
	size_t at = human_mark_columns(h) + 1, width = h->style->width;
	size_t margin = sure[0] ? layout_width(sure) + 2 : 0;
	size_t limit = width > at + margin ? width - margin : width;
	wrap_title(title, at, limit, width, &b);
	struct span rest = buf_span(&b), line;
	char first[PAGE_ROOM];
	if (!span_cut(&rest, '\n', &line))
		return;
	span_copy(line, first, sizeof(first));
	human_ink(h, INK_BOLD);
	if (!sure[0]) {
		human_str(h, first);
	} else if (width == 0) {
		human_str(h, first);
		human_str(h, "  ");
	} else {
		human_pad(h, first, limit - at + 2);
	}
	human_ink(h, INK_PLAIN);
	human_str(h, sure);
	human_str(h, "\n");
	if (rest.len == 0)
		return;
	human_ink(h, INK_BOLD);
	human_str(h, rest.at);
	human_ink(h, INK_PLAIN);
	human_str(h, "\n");
}

void human_verdict(struct human *h, enum mark mark, const char *title,
		   const char *confidence)
{
	char sure[64];
	struct buf s = buf_over(sure, sizeof(sure));
	if (confidence[0])
		words_plain(h->style->lang, "confidence.", confidence, &s);
	human_mark(h, mark);
	put_title(h, title, sure);
}

static void put_verdict(struct human *h)
{
	char title[1024], sure[64];
	struct buf t = buf_over(title, sizeof(title));
	struct buf s = buf_over(sure, sizeof(sure));
	enum cause verdict = h->in->diagnosis->verdict;
	words_of_cause(&h->words, h->in, h->style->lang, 0);
	words_cause(&h->words, verdict, ".title", &t);
	confidence_text(h, &s);
	human_mark(h, is_healthy(verdict) ? MARK_OK : MARK_FAIL);
	put_title(h, title, sure);
}

static void put_demonstration(struct human *h)
{
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	if (!h->in->demonstration)
		return;
	words_of_endpoint(&h->words, h->in, h->style->lang, -1);
	words_fill(&h->words, "demo.", "note", "", &b);
	human_wrap(h, room, 0, 0);
	human_str(h, "\n");
}

char *report_human(const struct report_input *in,
		   const struct report_style *style)
{
	struct human *h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->in = in;
	h->style = style;
	page_open(&h->page);
	human_columns(h);
	put_demonstration(h);
	put_verdict(h);
	human_warnings(h);
	human_str(h, in->n > 0 ? "\n" : "");
	human_endpoints(h);
	human_why(h);
	char *text = page_close(&h->page);
	free(h);
	return text;
}
