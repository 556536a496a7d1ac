#include "cmd/option.h"

#include <string.h>

#include "probes/base/text.h"

/*
 * Setters of the options that say how gently many accounts are checked
 * (care_options.h).
 */
#define DAY ((msec)24 * 60 * 60 * 1000)
#define REFUSALS_MAX 16

static struct given_limit *limit_of(const struct option *row, struct options *o)
{
	return (struct given_limit *)((char *)o + row->at);
}

/* "90", "90s", "10m", "2h", "1d", "250ms"; at most a week. */
static bool read_time(struct span text, msec *ret)
{
	static const struct {
		const char *unit;
		msec worth;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 },
		{ "h", 60 * 60 * 1000 }, { "d", DAY },
	};
	size_t digits = 0;
	unsigned n;

	while (digits < text.len && ascii_is_digit(text.at[digits]))
		digits++;
	if (!span_number(span_head(text, digits), &n))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (span_is(span_from(text, digits), units[i].unit)) {
			*ret = (msec)n * units[i].worth;
			return *ret <= 7 * DAY;
		}
	return false;
}

bool option_set_pace(const struct option *row, struct options *o,
		     const char *value)
{
	static const char *const names[] = {
		[PACE_CHOICE_GENTLE] = "gentle",
		[PACE_CHOICE_NORMAL] = "normal", [PACE_CHOICE_OFF] = "off",
	};

	(void)row;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_same(value, names[i])) {
			o->care.pace = (enum pace_choice)i;
			return true;
		}
	return false;
}

/* Up to row->extra. */
bool option_set_limit(const struct option *row, struct options *o,
		      const char *value)
{
	struct given_limit given = { .is_given = true };

	if (!span_number(span_of(value), &given.n) ||
	    given.n > (unsigned)row->extra)
		return false;
	*limit_of(row, o) = given;
	return true;
}

/* N or N/TIME; row->extra is the least N. */
bool option_set_refusals(const struct option *row, struct options *o,
			 const char *value)
{
	struct given_limit given = { .is_given = true };
	struct span time = span_of(value), n = time;
	bool has_time = strchr(value, '/') != NULL;

	span_cut(&time, '/', &n);
	if (!span_number(n, &given.n) || given.n < (unsigned)row->extra ||
	    given.n > REFUSALS_MAX ||
	    (has_time && (!read_time(time, &given.within) ||
			  given.within < 1000)))
		return false;
	*limit_of(row, o) = given;
	return true;
}

bool option_set_host_wait(const struct option *row, struct options *o,
			  const char *value)
{
	(void)row;
	o->care.has_host_wait = read_time(span_of(value), &o->care.host_wait);
	return o->care.has_host_wait;
}

bool option_set_retry_wait(const struct option *row, struct options *o,
			   const char *value)
{
	(void)row;
	return read_time(span_of(value), &o->care.retry_wait) &&
	       o->care.retry_wait > 0;
}

/* The one exit code that means: it may work later. */
bool option_set_retry_on(const struct option *row, struct options *o,
			 const char *value)
{
	(void)row;
	o->care.retry = text_same(value, "3");
	return o->care.retry;
}
