#include "cmd/option.h"

#include <string.h>

#include "cmd/command.h"
#include "cmd/nearest.h"
#include "reports/cause.h"
#include "reports/expect.h"
#include "reports/writer.h"

/* Values of which more can be told than what they should look like. */

/* By itself; what several of them say together is judged by batch. */
static bool judge_expect(const struct option_parse *p, const char *value,
			 const char *where)
{
	struct expect expect = EXPECT_NOTHING;
	struct expect_slip slip;
	char member[1200];
	struct buf b = buf_over(member, sizeof(member));
	const struct text_arg args[] = {
		{ "where", member }, { "value", slip.value }, { NULL, NULL }
	};

	if (expect_parse(value, &expect, &slip))
		return true;
	buf_fmt(&b, "%s%s%s", where, slip.member[0] ? " " : "", slip.member);
	complain(p->speak, slip.text, args);
	return false;
}

static const char *wrong_output(const char *value, const char *name,
				const char **ret_near)
{
	const struct writer_kind *kind = writer_by_name(name);

	*ret_near = kind ? NULL : nearest_word(name, writer_name_at);
	if (!kind)
		return *ret_near ? "batch.output_near" : "batch.output_kind";
	if (kind->one)
		return "batch.output_one";
	return value[strlen(name)] == ':' && !value[strlen(name) + 1] ?
	       "batch.output_no_file" : NULL;
}

/* KIND, KIND:FILE, KIND:- */
static bool judge_output(const struct option_parse *p, const char *value,
			 const char *where)
{
	const char *near, *wrong;
	char name[32];

	span_copy(span_head(span_of(value), strcspn(value, ":")), name,
		  sizeof(name));
	wrong = wrong_output(value, name, &near);
	const struct text_arg args[] = {
		{ "where", where }, { "value", name }, { "near", near },
		{ NULL, NULL }
	};

	if (wrong)
		complain(p->speak, wrong, args);
	return !wrong;
}

static bool may_fail(struct span word)
{
	char id[64];
	enum cause cause;

	span_copy(word, id, sizeof(id));
	return cause_by_id(id, &cause) || span_is(word, "expectation") ||
	       span_is(word, "1") || span_is(word, "3") || span_is(word, "4");
}

/* Of many only the one that is wrong is told. */
static bool judge_fail_on(const struct option_parse *p, const char *value,
			  const char *where)
{
	struct span rest = span_of(value), word;
	char shown[64] = "";
	const struct text_arg args[] = {
		{ "where", where }, { "value", shown },
		{ "expected", text_of(p->speak, "expected.fail-on") },
		{ NULL, NULL }
	};

	while (span_cut(&rest, ',', &word)) {
		if (may_fail(span_trim(word)))
			continue;
		span_copy(span_trim(word), shown, sizeof(shown));
		complain(p->speak, "error.option_value", args);
		return false;
	}
	return true;
}

bool option_judge(const struct option_parse *p, const struct option *row,
		  const char *value, const char *where)
{
	if (row->set == option_set_expect)
		return judge_expect(p, value, where);
	if (row->set == option_set_fail_on)
		return judge_fail_on(p, value, where);
	if (row->set == option_set_output)
		return judge_output(p, value, where);
	return true;
}
