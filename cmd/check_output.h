#ifndef MAILWHY_CHECK_OUTPUT_H
#define MAILWHY_CHECK_OUTPUT_H

#include "cmd/check_scene.h"

/*
 * A check in one of the formats for many accounts (--format junit), to
 * standard output. The exit code; of the plugin its state (plugin.h).
 */
int check_print_output(const struct options *o, const struct check_scene *s);

#endif
