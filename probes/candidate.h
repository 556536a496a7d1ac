#ifndef MAILWHY_CANDIDATE_H
#define MAILWHY_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/endpoint.h"
#include "probes/wire/facts.h"

/*
 * Where the servers of a domain may be known from, and what came of asking
 * there: values only, for plan, report and JSON. The order is the rank: an
 * earlier source is believed before a later one.
 */
#define SOURCES(X) \
	X(SOURCE_DOMAIN,     "domain")		/* own data, by the domain */ \
	X(SOURCE_MX,         "mx")		/* own data, by the mail exchanger */ \
	X(SOURCE_SRV,        "srv")		/* RFC 6186, RFC 8314 */ \
	X(SOURCE_AUTOCONFIG, "autoconfig")	/* autoconfig.DOMAIN */ \
	X(SOURCE_WELL_KNOWN, "well-known")	/* DOMAIN/.well-known/autoconfig */ \
	X(SOURCE_ISPDB,      "ispdb")		/* Mozilla's, by the domain */ \
	X(SOURCE_ISPDB_MX,   "ispdb-mx")	/* by the mail exchanger's domain */ \
	X(SOURCE_GUESS,      "guess")		/* usual names that greeted over TLS */

enum source {
#define X(source, name) source,
	SOURCES(X)
#undef X
	SOURCE_COUNT
};

#define OUTCOMES(X) \
	X(OUTCOME_NOT_ASKED, "not-asked")	/* a better source had it all */ \
	X(OUTCOME_FOUND,     "found") \
	X(OUTCOME_NOTHING,   "nothing")		/* answered: it knows none */ \
	X(OUTCOME_DENIED,    "denied")		/* answered: there is no such service */ \
	X(OUTCOME_UNUSABLE,  "unusable")	/* an answer that makes no sense */ \
	X(OUTCOME_FAILED,    "failed")		/* no answer; `why` says more */

enum outcome {
#define X(outcome, name) outcome,
	OUTCOMES(X)
#undef X
	OUTCOME_COUNT
};

const char *source_name(enum source s);
const char *outcome_name(enum outcome o);

/* Ways to log in that a configuration names. */
enum offer_auth {
	AUTH_PASSWORD = 1, AUTH_ENCRYPTED = 2, AUTH_OAUTH2 = 4, AUTH_OTHER = 8
};

struct offer {
	struct endpoint endpoint;
	const char *user_form;		/* "address", "local", "other", "" */
	unsigned auth;			/* enum offer_auth; 0 not said */
	bool checked;			/* a guess that was tried: `fault` */
	enum fault_kind fault;
	bool chosen;
};

#define OFFERS_MAX 20

struct candidate {
	enum source source;
	enum outcome outcome;
	bool open;			/* still under way */
	char asked[URL_CAP];		/* a domain or a URL */
	char answer[HOST_CAP];		/* the MX, the provider's name, ...; "" */
	unsigned status;		/* of HTTP; 0 none */
	bool in_clear;			/* read without encryption */
	struct fault why;		/* UNUSABLE, FAILED, some NOTHING */
	size_t offers;
	struct offer offer[OFFERS_MAX];
};

#define EXCHANGERS_MAX 6

/* How the servers of one domain were looked for. */
struct search {
	char domain[HOST_CAP];		/* A-labels; "" nothing was looked for */
	bool network;			/* more than own data was asked */
	bool no_domain;			/* NXDOMAIN */
	bool no_mail;			/* it says so itself (RFC 7505) */
	bool no_dns;			/* no name server answered */
	char suggestion[HOST_CAP];	/* the domain was perhaps meant; "" */
	size_t exchangers;		/* its MX, best first */
	char exchanger[EXCHANGERS_MAX][HOST_CAP];
	bool denied[SERVICE_COUNT];	/* SRV says: no such service */
	int winner;			/* index into candidate[]; -1 none */
	msec took;
	size_t candidates;
	struct candidate candidate[SOURCE_COUNT];
};

#endif
