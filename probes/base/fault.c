#include "probes/base/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define X(kind, name) [kind] = name,
	FAULT_KINDS(X)
#undef X
};
_Static_assert(sizeof(names) / sizeof(names[0]) == FAULT_KIND_COUNT,
	       "every fault has a name");

bool fail(struct fault *why, enum fault_kind kind, const char *fmt, ...)
{
	va_list ap;

	why->kind = kind;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return false;
}

const char *fault_name(enum fault_kind kind)
{
	return names[kind];
}

bool fault_by_name(const char *name, enum fault_kind *ret_kind)
{
	for (size_t i = 0; i < FAULT_KIND_COUNT; i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_kind = (enum fault_kind)i;
			return true;
		}
	}
	return false;
}
