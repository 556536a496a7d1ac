#include "reports/explain_private.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"

/* What was pasted, line by line, into the few lines that are kept. */

struct explain *explain_new(const struct explain_place *hints)
{
	struct explain *x = calloc(1, sizeof(*x));

	if (x)
		x->hints = x->place = *hints;
	return x;
}

void explain_free(struct explain *x)
{
	free(x);
}

/* ---- which lines to keep ---- */

/* A free slot, or the one of the coldest line (the oldest of them). */
static struct kept_line *slot_for(struct explain *x, unsigned heat)
{
	struct kept_line *cold = &x->line[0];

	if (x->kept < EXPLAIN_LINES)
		return &x->line[x->kept++];
	x->cut = true;
	for (size_t i = 1; i < x->kept; i++) {
		struct kept_line *l = &x->line[i];

		if (l->heat < cold->heat ||
		    (l->heat == cold->heat && l->number < cold->number))
			cold = l;
	}
	return cold->heat <= heat ? cold : NULL;
}

/* What openssl s_client prints at the end of every run. */
static bool says_nothing(struct span piece)
{
	static const char *const lines[] = {
		"No client certificate CA names sent",
		"Verification: OK", "Verify return code: 0 (ok)",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (span_is(piece, lines[i]))
			return true;
	return false;
}

static void keep(struct explain *x, struct span piece)
{
	unsigned heat;
	struct kept_line *l;
	struct buf out;

	piece = span_trim(piece);
	if (piece.len == 0)
		return;
	x->has_text = true;
	if (says_nothing(piece))
		return;
	heat = explain_heat(piece);
	if (heat == 0 && x->kept == EXPLAIN_LINES) {
		x->cut = true;
		return;
	}
	l = slot_for(x, heat);
	if (!l)
		return;
	l->heat = heat;
	l->number = x->lines;
	l->order = ++x->pieces;
	out = buf_over(l->text, sizeof(l->text));
	text_printable(&out, piece, false);
	l->challenged = x->challenged;
}

/* A line too long for a slot goes on in the next, cut between two words. */
static void keep_long(struct explain *x, struct span piece)
{
	const size_t most = EXPLAIN_LINE_CAP - 160;

	while (piece.len > most) {
		size_t at = most;

		while (at > most / 2 && piece.at[at] != ' ')
			at--;
		if (at == most / 2)
			at = most;
		while (at > most - 4 && (piece.at[at] & 0xC0) == 0x80)
			at--;		/* no character in two */
		keep(x, span_head(piece, at));
		piece = span_from(piece, at);
	}
	keep(x, piece);
}

/* ---- lines, also those that a program wrote as "\n" ---- */

/*
 * The escape at `i`, or 0: backslashes, an "n" and no name behind it:
 * C:\new\names is a path.
 */
static size_t escaped_break(struct span s, size_t i)
{
	size_t n = 0;

	while (i + n < s.len && s.at[i + n] == '\\')
		n++;
	if (n == 0 || i + n >= s.len ||
	    (s.at[i + n] != 'n' && s.at[i + n] != 'r'))
		return 0;
	if (i + n + 1 < s.len && i > 0 && ascii_is_alnum(s.at[i - 1]) &&
	    s.at[i + n + 1] >= 'a' && s.at[i + n + 1] <= 'z')
		return 0;
	return n + 1;
}

static bool is_challenge(struct span line)
{
	return span_has(span_head(line, 60), "334 ") ||
	       span_starts(span_trim(line), "+ ");
}

static void take_line(struct explain *x, struct span line)
{
	size_t from = 0, i = 0;

	x->lines++;
	while (i < line.len) {
		size_t len = line.at[i] == '\\' ? escaped_break(line, i) : 0;

		if (len == 0) {
			i++;
			continue;
		}
		keep_long(x, (struct span){ line.at + from, i - from });
		i += len;
		from = i;
	}
	keep_long(x, span_from(line, from));
	if (span_trim(line).len > 0)
		x->challenged = is_challenge(line);
}

static void end_line(struct explain *x)
{
	struct span line = { x->part, x->partial };

	x->partial = 0;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	take_line(x, line);
}

static void add_piece(struct explain *x, const char *at, size_t len)
{
	while (len > 0) {
		size_t room = sizeof(x->part) - x->partial;
		size_t n = len < room ? len : room;

		memcpy(x->part + x->partial, at, n);
		x->partial += n;
		at += n;
		len -= n;
		if (x->partial == sizeof(x->part))
			end_line(x);
	}
}

void explain_add(struct explain *x, struct span bytes)
{
	while (bytes.len > 0) {
		const char *end = memchr(bytes.at, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.at) : bytes.len;

		/* most lines of a log come whole: no need to copy them */
		if (end && x->partial == 0 && len < sizeof(x->part)) {
			struct span line = { bytes.at, len };

			if (len > 0 && line.at[len - 1] == '\r')
				line.len--;
			take_line(x, line);
		} else {
			add_piece(x, bytes.at, len);
			if (end)
				end_line(x);
		}
		bytes = span_from(bytes, len + (end ? 1 : 0));
	}
}

static int by_order(const void *a, const void *b)
{
	const struct kept_line *l = a, *r = b;

	return l->order < r->order ? -1 : l->order > r->order;
}

void explain_end(struct explain *x)
{
	if (x->partial > 0)
		end_line(x);
	for (size_t i = 0; i < x->kept; i++)
		explain_blank(x->line[i].text, x->line[i].challenged);
	qsort(x->line, x->kept, sizeof(x->line[0]), by_order);
	explain_find_place(x);
}

bool explain_has_text(const struct explain *x)
{
	return x->has_text;
}

const char *explain_name(const struct explain *x, size_t n)
{
	return n < x->names ? x->name[n] : NULL;
}
