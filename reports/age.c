#include "reports/age.h"

#include <string.h>
#include <time.h>

#define YEAR 12				/* months */

static bool parse_month(const char *text, unsigned *ret_year,
			unsigned *ret_month)
{
	return text && strlen(text) == 7 && text[4] == '-' &&
	       span_number((struct span){ text, 4 }, ret_year) &&
	       span_number(span_of(text + 5), ret_month) &&
	       *ret_month >= 1 && *ret_month <= YEAR;
}

int age_in_months(const char *month, epoch now)
{
	time_t seconds = (time_t)now;
	unsigned year, m;
	struct tm day;
	int age;

	if (!parse_month(month, &year, &m) || !gmtime_r(&seconds, &day))
		return -1;
	age = (day.tm_year + 1900 - (int)year) * YEAR +
	      (day.tm_mon + 1 - (int)m);
	return age > 0 ? age : 0;
}

bool age_is_old(const char *month, epoch now)
{
	return age_in_months(month, now) > YEAR;
}

static void number(int n, char room[16])
{
	struct buf b = buf_over(room, 16);

	buf_fmt(&b, "%d", n);
}

void age_month(enum lang l, const char *month, struct buf *out)
{
	char y[16], id[24];
	struct buf b = buf_over(id, sizeof(id));
	unsigned year, of_year;

	if (!parse_month(month, &year, &of_year))
		return;
	number((int)year, y);
	buf_fmt(&b, "month.%u", of_year);
	const struct text_arg args[] = {
		{ "year", y }, { "month", text_of(l, id) }, { NULL, NULL }
	};

	text_fill(out, l, "age.month", args);
}

/* From two years on nobody counts months. */
void age_words(enum lang l, const char *month, epoch now, struct buf *out)
{
	int age = age_in_months(month, now);
	bool years = age >= 2 * YEAR;
	char n[16], date[64];
	struct buf d = buf_over(date, sizeof(date));
	const struct text_arg args[] = {
		{ "number", n }, { "date", date }, { NULL, NULL }
	};

	age_month(l, month, &d);
	number(years ? age / YEAR : age, n);
	text_fill(out, l, years ? "age.years" : "age.months", args);
}
