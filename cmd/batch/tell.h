#ifndef MAILWHY_BATCH_TELL_H
#define MAILWHY_BATCH_TELL_H

#include "cmd/batch/bar.h"
#include "cmd/batch/flaw.h"
#include "cmd/batch/known.h"
#include "cmd/options.h"

/*
 * Complaints about single accounts on stderr, each with the place in front. A
 * file of the wrong kind has thousands of them: past TOLD_MAX they are only
 * counted, for the outputs have them all.
 */
#define TOLD_MAX 50

struct teller {
	const struct options *o;
	struct bar *bar;
	unsigned told, kept_back;
};

/* The bar, where there is one, is wiped before a line. */
void teller_begin(struct teller *t, const struct options *o, struct bar *bar);
/* Lines about an account; "" none. column 0: of a whole line. */
void teller_tell(struct teller *t, const char *file, unsigned line,
		 unsigned column, const char *text);
/* A note is for people alone: --quiet has none. */
void teller_flaw(struct teller *t, const struct flaw *f);
/* It stands at `first` already; what was told is kept in `text`. */
void teller_duplicate(struct teller *t, const struct account *a,
		      struct known_place first, char *text, size_t cap);
void teller_end(struct teller *t);	/* how many were not shown */

#endif
