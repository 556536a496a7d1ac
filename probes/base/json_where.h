#ifndef MAILWHY_BASE_JSON_WHERE_H
#define MAILWHY_BASE_JSON_WHERE_H

#include <stddef.h>

#include "probes/base/span.h"

/*
 * The line (from 1) on which `path` stands in a JSON text that json_parse()
 * took: "servers[2].host" is the key "host" of the third item of "servers".
 * Where the path ends sooner than it is long, the line of its last part that
 * is there; "" is the line of the whole. Names are compared as written, so a
 * key with escapes in it is not found.
 */
size_t json_line_of(struct span text, const char *path);

/* The same as a byte of the text: where the key, or the value, begins. */
size_t json_place_of(struct span text, const char *path);

#endif
