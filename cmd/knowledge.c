#include "cmd/knowledge.h"

void knowledge_init(struct knowledge *k)
{
	*k = (struct knowledge){ .general = NULL };
	mutex_init(&k->mutex);
}

void knowledge_release(struct knowledge *k)
{
	rules_free(k->general);
	experiment_table_free(k->experiments);
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
