#include "cmd/batch/fail_on.h"

#include "cmd/command.h"

static bool names(struct span word, const struct account_outcome *a)
{
	unsigned code;

	if (span_number(word, &code))
		return (int)code == a->exit_code;
	if (span_is(word, "expectation"))
		for (size_t i = 0; i < a->expectations; i++)
			if (!a->expectation[i].met)
				return true;
	return span_is(word, cause_id(a->verdict));
}

int fail_on_code(const struct options *o, const struct account_outcome *a)
{
	struct span rest = span_of(o->fail_on), word;

	if (!o->fail_on || a->exit_code == 0 || a->exit_code == EXIT_USAGE ||
	    a->exit_code == EXIT_INTERNAL)
		return a->exit_code;
	while (rest.len > 0 && span_cut(&rest, ',', &word))
		if (names(span_trim(word), a))
			return a->exit_code;
	return 0;
}
