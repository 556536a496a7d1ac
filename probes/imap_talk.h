#ifndef MAILWHY_IMAP_TALK_H
#define MAILWHY_IMAP_TALK_H

#include "probes/dialect.h"
#include "probes/imap_reply.h"
#include "probes/talk.h"

/*
 * Lines of an IMAP server as they come: untagged ones are put where they
 * belong, until the answer to a command is there. For imap.c and
 * imap_login.c.
 */
#define IMAP_TAG_CAP 12

/* A tag nobody had before: "a1", "a2", ... */
void imap_tag(struct talk *t, char ret[IMAP_TAG_CAP]);

/* The capabilities in force: those of the phase under way. */
struct capabilities *imap_capabilities(struct talk *t);

/*
 * The next line; *ret borrows until the next call. A line with a literal is
 * read to its end and skipped: nothing we ask for needs one.
 */
bool imap_read(struct talk *t, struct imap_line *ret, struct span *ret_raw,
	       struct fault *why);

/* Fill *reply from a status line, without its tag. */
void imap_keep_reply(const struct talk *t, const struct imap_line *line,
		     struct span raw, struct reply *reply);
/* CAPABILITY words into `phase`, in place of what was there. */
void imap_keep_capabilities(struct talk *t, struct span words,
			    enum phase phase);

enum imap_event {
	IMAP_BROKEN,			/* step->why says how */
	IMAP_DONE,			/* the tagged answer came; step->reply */
	IMAP_ASKED			/* "+": *ret_text */
};

/*
 * Wait for the tagged answer or a continuation request. Capabilities go to
 * `phase`, data of the mailbox into the evidence.
 */
enum imap_event imap_await(struct talk *t, const char *tag, enum phase phase,
			   struct step *step, struct span *ret_text);

/* What the tagged answer in step->reply means. Faults: REJECTED, DEFERRED. */
bool imap_verdict(struct step *step);

/* Send nothing more: wait for the answer and judge by it. */
bool imap_finish(struct talk *t, const char *tag, enum phase phase,
		 struct step *step);

/* imap_mailbox.c */
/*
 * Let the first commands of the mailbox stage follow the login in its packet,
 * where the server is known to bear it.
 */
bool imap_queue_ahead(struct talk *t, const struct login_request *r,
		      struct fault *why);
bool imap_mailbox(struct talk *t, const struct login_request *r,
		  struct step *step);

/* imap_login.c */
bool imap_choose(struct talk *t, const struct login_request *r,
		 const struct sasl_mechanism **ret_mechanism,
		 struct step *step);
bool imap_login(struct talk *t, const struct login_request *r,
		const struct sasl_mechanism *mechanism, struct step *step);

#endif
