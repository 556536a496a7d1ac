#ifndef MAILWHY_AGE_H
#define MAILWHY_AGE_H

#include <stdbool.h>

#include "probes/base/buf.h"
#include "probes/base/clock.h"
#include "reports/text.h"

/*
 * What is known has an age: facts carry the month in which they were compared
 * with their sources ("2025-09"), and one older than a year says so.
 */

/* Whole months from `month` to `now`; 0 when it lies ahead, -1: no month. */
int age_in_months(const char *month, epoch now);
bool age_is_old(const char *month, epoch now);	/* more than a year */
/* "14 months ago (September 2025)" */
void age_words(enum lang l, const char *month, epoch now, struct buf *out);
/* "September 2025" */
void age_month(enum lang l, const char *month, struct buf *out);

#endif
