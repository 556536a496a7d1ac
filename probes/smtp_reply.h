#ifndef MAILWHY_SMTP_REPLY_H
#define MAILWHY_SMTP_REPLY_H

#include <stdbool.h>

#include "probes/base/span.h"

/*
 * One line of an SMTP reply (RFC 5321 4.2, enhanced codes RFC 2034). Pure.
 *
 *	reply-line = 3DIGIT ( SP / "-" ) [ enhanced SP ] [ text ]
 *
 * Lenient where servers are: a bare "250", and "250text" without a space.
 */
struct smtp_line {
	unsigned code;			/* 200..599 */
	bool more;			/* "-": another line follows */
	struct span enhanced;		/* "5.7.8", or empty */
	struct span text;
};

bool smtp_line_parse(struct span line, struct smtp_line *ret);

#endif
