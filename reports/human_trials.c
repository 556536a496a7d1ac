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

/* ---- what led nowhere, once the cause is proven ---- */

static bool came_far(const struct trials *t, size_t index)
{
	enum sight s = sight_of(t, index);

	if (t->trial[index].until == STAGE_RESOLVE)
		return s >= SIGHT_RESOLVED;
	return s >= (t->trial[index].until == STAGE_CONNECT ?
		     SIGHT_ANSWERED : SIGHT_HANDSHAKE);
}

static bool is_telling(const struct report_input *in, size_t index)
{
	const struct trials *t = in->trials;
	enum cause out[TRIAL_EXCLUDES_MAX];
	struct ranked_cause c;

	return !t->seen[index] || t->trial[index].variant != VARIANT_NONE ||
	       trial_conclusion(in, index, &c) ||
	       trial_ruled_out(in, index, out) > 0 || came_far(t, index);
}

/* Nobody asks any more; with -v it is all there, and in JSON. */
static bool is_idle(const struct human *h, size_t index)
{
	const struct trials *t = h->in->trials;

	if (h->style->verbosity > 0 ||
	    h->in->diagnosis->cause[0].confidence != CONFIDENCE_PROVEN)
		return false;
	for (size_t k = 0; k < t->n; k++)
		if (trials_alike(t, index, k) && is_telling(h->in, k))
			return false;
	return true;
}

/* Is it the first of those alike? They are counted once. */
static bool is_first(const struct trials *t, size_t index)
{
	for (size_t k = 0; k < index; k++)
		if (trials_alike(t, index, k))
			return false;
	return true;
}

static void put_idle(struct human *h, const char **label)
{
	const struct trials *t = h->in->trials;
	char room[256];
	struct buf b = buf_over(room, sizeof(room));
	unsigned n = 0;

	for (size_t i = 0; t && i < t->n; i++)
		n += is_first(t, i) && is_idle(h, i);
	if (n == 0)
		return;
	words_of_endpoint(&h->words, h->in, h->style->lang, -1);
	words_fmt(&h->words, "n", "%u", n);
	words_fill(&h->words, "trial.idle", "", "", &b);
	human_paragraph(h, label, room);
}

static void put_made(struct human *h, bool proofs, const char **label)
{
	const struct trials *t = h->in->trials;

	for (size_t i = 0; t && i < t->n; i++) {
		char room[2048];
		struct buf b = buf_over(room, sizeof(room));

		if (trial_nowhere(h->in, i) || stands_above(h->in, i) ||
		    is_idle(h, i) || is_proof(h->in, i) != proofs)
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

		if (!host || is_idle(h, i) || is_repeated(h->in, i, host))
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
	const struct trials *t = h->in->trials;
	const char *label = t && t->n > 0 && !t->seen[0] ? "label.plan" :
							   "label.trials";

	for (size_t i = 0; i < h->in->n; i++)
		put_attempts(h, i, &label);
	put_made(h, true, &label);
	put_made(h, false, &label);
	put_nowhere(h, &label);
	put_idle(h, &label);
}
