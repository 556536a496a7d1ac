#ifndef MAILWHY_TEST_ZOO_H
#define MAILWHY_TEST_ZOO_H

#include "cmd/demo/scenario.h"

/*
 * All scenarios together, each in the scripted world: who is taken for whom,
 * how often each confidence is right, which experiment parts which rivals, and
 * whether every experiment in reports/experiments.json, and every outcome of
 * it, comes to pass in one of them.
 */
bool zoo_play(const struct scenario *s);	/* false: another verdict */
unsigned zoo_print(void);		/* what is missing; returns how much */

#endif
