#include "reports/cause.h"

#include <string.h>

static const struct {
	const char *id;
	int acts;
} rows[] = {
#define X(cause, id, acts) [cause] = { id, acts },
	CAUSES(X)
#undef X
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == CAUSE_COUNT,
	       "every cause has an id");

static const char *const confidences[] = { "possible", "likely", "proven" };

const char *cause_id(enum cause c)
{
	return rows[c].id;
}

bool cause_by_id(const char *id, enum cause *ret)
{
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		if (strcmp(rows[i].id, id) == 0) {
			*ret = (enum cause)i;
			return true;
		}
	}
	return false;
}

int cause_exit_code(enum cause c)
{
	return rows[c].acts;
}

const char *confidence_name(enum confidence c)
{
	return confidences[c];
}

bool confidence_by_name(const char *name, enum confidence *ret)
{
	for (size_t i = 0; i <= CONFIDENCE_PROVEN; i++) {
		if (strcmp(confidences[i], name) == 0) {
			*ret = (enum confidence)i;
			return true;
		}
	}
	return false;
}
