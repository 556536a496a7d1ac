#include "cmd/batch/flaw.h"

#include <string.h>

#include "probes/base/text.h"

#define ARGS_MAX 6
#define VALUE_CAP 200

/* The CR of an old Macintosh ends a line by itself. */
static bool follows_lf(struct span s, size_t i)
{
	return i + 1 < s.len && s.at[i + 1] == '\n';
}

static void find_place(const struct reading *r, size_t place,
		       struct flaw *ret)
{
	ret->line = r->line;
	ret->column = r->column;
	for (size_t i = 0; i < place && i < r->record.len; i++) {
		char c = r->record.at[i];

		if (c == '\n' || (c == '\r' && !follows_lf(r->record, i))) {
			ret->line++;
			ret->column = 1;
		} else if ((c & 0xc0) != 0x80) {
			ret->column++;
		}
	}
}

static void printable(const char *value, char *room, size_t cap)
{
	struct buf b = buf_over(room, cap);

	text_printable(&b, span_of(value), false);
	if (b.full)
		memcpy(room + cap - 4, "...", 4);
}

bool flaw_no_nul(const struct reading *r, bool escaped)
{
	struct span s = r->record;

	for (size_t i = 0; i < s.len; i++) {
		if (!s.at[i] || (escaped && s.at[i] == '\\' &&
				 span_starts(span_from(s, i + 1), "u0000")))
			return flaw_at(r, i, "batch.flaw.nul", NULL);
		i += escaped && s.at[i] == '\\';
	}
	return true;
}

void flaw_called(const struct flaw *f, struct buf *out)
{
	if (f->name[0])
		buf_str(out, f->name);
	else
		buf_fmt(out, "%s:%u", strcmp(f->file, "-") == 0 ? "stdin" :
			f->file, f->line);
}

bool flaw_at(const struct reading *r, size_t place, const char *id,
	     const struct text_arg *args)
{
	char room[ARGS_MAX][VALUE_CAP];
	struct text_arg safe[ARGS_MAX + 1];
	struct buf out = buf_over(r->flaw->text, sizeof(r->flaw->text));
	size_t n = 0;

	for (; args && args[n].name && n < ARGS_MAX; n++) {
		printable(args[n].value, room[n], sizeof(room[n]));
		safe[n] = (struct text_arg){ args[n].name, room[n] };
	}
	safe[n] = (struct text_arg){ NULL, NULL };
	span_copy(span_of(r->file), r->flaw->file, sizeof(r->flaw->file));
	find_place(r, place, r->flaw);
	text_fill(&out, r->lang, id, safe);
	return false;
}
