#ifndef MAILWHY_SESSION_H
#define MAILWHY_SESSION_H

#include "cmd/check.h"
#include "cmd/target.h"

/*
 * One check as a file: all that was seen and all that the diagnosis knew, so
 * that `mailwhy replay` comes to the same report without a network, later or
 * elsewhere, or to a better one by newer rules. No secret: of it only what
 * hygiene said.
 *
 *	{ "schema": "mailwhy/session", "version": 1, "mailwhy": "0.1.0",
 *	  "made_at": 1795305600, "took_ms": 812, "address": "...", "user": "...",
 *	  "provider": "gmail", "how_found": "domain", "login_budget": 2,
 *	  "secret": { "notes": ["trailing_space"], "like_kind": false, ... },
 *	  "endpoints": [ ...see probes/evidence_json.h... ] }
 */
#define SESSION_VERSION 1
#define SESSION_MOST (2u << 20)		/* bytes of a file that is read */

struct session {
	char address[USER_CAP], user[USER_CAP];
	char provider[64], how_found[32], demonstration[64];
	unsigned login_budget;
	struct check_result result;	/* without a diagnosis; owned */
};

/* NULL demonstration: real. Faults: NO_MEMORY. */
bool session_of(const struct check_request *request,
		const struct check_result *result, const char *demonstration,
		struct session *ret, struct fault *why);
void session_release(struct session *s);

/* malloc'd; NULL: no memory. `report`: put in, a line a text; NULL none. */
char *session_print(const struct session *s, const char *report);
/*
 * The request this session answers, for check_judge and check_report. Borrows
 * from the session and the provider.
 */
void session_request(const struct session *s, const struct provider *p,
		     struct check_request *ret);
/* Faults: PROTOCOL (what was expected), TOO_LONG, NO_MEMORY. */
bool session_parse(struct span text, struct session *ret, struct fault *why);

/*
 * The same session for a public place: names of the account, addresses of
 * machines that are not the servers', and what the servers said of them are
 * replaced by words of the same kind ("user", "user@example.com"). Domains of
 * known providers stay, other domains become example.com, .net, ... `keep`:
 * the addresses of the servers stay.
 */
void session_mask(struct session *s, bool keep_addresses);

#endif
