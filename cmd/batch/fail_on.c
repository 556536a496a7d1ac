#include "cmd/batch/fail_on.h"

#include "cmd/command.h"

_Static_assert(CAUSE_WRONG_CREDENTIALS == 0 &&
	       CAUSE_CLIENT_ID_REQUIRED + 1 == CAUSE_MAILBOX_FULL,
	       "causes of the secret, the name and the account come first");

/*
 * What was refused before is not tried, and nobody wrote down for which cause:
 * any that a refusal can have counts. A secret that is still the bad one must
 * not make a job green that was red.
 */
static bool may_be(struct span word)
{
	char id[64];
	enum cause cause;

	span_copy(word, id, sizeof(id));
	return cause_by_id(id, &cause) && cause < CAUSE_MAILBOX_FULL;
}

static bool names(struct span word, const struct account_outcome *a)
{
	unsigned code;

	if (span_number(word, &code))
		return (int)code == a->exit_code;
	if (a->reason == UNTRIED_REFUSED)
		return may_be(word);
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
