#ifndef MAILWHY_BATCH_BAR_H
#define MAILWHY_BATCH_BAR_H

#include <stdint.h>

#include "cmd/options.h"

/*
 * How far it is, on one line of stderr that is drawn over and over: only on a
 * terminal, not with --quiet, and not where results go to the same terminal.
 */
struct bar {
	const struct options *o;
	bool shown;
	msec began, drawn;
	uint64_t done, failing;
};

void bar_begin(struct bar *b, const struct options *o, bool shown);
void bar_count(struct bar *b, bool fails);
/*
 * `total` 0: nobody knows yet. Draws when a little time has passed; returns
 * when it wants to be called again, MSEC_NEVER when it is not shown.
 */
msec bar_draw(struct bar *b, uint64_t total, msec now);
void bar_wipe(struct bar *b);		/* before another line, and at the end */

#endif
