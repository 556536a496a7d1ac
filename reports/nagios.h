#ifndef MAILWHY_NAGIOS_H
#define MAILWHY_NAGIOS_H

#include "reports/writer.h"

/*
 * The plugin interface of Nagios, Icinga and their kin, after the guidelines
 * of the Monitoring Plugins: the states are exit codes of a process, too.
 */
enum nagios_state {
	NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN
};

/*
 * Of one of our exit codes: a login that fails is critical, whoever has to
 * act; unknown is what could not be tested (2, 5, interrupted).
 */
enum nagios_state nagios_of_code(int exit_code);
/* Of an account, with the thresholds of `style`. */
enum nagios_state nagios_state(const struct account_outcome *o,
			       const struct writer_style *style);

#endif
