#ifndef MAILWHY_NEAREST_H
#define MAILWHY_NEAREST_H

#include <stddef.h>

/*
 * The known word a mistyped one was probably meant to be (Levenshtein
 * distance at most a third of its length). `at` lists the known words, NULL
 * past the end. NULL: nothing is near.
 */
const char *nearest_word(const char *word, const char *(*at)(size_t index));

/* The same one by one, where a word may stand for another thing. */
struct nearest {
	const char *word;
	size_t best;
	const char *found;		/* what is nearest so far, or NULL */
};

void nearest_begin(struct nearest *n, const char *word);
void nearest_try(struct nearest *n, const char *known, const char *stands_for);

#endif
