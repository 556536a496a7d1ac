#include "cmd/option.h"

#include <string.h>

#include "probes/base/text.h"

#define JOBS_MAX 256
#define OUTPUT_MAX 1000
#define SHARDS_MAX 10000

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

/* What it says is judged by option_judge(), which can tell more. */
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

/* Likewise. */
bool option_set_expect(const struct option *row, struct options *o,
		       const char *value)
{
	(void)row;
	if (o->expects == EXPECTS_MAX || !*value || strlen(value) > OUTPUT_MAX)
		return false;
	o->expect[o->expects++] = value;
	return true;
}

void option_clear_expect(struct options *o)
{
	o->expects = 0;
}

/* I/N: the I-th of N, from 1. */
bool option_set_shard(const struct option *row, struct options *o,
		      const char *value)
{
	struct span rest = span_of(value), first;
	unsigned index, count;

	(void)row;
	if (!span_cut(&rest, '/', &first) || !span_number(first, &index) ||
	    !span_number(rest, &count) || index < 1 || index > count ||
	    count > SHARDS_MAX)
		return false;
	o->shard = index;
	o->shards = count;
	return true;
}

bool option_set_fail_on(const struct option *row, struct options *o,
			const char *value)
{
	(void)row;
	o->fail_on = value;
	return *value;
}

bool option_set_exit_style(const struct option *row, struct options *o,
			   const char *value)
{
	static const char *const names[] = {
		[EXITS_OWN] = "mailwhy", [EXITS_NAGIOS] = "nagios",
		[EXITS_SYSEXITS] = "sysexits"
	};

	(void)row;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text_same(value, names[i])) {
			o->exit_style = (enum exit_style)i;
			return true;
		}
	}
	return false;
}
