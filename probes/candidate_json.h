#ifndef MAILWHY_CANDIDATE_JSON_H
#define MAILWHY_CANDIDATE_JSON_H

#include <stdbool.h>

#include "probes/base/record.h"
#include "probes/candidate.h"

/*
 * How the servers of a domain were looked for, as JSON and back: a session
 * that is replayed tells what was asked and why the winner won, and when
 * nothing was found this is all there is to judge. Every fact is kept;
 * add-only (probes/base/record.h).
 */
void search_to_json(const struct search *s, struct json *to);

extern const struct record search_record;

/*
 * From anybody's file: *ret is bounded, printable and consistent.
 * Faults: PROTOCOL (names the member).
 */
bool search_from_json(const struct json *from, struct search *ret,
		      struct fault *why);

#endif
