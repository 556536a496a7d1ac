#ifndef MAILWHY_TALK_H
#define MAILWHY_TALK_H

#include <stdbool.h>

#include "probes/evidence.h"
#include "probes/redact.h"
#include "probes/wire/line.h"
#include "probes/wire/stream.h"
#include "probes/wire/world.h"

/*
 * One conversation: lines in, lines out, and every one of them on record.
 * Dialects speak only through this; nothing else reads or writes the stream,
 * so nothing can bypass the transcript, the redactor or the deadline.
 */
#define STAGE_BYTES_MAX (256u << 10)	/* a server may not talk for ever */
#define QUEUE_CAP 2048			/* RFC 5321 4.5.3.1.4: 512 a command */

struct talk {
	struct world *world;
	struct stream stream;
	struct lines in;
	struct evidence *evidence;
	const struct redactor *redactor;
	msec start;			/* of the run, on the world's clock */
	msec by;			/* deadline of the stage under way */
	bool in_tls;
	size_t reply_bytes;		/* received in this stage, capped */
	unsigned commands;		/* IMAP: tags given so far */
	unsigned ahead;			/* IMAP: of them, sent behind the login */
	size_t queued;			/* in queue[], to go with the next send */
	char queue[QUEUE_CAP];
};

/* Send a line (CRLF is added) and record it. */
__attribute__((format(printf, 3, 4)))
bool talk_send(struct talk *t, struct fault *why, const char *fmt, ...);
/* The same, but it waits for the next send and shares its packet: in front of
 * a line, behind a secret. */
__attribute__((format(printf, 3, 4)))
bool talk_queue(struct talk *t, struct fault *why, const char *fmt, ...);
bool talk_flush(struct talk *t, struct fault *why);
/* As talk_send; it is the last line. */
__attribute__((format(printf, 3, 4)))
bool talk_bye(struct talk *t, struct fault *why, const char *fmt, ...);
/*
 * Send bytes that hold a secret, as they are (the CRLF belongs to them);
 * the record shows `shown` instead, e.g. "AUTH PLAIN <secret>".
 */
bool talk_send_secret(struct talk *t, const struct secret *bytes,
		      const char *shown, struct fault *why);
/*
 * As line_read, recorded. Faults: also TOO_LONG past STAGE_BYTES_MAX. On any
 * fault *ret_line holds the part of a line that came.
 */
bool talk_read(struct talk *t, struct span *ret_line, struct fault *why);
/* Read and forget a literal of `len` bytes, recorded as "{len bytes}". */
bool talk_skip(struct talk *t, size_t len, struct fault *why);
/* A remark of ours in the transcript. */
__attribute__((format(printf, 2, 3)))
void talk_note(struct talk *t, const char *fmt, ...);

/* Append a peer's bytes to a C string: redacted, printable, bounded. */
void talk_keep(const struct talk *t, struct span peer, char *to, size_t cap);
/*
 * What came in the place of a greeting (all or part of a line, or nothing):
 * step->speech and the text of the reply. Returns false, for a failing path.
 */
bool talk_strange(const struct talk *t, struct span first_bytes,
		  struct step *step);
/* The same when the wire broke; at later stages half a line says nothing. */
bool talk_broken(const struct talk *t, struct span first_bytes,
		 struct step *step);

#endif
