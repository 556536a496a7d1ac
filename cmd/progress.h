#ifndef MAILWHY_PROGRESS_H
#define MAILWHY_PROGRESS_H

#include <stdbool.h>

#include "cmd/options.h"
#include "probes/probe.h"
#include "probes/wire/thread.h"

/*
 * While it waits: one line on stderr, drawn again whenever a stage begins or
 * ends, and gone before the report comes. Only on a terminal; elsewhere, and
 * with --quiet, nothing is written.
 */
struct progress {
	bool shown;
	enum lang lang;
	unsigned width;
	struct mutex mutex;		/* probes report from their threads */
	size_t lines;			/* endpoints on the line */
	struct {
		const struct evidence *of;
		enum stage stage;
		bool ended;
	} line[ENDPOINTS_MAX];
};

/* One line for something else that takes time; progress_wipe ends it. */
void progress_say(const struct options *o, const char *id,
		  const struct text_arg *args);
void progress_wipe(const struct options *o);

void progress_begin(struct progress *p, const struct options *o,
		    struct probe_plan *plan);
void progress_end(struct progress *p);		/* wipes the line */

#endif
