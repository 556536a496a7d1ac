#ifndef MAILWHY_BASE_CLOCK_H
#define MAILWHY_BASE_CLOCK_H

#include <stdint.h>

typedef int64_t msec;		/* monotonic; a duration or an absolute deadline */
typedef int64_t epoch;		/* seconds since 1970-01-01 UTC */

#define MSEC_NEVER INT64_MAX

static inline msec msec_min(msec a, msec b) { return a < b ? a : b; }

#endif
