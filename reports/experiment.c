#include "reports/experiment.h"

#include <string.h>

#include "reports/diagnose_private.h"
#include "reports/experiment_private.h"

/* What the trials showed, and what follows from it. */

const char *sight_name(enum sight s)
{
	static const char *const names[] = {
		[SIGHT_NOTHING] = "nothing", [SIGHT_RESOLVED] = "resolved",
		[SIGHT_ANSWERED] = "answered", [SIGHT_CONNECTED] = "connected",
		[SIGHT_HANDSHAKE] = "handshake",
		[SIGHT_VERIFIED] = "verified", [SIGHT_GREETED] = "greeted",
		[SIGHT_ACCEPTED] = "accepted",
		[SIGHT_OFFERS_OLDER] = "offers_older",
		[SIGHT_OFFERS_NEWER] = "offers_newer",
		[SIGHT_OFFERS_SHARED] = "offers_shared",
		[SIGHT_OFFERS_CIPHER] = "offers_cipher",
		[SIGHT_STARTTLS] = "starttls",
		[SIGHT_NO_STARTTLS] = "no_starttls",
		[SIGHT_OUTDATED] = "outdated",
		[SIGHT_SAME_ISSUER] = "same_issuer",
		[SIGHT_SAME_CERTIFICATE] = "same_certificate",
		[SIGHT_WEB_PAGE] = "web_page",
		[SIGHT_SAME_ADDRESS] = "same_address",
		[SIGHT_FOREIGN_SERVER] = "foreign_server",
		[SIGHT_TAKES_LOGINS] = "takes_logins",
	};

	return names[s];
}

const char *variant_name(enum variant v)
{
	static const char *const names[] = {
		[VARIANT_NONE] = "none", [VARIANT_TRIMMED] = "trimmed",
		[VARIANT_HALF_WIDTH] = "half_width",
		[VARIANT_UNSPACED] = "unspaced",
		[VARIANT_LOCAL_PART] = "local_part",
		[VARIANT_ADDRESS] = "address",
	};

	return names[v];
}

const char *host_kind_name(enum host_kind k)
{
	static const char *const names[] = {
		[HOST_KIND_UNKNOWN] = "unknown", [HOST_KIND_SERVICE] = "service",
		[HOST_KIND_EXCHANGER] = "exchanger", [HOST_KIND_WEB] = "web",
		[HOST_KIND_SIBLING] = "sibling",
	};

	return names[k];
}

static bool was_refused(const struct evidence *e)
{
	const struct step *s = evidence_step(e, STAGE_CONNECT);

	return s && (s->why.kind == FAULT_REFUSED ||
		     s->why.kind == FAULT_RESET);
}

/* "TLSv1.0" to "TLSv1.3" against "TLSv1.2" or "TLSv1.2-1.3". */
static enum sight offer_of(const struct tls_facts *t)
{
	size_t n = strlen(t->offered), m = strlen(t->our_versions);

	if (n == 0 || m < 7)
		return SIGHT_NOTHING;
	if (t->offered[n - 1] < t->our_versions[6])
		return SIGHT_OFFERS_OLDER;
	if (t->offered[n - 1] > t->our_versions[m - 1])
		return SIGHT_OFFERS_NEWER;
	return t->offered_cipher[0] && !t->cipher_is_ours
		       ? SIGHT_OFFERS_CIPHER : SIGHT_OFFERS_SHARED;
}

/* Brought before the login, which was left out; what ended sooner was not. */
static bool takes_logins(const struct trials *t, size_t index)
{
	const struct step *s = evidence_step(t->seen[index], STAGE_LOGIN);

	return t->trial[index].until == STAGE_LOGIN && s &&
	       s->result == STEP_SKIPPED;
}

