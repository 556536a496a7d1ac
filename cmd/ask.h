#ifndef MAILWHY_ASK_H
#define MAILWHY_ASK_H

#include <stdbool.h>

#include "reports/text.h"

/*
 * A question on the terminal, wherever stdin and stderr lead. true: the answer
 * begins with y (or the Japanese "はい"), or there is no terminal to ask at.
 * Ends with Ctrl-C as no.
 */
bool ask_yes(enum lang l, const char *id, const struct text_arg *args);

#endif
