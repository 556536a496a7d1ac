#include "cmd/option.h"

#include <stdlib.h>

#include "probes/base/ascii.h"
#include "probes/base/text.h"
#include "reports/writer.h"

#define SECONDS_MAX 3600
#define DAYS_MAX 10000

/* human, json, or one of the outputs for many accounts. */
bool option_set_format(const struct option *row, struct options *o,
		       const char *value)
{
	const struct writer_kind *kind = writer_by_name(value);

	(void)row;
	if (text_same(value, "human"))
		o->format = FORMAT_HUMAN;
	else if (text_same(value, "json"))
		o->format = FORMAT_JSON;
	else if (kind)
		o->format = FORMAT_OUTPUT;
	else
		return false;
	o->output_kind = kind;
	return true;
}

/* "0:5", "~:5" and ":5" are ranges of the plugins' guidelines that mean "5". */
static struct span without_start(struct span s)
{
	if (s.len > 1 && (s.at[0] == '0' || s.at[0] == '~') && s.at[1] == ':')
		return span_from(s, 2);
	return s.len > 0 && s.at[0] == ':' ? span_from(s, 1) : s;
}

/* "14:", which is the range that "14" means here. */
static bool read_days(struct span s, unsigned *ret)
{
	if (s.len > 0 && s.at[s.len - 1] == ':')
		s.len--;
	return span_number(s, ret) && *ret <= DAYS_MAX;
}

/* "2", "0.5": at most three digits behind the point. */
bool option_set_seconds(const struct option *row, struct options *o,
			const char *value)
{
	const struct span all = without_start(span_of(value));
	struct span rest = all, whole;
	unsigned seconds, parts = 0;
	msec *to = (msec *)((char *)o + row->at), scale = 1000;

	if (!span_cut(&rest, '.', &whole) || !span_number(whole, &seconds) ||
	    seconds > SECONDS_MAX || rest.len > 3 ||
	    (rest.len > 0 && !span_number(rest, &parts)) ||
	    (whole.len < all.len && rest.len == 0))
		return false;
	for (size_t i = 0; i < rest.len; i++)
		scale /= 10;
	*to = (msec)seconds * 1000 + (msec)parts * scale;
	return *to > 0;
}

/* "14", "14,7": warning, critical. */
bool option_set_days(const struct option *row, struct options *o,
		     const char *value)
{
	struct span rest = span_of(value), first;
	unsigned warning, critical = 0;

	(void)row;
	if (!span_cut(&rest, ',', &first) || !read_days(first, &warning) ||
	    (first.len < span_of(value).len &&
	     (!read_days(rest, &critical) || critical > warning)))
		return false;
	o->days_warning = (int)warning;
	o->days_critical = (int)critical;
	return true;
}
