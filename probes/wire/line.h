#ifndef MAILWHY_WIRE_LINE_H
#define MAILWHY_WIRE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/wire/stream.h"

/*
 * The bounded line reader. One cap for all services; a longer line is a
 * finding (FAULT_TOO_LONG), not a resize. RFC 5321 4.5.3.1.5 asks for 512
 * bytes, RFC 7162 section 4 for 8192 in IMAP; capability lines in the wild
 * stay far below.
 */
#define LINE_CAP 8192

struct lines {
	size_t used, next;
	char data[LINE_CAP];
};

/*
 * Read one line, without its CRLF (a bare LF ends a line too). *ret_line
 * borrows from `in` until the next call and may hold any byte, NUL too.
 * Waits no longer than `by`. When the connection ends in the middle of a
 * line, *ret_line holds the part that came and the fault is CLOSED. After
 * any other fault of the stream it holds that part too, and the part stays
 * pending; after TOO_LONG it is empty and what came is forgotten.
 * Faults: those of stream_read, TOO_LONG.
 */
bool line_read(struct lines *in, struct stream *from, msec by,
	       struct span *ret_line, struct fault *why);

/*
 * Take in what has come by now, without waiting and without reading it. false:
 * nothing more has; TIMEOUT while the connection stands, TOO_LONG when there
 * is no room, else how it ended.
 */
bool line_fill(struct lines *in, struct stream *from, msec now,
	       struct fault *why);

/* Read exactly `len` bytes (an IMAP literal) and forget them. */
bool line_skip(struct lines *in, struct stream *from, size_t len, msec by,
	       struct fault *why);

/* What was received and not yet read (for STARTTLS: it must be empty). */
struct span line_pending(const struct lines *in);
void line_forget(struct lines *in);

#endif
