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

/* "2", "0.5": at most three digits behind the point. */
bool option_set_seconds(const struct option *row, struct options *o,
			const char *value)
{
	struct span rest = span_of(value), whole;
	unsigned seconds, parts = 0;
	msec *to = (msec *)((char *)o + row->at), scale = 1000;

	if (!span_cut(&rest, '.', &whole) || !span_number(whole, &seconds) ||
	    seconds > SECONDS_MAX || rest.len > 3 ||
	    (rest.len > 0 && !span_number(rest, &parts)) ||
	    (whole.len < span_of(value).len && rest.len == 0))
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
	if (!span_cut(&rest, ',', &first) || !span_number(first, &warning) ||
	    warning > DAYS_MAX || (first.len < span_of(value).len &&
	    (!span_number(rest, &critical) || critical > warning)))
		return false;
	o->days_warning = (int)warning;
	o->days_critical = (int)critical;
	return true;
}
