#ifndef MAILWHY_IMAP_REPLY_H
#define MAILWHY_IMAP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/span.h"
#include "probes/evidence.h"

/*
 * One line of an IMAP server, read into its parts (RFC 3501 and RFC 9051
 * section 9). Pure; any bytes. Spans borrow from the line.
 *
 *	tagged / untagged = tag|"*" SP status [SP "[" code [SP arg] "]"] SP text
 *	continuation      = "+" [SP text]
 *	untagged data     = "*" SP word ... , "*" SP number SP word ...
 */
enum imap_line_kind {
	IMAP_STATUS,			/* OK NO BAD BYE PREAUTH, tagged or not */
	IMAP_CONTINUE, IMAP_DATA,
	IMAP_STRANGE			/* no IMAP */
};

struct imap_line {
	enum imap_line_kind kind;
	bool tagged;
	struct span tag;		/* "" when untagged */
	enum answer answer;
	struct span response_code, response_arg;	/* inside the brackets */
	struct span text;		/* behind the brackets, or after "+ " */
	struct span name;		/* DATA: "CAPABILITY", "QUOTA", "EXISTS" */
	struct span data;		/* DATA: what follows the name */
	unsigned number;		/* DATA: "* 23 EXISTS" */
	bool has_literal;		/* the line ends in {n}: n bytes follow */
	size_t literal;
};

void imap_line_parse(struct span line, struct imap_line *ret);

/* Behind a literal the line goes on: does it end in another one? */
void imap_literal_parse(struct span rest_of_line, struct imap_line *ret);

/* RFC 5530, RFC 5255 and what servers say: temporary by its code? */
bool imap_code_is_temporary(struct span response_code);

#endif
