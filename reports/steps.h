#ifndef MAILWHY_STEPS_H
#define MAILWHY_STEPS_H

#include "reports/words.h"

/*
 * What to do about a cause, one instruction after the other, for all writers
 * alike: the provider's own settings where a setting is at fault, then its own
 * steps, or the general ones. `words` has to be about the cause
 * (words_of_cause) and stay so meanwhile.
 */
struct steps {
	struct words *words;
	enum cause cause;
	bool own;			/* the verdict: the provider's steps are its */
	unsigned set, mine, general;	/* how many were told of each kind */
};

void steps_begin(struct steps *s, struct words *words, enum cause cause,
		 bool own);
/* The next one, appended; *ret_url NULL: no link. false: that was all. */
bool steps_next(struct steps *s, struct buf *text, const char **ret_url);
/* Do they rest on what is known of the provider? */
bool steps_are_known(const struct words *words, enum cause cause, bool own);
/* What would settle it, when the cause is not proven. */
void steps_settle(const struct words *words, enum cause cause,
		  struct buf *text);

#endif
