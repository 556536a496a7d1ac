#ifndef MAILWHY_TEST_TRIAL_LAB_H
#define MAILWHY_TEST_TRIAL_LAB_H

#include <stdlib.h>
#include <string.h>

#include "reports/experiment_private.h"
#include "test/unit/samples.h"

/*
 * One endpoint that failed, and the experiments planned around it. The lab is
 * the caller's, to be given back with lab_free().
 */

static inline struct experiment_table *table(void)
{
	struct experiment_table *t = NULL;
	struct fault why = { .kind = FAULT_NONE };

	if (!experiment_table_own(&t, &why))
		FAIL_MSG("%s\n", why.text);
	return t;
}

struct lab {
	struct evidence e, tried[TRIALS_MAX];
	struct right right;
	struct endpoint provider[2];
	const struct search *names;
	struct trials trials;
	struct trial_need need;
};

static inline struct lab *lab_new(const char *host, uint16_t port, enum security s,
			   enum stage stage, enum fault_kind fault)
{
	struct lab *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	sample_endpoint(&l->e, SERVICE_IMAP, host, s);
	l->e.endpoint.port = port;
	l->trials.table = table();
	l->need = (struct trial_need){ .seen = &l->e, .stage = stage,
				       .fault = fault };
	return l;
}

static inline void lab_free(struct lab *l)
{
	experiment_table_free((struct experiment_table *)l->trials.table);
	free(l);
}

static inline size_t plan(struct lab *l)
{
	return trials_plan(&l->need, &l->right, l->names, &l->trials);
}

static inline bool plans(const struct lab *l, const char *id, const char *host,
		  uint16_t port, enum security s)
{
	for (size_t i = 0; i < l->trials.n; i++) {
		const struct trial *t = &l->trials.trial[i];

		if (strcmp(t->id, id) == 0 && t->endpoint.port == port &&
		    t->endpoint.security == s &&
		    strcmp(t->endpoint.host, host) == 0)
			return true;
	}
	return false;
}

#endif
