#ifndef MAILWHY_DEMO_LIST_H
#define MAILWHY_DEMO_LIST_H

#include "cmd/options.h"

/*
 * `mailwhy demo --list [WORD...]`: the scenarios that can be played here, each
 * provider's under its name, the others after them. With words only those in
 * whose name, titles, address or verdict all of them are found. Returns the
 * exit code.
 */
int demo_list(const struct options *o);

#endif
