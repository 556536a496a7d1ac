#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/json_private.h"
#include "reports/outcome_private.h"

/* From a check to its line, and through the line to the model. */

static void add_name(struct json *account, const struct report_input *in,
		     const struct outcome_about *a)
{
	const char *name = a->name && a->name[0] ? a->name : in->address;
	char room[600];
	struct buf b = buf_over(room, sizeof(room));

	buf_fmt(&b, "%s:%u", a->file ? a->file : "", a->line);
	json_text(account, "name", name && name[0] ? name : room);
}

static void add_labels(struct json *account, const struct outcome_about *a)
{
	struct json *labels = json_add_object(account, "labels");

	for (size_t i = 0; i < a->labels; i++)
		if (text_is_utf8(span_of(a->label[i].name)))
			json_text(labels, a->label[i].name, a->label[i].value);
}

static void add_expectations(struct json *account,
			     const struct outcome_about *a)
{
	struct json *list = json_add_array(account, "expectations");

	for (size_t i = 0; i < a->expectations; i++) {
		const struct outcome_expectation *e = &a->expectation[i];
		struct json *row = json_add_object(list, NULL);

		json_text(row, "id", e->id);
		json_text(row, "wanted", e->wanted);
		json_text(row, "got", e->got);
		json_add_bool(row, "met", e->met);
	}
}

static struct json *add_account(struct json *doc,
				const struct report_input *in,
				const struct outcome_about *a)
{
	struct json *o = json_add_object(doc, "account");

	if (a->id)
		json_add_str(o, "id", a->id);
	add_name(o, in, a);
	json_text_or_null(o, "file", a->file);
	json_add_int(o, "line", a->line);
	json_text_or_null(o, "reason", untried_id(a->reason));
	json_text_or_null(o, "why", a->why);
	add_labels(o, a);
	json_add_int(o, "attempts", a->attempts);
	add_expectations(o, a);
	return o;
}

/* What the rest of the line amounts to; reading it back does without. */
static char *print(struct json *doc, struct json *account,
		   const struct account_outcome *o)
{
	json_add_str(account, "result", result_name(o->result));
	json_add_int(account, "exit_code", o->exit_code);
	return json_print(doc, false);
}

static bool make(struct json *doc, const struct report_input *in,
		 const struct outcome_about *a, struct account_outcome *ret,
		 char **ret_line, struct fault *why)
{
	struct json *account = add_account(doc, in, a);
	struct account_outcome o;
	char *line;

	if (!outcome_take(doc, &o, why))
		return false;
	line = print(doc, account, &o);
	if (!line) {
		outcome_release(&o);
		return fail(why, FAULT_NO_MEMORY, "no memory for a line");
	}
	*ret = o;
	if (ret_line)
		*ret_line = line;
	else
		free(line);
	return true;
}

bool outcome_of(const struct report_input *in, const struct outcome_about *a,
		enum lang lang, struct account_outcome *ret, char **ret_line,
		struct fault *why)
{
	struct json *doc = report_document(in, lang, false);
	bool ok = doc ? make(doc, in, a, ret, ret_line, why) :
		  fail(why, FAULT_NO_MEMORY, "no memory for a report");

	json_free(doc);
	return ok;
}
