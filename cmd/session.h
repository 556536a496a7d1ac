#ifndef MAILWHY_SESSION_H
#define MAILWHY_SESSION_H

#include "cmd/check.h"
#include "cmd/target.h"
#include "providers/provider_own.h"

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
 *	  "search": { ...see probes/candidate_json.h... },
 *	  "endpoints": [ ...see probes/evidence_json.h... ] }
 *
 * Add-only: what version 1 has ever written is read for ever, and means the
 * same (test/session holds files of old). A member nobody knows is passed over.
 */
#define SESSION_VERSION 1
#define SESSION_MOST (2u << 20)		/* bytes of a file that is read */

struct session {
	char address[USER_CAP], user[USER_CAP];
	char provider[64], how_found[32], demonstration[64];
	unsigned login_budget;
	struct search search;		/* domain "": there was none */
	/*
	 * The provider is one of the user's own files (`own` of session_of):
	 * its text goes along, so that another machine knows the same. Owned;
	 * NULL: not one, or it was left out for a public place.
	 */
	bool own_provider;
	char *provider_file;
	struct check_result result;	/* without a diagnosis; owned */
};

/* NULL demonstration: real; own may be NULL. Faults: NO_MEMORY. */
bool session_of(const struct check_request *request,
		const struct check_result *result, const char *demonstration,
		const struct provider_own *own, struct session *ret,
		struct fault *why);
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
 * Who the provider was, as the session knows it: the file that came along; one
 * of those built in by its id; one of `own` (a bundle has none along).
 * false with FAULT_NONE: nobody, although the session names one, if it does.
 * Faults: PROTOCOL (a broken file, in here or built in), NO_MEMORY.
 */
bool session_provider(const struct session *s, const struct provider_own *own,
		      struct provider **ret, struct fault *why);

/*
 * The same session for a public place: names of the account, hosts and domains
 * that are not a known provider's, addresses of machines, and what the servers
 * said of them are replaced by words of the same kind ("user",
 * "user@example.com", "imap.example.com"). A certificate that names such a
 * host keeps its dates and its issuer, but nothing to find it by. The user's
 * own provider file is left out. `keep`: the addresses of the servers stay.
 * Faults: NO_MEMORY, TOO_LONG (more names than there is room for).
 */
bool session_mask(struct session *s, bool keep_addresses, struct fault *why);

#endif
