#ifndef MAILWHY_BASE_CIVIL_H
#define MAILWHY_BASE_CIVIL_H

#include "probes/base/clock.h"

/* Calendar (proleptic Gregorian, UTC) to seconds and back; no time zone. */
struct civil {
	int year, month, day;		/* month and day from 1 */
	int hour, minute, second;
};

epoch civil_to_epoch(const struct civil *c);
struct civil civil_of_epoch(epoch t);

#endif
