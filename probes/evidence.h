#ifndef MAILWHY_EVIDENCE_H
#define MAILWHY_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/endpoint.h"
#include "probes/wire/facts.h"

/*
 * Evidence: what one probe saw, and nothing else. A fixed-size value without
 * pointers: append-only, capped, printable, without secrets, free to copy,
 * nothing to release. Diagnosis, reports, saving and replay all work on it.
 */

enum stage {
	STAGE_RESOLVE, STAGE_CONNECT, STAGE_TLS, STAGE_GREETING,
	STAGE_CAPABILITY, STAGE_STARTTLS, STAGE_LOGIN, STAGE_MAILBOX,
	STAGE_LOGOUT, STAGE_COUNT
};

const char *stage_name(enum stage s);		/* "resolve", ... */
bool stage_by_name(const char *name, enum stage *ret);

enum step_result { STEP_PASSED, STEP_FAILED, STEP_SKIPPED };

const char *step_result_name(enum step_result r);	/* "passed", ... */

/* Why a stage did not run though its turn had come. */
#define SKIPS(X) \
	X(SKIP_NONE,           "none") \
	X(SKIP_NOT_NEEDED,     "not-needed")	/* capability came with the greeting */ \
	X(SKIP_ASKED,          "asked")		/* --no-login, --quit-after */ \
	X(SKIP_NO_SECRET,      "no-secret") \
	X(SKIP_CAUSE_NAMED,    "cause-named")	/* another endpoint's refusal says it all */ \
	X(SKIP_BUDGET,         "budget")	/* refused logins used up, or no more to learn */ \
	X(SKIP_PREAUTH,        "preauth")	/* * PREAUTH: logged in already */ \
	X(SKIP_FAILED_BEFORE,  "failed-before")	/* an earlier stage of this probe failed */

enum skip {
#define X(skip, name) skip,
	SKIPS(X)
#undef X
	SKIP_COUNT
};

const char *skip_name(enum skip s);

/* ---- what the server said, read into its parts ---- */

enum answer {
	ANSWER_NONE,			/* nothing (readable) came */
	ANSWER_OK, ANSWER_NO, ANSWER_BAD, ANSWER_BYE, ANSWER_PREAUTH,
	ANSWER_CONTINUE
};

const char *answer_name(enum answer a);		/* "none", "ok", "no", ... */

#define REPLY_TEXT_CAP 1024

struct reply {
	enum answer answer;
	unsigned code;			/* SMTP: 250, 535, ...; else 0 */
	char enhanced[16];		/* RFC 3463, "5.7.8"; "" */
	char response_code[40];		/* IMAP, POP3: upper case, "ALERT", "SYS/TEMP"; "" */
	char response_arg[160];		/* the rest inside the brackets */
	char text[REPLY_TEXT_CAP];	/* whole reply, printable, lines by \n, no tag */
	/* untagged status lines on the way (ALERT, BYE, WARNING), likewise */
	char untagged[REPLY_TEXT_CAP / 2];
	char challenge[REPLY_TEXT_CAP / 2];	/* OAuth error, decoded JSON */
};

/* What the bytes at a greeting look like, whatever was expected. */
enum speech {
	SPEECH_UNKNOWN, SPEECH_SILENCE, SPEECH_IMAP, SPEECH_SMTP, SPEECH_POP3,
	SPEECH_TLS, SPEECH_HTTP, SPEECH_SSH, SPEECH_FTP
};

const char *speech_name(enum speech s);		/* "unknown", "silence", "imap", ... */
bool speech_by_name(const char *name, enum speech *ret);
/* Pure; from the first bytes a server sent. Empty: SILENCE. */
enum speech speech_of(struct span first_bytes);

struct step {
	enum stage stage;
	enum step_result result;
	enum skip skip;			/* when SKIPPED */
	msec began, ended;		/* relative to the start of the run */
	msec waited;			/* of it, at the login gate */
	struct fault why;		/* when FAILED; or a fault that did no harm */
	struct reply reply;		/* the deciding reply */
	enum speech speech;		/* greeting, and tls when it was no TLS */
	bool in_tls;
};

