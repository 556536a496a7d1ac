#ifndef MAILWHY_EVIDENCE_JSON_H
#define MAILWHY_EVIDENCE_JSON_H

#include <stdbool.h>

#include "probes/base/record.h"
#include "probes/evidence.h"

/*
 * The evidence of one endpoint as JSON, and back: what is saved today is
 * diagnosed again tomorrow, elsewhere, by newer rules. Every fact is kept, so
 * that reading gives the very same value. Add-only (probes/base/record.h).
 */
void evidence_to_json(const struct evidence *e, struct json *to);

/* All of it but the talk; for the test that no member was forgotten. */
extern const struct record evidence_record;
/* for tables of others, too; the names are NULL past the end */
extern const struct record endpoint_record;
extern const struct record fault_record;
const char *stage_named(unsigned stage);
const char *fault_named(unsigned kind);

/*
 * From anybody's file: whatever it holds, *ret is bounded, printable and
 * consistent (indices point into their lists).
 * Faults: PROTOCOL (names the member).
 */
bool evidence_from_json(const struct json *from, struct evidence *ret,
			struct fault *why);

#endif
