#include "probes/base/civil.h"

#define DAY 86400

/*
 * Years begin in March here, so that the leap day is the last of its year;
 * 400 years (an era) are always 146097 days. 719468 days lie between
 * 0000-03-01 and 1970-01-01.
 */
epoch civil_to_epoch(const struct civil *c)
{
	int64_t y = c->year - (c->month <= 2 ? 1 : 0);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year = y - era * 400;
	int64_t month = (c->month + 9) % 12;
	int64_t day = (153 * month + 2) / 5 + c->day - 1;
	int64_t of_era = year * 365 + year / 4 - year / 100 + day;

	return (era * 146097 + of_era - 719468) * DAY +
	       c->hour * 3600 + c->minute * 60 + c->second;
}

struct civil civil_of_epoch(epoch t)
{
	int64_t days = (t >= 0 ? t : t - (DAY - 1)) / DAY;
	int64_t rest = t - days * DAY;
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
			of_era / 146096) / 365;
	int64_t day = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day + 2) / 153;

	return (struct civil){
		.year = (int)(year + era * 400 + (month >= 10 ? 1 : 0)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day - (153 * month + 2) / 5 + 1),
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
	};
}