/* ---- the talk, for -v: lines with marks ---- */

enum line_mark { LINE_SENT = '>', LINE_RECEIVED = '<', LINE_NOTE = '*' };

#define TRANSCRIPT_CAP 16384		/* bytes of text per endpoint */
#define TRANSCRIPT_LINES 200

struct transcript_line {
	enum line_mark mark;
	bool in_tls;
	msec at;			/* relative to the start of the run */
	uint16_t start, len;		/* in text[] */
};

struct transcript {
	size_t lines, used;
	bool cut;			/* more came than fits */
	struct transcript_line line[TRANSCRIPT_LINES];
	char text[TRANSCRIPT_CAP];
};

/*
 * What a server offers: upper-case words separated by one space, the way it
 * lists them; login mechanisms always as AUTH=NAME, SMTP parameters as
 * SIZE=52428800. POP3 before CAPA: "".
 */
#define CAPABILITIES_CAP 2048

enum phase { PHASE_CLEAR, PHASE_TLS, PHASE_LOGGED_IN, PHASE_COUNT };

struct capabilities {
	bool known;
	bool cut;			/* there were more than fit */
	char words[CAPABILITIES_CAP];
};

bool capability_has(const struct capabilities *c, const char *word);
/* The next word that starts with `prefix`; *at 0 starts. */
bool capability_next(const struct capabilities *c, const char *prefix,
		     size_t *at, struct span *ret_word);
/* Append a word, upper-cased, once; over the cap it is dropped, c->cut. */
void capability_add(struct capabilities *c, struct span word);
/*
 * `word` is not among them: NOT_OFFERED, or TOO_LONG when not all of them were
 * kept. Returns false.
 */
bool capability_lacks(const struct capabilities *c, const char *word,
		      struct fault *why);

enum login_outcome {
	LOGIN_NOT_TRIED,
	LOGIN_ACCEPTED,
	LOGIN_REFUSED,			/* the server said no: counts against the account */
	LOGIN_UNDECIDED			/* temporary fault, or the wire broke after sending */
};

const char *login_outcome_name(enum login_outcome o);

struct login_facts {
	enum login_outcome outcome;
	char mechanism[24];		/* "PLAIN", "LOGIN" (IMAP LOGIN: "LOGIN command"), "USER/PASS" */
	bool forced;			/* --mechanism */
	bool in_clear;			/* --insecure-plaintext was needed */
	bool preauth;
};

struct mailbox_facts {
	bool examined;			/* EXAMINE, STAT or MAIL FROM was answered */
	bool has_quota, has_messages;
	uint64_t messages;
	uint64_t quota_used, quota_limit;	/* KiB, as in RFC 9208 */
	char server_id[200];		/* of the IMAP ID reply, printable */
};

#define STEPS_MAX 14

struct evidence {
	struct endpoint endpoint;
	size_t steps;
	struct step step[STEPS_MAX];
	struct name_facts name;
	struct connect_facts connection;
	struct tls_facts tls;
	struct capabilities capabilities[PHASE_COUNT];
	size_t clear_bytes_dropped;	/* came between the STARTTLS reply and the handshake */
	char clear_bytes[FIRST_BYTES_MAX * 4];	/* their beginning, printable */
	epoch stated_at;		/* the date a greeting gives, 0: none */
	struct login_facts login;
	struct mailbox_facts mailbox;
	struct transcript transcript;
};

/*
 * Nothing seen yet, at this endpoint. What is counted (steps, certificates,
 * the talk) is left as it is: most of it is never used, and memory that nobody
 * touches costs nothing. So whoever adds an element writes it whole.
 */
void evidence_begin(struct evidence *e);
/* The step of a stage, the last one if it ran twice; NULL: not there. */
const struct step *evidence_step(const struct evidence *e, enum stage stage);
/* The step that ended the probe, NULL when none failed. */
const struct step *evidence_failure(const struct evidence *e);
/* Capabilities of the most advanced phase that is known. */
const struct capabilities *evidence_capabilities(const struct evidence *e);

#endif
