#ifndef MAILWHY_EXPERIMENT_H
#define MAILWHY_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/candidate.h"
#include "probes/evidence.h"
#include "reports/cause.h"
#include "reports/right.h"
#include "reports/rule.h"

/*
 * An experiment is a further probe whose only purpose is to tell rival causes
 * apart. It never logs in, but for "variant". Which experiment belongs to which failure, and what
 * each outcome means, is data (reports/experiments.json); the first row of a
 * failure is not the only one: all that fit are made, at the same time.
 *
 *	{ "id": "usual_port",
 *	  "stage": [...], "fault": [...], "security": [...],	of the failed step
 *	  "speech": [...]		what answered there (speech_name)
 *	  "in_clear": true		it failed before any TLS
 *	  "is_usual_port": "yes|no"	the port is one of the service's own
 *				(of its provider's, where that is known)
 *	  "is_right_host": "yes|no"	the host is one of the provider's own
 *	  "kind": [...]		what else the host is known to be: host_kind
 *	  "is_here": "yes|no"	it is this machine itself
 *	  "in_private": true	its address is of a private network
 *	  "even_proven": true		although the cause is certain
 *	  "early": true			worth it while the first probe still waits
 *	  "host": "same|provider|control|certificate|address",
 *	  "port": "same|usual|provider", "with": "same|tls|none|usual|provider",
 *	  "hello": true			at TLS only ask for the server's version
 *	  "unverified": true		go on whatever the certificate is: no
 *				secret is sent, only the greeting is wanted
 *	  "until": "greeting",		the stage it ends with
 *	  "outcomes": [ { "any": "greeted", "proves": ["wrong_port"],
 *	                  "excludes": [...], "wait": 1500 } ],
 *	  "source": "..." }
 *
 * "any": some probe saw this; "none": no probe did; with both, both. The first
 * outcome that holds counts. What it "proves" is certain; what it "suggests" comes first,
 * the first of them as likely; what it "excludes" is out. "wait": how many ms
 * the first probe, still waiting, may go on; 0: it ends.
 * "provider" are the provider's own servers; where it is not known, those that
 * the domain of the address names (MX, SRV, autoconfig), and last the usual
 * names in it.
 * "address" is the same host by its other addresses.
 * "control" names hosts of large providers that are always up: they are
 * looked up, connected to, asked for their certificate or for STARTTLS, and
 * left. What is seen there, too, is not the account's server's doing.
 */
#define EXPERIMENT_ID_CAP 40
#define TRIALS_MAX 24			/* of one account */
#define TRIAL_DOMAIN "domain_names"	/* planned: the domain is asked */
#define TRIAL_CONTROLS_MAX 2

/*
 * "variant": the same login once more, with the secret or the user name as it
 * was probably meant. The one kind of experiment that logs in: it is made only
 * where the person asked for it and the login budget allows.
 */
enum variant {
	VARIANT_NONE,
	VARIANT_TRIMMED,		/* no spaces, CR, BOM at the ends */
	VARIANT_HALF_WIDTH,		/* NFKC, plain quotes */
	VARIANT_UNSPACED,		/* an app password without its groups */
	VARIANT_LOCAL_PART, VARIANT_ADDRESS,	/* the user name's other form */
	VARIANT_COUNT
};
const char *variant_name(enum variant v);	/* "none", "trimmed", ... */

/* What a host is known to be, when it is not the one for the service. */
enum host_kind {
	HOST_KIND_UNKNOWN,
	HOST_KIND_SERVICE,		/* for another service: pop. for IMAP */
	HOST_KIND_EXCHANGER,		/* a mail exchanger of the domain */
	HOST_KIND_WEB,			/* www., or the domain itself */
	HOST_KIND_SIBLING,		/* its owner's, in another country */
	HOST_KIND_COUNT
};
const char *host_kind_name(enum host_kind k);	/* "unknown", "service", ... */

struct experiment_table;		/* parsed; immutable */

bool experiment_table_parse(struct span json, struct experiment_table **ret,
			    struct fault *why);
/* The table built into the program. */
bool experiment_table_own(struct experiment_table **ret, struct fault *why);
void experiment_table_free(struct experiment_table *t);

/* One probe of an experiment. */
struct trial {
	char id[EXPERIMENT_ID_CAP];	/* of the row */
	uint8_t about;			/* the endpoint whose failure it explains */
	enum stage until;
	enum variant variant;
	bool only_hello;		/* at TLS: which version, no more */
	bool unverified;		/* to see who answers */
	bool control;			/* at a host that is nobody's of the account */
	char named_by[16];		/* source_name(); "" own knowledge */
	enum host_kind kind;		/* of the host it is about */
	char address[ADDRESS_TEXT_CAP];	/* this one of the host's; "" any */
	struct endpoint endpoint;
};

