#ifndef MAILWHY_TRIAL_WORDS_H
#define MAILWHY_TRIAL_WORDS_H

#include "reports/words.h"

/*
 * One experiment in words: "Tried mail.example:993 (SSL/TLS): the server
 * greets. This proves it: ...". The conclusion, and what else it rules out,
 * stands behind the probe that decided, unless another experiment ruled it out.
 * Appends to *out.
 */
void trial_words(struct words *w, size_t index, struct buf *out);
/*
 * The same once for all experiments that went to the same server alike: the
 * one that went furthest is told, with the surest conclusion of all of them.
 * false: another one is, nothing is appended.
 */
bool trial_words_once(struct words *w, size_t index, struct buf *out);
bool trials_alike(const struct trials *t, size_t i, size_t k);
/*
 * Of one that is only planned: what it could show, and what would follow. Said
 * once for all servers that one experiment goes to.
 */
void trial_plan_words(struct words *w, size_t index, struct buf *out);
/* That conclusion by itself; false: none. */
bool trial_conclusion(const struct report_input *in, size_t index,
		      struct ranked_cause *ret);
/* What it excluded, of causes that nothing else speaks for; how many. */
size_t trial_ruled_out(const struct report_input *in, size_t index,
		       enum cause ret[TRIAL_EXCLUDES_MAX]);
/* The host, when its name does not exist and nothing follows from that; or NULL. */
const char *trial_nowhere(const struct report_input *in, size_t index);

#endif
