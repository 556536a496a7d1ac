#ifndef MAILWHY_WORDS_H
#define MAILWHY_WORDS_H

#include <stddef.h>

#include "reports/report.h"
#include "reports/text.h"

/*
 * The values behind the {names} of the texts: everything a sentence about one
 * endpoint or one cause may mention. Both writers fill their texts with it,
 * so they say the same.
 */
#define WORDS_MAX 96
#define WORDS_ROOM 8192

struct words {
	enum lang lang;
	const struct report_input *in;
	const struct evidence *about;	/* NULL: no endpoint in particular */
	const struct step *step;	/* the step it is about, or NULL */
	size_t args;
	struct text_arg arg[WORDS_MAX + 1];
	struct buf values;
	char room[WORDS_ROOM];
};

/* About the cause of rank `rank`: where its first proof stands. */
void words_of_cause(struct words *w, const struct report_input *in,
		    enum lang l, size_t rank);
/* About endpoint `index` (-1: none) and the step that ended its probe. */
void words_of_endpoint(struct words *w, const struct report_input *in,
		       enum lang l, int index);
/* Append what a finding says. */
void words_of_finding(struct words *w, const struct report_input *in,
		      enum lang l, const struct finding *f, struct buf *out);
/*
 * {ports}: those of this service, without the one that was tried and those
 * that were seen to be shut; "" when there is no other. {usual_ports}: those
 * in any case. {tls_port} and {starttls_port} are the usual ones.
 */
void words_ports(struct words *w, const struct endpoint *e);
bool words_have_ports(const struct words *w);	/* is {ports} not ""? */
/* There are others, and each was seen to be shut. */
bool words_ports_are_shut(const struct words *w);
/* The values of a finding of the secret's look (FINDING_SECRET_SHAPE). */
void words_of_shape(struct words *w, const struct finding *f);
/* One more value; it is copied. A later one of the same name wins. */
void words_add(struct words *w, const char *name, const char *value);
__attribute__((format(printf, 3, 4)))
void words_fmt(struct words *w, const char *name, const char *fmt, ...);

/* A TLS version as people write it. */
void words_version(struct words *w, const char *name, const char *version);

/* Append what a provider's secrets look like: "16 lower-case letters". */
void words_shape(enum lang l, const struct secret_shape *s, struct buf *out);

/* Append the text "<first><second><third>" with its {names} filled in. */
void words_fill(const struct words *w, const char *first, const char *second,
		const char *third, struct buf *out);
/* The same without values: fault.timeout, stage.tls, ... */
void words_plain(enum lang l, const char *prefix, const char *name,
		 struct buf *out);

/* "2026-11-22"; RFC 3339 with the time when `full`. */
void words_date(epoch at, bool full, struct buf *out);
/* Login mechanisms offered, "PLAIN XOAUTH2"; nothing when none. */
void words_logins(const struct capabilities *c, struct buf *out);

/*
 * Append a part (".title", ".short", ".settle", ...) of a cause, in the words
 * for its manner here, where there are such.
 */
void words_cause(const struct words *w, enum cause cause, const char *part,
		 struct buf *out);
/* As cause_who(), for this endpoint. */
const char *words_who(const struct words *w, enum cause cause);
/* Why: a cause that is not proven may have other words for it. */
void words_why(const struct words *w, enum cause cause, enum confidence sure,
	       struct buf *out);

/*
 * General remedy `n` (from 1) of a cause; false: there is none. Nothing is
 * appended when it is none for this provider (no other port).
 */
bool words_remedy(const struct words *w, enum cause cause, unsigned n,
		  struct buf *out);

#endif
