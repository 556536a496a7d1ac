#include "reports/settings_private.h"

#include <string.h>

#include "reports/age.h"
#include "reports/layout.h"

#define NAME_MOST 30			/* columns: longer names stand alone */
#define GAP 2

/* ---- the fields of one screen ---- */

static size_t name_columns(const struct settings *s, enum lang l,
			   const struct program_step *step)
{
	size_t widest = 0;

	for (size_t i = 0; i < step->fields; i++) {
		char name[400];
		struct buf b = buf_over(name, sizeof(name));
		size_t columns;

		settings_fill_program(s, l, step->field[i].name.text[l], &b);
		columns = layout_width(name);
		if (columns > widest && columns <= NAME_MOST)
			widest = columns;
	}
	return widest;
}

static void put_field(struct human *h, const struct settings *s,
		      const struct program_field *f, size_t at, size_t columns)
{
	enum lang l = h->style->lang;
	char name[400], value[1024];
	struct buf n = buf_over(name, sizeof(name));
	struct buf v = buf_over(value, sizeof(value));

	settings_fill_program(s, l, f->name.text[l], &n);
	settings_fill_program(s, l, f->value.text[l], &v);
	human_spaces(h, at);
	if (layout_width(name) > columns) {
		human_wrap(h, name, at, at);
		human_spaces(h, at + columns + GAP);
	} else {
		human_pad(h, name, columns + GAP);
	}
	human_ink(h, INK_BOLD);
	human_wrap(h, value, at + columns + GAP, at + columns + GAP);
	human_ink(h, INK_PLAIN);
}

static void put_steps(struct human *h, const struct settings *s)
{
	enum lang l = h->style->lang;
	const char *label = "label.settings_steps";
	unsigned n = 0;

	for (size_t i = 0; i < s->program->steps; i++) {
		const struct program_step *step = &s->program->step[i];
		size_t columns = name_columns(s, l, step);
		char room[2048];
		struct buf b = buf_over(room, sizeof(room));

		if (!settings_wants_step(s, step))
			continue;
		settings_fill_program(s, l, step->text.text[l], &b);
		human_numbered(h, &label, ++n, room);
		for (size_t f = 0; f < step->fields; f++)
			put_field(h, s, &step->field[f], human_indent(h) + 5,
				  columns);
	}
}

/* ---- all of it ---- */

static void put_checks(struct human *h, const struct settings *s)
{
	const char *label = "label.settings_check";

	for (size_t i = 0; !settings_is_cut_off(s) &&
	     i < s->known.servers; i++) {
		const struct endpoint *e = &s->known.server[i].endpoint;
		char room[1024];
		struct buf b = buf_over(room, sizeof(room));

		if (settings_check(s, i) == CHECK_NONE)
			continue;
		buf_fmt(&b, "%s:%u%s", e->host, e->port, human_dash(h));
		settings_say_check(s, h->style->lang, i, &b);
		human_paragraph(h, &label, room);
	}
}

/* What is worth knowing of the program, then of the provider. */
static void put_notes(struct human *h, const struct settings *s, bool steps)
{
	enum lang l = h->style->lang;
	const char *label = "label.settings_notes";
	char month[32];
	struct buf m = buf_over(month, sizeof(month));
	const struct text_arg args[] = { { "month", month }, { NULL, NULL } };

	age_month(l, s->program->checked, &m);
	for (size_t i = 0; steps && i < s->program->notes; i++)
		human_paragraph(h, &label, s->program->note[i].text[l]);
	settings_put_text(h, s, &label, "settings.program_checked", args);
	for (size_t i = 0; i < s->quirks.n; i++)
		human_paragraph(h, &label, s->quirks.text[i]);
}

void settings_put_program(struct human *h, const struct settings *s)
{
	const char *own = "label.settings_own";
	struct program_text entry;
	bool only = false, steps;

	if (program_own_entry(s->program, s->provider_id, &entry, &only)) {
		human_paragraph(h, &own, entry.text[h->style->lang]);
		human_str(h, "\n");
	}
	settings_put_account(h, s);
	steps = !only && s->known.servers > 0;
	if (steps) {
		human_str(h, "\n");
		put_steps(h, s);
		put_checks(h, s);
	}
	human_str(h, "\n");
	put_notes(h, s, steps);
}
