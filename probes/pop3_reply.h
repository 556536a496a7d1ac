#ifndef MAILWHY_POP3_REPLY_H
#define MAILWHY_POP3_REPLY_H

#include <stdbool.h>

#include "probes/base/span.h"
#include "probes/evidence.h"

/*
 * A POP3 status line (RFC 1939, response codes RFC 2449 and RFC 3206). Pure.
 *
 *	"+OK" / "-ERR" [SP "[" code "]"] [SP text] / "+" SP base64
 */
struct pop3_line {
	enum answer answer;		/* OK, NO, CONTINUE; NONE: no POP3 */
	struct span response_code;
	struct span text;
};

void pop3_line_parse(struct span line, struct pop3_line *ret);

#endif
