#ifndef MAILWHY_DEMO_SCENARIO_H
#define MAILWHY_DEMO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/endpoint.h"
#include "probes/wire/facts.h"
#include "probes/wire/pki.h"

/*
 * A scenario is a small file that plays a provider or a fault: what the name
 * server says, how each mail server answers, and the verdict that is right.
 * `mailwhy demo` and the tests play the same files (cmd/demo/scenarios).
 *
 *	# Google refuses the ordinary password, and says so.
 *	title.en: Gmail asks for an app password
 *	title.ja: Gmailがアプリパスワードを求める
 *	address: taro@gmail.com
 *	secret: correct-horse
 *	verdict: app_password_required
 *	confidence: proven
 *	exit: 1
 *	logins: 1
 *
 *	endpoint imap imap.gmail.com:993 tls
 *	greeting
 *	S: * OK Gimap ready for requests from 192.0.2.7
 *	refused
 *	S: {tag} NO [ALERT] Application-specific password required
 *
 * The head, "key: value":
 *	base        another scenario to start from; what follows adds to it or
 *	            replaces it. An endpoint named again is continued, and of
 *	            two sections for the same thing the later one counts.
 *	abstract    yes: only a base; not listed, not played
 *	title.en, title.ja
 *	address     of the account; user: its login name, when that is another
 *	secret      what the person types
 *	token       yes: the secret is an OAuth token
 *	password    what the servers accept. Without it the secret is right,
 *	            except at an endpoint with a section "refused": that one
 *	            accepts nothing.
 *	provider    id of a provider; without it the address' domain decides;
 *	            "none": nobody we know
 *	sender, mechanism, plaintext (yes: --insecure-plaintext)
 *	variants    yes: --try-variants
 *	login       the user name that the servers accept, when it is another
 *	timeout     milliseconds one probe may take, where a server is silent
 *	clock       days that the clock of this computer is ahead of the
 *	            servers' and their certificates'; "-900": behind
 *	worlds      script: not to be had on a loopback interface; tls1.2:
 *	            there only where our library ends with TLS 1.2; ipv6: only
 *	            where it has the address ::1, too
 *	situation   which of a provider's five it shows: works, wrong-secret
 *	            (of the wrong kind), wrong-password, wrong-port (or the
 *	            wrong security), switched-off
 *	verdict, confidence, exit, logins
 *	            what the check must say, and how many logins the servers
 *	            must have seen. "verdict.imap" (smtp, pop3): the verdict on
 *	            the first endpoint of that service.
 *	rivals      the causes behind the first, in their order, separated by
 *	            spaces; "none". Compared where the order of logins is
 *	            fixed.
 *	says.en, says.ja
 *	            words that the report for people must hold
 *
 * What the name server says (an endpoint's host without such a line exists):
 *	dns NAME ADDRESS[/connect] ...      192.0.2.1/refused: nobody there
 *	dns NAME nxdomain|nodata|servfail|refused|timeout|cname-loop
 *	dns NAME alias NAME
 *	dns NAME mx HOST ...		its mail exchangers, best first
 *	dns NAME srv SERVICE HOST:PORT tls|starttls
 * The address' domain is there, unless "dns DOMAIN nxdomain" says otherwise;
 * of the web nothing is (cmd/demo/web.h).
 *
 * A server (without one the servers are looked for, as for an address alone):
 *	endpoint SERVICE HOST:PORT tls|starttls|none [demanded|beside|at ADDRESS]
 *	            demanded: asked for by name; beside: exists, but nobody asks
 *	            for it (experiments may find it); these come last;
 *	            at: by this IPv6 address of the host another server
 *	            answers; it stands behind the other one (worlds: ipv6)
 *	connect: ok|refused|timeout|unreachable|reset|no-descriptors
 *	cert: a kind of pki.h ("good", "expired", "other-name", ...)
 *	tls: normal|none|always|cut|close|reset|silence|legacy|alert NAME|
 *	     offers VERSION [SUITE]|group BITS
 *	            none: speaks clear text on a TLS port; always: waits for
 *	            a handshake although the client begins in clear text;
 *	            cut: speaks clear text, and a firewall before it cuts
 *	            off who begins with anything else;
 *	            offers: knows this version alone (TLSv1.0), so a handshake
 *	            meets the alert protocol_version; or this suite alone
 *	            ("TLSv1.2 000a"): handshake_failure
 *	            group BITS: a Diffie-Hellman group of that size (worlds:
 *	            script)
 *	            legacy: knows nothing of secure renegotiation
 *	wire: records|pieces N [MS]|after N close|reset|HEX|flood HEX
 *	            what the transport does to all the server sends, from the
 *	            handshake on and beneath TLS:
 *	            records: the messages of a handshake, a byte a record;
 *	            pieces: N bytes at a time, each after MS; after: N bytes
 *	            pass, then it ends, or what the server did not say comes
 *	            (flood: without an end)
 *	offers: capabilities, IMAP's separated by spaces, the others' by commas
 *	offers-clear: the same, before STARTTLS
 *
 * then sections, each followed by what the server does:
 *	greeting            at the beginning
 *	on [clear|tls] CMD  when the client sends a line beginning with CMD
 *	            (IMAP: behind the tag); the longest that fits is taken
 *	accepted, refused   when credentials came, in whatever mechanism
 *
 *	S: TEXT     one line. {tag} {user} {address} {host} {port} {secret}
 *	            {secret64} {date} are filled in.
 *	!expect     read one more line of the client, whatever it is
 *	!repeat N   say the line above N times in all
 *	!delay MS   !split N (send in pieces of N bytes, from here on)
 *	!pace MS    wait before each piece, from here on
 *	!bytes HEX  !text TEXT (no CRLF)    !flood N (N bytes, no line end)
 *	!alert NAME (fatal, of TLS)         !raw HEX (beneath TLS)
 *	!starttls   begin the handshake     !silence  !close  !reset
 *	!cut        end the connection, and TLS without its goodbye
 *	!requests N (to renegotiate)        !empties N (records of nothing)
 *
 * For everything that has no section the server is polite: it knows the
 * commands that mail programs use, checks credentials (PLAIN, LOGIN,
 * CRAM-MD5, SCRAM-SHA-1 and -256, XOAUTH2, OAUTHBEARER, the LOGIN command,
 * USER and PASS), and shows an empty mailbox.
 */
