#ifndef MAILWHY_TEST_COLLECTION_H
#define MAILWHY_TEST_COLLECTION_H

#include "cmd/explain_run.h"
#include "probes/base/json.h"

/*
 * A collection of texts whose true cause is known: one JSON object a line.
 *
 *	response, text	what the server said or the program showed
 *	cause		why the login failed; absent: it is no login failure
 *	alt_causes	what else the same words may mean
 *	trap		causes that the words point to and that it is not
 *	telling		an expert can decide by the text and its place
 *	score		false: the source proved no single cause
 *	protocol, host, port, security, mech, provider
 *			the place, which goes in the way the command's
 *			options do
 *
 * `context`, `why` and `source` are for people and unseen.
 */
struct collection_reader {
	const struct explain_tools *tools;
	const char *behind;		/* put behind each text; NULL */
	void (*line)(void *to, const struct json *line,
		     const struct explain_result *r);
	void *to;
};

/* Explains line by line the way the command does. false: said on stderr. */
bool collection_read(const char *file, const struct collection_reader *r);

const char *line_text(const struct json *line);		/* never NULL */
bool line_scores(const struct json *line);
/* Is this verdict the line's cause? Also of a line that is no failure. */
bool line_is_right(const struct json *line, const struct diagnosis *d);
/* Said to be likely or proven, and one of its traps? */
bool line_is_trap(const struct json *line, const struct diagnosis *d);
/* Is its cause among the first four? */
bool line_is_among(const struct json *line, const struct diagnosis *d);

#endif