static bool saw(const struct trials *t, size_t index, enum sight s)
{
	const struct evidence *e = t->seen[index];

	switch (s) {
	case SIGHT_RESOLVED:
		return step_passed(e, STAGE_RESOLVE);
	case SIGHT_ANSWERED:
		return step_passed(e, STAGE_CONNECT) || was_refused(e);
	case SIGHT_CONNECTED:
		return step_passed(e, STAGE_CONNECT);
	case SIGHT_HANDSHAKE:
		return e->tls.handshake_done;
	case SIGHT_VERIFIED:
		return e->tls.handshake_done && e->tls.verified;
	case SIGHT_GREETED:
		return step_passed(e, STAGE_GREETING);
	case SIGHT_FOREIGN_SERVER:
		return sight_foreign(t, index);
	case SIGHT_TAKES_LOGINS:
		return takes_logins(t, index);
	case SIGHT_ACCEPTED:
		return e->login.outcome == LOGIN_ACCEPTED;
	case SIGHT_OFFERS_OLDER:
	case SIGHT_OFFERS_NEWER:
	case SIGHT_OFFERS_SHARED:
	case SIGHT_OFFERS_CIPHER:
		return offer_of(&e->tls) == s;
	case SIGHT_SAME_ISSUER:
	case SIGHT_SAME_CERTIFICATE:
		/* who answers is what an unverified probe is after */
		return !t->trial[index].unverified && sight_trust(t, index, s);
	default:
		return sight_trust(t, index, s);
	}
}

enum sight sight_of(const struct trials *t, size_t index)
{
	for (int s = SIGHT_COUNT - 1; s > SIGHT_NOTHING; s--)
		if (saw(t, index, (enum sight)s))
			return (enum sight)s;
	return SIGHT_NOTHING;
}

const struct experiment *experiment_by_id(const struct experiment_table *t,
					  const char *id)
{
	for (size_t i = 0; i < t->rows; i++)
		if (strcmp(t->row[i].id, id) == 0)
			return &t->row[i];
	return NULL;
}

static bool is_of(const struct trials *t, size_t i,
		  const struct experiment *x, size_t about)
{
	return t->seen[i] && t->trial[i].about == about &&
	       strcmp(t->trial[i].id, x->id) == 0;
}

static bool any_saw(const struct trials *t, const struct experiment *x,
		    size_t about, enum sight s)
{
	for (size_t i = 0; i < t->n; i++)
		if (is_of(t, i, x, about) && saw(t, i, s))
			return true;
	return false;
}

static bool was_made(const struct trials *t, const struct experiment *x,
		     size_t about)
{
	for (size_t i = 0; i < t->n; i++)
		if (is_of(t, i, x, about))
			return true;
	return false;
}

/*
 * What was tried because of a silence means nothing once the server has
 * spoken after all.
 */
static bool is_past(const struct trials *t, const struct experiment *x,
		    size_t about)
{
	const struct step *failed = t->first ?
				    evidence_failure(&t->first[about]) : NULL;

	return failed && !experiment_is_about(x, failed);
}

const struct meaning *experiment_meaning(const struct trials *t,
					 const struct experiment *x,
					 size_t about)
{
	if (!was_made(t, x, about) || is_past(t, x, about))
		return NULL;
	for (size_t i = 0; i < x->outcomes; i++) {
		const struct meaning *o = &x->outcome[i];

		if ((o->any == SIGHT_NOTHING ||
		     any_saw(t, x, about, o->any)) &&
		    (o->none == SIGHT_NOTHING ||
		     !any_saw(t, x, about, o->none)))
			return o;
	}
	return NULL;
}

/* ---- the causes ---- */

/* Who comes first instead is as likely as the one that was ruled out. */
static void exclude(const struct meaning *o, struct rule_match *m)
{
	struct ranked_cause first = m->cause[0];

	if (m->causes == 0)
		return;
	for (size_t i = 0; i < o->excludes; i++)
		match_drop(m, o->excluded[i]);
	if (m->causes > 0 && m->cause[0].cause != first.cause &&
	    first.confidence == CONFIDENCE_LIKELY)
		m->cause[0].confidence = CONFIDENCE_LIKELY;
}

static void prove(enum cause c, struct rule_match *m)
{
	match_lead(m, c, CONFIDENCE_PROVEN);
	for (size_t i = 1; i < m->causes; i++)
		m->cause[i].confidence = CONFIDENCE_POSSIBLE;
}

/* An experiment that only suggests does not overrule what is proven. */
static void suggest(const struct meaning *o, struct rule_match *m)
{
	if (m->causes > 0 && m->cause[0].confidence == CONFIDENCE_PROVEN)
		return;
	for (size_t i = 0; i < m->causes; i++)
		m->cause[i].confidence = CONFIDENCE_POSSIBLE;
	for (size_t i = o->suggests; i-- > 0;)
		match_lead(m, o->suggested[i], i == 0 ? CONFIDENCE_LIKELY :
						CONFIDENCE_POSSIBLE);
}

/*
 * Suggestions, the weaker (later) rows first; then everything that any row
 * ruled out goes; what is proven has the last word.
 */