#define SCENE_TEXTS_MAX 4		/* a base of a base of a base */
#define SCENE_NAMES_MAX 12
#define SCENE_RECORDS_MAX 12
#define SCENE_ADDRESSES_MAX 4
#define SCENE_CUES_MAX 96
#define SCENE_ACTS_MAX 400
#define SCENARIO_CAP 32768		/* bytes of a file */

enum scene_connect {
	CONNECT_OK, CONNECT_REFUSED, CONNECT_TIMEOUT, CONNECT_UNREACHABLE,
	CONNECT_RESET, CONNECT_NO_DESCRIPTORS,
	CONNECT_DEFAULT	/* what the endpoint says */
};

enum scene_tls {
	SCENE_TLS_NORMAL, SCENE_TLS_NONE, SCENE_TLS_ALWAYS, SCENE_TLS_CLOSE,
	SCENE_TLS_RESET, SCENE_TLS_SILENCE, SCENE_TLS_LEGACY, SCENE_TLS_CUT,
	SCENE_TLS_ALERT, SCENE_TLS_OFFERS,
	SCENE_TLS_GROUP
};

struct scene_name {
	const char *name;
	enum fault_kind fault;		/* NONE: it has addresses, or an alias */
	const char *alias;		/* NULL none */
	size_t addresses;
	const char *address[SCENE_ADDRESSES_MAX];
	enum scene_connect connect[SCENE_ADDRESSES_MAX];
};

struct scene_record {			/* MX or SRV */
	const char *name;		/* the domain, without labels */
	enum record_type type;
	struct endpoint endpoint;	/* of an MX only the host */
};

enum act_kind {
	ACT_SAY, ACT_TEXT, ACT_BYTES, ACT_FLOOD, ACT_EXPECT, ACT_DELAY,
	ACT_SPLIT, ACT_PACE, ACT_STARTTLS, ACT_SILENCE, ACT_CLOSE, ACT_RESET,
	ACT_ALERT, ACT_RAW, ACT_CUT, ACT_REQUESTS, ACT_EMPTIES
};

