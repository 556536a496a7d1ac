#include "reports/trial_words.h"

#include <string.h>

#include "reports/foreign.h"

/* Something failed on the way: that is the result, in the words for it. */
static void fault_of(const struct evidence *e, enum lang l, struct buf *out)
{
	const struct step *s = evidence_failure(e);

	words_plain(l, "fault.", fault_name(s ? s->why.kind : FAULT_NONE),
		    out);
}

/* TLS it is, and the certificate is another matter. */
static void unverified(struct words *w, const struct evidence *e,
		       struct buf *out)
{
	char fault[160];
	struct buf b = buf_over(fault, sizeof(fault));

	fault_of(e, w->lang, &b);
	words_add(w, "fault", fault);
	words_fill(w, "trial.result.", "unverified", "", out);
}

static void result_of(struct words *w, size_t index, struct buf *out)
{
	const struct trial *t = &w->in->trials->trial[index];
	const struct evidence *e = w->in->trials->seen[index];
	enum sight s = sight_of(w->in->trials, index);
	bool only_name = t->until == STAGE_RESOLVE;

	if (t->variant != VARIANT_NONE && s != SIGHT_ACCEPTED) {
		fault_of(e, w->lang, out);
		return;
	}
	if (only_name && s > SIGHT_RESOLVED && s != SIGHT_SAME_ADDRESS)
		s = SIGHT_RESOLVED;	/* a probe that served for more */
	if (s == SIGHT_NOTHING || (s == SIGHT_RESOLVED && !only_name)) {
		fault_of(e, w->lang, out);
		return;
	}
	if (s == SIGHT_FOREIGN_SERVER) {
		char called[HOST_CAP];

		foreign_banner(e, called);
		words_add(w, "called", called);
	}
	words_add(w, "shared", e->name.addresses > 0 ?
		  e->name.address[0].text : "");
	words_add(w, "issuer", e->tls.cert[0].issuer_name);
	words_add(w, "names", e->tls.cert[0].subject_name);
	words_version(w, "offered", e->tls.offered);
	words_add(w, "offered_cipher", e->tls.offered_cipher);
	words_version(w, "ours", e->tls.our_versions);
	if (t->only_hello && s >= SIGHT_ANSWERED && s <= SIGHT_CONNECTED)
		words_fill(w, "trial.result.", "no_hello", "", out);
	else if (s == SIGHT_HANDSHAKE && evidence_failure(e))
		unverified(w, e, out);
	else if (s == SIGHT_CONNECTED && t->until > STAGE_CONNECT)
		words_fill(w, "trial.result.", "no_more", "", out);
	else
		words_fill(w, "trial.result.", sight_name(s), "", out);
}

static bool is_named(const struct diagnosis *d, enum cause c)
{
	for (size_t i = 0; i < d->causes; i++)
		if (d->cause[i].cause == c)
			return true;
	return false;
}

/*
 * All experiments together are stronger than one: what another one ruled out
 * is no suggestion any more, and beside a proof suggestions say nothing.
 */
bool trial_conclusion(const struct report_input *in, size_t index,
		      struct ranked_cause *ret)
{
	const struct diagnosis *d = in->diagnosis;
	bool proven = d->causes > 0 &&
		      d->cause[0].confidence == CONFIDENCE_PROVEN;
	struct ranked_cause c[RULE_CAUSES_MAX];
	size_t n = trial_verdict(in->trials, index, c), before = 0;

	for (size_t i = 0; i < n; i++) {
		*ret = c[i];
		if (c[i].confidence == CONFIDENCE_PROVEN)
			return true;
		if (proven || !is_named(d, c[i].cause))
			continue;
		ret->confidence = before++ == 0 ? CONFIDENCE_LIKELY :
						  CONFIDENCE_POSSIBLE;
		if (c[i].cause == d->verdict)
			return true;
	}
	return false;
}

static void conclusion(struct words *w, size_t index, struct buf *out)
{
	struct ranked_cause c;
	char text[512];
	struct buf b = buf_over(text, sizeof(text));

	if (!trial_conclusion(w->in, index, &c))
		return;
	words_of_endpoint(w, w->in, w->lang,
			  w->in->trials->trial[index].about);
	words_cause(w, c.cause, ".short", &b);
	words_add(w, "cause", text);
	words_fill(w, "trial.so.", confidence_name(c.confidence), "", out);
}

size_t trial_ruled_out(const struct report_input *in, size_t index,
		       enum cause ret[TRIAL_EXCLUDES_MAX])
{
	size_t n = trial_excludes(in->trials, index, ret), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!is_named(in->diagnosis, ret[i]))
			ret[kept++] = ret[i];
	return kept;
}

/* A proof rules out all else by itself. */
static void exclusions(struct words *w, size_t index, struct buf *out)
{
	enum cause c[TRIAL_EXCLUDES_MAX];
	size_t n = trial_ruled_out(w->in, index, c);
	struct ranked_cause so;
	char list[1024] = "";

	if (trial_conclusion(w->in, index, &so) &&
	    so.confidence == CONFIDENCE_PROVEN)
		return;
	words_of_endpoint(w, w->in, w->lang,
			  w->in->trials->trial[index].about);
	for (size_t i = 0; i < n; i++) {
		char text[512];
		struct buf b = buf_over(text, sizeof(text));

		words_cause(w, c[i], ".short", &b);
		text_join(w->lang, "trial.out.join", list, sizeof(list), text);
	}
	words_add(w, "list", list);
	if (n > 0)
		words_fill(w, "trial.out", "", "", out);
}

