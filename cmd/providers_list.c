#include "cmd/providers_set.h"

#include <string.h>

#include "probes/base/text.h"
#include "reports/layout.h"
#include "reports/page.h"

/* id, name, domains, month, secret; the name takes the room that is left. */
enum column { COL_ID, COL_NAME, COL_DOMAINS, COL_CHECKED, COL_SECRET, COLS };

#define GAP 2
#define NAME_LEAST 16
#define NAME_MOST 44

struct listing {
	struct page page;
	const struct report_style *style;
	size_t width[COLS];
};

static const char *text(const struct listing *l, const char *id)
{
	return text_of(l->style->lang, id);
}

static size_t domains_of(const struct provider *p)
{
	size_t n = 0;

	while (provider_list_at(p, PROVIDER_DOMAINS, n))
		n++;
	return n;
}

static const char *kind_of(const struct listing *l, const struct provider *p)
{
	char id[48];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "providers.kind.%s", secret_kind_name(p->secret));
	return text(l, id);
}

static void widen(size_t *width, const char *text)
{
	size_t w = layout_width(text);

	if (w > *width)
		*width = w;
}

static void measure(struct listing *l, const struct provider_set *set)
{
	static const char *const heads[COLS] = {
		"providers.id", "providers.name", "providers.domains",
		"providers.checked", "providers.secret"
	};
	size_t taken = 0, room;

	for (size_t c = 0; c < COLS; c++)
		widen(&l->width[c], text(l, heads[c]));
	for (size_t i = 0; i < set->n; i++) {
		const struct provider *p = set->row[i].provider;

		widen(&l->width[COL_ID], p->id);
		widen(&l->width[COL_NAME], p->name[l->style->lang]);
		widen(&l->width[COL_CHECKED], "2026-08?");
		widen(&l->width[COL_SECRET], kind_of(l, p));
	}
	for (size_t c = 0; c < COLS; c++)
		taken += c == COL_NAME ? 0 : l->width[c] + GAP;
	room = l->style->width > taken + NAME_LEAST ?
	       l->style->width - taken : NAME_LEAST;
	if (l->style->width == 0)
		room = NAME_MOST;
	if (l->width[COL_NAME] > room)
		l->width[COL_NAME] = room;
}

static void put(struct listing *l, enum column c, const char *text)
{
	struct buf *out = page_room(&l->page, PAGE_ROOM);
	char cut[256];
	struct buf b = buf_over(cut, sizeof(cut));
	size_t width = l->width[c], used;

	layout_cut(&b, text, width, l->style->unicode ? "\xe2\x80\xa6" : "~");
	used = layout_width(cut);
	if (c == COL_DOMAINS)
		buf_fmt(out, "%*s", (int)(width - used), "");
	buf_str(out, cut);
	if (c == COL_SECRET)
		buf_char(out, '\n');
	else
		buf_fmt(out, "%*s", (int)(GAP + (c == COL_DOMAINS ? 0 :
						  width - used)), "");
}

static void put_head(struct listing *l)
{
	put(l, COL_ID, text(l, "providers.id"));
	put(l, COL_NAME, text(l, "providers.name"));
	put(l, COL_DOMAINS, text(l, "providers.domains"));
	put(l, COL_CHECKED, text(l, "providers.checked"));
	put(l, COL_SECRET, text(l, "providers.secret"));
}

static void put_row(struct listing *l, const struct provider_row *row)
{
	const struct provider *p = row->provider;
	char number[16], checked[16];
	struct buf n = buf_over(number, sizeof(number));
	struct buf c = buf_over(checked, sizeof(checked));

	buf_fmt(&n, "%zu", domains_of(p));
	buf_fmt(&c, "%s%s", p->checked, p->sure ? "" : "?");
	put(l, COL_ID, p->id);
	put(l, COL_NAME, p->name[l->style->lang]);
	put(l, COL_DOMAINS, number);
	put(l, COL_CHECKED, checked);
	put(l, COL_SECRET, kind_of(l, p));
}

/* ---- below the list ---- */

static void put_line(struct listing *l, const char *id,
		     const struct text_arg *args)
{
	char room[1024];
	struct buf b = buf_over(room, sizeof(room));
	struct buf *out;

	text_fill(&b, l->style->lang, id, args);
	out = page_room(&l->page, PAGE_ROOM);
	layout_wrap(out, room, 0, 0, l->style->width);
	buf_char(out, '\n');
}

static void put_own(struct listing *l, const struct provider_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct text_arg args[] = {
			{ "id", set->row[i].provider->id },
			{ "file", set->row[i].own_file }, { NULL, NULL }
		};

		if (set->row[i].own_file)
			put_line(l, "providers.own", args);
	}
}

static void put_broken(struct listing *l, const struct provider_own *own)
{
	for (size_t i = 0; own && i < own->files; i++) {
		char fault[FAULT_TEXT_CAP * 4];
		struct buf b = buf_over(fault, sizeof(fault));
		const struct text_arg args[] = {
			{ "fault", fault }, { NULL, NULL }
		};

		if (own->file[i].provider)
			continue;
		text_printable(&b, span_of(own->file[i].why.text), false);
		put_line(l, "providers.broken", args);
	}
}

static void put_foot(struct listing *l, const struct provider_set *set)
{
	char number[16];
	struct buf b = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "number", number }, { NULL, NULL }
	};

	buf_fmt(&b, "%zu", set->n);
	put_line(l, "providers.foot", args);
}

char *providers_list(const struct provider_set *set,
		     const struct provider_own *own,
		     const struct report_style *style)
{
	struct listing l = { .style = style };

	page_open(&l.page);
	measure(&l, set);
	put_head(&l);
	for (size_t i = 0; i < set->n; i++)
		put_row(&l, &set->row[i]);
	buf_char(page_room(&l.page, PAGE_ROOM), '\n');
	put_foot(&l, set);
	put_own(&l, set);
	put_broken(&l, own);
	return page_close(&l.page);
}
