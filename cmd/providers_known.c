#include "cmd/providers_private.h"

#include <string.h>

#include "reports/age.h"

/* Of a provider's page: where the facts are from, when, and how sure. */

const char *show_text(const struct show *s, const char *first,
		      const char *second)
{
	char id[80];
	struct buf b = buf_over(id, sizeof(id));

	buf_fmt(&b, "%s%s", first, second);
	return text_of(s->lang, id);
}

void show_sources(struct show *s)
{
	const char *label = "providers.label.sources";
	const char *item;

	for (size_t i = 0; (item = provider_list_at(s->p, PROVIDER_SOURCES,
						    i)); i++)
		sheet_put(&s->sheet, &label, item);
}

/* ---- when, and how sure ---- */

static void say_fact(const struct show *s, const struct provider_fact *f,
		     struct buf *out)
{
	char when[96];
	struct buf b = buf_over(when, sizeof(when));
	const struct text_arg args[] = { { "when", when }, { NULL, NULL } };

	if (age_is_old(f->checked, s->now))
		age_words(s->lang, f->checked, s->now, &b);
	else
		age_month(s->lang, f->checked, &b);
	text_fill(out, s->lang, f->sure ? "providers.fact" :
		  "providers.fact_unsure", args);
}

void show_checked(struct show *s)
{
	static const char *const names[PART_COUNT] = {
		[PART_SERVERS] = "servers", [PART_USER_FORM] = "user",
		[PART_SECRET] = "secret", [PART_SWITCHES] = "switches",
		[PART_REMEDIES] = "remedies",
	};
	const struct provider_fact all = { s->p->checked, s->p->sure };
	const char *label = "providers.label.checked";

	for (size_t i = 0; i <= PART_COUNT; i++) {
		const struct provider_fact *f = i == 0 ? &all :
						&s->p->part[i - 1];
		char fact[160];
		struct buf b = buf_over(fact, sizeof(fact));
		const struct text_arg args[] = {
			{ "part", i == 0 ? "" : show_text(s, "providers.part.",
							names[i - 1]) },
			{ "fact", fact }, { NULL, NULL }
		};

		if (i > 0 && f->sure == all.sure &&
		    strcmp(f->checked, all.checked) == 0)
			continue;
		say_fact(s, f, &b);
		if (i == 0)
			sheet_put(&s->sheet, &label, fact);
		else
			sheet_fill(&s->sheet, &label, "providers.fact_part",
				   args);
	}
}

/* Who usually signs for the servers: that ages, so with its month. */
void show_issuers(struct show *s)
{
	const struct provider_issuers *i = &s->p->issuers;
	const char *label = "providers.label.issuers";
	char names[300] = "", when[96];
	struct buf b = buf_over(when, sizeof(when));
	const struct text_arg args[] = {
		{ "names", names }, { "when", when }, { NULL, NULL }
	};

	if (i->n == 0)
		return;
	for (size_t k = 0; k < i->n; k++)
		text_join(s->lang, "list.join", names, sizeof(names),
			  i->name[k]);
	age_month(s->lang, i->checked, &b);
	sheet_fill(&s->sheet, &label, "providers.issuers", args);
	sheet_put(&s->sheet, &label, i->source);
}
