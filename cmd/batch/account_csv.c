#include "cmd/batch/csv_private.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/account_build.h"
#include "probes/base/secret.h"
#include "probes/base/text.h"

/* ---- one field after the other ---- */

/* What follows a closing quote is kept as it stands, as spreadsheets do. */
bool csv_next_field(struct csv_row *w, char *room)
{
	bool quoted = false;
	size_t i = 0, n = 0;

	if (w->ended)
		return false;
	for (; i < w->rest.len; i++) {
		char c = w->rest.at[i];

		if (c == '"' && (quoted || i == 0)) {
			if (quoted && i + 1 < w->rest.len &&
			    w->rest.at[i + 1] == '"')
				room[n++] = w->rest.at[++i];
			else
				quoted = !quoted;
		} else if (c == w->separator && !quoted) {
			break;
		} else {
			room[n++] = c;
		}
	}
	room[n] = '\0';
	w->ended = i >= w->rest.len;
	w->rest = span_from(w->rest, i + 1);
	return true;
}

struct span csv_without_line_end(struct span s)
{
	while (s.len > 0 && (s.at[s.len - 1] == '\n' ||
			     s.at[s.len - 1] == '\r'))
		s.len--;
	return s;
}

size_t csv_place_of(const struct reading *r, const struct csv_row *w)
{
	size_t place = (size_t)(w->rest.at - r->record.at);

	return place < r->record.len ? place : r->record.len;
}

/* Spaces that nobody sees are copied along with an address. */
static const char *const blanks[] = {
	" ", "\t", "\r", "\n",
	"\xc2\xa0",			/* no-break */
	"\xe2\x80\x8b",			/* of no width */
	"\xe3\x80\x80",			/* of full width */
	"\xef\xbb\xbf",			/* byte order mark */
};

/* How long the one that s begins, or ends, with is; 0 none. */
static size_t blank_of(struct span s, bool at_end)
{
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		size_t n = strlen(blanks[i]);

		if (n <= s.len && memcmp(at_end ? s.at + s.len - n : s.at,
					 blanks[i], n) == 0)
			return n;
	}
	return 0;
}

char *csv_trim(char *text)
{
	struct span s = span_of(text);
	size_t n;

	while ((n = blank_of(s, false)) > 0)
		s = span_from(s, n);
	while ((n = blank_of(s, true)) > 0)
		s.len -= n;
	text += s.at - text;
	text[s.len] = '\0';
	return text;
}

/* ---- a row ---- */

static bool fill_list(struct building *b, const struct csv_kind *k,
		      char *value)
{
	char *item = value;

	while (*item) {
		size_t n = strcspn(item, " \n\r\t|");
		bool last = !item[n];

		item[n] = '\0';
		if (n > 0 && !k->set(b, k->name, item))
			return false;
		if (last)
			break;
		item += n + 1;
	}
	return true;
}

static bool fill_expect(struct building *b, const struct csv_kind *k,
			const char *value)
{
	struct expect_slip slip;

	if (expect_add(k->extra, value, &b->a->expect, &slip))
		return true;
	const struct text_arg args[] = {
		{ "where", k->name }, { "value", slip.value }, { NULL, NULL }
	};
	return flaw_at(b->r, b->place, slip.text, args);
}

/* Any mark in the column "netrc" will do, but a path is one. */
static bool fill_netrc(struct building *b, const char *value)
{
	bool path = strchr(value, '/') || strchr(value, '.');

	if (span_is(span_of(value), "no") || span_is(span_of(value), "false") ||
	    span_is(span_of(value), "0"))
		return true;
	return build_reference(b, "netrc", false, "netrc", path ? value : "");
}

static bool fill(struct building *b, const struct csv_column *c, char *value)
{
	const struct csv_kind *k = c->kind;

	switch (k->use) {
	case USE_SET:
		return k->set(b, k->name, value);
	case USE_LIST:
		return fill_list(b, k, value);
	case USE_LABEL:
		return build_label(b, c->label, value);
	case USE_PASSWORD:
	case USE_TOKEN:
		return build_reference(b, k->name, k->use == USE_TOKEN,
				       k->extra, value);
	case USE_INLINE:
		return build_inline(b, k->name, k->extra != NULL, value);
	case USE_NETRC:
		return fill_netrc(b, value);
	case USE_EXPECT:
		return fill_expect(b, k, value);
	}
	return false;
}

/* A secret is taken as it stands, spaces and all. */
static char *value_of(const struct csv_kind *k, char *field)
{
	return k && k->use == USE_INLINE ? field : csv_trim(field);
}

static bool fill_row(struct building *b, const struct csv_header *h,
		     struct csv_row *w, char *room, bool *ret_some)
{
	for (size_t i = 0; csv_next_field(w, room); i++) {
		const struct csv_column *c = &h->column[i];
		char *value = value_of(i < h->columns ? c->kind : NULL, room);

		if (*value && i >= h->columns)
			return build_refuse(b, "batch.flaw.fields", NULL,
					    NULL);
		if (*value && c->kind && !fill(b, c, value))
			return false;
		*ret_some = *ret_some || *value;
		b->place = csv_place_of(b->r, w);
	}
	return true;
}

static void name_flaw(const struct building *b)
{
	const struct account *a = b->a;
	const char *name = a->name ? a->name : a->address;

	if (name)
		span_copy(span_of(name), b->r->flaw->name,
			  sizeof(b->r->flaw->name));
}

bool csv_read_row(const struct reading *r, const struct csv_header *h,
		  struct account **ret)
{
	struct building b = { .r = r };
	struct csv_row w = { .rest = csv_without_line_end(r->record),
			 .separator = h->separator };
	char *room;
	bool ok = false, some = false;

	*ret = NULL;
	if (!flaw_no_nul(r, false))
		return false;
	b.a = calloc(1, sizeof(*b.a));
	room = malloc(r->record.len + 1);
	if (b.a && room) {
		b.a->file = r->file;
		b.a->line = r->line;
		b.a->column = r->column;
		b.a->expect = EXPECT_NOTHING;
		ok = fill_row(&b, h, &w, room, &some) &&
		     (!some || build_end(&b));
		wipe(room, r->record.len + 1);
	} else {
		build_no_memory(&b);
	}
	if (!ok && b.a)
		name_flaw(&b);
	if (ok && some)
		*ret = b.a;
	else
		account_free(b.a);
	free(room);
	return ok;
}

/* ---- where a record ends ---- */

static bool is_separator(char c)
{
	return c == ',' || c == ';' || c == '\t';
}

size_t csv_record_length(struct span window, char separator, bool ended,
			 bool *ret_open)
{
	bool quoted = false, begins = true;

	*ret_open = false;
	for (size_t i = 0; i < window.len; i++) {
		char c = window.at[i];

		if (c == '"' && (quoted || begins))
			quoted = !quoted;
		begins = (separator ? c == separator : is_separator(c)) ||
			 (c == '"' && !quoted);
		if (quoted || (c != '\n' && c != '\r'))
			continue;
		if (c == '\n')
			return i + 1;
		/* CR LF, or the CR of an old Macintosh */
		if (i + 1 < window.len)
			return i + 1 + (window.at[i + 1] == '\n');
		if (ended)
			return i + 1;
	}
	*ret_open = quoted;
	return ended ? window.len : 0;
}