/* Which sentence tells it. */
static const char *kind_of_sentence(const struct trial *t)
{
	if (strcmp(t->id, TRIAL_DOMAIN) == 0)
		return "domain";
	if (t->variant != VARIANT_NONE)
		return "variant";
	if (t->until == STAGE_RESOLVE)
		return "name";
	if (t->address[0])
		return "address";
	return t->named_by[0] ? "named" : "port";
}

static void told(struct words *w, size_t index, struct buf *out)
{
	const struct trial *t = &w->in->trials->trial[index];
	const struct evidence *e = w->in->trials->seen[index];
	char security[40], result[256];
	struct buf s = buf_over(security, sizeof(security));
	struct buf r = buf_over(result, sizeof(result));

	words_of_endpoint(w, w->in, w->lang, -1);
	words_plain(w->lang, "security.", security_name(t->endpoint.security),
		    &s);
	if (e)
		result_of(w, index, &r);
	words_add(w, "host", t->endpoint.host);
	words_fmt(w, "port", "%u", t->endpoint.port);
	words_add(w, "security", security);
	words_add(w, "result", result);
	if (t->variant != VARIANT_NONE) {
		char what[200];
		struct buf b = buf_over(what, sizeof(what));

		words_plain(w->lang, "variant.", variant_name(t->variant), &b);
		words_add(w, "variant", what);
	}
	if (t->named_by[0]) {
		char named[200];
		struct buf b = buf_over(named, sizeof(named));

		words_plain(w->lang, "trial.named.", t->named_by, &b);
		words_add(w, "named", named);
	}
	words_add(w, "at", t->address);
	words_fill(w, e ? "trial.tried." : "trial.planned.",
		   kind_of_sentence(t), "", out);
}

void trial_words(struct words *w, size_t index, struct buf *out)
{
	told(w, index, out);
	conclusion(w, index, out);
	exclusions(w, index, out);
	if (!w->in->trials->seen[index])
		trial_plan_words(w, index, out);
}

/* ---- names that lead nowhere ---- */

const char *trial_nowhere(const struct report_input *in, size_t index)
{
	const struct trial *t = &in->trials->trial[index];
	const struct evidence *e = in->trials->seen[index];
	const struct step *s = e ? evidence_failure(e) : NULL;
	enum cause out[TRIAL_EXCLUDES_MAX];
	struct ranked_cause c;

	if (!s || s->stage != STAGE_RESOLVE ||
	    (s->why.kind != FAULT_NXDOMAIN && s->why.kind != FAULT_NO_DATA) ||
	    trial_conclusion(in, index, &c) ||
	    trial_ruled_out(in, index, out) > 0)
		return NULL;
	return t->endpoint.host;
}

/* ---- once for all that are alike ---- */

static bool came_to_tls(const struct evidence *e)
{
	return e && evidence_step(e, STAGE_TLS);
}

/* What the certificate is worth matters only to who came so far. */
bool trials_alike(const struct trials *t, size_t i, size_t k)
{
	const struct trial *a = &t->trial[i], *b = &t->trial[k];
	const struct endpoint *x = &a->endpoint, *y = &b->endpoint;

	return a->variant == b->variant && a->only_hello == b->only_hello &&
	       (a->unverified == b->unverified ||
		(t->seen[i] && !came_to_tls(t->seen[i]) &&
		 !came_to_tls(t->seen[k]))) &&
	       strcmp(a->address, b->address) == 0 &&
	       x->service == y->service && x->port == y->port &&
	       x->security == y->security && strcmp(x->host, y->host) == 0 &&
	       (strcmp(a->id, TRIAL_DOMAIN) == 0) ==
		       (strcmp(b->id, TRIAL_DOMAIN) == 0);
}

static bool goes_before(const struct trials *t, size_t k, size_t index)
{
	enum stage a = t->trial[k].until, b = t->trial[index].until;

	return a > b || (a == b && k < index);
}

bool trial_words_once(struct words *w, size_t index, struct buf *out)
{
	const struct trials *t = w->in->trials;
	struct ranked_cause c, best = { CAUSE_COUNT, CONFIDENCE_POSSIBLE };
	size_t from = index;

	for (size_t k = 0; k < t->n; k++) {
		if (!trials_alike(t, k, index))
			continue;
		if (goes_before(t, k, index))
			return false;
		if (trial_conclusion(w->in, k, &c) &&
		    (best.cause == CAUSE_COUNT ||
		     c.confidence > best.confidence)) {
			best = c;
			from = k;
		}
	}
	told(w, index, out);
	conclusion(w, from, out);
	exclusions(w, from, out);
	for (size_t k = 0; k < t->n; k++)
		if (!t->seen[k] && trials_alike(t, k, index))
			trial_plan_words(w, k, out);
	return true;
}
