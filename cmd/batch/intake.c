#include "cmd/batch/intake.h"

static bool is_done(const struct intake *i, const struct account *a)
{
	char id[KNOWN_ID_CAP];
	struct known_key key;

	if (!i->done)
		return false;
	if (known_id(a, id) && known_key_of_id(id, &key) &&
	    known_has(i->done, key))
		return true;
	return known_key_of_line(a, &key) && known_has(i->done, key);
}

static enum intake_answer take(struct intake *i, struct account *a,
			       struct known_place *ret_first)
{
	const struct known_place here = { a->file, a->line };
	struct known_key key;

	if (!known_key_of(a, &key) ||
	    !known_add(&i->met, key, here, ret_first))
		return INTAKE_NO_MEMORY;
	return ret_first->file ? INTAKE_DUPLICATE : INTAKE_ACCOUNT;
}

/* false: it is none of ours. */
static bool is_ours(struct intake *i, struct account *a)
{
	if (!shards_have(&i->shards, a)) {
		account_free(a);
		return false;
	}
	if (!is_done(i, a))
		return true;
	i->passed_over++;
	account_free(a);
	return false;
}

enum intake_answer intake_next(struct intake *i, struct account **ret,
			       struct known_place *ret_first,
			       struct flaw *ret_flaw)
{
	enum intake_answer answer;

	for (;;) {
		switch (input_next(i->input, ret, ret_flaw)) {
		case INPUT_ACCOUNT:
			i->some = true;
			if (!is_ours(i, *ret))
				continue;
			answer = take(i, *ret, ret_first);
			if (answer == INTAKE_NO_MEMORY)
				account_free(*ret);
			return answer;
		case INPUT_FLAW:
			if (ret_flaw->note)
				return INTAKE_FLAW;
			i->some = true;
			if (shards_have_line(&i->shards, ret_flaw->line))
				return INTAKE_FLAW;
			continue;
		case INPUT_LATER:
			return INTAKE_LATER;
		case INPUT_END:
			return INTAKE_END;
		}
	}
}

void intake_close(struct intake *i)
{
	input_close(i->input);
	i->input = NULL;
	shards_close(&i->shards);
	known_release(&i->met);
}
