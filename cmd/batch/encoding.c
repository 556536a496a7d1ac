#include "cmd/batch/input_private.h"

#include "probes/base/text.h"

/*
 * Bytes that are no UTF-8. Japanese spreadsheets are mostly Shift_JIS (Excel:
 * code page 932): two bytes a letter, of which the second may be ASCII.
 */
static bool is_lead(unsigned char c)
{
	return (c >= 0x81 && c <= 0x9f) || (c >= 0xe0 && c <= 0xfc);
}

static bool is_trail(unsigned char c)
{
	return c >= 0x40 && c <= 0xfc && c != 0x7f;
}

static bool is_half_width(unsigned char c)
{
	return c >= 0xa1 && c <= 0xdf;
}

/*
 * Western letters with accents can look like it, one by one: kana, or a letter
 * of two bytes that are not ASCII, is what tells them apart.
 */
static bool is_shift_jis(struct span bytes)
{
	bool sure = false;

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i], next;

		if (c < 0x80 || is_half_width(c))
			continue;
		if (!is_lead(c) || i + 1 == bytes.len)
			return false;
		next = (unsigned char)bytes.at[++i];
		if (!is_trail(next))
			return false;
		sure = sure || c == 0x82 || c == 0x83 ||
		       (c < 0xa0 && next >= 0x80);
	}
	return sure;
}

const char *encoding_flaw(struct span bytes)
{
	return is_shift_jis(bytes) ? "batch.flaw.shift_jis" :
	       "batch.flaw.encoding";
}

static size_t whole_lines(struct span w)
{
	size_t n = w.len;

	while (n > 0 && w.at[n - 1] != '\n')
		n--;
	return n;
}

static bool refuse_line(const struct reading *r, const struct feed *f,
			struct span line)
{
	struct reading here = *r;
	const struct text_arg args[] = { { "file", r->file }, { NULL, NULL } };

	here.record = line;
	here.line = f->line;
	here.column = 1;
	return flaw_at(&here, 0, encoding_flaw(line), args);
}

static bool is_fine(const struct reading *r, struct feed *f, size_t n)
{
	struct span line, rest = span_head(feed_window(f), n);

	while (!text_is_utf8(rest) && span_cut(&rest, '\n', &line)) {
		if (!text_is_utf8(line))
			return refuse_line(r, f, line);
		feed_skip(f, line.len + 1);
	}
	feed_skip(f, rest.len);
	return true;
}

/* A line that is too long is refused for that, whatever is in it. */
bool encoding_is_fine(const struct reading *r)
{
	enum feed_state state = FEED_MORE;
	bool fine = true;
	struct feed f;

	if (!feed_open(&f, r->file))
		return true;
	while (fine && (state == FEED_MORE || state == FEED_FULL)) {
		state = feed_more(&f);
		if (state == FEED_FULL)
			feed_skip(&f, f.len);
		else
			fine = is_fine(r, &f, state == FEED_END ? f.len :
				       whole_lines(feed_window(&f)));
	}
	feed_close(&f);
	return fine;
}
