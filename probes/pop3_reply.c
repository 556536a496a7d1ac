#include "probes/pop3_reply.h"

/* The status word, whole: "+OKAY" and "+ERR" are not "+OK". */
static bool status(struct span *line, const char *word)
{
	struct span rest = *line;

	if (!span_skip(&rest, word) ||
	    (rest.len > 0 && rest.at[0] != ' ' && rest.at[0] != '\t'))
		return false;
	*line = span_trim(rest);
	return true;
}

/* RFC 2449 8: "[" 1*<printable but "]"> "]" opens the text of an answer. */
static void cut_code(struct pop3_line *r)
{
	struct span rest = r->text, code;

	if (!span_skip(&rest, "[") || !span_has(rest, "]") ||
	    !span_cut(&rest, ']', &code) || code.len == 0)
		return;
	r->response_code = code;
	r->text = span_trim(rest);
}

void pop3_line_parse(struct span line, struct pop3_line *ret)
{
	struct pop3_line r = { .answer = ANSWER_NONE };

	if (status(&line, "+OK"))
		r.answer = ANSWER_OK;
	else if (status(&line, "-ERR"))
		r.answer = ANSWER_NO;
	else if (status(&line, "+"))
		r.answer = ANSWER_CONTINUE;
	r.text = line;
	if (r.answer == ANSWER_OK || r.answer == ANSWER_NO)
		cut_code(&r);
	*ret = r;
}
