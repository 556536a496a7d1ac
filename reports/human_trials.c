#include "reports/human_private.h"

#include <string.h>

#include "reports/trial_words.h"

/* What was tried, and what it showed. */

#define ATTEMPTS_SHOWN 4		/* addresses of one host */
#define NAMES_SHOWN 8			/* that do not exist */

/* No address of the name was any good: each by itself. */
static void put_attempts(struct human *h, size_t index, const char **label)
{
	const struct evidence *e = h->in->seen[index];
	const struct connect_facts *c = &e->connection;
	const struct step *s = evidence_failure(e);
	if (!s || s->stage != STAGE_CONNECT || c->attempts < 2)
		return;
	words_of_endpoint(&h->words, h->in, h->style->lang, (int)index);
	for (size_t i = 0; i < c->attempts && i < ATTEMPTS_SHOWN; i++) {
		char room[512], fault[160];
		struct buf b = buf_over(room, sizeof(room));
		struct buf f = buf_over(fault, sizeof(fault));
		if (c->attempt[i].state != ATTEMPT_FAILED)
			continue;
		words_plain(h->style->lang, "fault.",
			    fault_name(c->attempt[i].fault), &f);
		words_add(&h->words, "at", c->attempt[i].address.text);
		words_add(&h->words, "result", fault);
		words_fill(&h->words, "trial.tried.", "address", "", &b);
		human_paragraph(h, label, room);
	}
}

static bool is_proof(const struct report_input *in, size_t index)
{
	struct ranked_cause c;

	return trial_conclusion(in, index, &c) &&
	       c.confidence == CONFIDENCE_PROVEN;
}

/* An endpoint of the account itself stands above, with all its steps. */
static bool stands_above(const struct report_input *in, size_t index)
{
	const struct trial *t = &in->trials->trial[index];
	enum cause out[TRIAL_EXCLUDES_MAX];
	struct ranked_cause c;

	if (t->variant != VARIANT_NONE || t->address[0] || t->only_hello ||
	    t->unverified || trial_conclusion(in, index, &c) ||
	    trial_ruled_out(in, index, out) > 0)
		return false;
	for (size_t i = 0; i < in->n; i++) {
		const struct endpoint *e = &in->seen[i]->endpoint;

		if (e->service == t->endpoint.service &&
		    e->port == t->endpoint.port &&
		    e->security == t->endpoint.security &&
		    strcmp(e->host, t->endpoint.host) == 0)
			return true;
	}
	return false;
}

static void put_made(struct human *h, bool proofs, const char **label)
{
	const struct trials *t = h->in->trials;

	for (size_t i = 0; t && i < t->n; i++) {
		char room[2048];
		struct buf b = buf_over(room, sizeof(room));

		if (trial_nowhere(h->in, i) || stands_above(h->in, i) ||
		    is_proof(h->in, i) != proofs)
			continue;
		if (trial_words_once(&h->words, i, &b))
			human_paragraph(h, label, room);
	}
}

/* Told before: another service's server, or another port of the same. */
static bool is_repeated(const struct report_input *in, size_t index,
			const char *host)
{
	for (size_t i = 0; i < index; i++) {
		const char *other = trial_nowhere(in, i);

		if (other && strcmp(other, host) == 0)
			return true;
	}
	return false;
}

/* Usual names and the like: of those that lead nowhere, the names will do. */
static void put_nowhere(struct human *h, const char **label)
{
	const struct trials *t = h->in->trials;
	char list[1024] = "", room[1280];
	struct buf b = buf_over(room, sizeof(room));
	size_t names = 0;

	for (size_t i = 0; t && i < t->n && names < NAMES_SHOWN; i++) {
		const char *host = trial_nowhere(h->in, i);

		if (!host || is_repeated(h->in, i, host))
			continue;
		text_join(h->style->lang, "list.join", list, sizeof(list),
			  host);
		names++;
	}
	if (names == 0)
		return;
	words_of_endpoint(&h->words, h->in, h->style->lang, -1);
	words_add(&h->words, "list", list);
	words_fill(&h->words, "trial.nowhere.", names == 1 ? "one" : "more", "",
		   &b);
	human_paragraph(h, label, room);
}

void human_trials(struct human *h)
{
	const char *label = "label.trials";

	for (size_t i = 0; i < h->in->n; i++)
		put_attempts(h, i, &label);
	put_made(h, true, &label);
	put_made(h, false, &label);
	put_nowhere(h, &label);
}