struct scene_act {
	enum act_kind kind;
	const char *text;		/* SAY, TEXT, BYTES, RAW */
	/* FLOOD, DELAY, SPLIT, PACE, ALERT; how often: SAY, REQUESTS, EMPTIES */
	unsigned number;
};

enum cue_kind { CUE_GREETING, CUE_COMMAND, CUE_ACCEPTED, CUE_REFUSED };
enum cue_phase { CUE_ANY, CUE_CLEAR, CUE_TLS };

struct scene_cue {
	enum cue_kind kind;
	enum cue_phase phase;
	size_t endpoint;		/* whose it is */
	const char *command;		/* COMMAND */
	size_t first, acts;		/* of scenario->act */
};

enum wire_end { WIRE_ON, WIRE_CLOSE, WIRE_RESET, WIRE_BYTES, WIRE_FLOOD };

struct bad_wire {			/* beneath TLS; zeroed: a good one */
	bool records;			/* a byte a record */
	unsigned pieces, pace;		/* bytes, msec before each; 0: whole */
	unsigned after;			/* so many bytes, */
	enum wire_end then;
	size_t len;			/* BYTES, FLOOD */
	char bytes[64];
};

struct scene {				/* one server */
	struct endpoint endpoint;
	enum scene_connect connect;
	enum cert_kind cert;
	enum scene_tls tls;
	int alert;			/* with SCENE_TLS_ALERT, _OFFERS */
	unsigned minor, suite;		/* with SCENE_TLS_OFFERS: of TLS 1 */
	unsigned bits;			/* with SCENE_TLS_GROUP */
	struct bad_wire wire;
	bool beside;			/* not part of the account's settings */
	const char *address;		/* only by this one; NULL any */
	const char *offers, *offers_clear;	/* NULL: the polite ones */
};

struct scenario {
	char name[64];
	const char *base, *abstract, *title_en, *title_ja, *address, *user,
		*secret, *token, *password, *provider, *sender, *mechanism,
		*plaintext, *timeout, *variants, *login, *clock,
		*worlds, *situation, *verdict,
		*confidence, *rivals, *exit_code, *logins, *says_en, *says_ja,
		*verdict_of[SERVICE_COUNT];
	size_t names, records, endpoints, cues, acts;
	struct scene_name host[SCENE_NAMES_MAX];
	struct scene_record record[SCENE_RECORDS_MAX];
	struct scene endpoint[ENDPOINTS_MAX];
	struct scene_cue cue[SCENE_CUES_MAX];
	struct scene_act act[SCENE_ACTS_MAX];
	size_t texts;
	char *text[SCENE_TEXTS_MAX];	/* owned; all strings point into them */
};

/*
 * Read a scenario. Strict: *why names the file, the line and what was
 * expected (FAULT_PROTOCOL); also FAULT_NO_MEMORY.
 */
bool scenario_parse(const char *name, struct span text, struct scenario **ret,
		    struct fault *why);
/* One of those built in. Unknown: false with FAULT_NONE. */
bool scenario_load(const char *name, struct scenario **ret, struct fault *why);
void scenario_free(struct scenario *s);

/* Names of all that can be played, in order; NULL past the end. */
bool scenario_name_at(size_t index, char *ret_name, size_t cap);

/* How many of the endpoints are asked for; they come first. */
size_t scenario_asked(const struct scenario *s);
/* The login name: user, or the address; and the one that is right. */
const char *scenario_user(const struct scenario *s);
const char *scenario_login(const struct scenario *s);
unsigned scenario_timeout(const struct scenario *s);	/* msec */
bool scenario_says(const char *value);			/* "yes" */
/* Can a loopback server play it, with this library? */
bool scenario_is_playable(const struct scenario *s);
/* What is to be added to the true time for that of this computer. */
epoch scenario_clock(const struct scenario *s);

/* What the name server knows of a host; NULL: nothing in particular. */
const struct scene_name *scenario_host(const struct scenario *s,
				       const char *name);
/* The answer to io->type and io->asked, as dns_records gives it. */
void scenario_records(const struct scenario *s, struct records_facts *io);
/* The section that counts; NULL: none. `command` only for CUE_COMMAND. */
const struct scene_cue *scenario_cue(const struct scenario *s, size_t endpoint,
				     enum cue_kind kind, bool in_tls,
				     struct span command);

#endif