void trials_weigh(const struct trials *t, size_t about, struct rule_match *io)
{
	const struct meaning *held[EXPERIMENT_ROWS_MAX];
	size_t n = t->table->rows;

	for (size_t i = 0; i < n; i++)
		held[i] = experiment_meaning(t, &t->table->row[i], about);
	for (size_t i = n; i-- > 0;)
		if (held[i] && held[i]->suggests > 0)
			suggest(held[i], io);
	for (size_t i = 0; i < n; i++)
		if (held[i])
			exclude(held[i], io);
	for (size_t i = n; i-- > 0;)
		if (held[i] && held[i]->proves > 0)
			prove(held[i]->proved[0], io);
}

bool trials_end_wait(const struct trials *t, size_t about, msec *ret_wait)
{
	bool found = false;

	for (size_t i = 0; i < t->table->rows; i++) {
		const struct meaning *o =
			experiment_meaning(t, &t->table->row[i], about);

		if (!o || (o->proves == 0 && o->suggests == 0))
			continue;
		*ret_wait = found ? msec_min(*ret_wait, o->wait) : o->wait;
		found = true;
	}
	return found;
}

bool trials_settle(const struct trials *t, size_t about)
{
	for (size_t i = 0; i < t->table->rows; i++) {
		const struct meaning *o =
			experiment_meaning(t, &t->table->row[i], about);

		if (o && o->proves > 0)
			return true;
	}
	return false;
}

/* The first probe that showed it, or the last of those that did not. */
static bool decided(const struct trials *t, size_t index,
		    const struct experiment *x, const struct meaning *o)
{
	enum sight shown = o->none == SIGHT_NOTHING ? o->any : SIGHT_NOTHING;
	bool after = false;

	for (size_t i = 0; i < t->n; i++) {
		if (!is_of(t, i, x, t->trial[index].about))
			continue;
		if (shown != SIGHT_NOTHING && saw(t, i, shown))
			return i == index;
		after = after || i > index;
	}
	return !after;
}

/* The outcome of its experiment, when this is the probe that decided it. */
static const struct meaning *outcome_of(const struct trials *t, size_t index)
{
	const struct trial *of = &t->trial[index];
	const struct experiment *x = experiment_by_id(t->table, of->id);
	const struct meaning *o = x ? experiment_meaning(t, x, of->about) : NULL;

	return o && t->seen[index] && decided(t, index, x, o) ? o : NULL;
}

size_t trial_verdict(const struct trials *t, size_t index,
		     struct ranked_cause ret[RULE_CAUSES_MAX])
{
	const struct meaning *o = outcome_of(t, index);
	size_t n = 0;

	if (!o)
		return 0;
	for (size_t i = 0; i < o->proves; i++)
		ret[n++] = (struct ranked_cause){ o->proved[i],
						  CONFIDENCE_PROVEN };
	for (size_t i = 0; i < o->suggests && n < RULE_CAUSES_MAX; i++)
		ret[n++] = (struct ranked_cause){
			o->suggested[i], CONFIDENCE_LIKELY };
	return n;
}

size_t trial_excludes(const struct trials *t, size_t index,
		      enum cause ret[TRIAL_EXCLUDES_MAX])
{
	const struct meaning *o = outcome_of(t, index);
	size_t n = 0;

	while (o && n < o->excludes && n < TRIAL_EXCLUDES_MAX) {
		ret[n] = o->excluded[n];
		n++;
	}
	return n;
}

bool trial_prospect(const struct trials *t, size_t index, size_t n,
		    struct trial_prospect *ret)
{
	const struct experiment *x = experiment_by_id(t->table,
						      t->trial[index].id);
	const struct meaning *o = x && n < x->outcomes ? &x->outcome[n] : NULL;

	if (!o)
		return false;
	*ret = (struct trial_prospect){
		.sight = o->none ? o->none : o->any, .otherwise = o->none,
		.concludes = o->proves + o->suggests > 0,
	};
	if (o->proves > 0)
		ret->so = (struct ranked_cause){ o->proved[0],
						 CONFIDENCE_PROVEN };
	else if (o->suggests > 0)
		ret->so = (struct ranked_cause){ o->suggested[0],
						 CONFIDENCE_LIKELY };
	while (ret->excludes < o->excludes) {
		ret->excluded[ret->excludes] = o->excluded[ret->excludes];
		ret->excludes++;
	}
	return true;
}
