#ifndef MAILWHY_SESSION_PRIVATE_H
#define MAILWHY_SESSION_PRIVATE_H

#include "cmd/session.h"

/* What session.c and session_json.c share. */

/* Room for `n` experiments and the table they belong to. */
bool session_room_for_trials(struct check_result *r, size_t n,
			     struct fault *why);
bool session_no_memory(struct fault *why);	/* false, always */

#endif
