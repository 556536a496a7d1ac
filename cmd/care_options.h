#ifndef MAILWHY_CARE_OPTIONS_H
#define MAILWHY_CARE_OPTIONS_H

#include <stdbool.h>

#include "probes/base/clock.h"

/*
 * How gently many accounts are checked, as somebody asked for it; what is not
 * given is zeroed. cmd/batch/care.h makes limits of it.
 */
enum pace_choice { PACE_CHOICE_GENTLE, PACE_CHOICE_NORMAL, PACE_CHOICE_OFF };

struct given_limit {
	bool is_given;
	unsigned n;
	msec within;			/* N/TIME; 0: not given */
};

struct care_options {
	enum pace_choice pace;
	struct given_limit host_connections, host_logins;
	struct given_limit host_refusals, account_refusals;
	bool has_host_wait;
	msec host_wait;
	const char *state;		/* NULL: in its usual place */
	bool no_state;
	bool retry;			/* --retry-on */
	struct given_limit retries;
	msec retry_wait;		/* 0: not given */
};

#endif
