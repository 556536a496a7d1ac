#ifndef MAILWHY_TEST_OUTPUTS_H
#define MAILWHY_TEST_OUTPUTS_H

#include "reports/text.h"

/*
 * What every output writes of a report in JSON, one after the other; malloc'd.
 * NULL: it cannot be read back, or one of them is not in UTF-8.
 */
char *outputs_of(const char *report, enum lang lang);

#endif
