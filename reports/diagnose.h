#ifndef MAILWHY_DIAGNOSE_H
#define MAILWHY_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/candidate.h"
#include "probes/evidence.h"
#include "reports/cause.h"
#include "reports/experiment.h"
#include "reports/right.h"
#include "reports/rule.h"
#include "reports/secret_shape.h"

/*
 * Evidence to causes. Pure: no I/O, no clock, no state; the same input gives
 * the same diagnosis anywhere. Small enough to be a value; nothing to free.
 */

#define SECRET_NOTES_MAX 3

/* What is known of the mailbox; lent by providers/, which reports never see. */
struct expectation {
	const char *provider;		/* id, "" unknown */
	const char *provider_name[2];	/* [LANG_EN], [LANG_JA]; NULL none */
	const struct rules *rules;	/* the provider's own, or NULL */
	/* what kind of secret it wants (CAUSE_COUNT: nothing known) */
	enum cause ordinary_refusal;	/* e.g. CAUSE_APP_PASSWORD: what usually is
					 * behind "wrong password" at this provider */
	bool ordinary_refusal_sure;	/* the provider takes nothing else */
	/* access that an account does not have from the start */
	bool switched_off[SERVICE_COUNT];
	/* two-step verification makes it want an app password */
	bool app_password_with_2fa;
	bool starttls_offered;		/* known to offer it: absence is stripping */
	bool answers_more[SERVICE_COUNT];	/* whose refusals are more precise */
	/* hygiene of the secret and shape of its kind, found without revealing it */
	bool secret_unlike_kind;	/* certainly not of the kind it wants */
	bool secret_like_kind;		/* has exactly the shape of that kind */
	bool secret_suspicious;		/* carries characters nobody types */
	size_t secret_notes;		/* hygiene ids for findings */
	const char *secret_note[SECRET_NOTES_MAX];
	bool secret_odd;		/* its look is not that of the kind */
	struct secret_look secret_look;
	struct right right;		/* settings known to be right */
	struct right worked;		/* that greeted this machine a moment ago */
	/* what the user name is: "address", "local", "other"; NULL not known */
	const char *user_form[SERVICE_COUNT];
	const char *address, *user;	/* never matched by word rules */
	const struct trials *trials;	/* what experiments showed; NULL none */
};

struct proof {
	uint8_t endpoint;		/* index of the evidence */
	uint8_t step;			/* index into its steps */
};

#define PROOFS_MAX 8
#define CAUSES_MAX 6

struct diagnosed_cause {
	enum cause cause;
	enum confidence confidence;
	size_t proofs;
	struct proof proof[PROOFS_MAX];
	char rule[48];			/* the rule that said so, "" combined evidence */
};

/* What it is not: things people would suspect that the evidence rules out. */
enum exclusion {
	NOT_NETWORK, NOT_NAME, NOT_PORT, NOT_TLS, NOT_CERTIFICATE,
	NOT_USER_NAME, NOT_PASSWORD, NOT_PROTOCOL_SWITCH, EXCLUSION_COUNT
};
const char *exclusion_name(enum exclusion e);	/* "network", "port", ... */

#define FINDINGS(X) \
	X(FINDING_CERT_ENDS_SOON,      "certificate_ends_soon")	/* number: days */ \
	X(FINDING_ENDPOINT_FAILS,      "endpoint_fails")	/* another way to the service works */ \
	X(FINDING_NO_IPV6,             "no_ipv6")		/* names have AAAA, none connects */ \
	X(FINDING_ADDRESS_FAILS,       "address_fails")		/* one of several addresses */ \
	X(FINDING_DNS_SLOW,            "dns_slow")		/* number: ms */ \
	X(FINDING_SLOW_LOGIN,          "slow_login")		/* number: ms; penalty after failures */ \
	X(FINDING_CLEAR_BYTES,         "bytes_before_tls")	/* injected before the handshake */ \
	X(FINDING_OLD_TLS,             "old_tls")		/* 1.0 or 1.1 */ \
	X(FINDING_INSPECTED,           "inspected")	/* trusted here; detail: the issuer */ \
	X(FINDING_OLD_RENEGOTIATION,   "old_renegotiation")	/* no RFC 5746 */ \
	X(FINDING_UNVERIFIED,          "certificate_not_verified")	/* --insecure-certificate */ \
	X(FINDING_CLEAR_LOGIN,         "login_in_clear")	/* --insecure-plaintext */ \
	X(FINDING_SELF_SIGNED,         "weak_certificate") \
	X(FINDING_QUOTA_NEAR,          "quota_nearly_full")	/* number: percent */ \
	X(FINDING_LOGOUT_FAILED,       "logout_failed") \
	X(FINDING_MAILBOX_SKIPPED,     "mailbox_not_examined") \
	X(FINDING_CLEAR_DISCOVERY,     "discovery_in_clear")	/* --insecure-discovery */ \
	X(FINDING_DOMAIN_SIMILAR,      "domain_similar")	/* detail: the domain that was perhaps meant */ \
	X(FINDING_SECRET_SUSPICIOUS,   "secret_suspicious")	/* detail: hygiene id */ \
	X(FINDING_SECRET_SHAPE,        "secret_of_other_shape")	/* number: characters; detail: their classes */

enum finding_id {
#define X(finding, name) finding,
	FINDINGS(X)
#undef X
	FINDING_COUNT
};
const char *finding_name(enum finding_id f);

#define FINDINGS_MAX 24

struct finding {
	enum finding_id id;
	int endpoint;			/* index, -1: none in particular */
	int64_t number;
	char detail[80];
};

struct diagnosis {
	enum cause verdict;		/* of the whole account */
	size_t causes;			/* ranked; [0] is the verdict */
	struct diagnosed_cause cause[CAUSES_MAX];
	enum cause endpoint_verdict[ENDPOINTS_MAX];
	enum confidence endpoint_confidence[ENDPOINTS_MAX];
	bool excluded[EXCLUSION_COUNT];
	size_t findings;
	struct finding finding[FINDINGS_MAX];
	unsigned logins_attempted, logins_refused;
	bool service_works[SERVICE_COUNT];
	int exit_code;
};

void diagnose(const struct evidence *const *seen, size_t n,
	      const struct expectation *known, const struct rules *general,
	      struct diagnosis *ret);

/* No server was found: why, from how they were looked for. Pure, too. */
void diagnose_search(const struct search *s, struct diagnosis *ret);
/* Adds what is worth saying of the search to a diagnosis. */
void diagnose_hint(const struct search *s, struct diagnosis *io);

/* The verdict on one endpoint by itself: what the login gate asks. */
bool diagnose_step(const struct evidence *e, const struct step *step,
		   const struct expectation *known, const struct rules *general,
		   struct rule_match *ret);

#endif
