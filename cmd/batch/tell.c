#include "cmd/batch/tell.h"

#include <string.h>

#include "cmd/command.h"

#define TOLD_CAP 4096

void teller_begin(struct teller *t, const struct options *o, struct bar *bar)
{
	*t = (struct teller){ .o = o, .bar = bar };
}

static void put(struct teller *t, const char *place, struct span text)
{
	char line[TOLD_CAP];
	struct buf b = buf_over(line, sizeof(line));

	if (t->told == TOLD_MAX) {
		t->kept_back++;
		return;
	}
	t->told++;
	if (t->bar)
		bar_wipe(t->bar);
	buf_fmt(&b, "%s: %.*s", place, (int)text.len, text.at);
	complain_line(line);
}

static void place_of(const char *file, unsigned line, unsigned column,
		     char *room, size_t cap)
{
	struct buf b = buf_over(room, cap);

	buf_str(&b, strcmp(file, "-") == 0 ? "stdin" : file);
	if (line > 0)
		buf_fmt(&b, ":%u", line);
	if (column > 0)
		buf_fmt(&b, ":%u", column);
}

void teller_tell(struct teller *t, const char *file, unsigned line,
		 unsigned column, const char *text)
{
	struct span rest = span_of(text), one;
	char place[512];

	place_of(file, line, column, place, sizeof(place));
	while (rest.len > 0) {
		span_cut(&rest, '\n', &one);
		put(t, place, one);
	}
}

void teller_duplicate(struct teller *t, const struct account *a,
		      struct known_place first, char *text, size_t cap)
{
	char number[16], place[280];
	struct buf b = buf_over(text, cap);
	struct buf n = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "line", number }, { "place", place }, { NULL, NULL }
	};

	buf_fmt(&n, "%u", first.line);
	place_of(first.file, first.line, 0, place, sizeof(place));
	text_fill(&b, t->o->lang, strcmp(first.file, a->file) == 0 ?
		  "batch.duplicate" : "batch.duplicate_at", args);
	teller_tell(t, a->file, a->line, a->column, text);
}

void teller_flaw(struct teller *t, const struct flaw *f)
{
	char place[512];

	if (f->note && t->o->quiet)
		return;
	place_of(f->file, f->line, f->column, place, sizeof(place));
	put(t, place, span_of(f->text));
}

void teller_end(struct teller *t)
{
	char number[16];
	struct buf b = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "number", number }, { NULL, NULL }
	};

	if (t->kept_back == 0)
		return;
	buf_fmt(&b, "%u", t->kept_back);
	complain(t->o->lang, "batch.kept_back", args);
}
