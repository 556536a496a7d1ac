#ifndef MAILWHY_RULE_H
#define MAILWHY_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/json.h"
#include "probes/base/span.h"
#include "probes/evidence.h"
#include "reports/cause.h"

/*
 * A rule turns one failed step into ranked causes. Rules are data
 * (reports/rules/, read in the order of the file names; a provider's own stand
 * in its file and are tried
 * first); the first rule that fits wins, specific before general.
 *
 *	{ "id": "imap-expired",
 *	  "when": { "stage": ["login"], "code": ["EXPIRED"] },
 *	  "causes": [ ["password_expired", "proven"] ],
 *	  "source": "RFC 5530 section 3",
 *	  "examples": [ { "service": "imap", "stage": "login",
 *	                  "reply": "NO [EXPIRED] Password has expired." } ] }
 *
 * Members of "when" (all that are there must hold; a list holds when one of
 * its entries does):
 *	service     imap smtp pop3
 *	security    tls starttls none
 *	stage       resolve ... logout
 *	fault       names of fault.h
 *	port        numbers; "port_is" tls|starttls: what the port is for
 *	smtp        reply codes, "535" or "4xx"
 *	enhanced    "5.7.8", "4.7.*", "*.7.9"
 *	code        IMAP and POP3 response codes, "AUTH*" by prefix
 *	answer      ok no bad bye ...
 *	speech      what answered (speech_name)
 *	alert       TLS alert names
 *	mechanism   login mechanism in use
 *	provider    provider ids
 *	in_tls      true / false
 *	here        true / false: the server is a program on this machine
 *	mail        true / false: the text or its place speak of mail at all
 *	challenge   true / false: an OAuth error challenge came with the refusal
 *	words       every entry must be found in the reply (see "Words" below)
 *	not_words   none of these entries may be found
 *	link        alternatives looked for in the URLs of the reply only
 *	issuer      alternatives looked for in the names of the certificates
 *
 * A member of the symptom that is not known (a pasted line may not tell its
 * service, stage or security) holds; an unknown fault or port does not. A line
 * without a stage is taken for the answer to a login unless words or a code of
 * the rule say otherwise.
 *
 * "causes" is a ranked list; the first is the verdict. "ask" (a list of
 * services) names the services whose answer would say more: only then does
 * the login gate allow a second login. "final": true says that this refusal
 * names its cause beyond doubt although rivals are listed; a rule whose first
 * cause is "proven" is final anyway. "password_right": true says that the
 * server gives this answer only when name and secret are right. "over_reply":
 * true, for what programs show: the rule knows the server's answer that stands
 * in the text, and says more than it.
 *
 * Words. Reply and rule are brought to one form: folded to one case, NFKC,
 * apostrophes dropped (behind an elided article of French or Italian they are a
 * space), everything that is no letter or digit one space.
 * Addresses, host names, URLs and the user's own name are taken out of the
 * reply first, so that a host called *.invalid says nothing.
 *
 *	entry   = phrase *( "||" phrase )	one of the phrases; a list of
 *						strings is one entry, too
 *	phrase  = list *2( ( "~" / ".." ) list )
 *	list    = word *( "|" word )		one of the words
 *	word    = [ "^" ] text [ "$" ] / "@" name
 *
 * A word is found at the beginning of a word of the reply ("expir" finds
 * "expired"), "^" only at the beginning of the reply; "$" asks for the end of a
 * word, too; CJK text is found anywhere. "~" wants both near each other, ".." in
 * this order. Either takes the whole list on its left: "a|b ~ c" wants a or b
 * near c; where "a" is enough, write "a || b ~ c". Tag, status and response code
 * of IMAP are not part of the words. "@name" is a list that stands under "words"
 * at the top of this file or an earlier one (reports/rules/00-words.json); a list
 * of words may be a list of strings, too.
 *
 * Words yield to the class of a reply: what a rule found by words alone and
 * calls likely is only possible when the codes beside them say the contrary (a
 * server in trouble that refuses for good, an account that is gone until
 * later). A rule that looks at a code itself has weighed it.
 *
 * Every rule carries the replies it is for; a test runs every example and
 * demands its own rule.
 */
#define RULE_CAUSES_MAX 6

struct ranked_cause {
	enum cause cause;
	enum confidence confidence;
};

/* What a rule looks at: one step, whoever saw it (a probe, a pasted log). */
struct symptom {
	enum service service;
	bool service_known;
	enum security security;
	bool security_known;
	uint16_t port;			/* 0 unknown */
	enum stage stage;
	bool stage_known;
	enum fault_kind fault;		/* NONE unknown */
	const struct reply *reply;	/* never NULL */
	enum speech speech;
	int alert;			/* -1 none */
	const char *mechanism;		/* "" none */
	const char *provider;		/* "" unknown */
	const char *issuer;		/* subjects and issuers of the chain, or NULL */
	bool in_tls;
	bool here;			/* a program on this very machine */
	bool mail;			/* of a pasted text: it is about mail */
	/* words a rule for words must not see: address, user, host; NULL ends */
	const char *own_words[6];
};

struct rules;				/* parsed; immutable */

/* Strict: an unknown member is an error that names the rule and the member. */
bool rules_parse(struct span json_text, const char *name, struct rules **ret,
		 struct fault *why);
/* Rules inside another document (a provider's "rules" array). */
bool rules_from_json(const struct json *array, const char *name,
		     struct rules **ret, struct fault *why);
void rules_free(struct rules *r);
size_t rules_count(const struct rules *r);

/* Is a word of the list "@name" in the text? False for an unknown list, too. */
bool rules_word_in(const struct rules *r, const char *list, struct span text);

struct rule_match {
	const char *rule;		/* id; borrowed from the rules */
	size_t causes;
	struct ranked_cause cause[RULE_CAUSES_MAX];
	bool final;
	bool password_right;		/* name and secret were accepted */
	bool over_reply;
	bool own;			/* of the set tried first */
	bool ask[SERVICE_COUNT];
};

/* The first rule that fits. Either set may be NULL; `first` is tried first. */
bool rules_match(const struct rules *first, const struct rules *then,
		 const struct symptom *s, struct rule_match *ret);

/* The general rules, built into the program. NULL: no memory or a broken file
 * (a test makes sure it is not). */
struct rules *rules_general(struct fault *why);

/* For tests: example `n` of rule `r` as a symptom; false: no such one. */
struct rule_example {
	const char *rule;
	struct symptom symptom;
	struct reply reply;		/* symptom.reply points here */
	char mechanism[24], provider[40], issuer[200];
};
bool rules_example(const struct rules *r, size_t rule, size_t n,
		   struct rule_example *ret);
/* Can a rule of the set lead to this cause? */
bool rules_name_cause(const struct rules *r, enum cause c);

#endif
