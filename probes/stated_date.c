#include "probes/stated_date.h"

#include <string.h>

#include "probes/base/ascii.h"
#include "probes/base/civil.h"

#define MINUTE 60

static void skip_blanks(struct span *s)
{
	while (s->len > 0 && (s->at[0] == ' ' || s->at[0] == '-'))
		*s = span_from(*s, 1);
}

/* A number of `least` to `most` digits, and no digit behind it. */
static bool take_number(struct span *s, size_t least, size_t most, int *ret)
{
	size_t n = 0;

	*ret = 0;
	while (n < s->len && n < most && ascii_is_digit(s->at[n]))
		*ret = *ret * 10 + (s->at[n++] - '0');
	if (n < least || (n < s->len && ascii_is_digit(s->at[n])))
		return false;
	*s = span_from(*s, n);
	return true;
}

static bool take_month(struct span *s, int *ret)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char name[4] = "";

	for (size_t i = 0; i < 3 && i < s->len; i++)
		name[i] = ascii_lower(s->at[i]);
	for (int m = 0; name[2] && m < 12; m++) {
		if (memcmp(names + 3 * m, name, 3) != 0)
			continue;
		*ret = m + 1;
		*s = span_from(*s, 3);
		return true;
	}
	return false;
}

static bool take_time(struct span *s, struct civil *c)
{
	struct span t = *s;

	if (!take_number(&t, 1, 2, &c->hour) || !span_skip(&t, ":") ||
	    !take_number(&t, 2, 2, &c->minute))
		return false;
	if (span_skip(&t, ":") && !take_number(&t, 2, 2, &c->second))
		return false;
	*s = t;
	return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

/* "+0900": that much ahead of UTC. */
static epoch zone_of(struct span s)
{
	bool ahead = s.len > 0 && s.at[0] == '+';
	int n;

	if (s.len == 0 || (s.at[0] != '+' && s.at[0] != '-'))
		return 0;
	s = span_from(s, 1);
	if (!take_number(&s, 4, 4, &n))
		return 0;
	n = (n / 100 * 60 + n % 100) * MINUTE;
	return ahead ? n : -n;
}

static bool date_at(struct span s, epoch *ret)
{
	struct civil c = { .hour = 12 };

	if (!take_number(&s, 1, 2, &c.day))
		return false;
	skip_blanks(&s);
	if (!take_month(&s, &c.month))
		return false;
	skip_blanks(&s);
	if (!take_number(&s, 4, 4, &c.year) || c.day < 1 || c.day > 31 ||
	    c.year < 1990)
		return false;
	while (span_skip(&s, " "))
		;
	if (!take_time(&s, &c)) {
		c.hour = 12;
		c.minute = c.second = 0;
	}
	while (span_skip(&s, " "))
		;
	*ret = civil_to_epoch(&c) - zone_of(s);
	return true;
}

bool date_stated(struct span text, epoch *ret)
{
	bool in_word = false;

	for (size_t i = 0; i < text.len; i++) {
		if (!in_word && date_at(span_from(text, i), ret))
			return true;
		in_word = ascii_is_alnum(text.at[i]);
	}
	return false;
}
