#ifndef MAILWHY_TEST_OUTPUTS_H
#define MAILWHY_TEST_OUTPUTS_H

#include "cmd/check.h"
#include "reports/text.h"

/*
 * What every output writes of a report in JSON, one after the other; malloc'd.
 * NULL: it cannot be read back, or one of them is not in UTF-8.
 */
char *outputs_of(const char *report, enum lang lang);
/* The same from a check, as a line of many accounts. NULL: no memory, too. */
char *outputs_of_check(const struct check_request *request,
		       const struct check_result *result);

#endif
