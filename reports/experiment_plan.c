#include <string.h>

#include "reports/experiment_private.h"

/* From a failure to the probes that would tell its causes apart. */

/* ---- which experiments belong to it ---- */

static bool stage_fits(const struct experiment *x, enum stage s)
{
	for (size_t i = 0; i < x->stages; i++)
		if (x->stage[i] == s)
			return true;
	return false;
}

static bool fault_fits(const struct experiment *x, enum fault_kind f)
{
	for (size_t i = 0; i < x->faults; i++)
		if (x->fault[i] == f)
			return true;
	return x->faults == 0;
}

bool experiment_is_about(const struct experiment *x, const struct step *failed)
{
	return stage_fits(x, failed->stage) && fault_fits(x, failed->why.kind);
}

static bool security_fits(const struct experiment *x, enum security s)
{
	for (size_t i = 0; i < x->securities; i++)
		if (x->security[i] == s)
			return true;
	return x->securities == 0;
}

/* Of the step that failed: the last one. */
static bool speech_fits(const struct experiment *x, const struct evidence *e)
{
	for (size_t i = 0; i < x->speeches; i++)
		if (e->steps > 0 &&
		    x->speech[i] == e->step[e->steps - 1].speech)
			return true;
	return x->speeches == 0;
}

static bool kind_fits(const struct experiment *x, enum host_kind k)
{
	for (size_t i = 0; i < x->kinds; i++)
		if (x->kind[i] == k)
			return true;
	return x->kinds == 0;
}

static bool wish_holds(enum wish w, bool is)
{
	return w == WISH_ANY || (w == WISH_YES) == is;
}

/* Where the host's provider is known, one of its own. */
static bool is_usual_port(const struct right *right, const struct endpoint *e)
{
	enum service service;
	enum security security;

	if (right_is_host(right, e->service, e->host))
		return right_is_port(right, e);
	return port_purpose(e->port, &service, &security) &&
	       service == e->service;
}

static bool part_fits(const struct experiment *x, enum trial_part part)
{
	return part == TRIALS_ALL || (part == TRIALS_AT_RIGHT_HOST) ==
				     (x->host == HOST_PROVIDER);
}

static bool may_log_in(const struct experiment *x,
		       const struct trial_need *n)
{
	return x->variant == VARIANT_NONE ||
	       ((n->variants >> x->variant & 1) && n->logins && *n->logins > 0);
}

static bool experiment_fits(const struct planner *p)
{
	const struct experiment *x = p->x;
	const struct trial_need *n = p->need;
	const struct endpoint *e = &n->seen->endpoint;

	return part_fits(x, n->part) &&
	       stage_fits(x, n->stage) && fault_fits(x, n->fault) &&
	       security_fits(x, e->security) && speech_fits(x, n->seen) &&
	       (!x->in_clear || !n->seen->tls.handshake_done) &&
	       (!x->in_private || sight_is_private(n->seen)) &&
	       may_log_in(x, n) && kind_fits(x, p->kind) &&
	       (x->early || !n->early) &&
	       (x->even_proven || !n->proven) &&
	       wish_holds(x->is_usual_port, is_usual_port(p->right, e)) &&
	       wish_holds(x->is_here, endpoint_host_is_here(e->host)) &&
	       wish_holds(x->is_right_host,
			  right_is_host(p->right, e->service, e->host));
}

static void plan_rows(struct planner *p)
{
	for (size_t i = 0; i < p->io->table->rows; i++) {
		p->x = &p->io->table->row[i];
		if (experiment_fits(p))
			places_add(p);
	}
}

size_t trials_plan(const struct trial_need *need, const struct right *right,
		   const struct search *names, struct trials *io)
{
	struct planner p = { .need = need, .right = right, .names = names,
			     .io = io };
	size_t before = io->n;

	p.kind = place_kind(&p);
	plan_rows(&p);
	return io->n - before;
}

/* Of a kind that only the names could tell it may be, too. */
bool trials_want_names(const struct trial_need *need,
		       const struct right *right, const struct trials *t)
{
	struct planner p = { .need = need, .right = right };

	if (right_has_service(right, need->seen->endpoint.service) &&
	    !right->of_host)
		return false;
	for (size_t i = 0; i < t->table->rows; i++) {
		p.x = &t->table->row[i];
		p.kind = p.x->kinds > 0 ? p.x->kind[0] : HOST_KIND_UNKNOWN;
		if (p.x->host == HOST_PROVIDER && experiment_fits(&p))
			return true;
	}
	return false;
}
