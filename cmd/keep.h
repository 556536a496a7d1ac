#ifndef MAILWHY_KEEP_H
#define MAILWHY_KEEP_H

#include "cmd/check.h"
#include "cmd/options.h"

/*
 * --save and --bundle: what was seen, to a file. The bundle is the same
 * session with nothing personal in it, and the report as text. NULL
 * demonstration: real. Returns 0, or the exit code after one line on stderr.
 */
int keep_session(const struct options *o, const struct check_request *request,
		 const struct check_result *result, const char *demonstration);

int command_replay(const struct options *o);

#endif
