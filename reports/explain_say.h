#ifndef MAILWHY_EXPLAIN_SAY_H
#define MAILWHY_EXPLAIN_SAY_H

#include "reports/explain.h"
#include "reports/words.h"

/*
 * For explain_human.c and explain_json.c: the texts of a cause when less is
 * known than after a check. A text that speaks of a port, a certificate or a
 * user nobody mentioned gives way to explain.<cause>.<part>, where there is
 * one, or is left out.
 */
void say_begin(struct words *w, const struct explanation *e,
	       const struct report_input *in, enum lang l, size_t rank);
/*
 * Is it the message or its recipient that was refused, and no login? Told by
 * the rule, delivery-*; the verdict is unknown then.
 */
bool say_is_delivery(const struct diagnosis *d);
/* Append cause.<id>.<part>; false: there is nothing that can be said. */
bool say_part(struct words *w, enum cause c, const char *part,
	      struct buf *out);
/* The n-th general step, from 1; false: no more. *ret_said: not left out. */
bool say_remedy(struct words *w, enum cause c, unsigned n, struct buf *out,
		bool *ret_said);
/* The command that would settle it, ready to be typed. */
void say_command(const struct explanation *e, enum lang l, struct buf *out);

#endif
