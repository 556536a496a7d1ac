#include "reports/explain_private.h"

#include <string.h>

#include "probes/base/text.h"
#include "reports/symptom.h"

/* A server's answer, put together from the lines it was written down in. */

/* "535, b'5.7.8 ..." and "NO, [CODE], ..." the way a server writes them. */
static void reply_tidy(const struct found_reply *f, struct buf *out)
{
	struct span text = f->text;

	if (f->service == SERVICE_SMTP && text.len > 3 &&
	    ascii_is_digit(text.at[1])) {
		buf_add(out, span_head(text, 3));
		buf_char(out, text.at[3] == '-' ? '-' : ' ');
		text = span_from(text, 3);
		while (text.len > 0 && strchr(" -,:'\"()", text.at[0]))
			text = span_from(text, 1);
		if (text.len > 2 && text.at[0] == 'b' &&
		    strchr("'\"", text.at[1]))
			text = span_from(text, 2);
	} else if (f->service == SERVICE_IMAP && text.len > 3 &&
		   (text.at[2] == ',' || text.at[2] == '\'')) {
		buf_add(out, span_head(text, 2));
		buf_char(out, ' ');
		text = span_from(text, 2);
		while (text.len > 1 && strchr("',\" b", text.at[0]))
			text = span_from(text, 1);
		if (text.len > 2 && text.at[0] == '[' && text.at[1] == '\'')
			text = span_from(text, 2);
	}
	buf_add(out, text);
}

/* Before it: a greeting, a challenge, untagged lines; they belong to it. */
static bool leads_to(struct span line, enum service s)
{
	if (s == SERVICE_IMAP)
		return span_starts(line, "+ ") || span_starts(line, "* ");
	if (s == SERVICE_SMTP)
		return span_starts(line, "220") || span_starts(line, "334 ");
	return span_starts(line, "+ ");
}

static void add_leading(const struct explain *x, size_t line, enum service s,
			struct buf *out)
{
	size_t from = line;

	while (from > 0 && leads_to(span_of(x->line[from - 1].text), s))
		from--;
	for (; from < line; from++) {
		if (out->len + strlen(x->line[from].text) < REPLY_TEXT_CAP / 2) {
			buf_str(out, x->line[from].text);
			buf_char(out, '\n');
		}
	}
}

/*
 * Behind it: further lines of the same code, and, when it stands at the
 * beginning of its line, what was wrapped into the next.
 */
static bool goes_on(const struct found_reply *f, struct span next,
		    bool from_start, struct buf *out)
{
	struct found_reply g;
	size_t at = 0;

	if (!explain_next_reply(next, &at, &g)) {
		if (!from_start || next.len > 200 || explain_is_setting(next))
			return false;
		buf_char(out, '\n');
		buf_add(out, next);
		return true;
	}
	if (f->service != SERVICE_SMTP || g.service != SERVICE_SMTP ||
	    f->text.len < 3 || g.text.len < 3)
		return false;
	if (from_start && at == next.len && ascii_is_digit(g.text.at[0]) &&
	    g.text.at[1] == '.') {
		buf_char(out, '\n');
		buf_add(out, next);
		return true;
	}
	if (memcmp(g.text.at, f->text.at, 3) != 0)
		return false;
	buf_char(out, '\n');
	reply_tidy(&g, out);
	return true;
}

/* The reply of `f` and what belongs to it; how many more lines that was. */
size_t explain_reply(const struct explain *x, size_t line,
			 const struct found_reply *f, struct reply *ret)
{
	char room[REPLY_TEXT_CAP];
	struct buf text = buf_over(room, sizeof(room));
	enum service s = f->service_known ? f->service : SERVICE_IMAP;
	bool from_start = f->text.at - x->line[line].text < 16 &&
			  x->kept <= 12;
	size_t more = 0;

	add_leading(x, line, s, &text);
	reply_tidy(f, &text);
	while (line + more + 1 < x->kept &&
	       goes_on(f, span_of(x->line[line + more + 1].text), from_start,
		       &text))
		more++;
	reply_from_text(s, buf_span(&text), ret);
	return more;
}
