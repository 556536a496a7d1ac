#include "cmd/batch/input_private.h"

#include <string.h>

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
 * Western letters with accents can look like it, one by one: kana, a letter of
 * two bytes that are not ASCII, or two kanji side by side tell them apart.
 */
static bool is_shift_jis(struct span bytes)
{
	bool sure = false;
	unsigned kanji = 0;		/* side by side */

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i], next;

		if (c < 0x80 || is_half_width(c)) {
			kanji = 0;
			continue;
		}
		if (!is_lead(c) || i + 1 == bytes.len)
			return false;
		next = (unsigned char)bytes.at[++i];
		if (!is_trail(next))
			return false;
		kanji = c < 0xa0 ? kanji + 1 : 0;
		sure = sure || c == 0x82 || c == 0x83 || kanji == 2 ||
		       (c < 0xa0 && next >= 0x80);
	}
	return sure;
}

/*
 * EUC-JP: what is not ASCII stands in pairs of 0xa1 to 0xfe (behind 0x8f, or
 * the second of 0x8e, likewise). Two pairs in a row, as no Western word has
 * four letters with accents in a row.
 */
static bool is_euc_jp(struct span bytes)
{
	bool sure = false;
	unsigned pairs = 0;		/* side by side */

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i];

		if (c < 0x80) {
			pairs = 0;
			continue;
		}
		if (c == 0x8f && ++i < bytes.len)
			c = (unsigned char)bytes.at[i];
		if ((c < 0xa1 && c != 0x8e) || ++i >= bytes.len ||
		    (unsigned char)bytes.at[i] < 0xa1)
			return false;
		sure = sure || ++pairs == 2;
	}
	return sure;
}

/* ---- what is told ---- */

static bool is_plain(const char *file)
{
	for (; *file; file++)
		if (!ascii_is_alnum(*file) && !strchr("._/-+@:,=%", *file) &&
		    (unsigned char)*file < 0x80)
			return false;
	return true;
}

/* As a shell takes it. */
static void put_file(struct buf *out, const char *file)
{
	if (is_plain(file)) {
		buf_str(out, file);
		return;
	}
	buf_char(out, '\'');
	for (; *file; file++) {
		buf_str(out, *file == '\'' ? "'\\'" : "");
		buf_char(out, *file);
	}
	buf_char(out, '\'');
}

bool encoding_refuse(const struct reading *r, size_t place, const char *id,
		     const char *from, bool begun)
{
	char convert[200], file[120];
	struct buf c = buf_over(convert, sizeof(convert));
	struct buf f = buf_over(file, sizeof(file));
	bool pipe = strcmp(r->file, "-") == 0;
	const struct text_arg inner[] = {
		{ "from", from }, { "file", file }, { NULL, NULL }
	};
	const struct text_arg args[] = {
		{ "convert", convert },
		{ "so_far", text_of(r->lang, begun ? "batch.encoding.rest" :
				    "batch.encoding.none") }, { NULL, NULL }
	};

	put_file(&f, r->file);
	text_fill(&c, r->lang, pipe ? "batch.encoding.pipe" :
		  "batch.encoding.file", inner);
	return flaw_at(r, place, id, args);
}

bool encoding_refuse_bytes(const struct reading *r, bool begun)
{
	size_t place = text_utf8_length(r->record);
	struct span rest = span_from(r->record, place);

	/* what it looks like, a whole line of it tells best */
	if (is_shift_jis(r->record) || is_shift_jis(rest))
		return encoding_refuse(r, place, "batch.flaw.shift_jis",
				       "CP932", begun);
	if (is_euc_jp(r->record) || is_euc_jp(rest))
		return encoding_refuse(r, place, "batch.flaw.euc_jp",
				       "EUC-JP", begun);
	return encoding_refuse(r, place, "batch.flaw.encoding",
			       text_of(r->lang, "batch.encoding.likely"),
			       begun);
}

/* ---- a whole file ---- */

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

	here.record = line;
	here.line = f->line;
	here.column = 1;
	return encoding_refuse_bytes(&here, false);
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