/* What was tried, and what came of it. */
struct trials {
	const struct experiment_table *table;
	const struct evidence *first;	/* of the account's own, an array; or NULL */
	size_t n;
	struct trial trial[TRIALS_MAX];
	const struct evidence *seen[TRIALS_MAX];
};

/* Which of the rows: where the right host is, is another question. */
enum trial_part { TRIALS_ALL, TRIALS_AT_HAND, TRIALS_AT_RIGHT_HOST };

/* A failure, or (early) a silence that may become one. */
struct trial_need {
	const struct evidence *seen;
	uint8_t about;			/* its index */
	enum stage stage;
	enum fault_kind fault;
	bool proven, early;
	enum trial_part part;
	unsigned variants;		/* bits of those that there are */
	unsigned *logins;		/* refused logins still allowed, or NULL */
};

/*
 * What to try: appends to io->trial what is not there yet (io->seen stays the
 * caller's to fill) and returns how many were added. `names`: what the domain
 * says of its servers, NULL nothing. Pure.
 */
size_t trials_plan(const struct trial_need *need, const struct right *right,
		   const struct search *names, struct trials *io);
/* Would any of them be made at servers that only the domain can name? */
bool trials_want_names(const struct trial_need *need,
		       const struct right *right, const struct trials *t);

/* What the trials about an endpoint say of its causes. */
void trials_weigh(const struct trials *t, size_t about, struct rule_match *io);
/*
 * Does any outcome of them make further waiting pointless? *ret_wait: how many
 * ms are still worth while.
 */
bool trials_end_wait(const struct trials *t, size_t about, msec *ret_wait);
/* Have they proven what it is? Then nothing else has to be tried. */
bool trials_settle(const struct trials *t, size_t about);

/* What a probe saw, for the reports: "greeted", "connected", ... */
enum sight {
	SIGHT_NOTHING, SIGHT_RESOLVED,
	SIGHT_ANSWERED,			/* the port: open, or refused at once */
	SIGHT_CONNECTED, SIGHT_HANDSHAKE, SIGHT_VERIFIED, SIGHT_GREETED,
	SIGHT_ACCEPTED,			/* the login */
	/* the server's hello: versions below, beyond, within our own */
	SIGHT_OFFERS_OLDER, SIGHT_OFFERS_NEWER, SIGHT_OFFERS_SHARED,
	SIGHT_OFFERS_CIPHER,		/* a version of ours, but not with a suite of ours */
	SIGHT_STARTTLS, SIGHT_NO_STARTTLS,	/* on offer, or not */
	SIGHT_OUTDATED,			/* its certificate, by our clock */
	/* as at the endpoint it is about: who signed, the certificate itself */
	SIGHT_SAME_ISSUER, SIGHT_SAME_CERTIFICATE,
	SIGHT_WEB_PAGE,			/* in place of the mail server */
	SIGHT_SAME_ADDRESS,		/* a private one, which both names lead to */
	SIGHT_FOREIGN_SERVER,		/* a mail server with somebody else's names */
	SIGHT_TAKES_LOGINS,		/* that far, and it offers a way to log in */
	SIGHT_COUNT
};
const char *sight_name(enum sight s);
enum sight sight_of(const struct trials *t, size_t index);	/* the furthest */
/*
 * What this probe showed, when it is the one that decided its experiment: the
 * causes, the first one the most telling. Returns how many; 0: it decided
 * nothing.
 */
size_t trial_verdict(const struct trials *t, size_t index,
		     struct ranked_cause ret[RULE_CAUSES_MAX]);
/* Likewise what it ruled out. */
#define TRIAL_EXCLUDES_MAX 12
size_t trial_excludes(const struct trials *t, size_t index,
		      enum cause ret[TRIAL_EXCLUDES_MAX]);

/*
 * What a trial that is only planned might show, and what would follow: outcome
 * `n` of its experiment, from 0. false: there is no such one.
 */
struct trial_prospect {
	enum sight sight;
	bool otherwise;			/* unless it shows that */
	bool concludes;			/* to `so` */
	struct ranked_cause so;
	size_t excludes;
	enum cause excluded[TRIAL_EXCLUDES_MAX];
};
bool trial_prospect(const struct trials *t, size_t index, size_t n,
		    struct trial_prospect *ret);

#endif
