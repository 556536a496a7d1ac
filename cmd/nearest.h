#ifndef MAILWHY_NEAREST_H
#define MAILWHY_NEAREST_H

#include <stddef.h>

/*
 * The known word a mistyped one was probably meant to be (Levenshtein
 * distance at most a third of its length). `at` lists the known words, NULL
 * past the end. NULL: nothing is near.
 */
const char *nearest_word(const char *word, const char *(*at)(size_t index));

#endif
