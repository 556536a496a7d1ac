#include "reports/human_private.h"

#include <string.h>

#define SERVERS_ROOM 1024

/* A guess that nobody answered is no server. */
static bool is_shown(const struct candidate *c, const struct offer *o)
{
	return c->source != SOURCE_GUESS || o->chosen ||
	       o->fault == FAULT_NONE;
}

static void servers_text(struct human *h, const struct candidate *c,
			 char *list, size_t cap)
{
	list[0] = '\0';
	for (size_t i = 0; i < c->offers; i++) {
		const struct endpoint *e = &c->offer[i].endpoint;
		char one[HOST_CAP + 8];
		struct buf b = buf_over(one, sizeof(one));

		if (!is_shown(c, &c->offer[i]))
			continue;
		buf_fmt(&b, "%s:%u", e->host, (unsigned)e->port);
		text_join(h->style->lang, "list.join", list, cap, one);
	}
}

static void fill_words(struct human *h, const struct candidate *c)
{
	char servers[SERVERS_ROOM], fault[200];
	struct buf f = buf_over(fault, sizeof(fault));

	words_of_endpoint(&h->words, h->in, h->style->lang, -1);
	servers_text(h, c, servers, sizeof(servers));
	words_plain(h->style->lang, "fault.", fault_name(c->why.kind), &f);
	words_add(&h->words, "servers", servers);
	words_add(&h->words, "answer", c->answer);
	words_add(&h->words, "asked", c->asked);
	words_add(&h->words, "fault", fault);
	words_fmt(&h->words, "status", "%u", c->status);
}

/* ---- everything that was asked ---- */

static const char *outcome_text(const struct candidate *c)
{
	if (c->outcome == OUTCOME_FOUND && c->offers == 0)
		return "known";		/* servers that differ per customer */
	if (c->outcome == OUTCOME_FAILED && c->why.kind == FAULT_NONE)
		return "status";
	if (c->outcome == OUTCOME_UNUSABLE && c->why.kind == FAULT_TOO_LONG)
		return "too-long";
	if (c->source == SOURCE_MX && c->outcome == OUTCOME_NOTHING &&
	    c->answer[0])
		return "stranger";	/* there is an MX, and who runs it? */
	return outcome_name(c->outcome);
}

static void put_candidate(struct human *h, const char **label,
			  const struct candidate *c)
{
	char source[HOST_CAP + 80], outcome[SERVERS_ROOM + 200];
	char line[SERVERS_ROOM + 600];
	struct buf s = buf_over(source, sizeof(source));
	struct buf o = buf_over(outcome, sizeof(outcome));
	struct buf l = buf_over(line, sizeof(line));

	fill_words(h, c);
	words_fill(&h->words, "source.", source_name(c->source), "", &s);
	words_fill(&h->words, "outcome.", outcome_text(c), "", &o);
	words_add(&h->words, "source", source);
	words_add(&h->words, "outcome", outcome);
	words_fill(&h->words, "search.line", "", "", &l);
	human_paragraph(h, label, line);
}

/* ---- who won, and why ---- */

static const struct offer *first_chosen(const struct candidate *c)
{
	for (size_t i = 0; i < c->offers; i++)
		if (c->offer[i].chosen)
			return &c->offer[i];
	return NULL;
}

/* A mail exchanger that takes logins, too, is no usual name. */
static bool is_exchanger(const struct search *s, const char *host)
{
	for (size_t i = 0; i < s->candidates; i++)
		if (s->candidate[i].source == SOURCE_MX)
			return strcmp(s->candidate[i].answer, host) == 0;
	return false;
}

static void put_winner(struct human *h, const char **label,
		       const struct candidate *c)
{
	const struct offer *first = first_chosen(c);
	const char *why = source_name(c->source);
	char line[SERVERS_ROOM];
	struct buf b = buf_over(line, sizeof(line));

	fill_words(h, c);
	if (first) {
		words_add(&h->words, "host", first->endpoint.host);
		if (first->checked && first->fault != FAULT_NONE)
			why = "doubtful";
		else if (c->source == SOURCE_GUESS &&
			 is_exchanger(h->in->search, first->endpoint.host))
			why = "exchanger";
	}
	words_fill(&h->words, "search.won.", why, "", &b);
	human_paragraph(h, label, line);
}

bool human_has_search(const struct human *h)
{
	return h->in->search && h->in->search->network;
}

void human_search(struct human *h)
{
	const struct search *s = h->in->search;
	const char *label = "label.found";
	bool all;

	if (!human_has_search(h))
		return;
	/* that a domain is not there explains all the rest */
	all = h->style->verbosity > 0 ||
	      (s->winner < 0 && !s->no_domain && !s->no_mail);
	if (s->winner >= 0)
		put_winner(h, &label, &s->candidate[s->winner]);
	for (size_t i = 0; i < s->candidates; i++)
		if (all)
			put_candidate(h, &label, &s->candidate[i]);
}
