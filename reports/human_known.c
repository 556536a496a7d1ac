#include "reports/human_private.h"

#include "reports/age.h"

/*
 * How well it is known what the report tells of the provider, and whom to
 * ask. Nothing stands here of facts that are sure and fresh.
 */

static bool is_old(const struct human *h, const char *checked)
{
	return age_is_old(checked, h->in->made_at);
}

/* Append the text `id` with {date}, or {age}, of a month. */
static void add_when(struct human *h, const char *id, const char *checked,
		     struct buf *out)
{
	char date[64], age[96];
	struct buf d = buf_over(date, sizeof(date));
	struct buf a = buf_over(age, sizeof(age));
	age_month(h->style->lang, checked, &d);
	age_words(h->style->lang, checked, h->in->made_at, &a);
	words_add(&h->words, "date", date);
	words_add(&h->words, "age", age);
	if (out->len > 0 && h->style->lang == LANG_EN)
		buf_char(out, ' ');
	words_fill(&h->words, id, "", "", out);
}

void human_caution(struct human *h, const char **label)
{
	const struct report_input *in = h->in;
	bool old = is_old(h, in->remedy_checked);
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	if (in->remedy_uncertain)
		words_fill(&h->words, "remedy.uncertain", "", "", &b);
	if (old)
		add_when(h, "remedy.old", in->remedy_checked, &b);
	else if (in->remedy_uncertain && in->remedy_checked[0])
		add_when(h, "remedy.checked", in->remedy_checked, &b);
	if (b.len > 0)
		human_paragraph(h, label, room);
}

static bool is_given(const char *text)
{
	return text && text[0];
}

void human_help(struct human *h)
{
	const struct report_help *help = &h->in->help;
	const char *label = "label.help";
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	if (is_given(help->text))
		human_paragraph(h, &label, help->text);
	if (is_given(help->phone)) {
		words_add(&h->words, "phone", help->phone);
		words_fill(&h->words, "help.phone", "", "", &b);
		human_paragraph(h, &label, room);
	}
	if (is_given(help->url))
		human_paragraph(h, &label, help->url);
}

/* The servers that were tried are the provider's, as far as we know them. */
static void put_servers(struct human *h, const char **label)
{
	const struct report_input *in = h->in;
	char room[512];
	struct buf b = buf_over(room, sizeof(room));
	if (!is_given(in->servers_checked))
		return;
	if (in->servers_uncertain)
		words_fill(&h->words, "known.servers", "", "", &b);
	if (is_old(h, in->servers_checked))
		add_when(h, "known.servers_old", in->servers_checked, &b);
	if (b.len > 0)
		human_paragraph(h, label, room);
}

void human_known(struct human *h)
{
	const struct report_input *in = h->in;
	const char *label = "label.known";
	put_servers(h, &label);
	for (size_t i = 0; i < in->doubts; i++)
		human_paragraph(h, &label, in->doubt[i]);
}
