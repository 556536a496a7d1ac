#ifndef MAILWHY_BATCH_JSON_CUT_H
#define MAILWHY_BATCH_JSON_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"

/*
 * Where a JSON value ends, without reading it: brackets and quotes are counted
 * and nothing is judged (json_parse() does that). It goes on where it was when
 * the window grew, so that a slow pipe costs no more than a file.
 *
 *	struct json_cut cut = { 0 };
 *	while (!json_cut(&cut, window)) grow the window or give up;
 *	value = span_head(window, cut.len);
 */
struct json_cut {
	size_t len;			/* bytes looked at; the value's, at its end */
	unsigned depth;
	bool string, escaped, begun;
};

/* The window begins at the first byte of the value. */
bool json_cut(struct json_cut *c, struct span window);

/* Bytes of white space in front. */
size_t json_space(struct span window);

#endif
