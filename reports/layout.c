#include "reports/layout.h"

#include <string.h>
#include <unilbrk.h>
#include <unistr.h>
#include <uniwidth.h>

/*
 * "UTF-8" and not an East Asian encoding: characters of ambiguous width (a
 * dash, an ellipsis) are narrow in today's terminals, Japanese ones included.
 */
static const char encoding[] = "UTF-8";

/* One character: its bytes, and its columns. Never 0 bytes before the NUL. */
static size_t char_at(const char *text, size_t len, size_t *ret_columns)
{
	ucs4_t c;
	int bytes = u8_mbtoucr(&c, (const uint8_t *)text, len);
	if (bytes <= 0) {
		*ret_columns = 1;	/* no UTF-8: a terminal shows one box */
		return 1;
	}
	int columns = uc_width(c, encoding);
	*ret_columns = columns > 0 ? (size_t)columns : 0;
	return (size_t)bytes;
}

/* As many characters as fit into `columns`; the bytes they take. */
static size_t fitting(struct span text, size_t columns, size_t *ret_used)
{
	size_t at = 0, used = 0;
	while (at < text.len) {
		size_t wide;
		size_t bytes = char_at(text.at + at, text.len - at, &wide);
		if (used + wide > columns)
			break;
		used += wide;
		at += bytes;
	}
	*ret_used = used;
	return at;
}

static size_t span_width(struct span text)
{
	size_t used;
	fitting(text, SIZE_MAX / 2, &used);
	return used;
}

size_t layout_width(const char *utf8)
{
	return span_width(span_of(utf8));
}

#define TAIL_MIN 8			/* columns of a last line */

unsigned layout_break_quality(const char *utf8, size_t len)
{
	static const struct { const char *mark; unsigned quality; } stops[] = {
		{ "、", 2 }, { "。", 2 }, { "」", 1 },
	};
	struct span text = span_of(utf8), tail;
	if (len == 0 || len >= text.len)
		return 0;
	tail = span_from(text, len);
	if (span_width(tail) < TAIL_MIN)
		return 0;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		size_t n = strlen(stops[i].mark);
		if (len >= n && memcmp(utf8 + len - n, stops[i].mark, n) == 0)
			return stops[i].quality;
	}
	/* "465 が": the particle belongs to the word before it */
	return (tail.at[0] == ' ' && (unsigned char)tail.at[1] < 0x80) ||
	       (utf8[len - 1] == ' ' && (unsigned char)tail.at[0] < 0x80);
}

static void add_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_char(out, ' ');
}

void layout_pad(struct buf *out, const char *utf8, size_t columns)
{
	size_t used;
	size_t bytes = fitting(span_of(utf8), columns, &used);
	buf_add(out, (struct span){ utf8, bytes });
	add_spaces(out, columns - used);
}

void layout_cut(struct buf *out, const char *utf8, size_t columns,
		const char *ellipsis)
{
	struct span text = span_of(utf8);
	if (span_width(text) <= columns) {
		buf_add(out, text);
		return;
	}
	size_t dots = layout_width(ellipsis), used;
	bool room = dots <= columns;
	size_t bytes = fitting(text, room ? columns - dots : columns, &used);
	while (bytes > 0 && text.at[bytes - 1] == ' ')
		bytes--;
	buf_add(out, span_head(text, bytes));
	if (room)
		buf_str(out, ellipsis);
}

/* ---- paragraphs ---- */

#define CHUNK 4096			/* of one line without "\n" */
#define SCHEME_MAX 12			/* "<https://"; JSON has one further on */

/*
 * UAX 14 allows breaks behind slashes, dots and hyphens. URLs, host names and
 * options must stay whole to be copied, so ASCII breaks at spaces only.
 */
static void keep_words_whole(const char *text, size_t len, char *breaks)
{
	for (size_t i = 1; i < len; i++) {
		unsigned char before = (unsigned char)text[i - 1];
		unsigned char after = (unsigned char)text[i];
		if (before != ' ' && before < 0x80 && after < 0x80)
			breaks[i] = UC_BREAK_PROHIBITED;
	}
}

struct wrap {
	struct buf *out;
	size_t at, indent, width;
};

static void new_line(struct wrap *w)
{
	buf_char(w->out, '\n');
	add_spaces(w->out, w->indent);
	w->at = w->indent;
}

static size_t without_spaces(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return len;
}

/* One piece nothing may break; broken all the same when a line cannot hold it. */
static void put_piece(struct wrap *w, struct span piece, size_t *spaces)
{
	size_t solid = without_spaces(piece.at, piece.len);
	size_t columns = span_width(span_head(piece, solid));
	if (w->width > 0 && w->at > w->indent && w->at + columns > w->width)
		new_line(w);
	else
		add_spaces(w->out, *spaces);
	bool url = span_has(span_head(piece, SCHEME_MAX), "://");
	while (w->width > w->indent && !url && w->at + columns > w->width) {
		size_t used;
		size_t bytes = fitting(span_head(piece, solid),
				       w->width - w->at, &used);
		if (bytes == 0)
			break;		/* one character wider than the line */
		buf_add(w->out, span_head(piece, bytes));
		piece = span_from(piece, bytes);
		solid -= bytes;
		columns -= used;
		if (solid > 0)
			new_line(w);
	}
	buf_add(w->out, span_head(piece, solid));
	w->at += columns;
	*spaces = piece.len - solid;	/* only printed if something follows */
	w->at += *spaces;
}

/* So much of a line as is looked at in one go; whole characters. */
static struct span chunk_of(struct span line)
{
	size_t len = line.len < CHUNK ? line.len : CHUNK;
	while (len < line.len && len > CHUNK - 4 &&
	       ((unsigned char)line.at[len] & 0xc0) == 0x80)
		len--;
	return span_head(line, len);
}

static void wrap_line(struct wrap *w, struct span line)
{
	char breaks[CHUNK];
	size_t spaces = 0;
	while (line.len > 0) {
		struct span part = chunk_of(line);
		u8_possible_linebreaks((const uint8_t *)part.at, part.len,
				       encoding, breaks);
		keep_words_whole(part.at, part.len, breaks);
		size_t start = 0;
		for (size_t i = 1; i <= part.len; i++) {
			if (i < part.len && breaks[i] != UC_BREAK_POSSIBLE)
				continue;
			put_piece(w, (struct span){ part.at + start, i - start },
				  &spaces);
			start = i;
		}
		line = span_from(line, part.len);
	}
}

void layout_wrap(struct buf *out, const char *utf8, size_t at, size_t indent,
		 size_t width)
{
	struct wrap w = { out, at, indent, width };
	struct span rest = span_of(utf8), line;
	bool first = true;
	while (span_cut(&rest, '\n', &line)) {
		if (!first)
			new_line(&w);
		first = false;
		wrap_line(&w, line);
	}
}
