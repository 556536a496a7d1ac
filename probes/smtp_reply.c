#include "probes/smtp_reply.h"

#include "probes/base/text.h"

/*
 * RFC 2034 and RFC 3463: class "." subject "." detail, class 2, 4 or 5, each
 * number one to three digits. *ret covers it, when a space or the end follows.
 */
static bool find_enhanced(struct span text, struct span *ret)
{
	size_t i = 1;

	if (text.len < 5 || (text.at[0] != '2' && text.at[0] != '4' &&
			     text.at[0] != '5'))
		return false;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		if (i >= text.len || text.at[i++] != '.')
			return false;
		while (i < text.len && digits < 4 &&
		       ascii_is_digit(text.at[i])) {
			i++;
			digits++;
		}
		if (digits < 1 || digits > 3)
			return false;
	}
	if (i < text.len && text.at[i] != ' ' && text.at[i] != '\t')
		return false;
	*ret = span_head(text, i);
	return true;
}

bool smtp_line_parse(struct span line, struct smtp_line *ret)
{
	struct smtp_line r = { 0 };

	if (line.len < 3 || !span_number(span_head(line, 3), &r.code) ||
	    r.code < 200 || r.code > 599)
		return false;
	r.text = span_from(line, 3);
	if (r.text.len > 0) {
		/* a fourth digit makes it a number of something else */
		if (ascii_is_digit(r.text.at[0]))
			return false;
		r.more = r.text.at[0] == '-';
		if (r.more || r.text.at[0] == ' ' || r.text.at[0] == '\t')
			r.text = span_from(r.text, 1);
	}
	if (find_enhanced(r.text, &r.enhanced))
		r.text = span_from(r.text, r.enhanced.len);
	r.text = span_trim(r.text);
	*ret = r;
	return true;
}
