#include "cmd/option.h"

#include <string.h>

#include "probes/base/text.h"

#define JOBS_MAX 256
#define OUTPUT_MAX 1000

bool option_set_jobs(const struct option *row, struct options *o,
		     const char *value)
{
	unsigned n;

	(void)row;
	if (!span_number(span_of(value), &n) || n < 1 || n > JOBS_MAX)
		return false;
	o->jobs = n;
	return true;
}

bool option_set_input_format(const struct option *row, struct options *o,
			     const char *value)
{
	static const char *const names[] = {
		[INPUT_JSON] = "json", [INPUT_JSONL] = "jsonl",
		[INPUT_CSV] = "csv"
	};

	(void)row;
	for (size_t i = INPUT_JSON; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text_same(value, names[i])) {
			o->input_format = (enum input_format)i;
			return true;
		}
	}
	return false;
}

/* The kind is looked up by whoever opens it: options know no writers. */
bool option_set_output(const struct option *row, struct options *o,
		       const char *value)
{
	(void)row;
	if (o->outputs == OUTPUTS_MAX || !*value || strlen(value) > OUTPUT_MAX)
		return false;
	o->output[o->outputs++] = value;
	return true;
}

void option_clear_output(struct options *o)
{
	o->outputs = 0;
}
