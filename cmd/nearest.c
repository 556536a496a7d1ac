#include "cmd/nearest.h"

#include <string.h>

#include "probes/base/text.h"

#define WORD_MAX 32

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Two rows of the usual table; words longer than WORD_MAX are no options. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t above = row[j];
			size_t cost = ascii_lower(a[i - 1]) !=
				      ascii_lower(b[j - 1]);

			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + cost);
			diagonal = above;
		}
	}
	return row[lb];
}

void nearest_begin(struct nearest *n, const char *word)
{
	*n = (struct nearest){ word, strlen(word) / 3 + 1, NULL };
}

void nearest_try(struct nearest *n, const char *known, const char *stands_for)
{
	size_t d = distance(n->word, known);

	if (d < n->best || (d == n->best && !n->found && d <= 2)) {
		n->best = d;
		n->found = stands_for;
	}
}

const char *nearest_word(const char *word, const char *(*at)(size_t index))
{
	struct nearest n;
	const char *known;

	nearest_begin(&n, word);
	for (size_t i = 0; (known = at(i)) != NULL; i++)
		nearest_try(&n, known, known);
	return n.found;
}
