#include "cmd/knowledge.h"

#include <stdlib.h>

#include "probes/base/text.h"

void knowledge_init(struct knowledge *k)
{
	*k = (struct knowledge){ .general = NULL };
	mutex_init(&k->mutex);
}

void knowledge_release(struct knowledge *k)
{
	rules_free(k->general);
	experiment_table_free(k->experiments);
	for (size_t i = 0; i < k->controls; i++)
		free(k->control[i]);
	mutex_release(&k->mutex);
}

const struct rules *knowledge_rules(struct knowledge *k, struct fault *why)
{
	mutex_lock(&k->mutex);
	if (!k->general)
		k->general = rules_general(why);
	mutex_unlock(&k->mutex);
	return k->general;
}

const struct experiment_table *knowledge_experiments(struct knowledge *k,
						     struct fault *why)
{
	mutex_lock(&k->mutex);
	if (!k->experiments && !experiment_table_own(&k->experiments, why))
		k->experiments = NULL;
	mutex_unlock(&k->mutex);
	return k->experiments;
}

/* ---- control hosts ---- */

static bool same_question(const struct trial *a, const struct trial *b)
{
	const struct endpoint *x = &a->endpoint, *y = &b->endpoint;

	return a->only_hello == b->only_hello &&
	       a->unverified == b->unverified && x->service == y->service &&
	       x->port == y->port && x->security == y->security &&
	       text_same(x->host, y->host);
}

static struct control_seen *control_find(const struct knowledge *k,
					 const struct trial *t)
{
	for (size_t i = 0; i < k->controls; i++)
		if (same_question(&k->control[i]->trial, t))
			return k->control[i];
	return NULL;
}

bool knowledge_control(struct knowledge *k, const struct trial *t, msec now,
		       struct evidence *ret)
{
	const struct control_seen *c;
	bool found;

	mutex_lock(&k->mutex);
	c = control_find(k, t);
	/* who went further has seen this, too */
	found = c && c->trial.until >= t->until && now - c->at < CONTROL_MSEC;
	if (found)
		*ret = c->seen;
	mutex_unlock(&k->mutex);
	return found;
}

void knowledge_keep_control(struct knowledge *k, const struct trial *t,
			    msec now, const struct evidence *seen)
{
	struct control_seen *c;

	mutex_lock(&k->mutex);
	c = control_find(k, t);
	if (!c && k->controls < CONTROLS_MAX) {
		c = calloc(1, sizeof(*c));
		if (c)
			k->control[k->controls++] = c;
	}
	if (c) {
		c->trial = *t;
		c->at = now;
		c->seen = *seen;
	}
	mutex_unlock(&k->mutex);
}
