#ifndef MAILWHY_RULE_PRIVATE_H
#define MAILWHY_RULE_PRIVATE_H

#include "reports/rule.h"

/* For rule_*.c only: what a rule looks like once it is read. */

/* ---- memory: everything of one set of rules goes at once ---- */

struct arena_block;

struct arena {
	struct arena_block *first;
	size_t used;			/* of the first block */
};

void *arena_take(struct arena *a, size_t size);	/* zeroed; NULL: no memory */
char *arena_text(struct arena *a, struct span s);	/* NULL: no memory */
void arena_release(struct arena *a);

/* ---- words ---- */

struct word {
	const char *text;		/* normalised */
	uint16_t len;
	bool first;			/* must begin the reply */
	bool whole;			/* must end where a word ends */
	bool anywhere;			/* CJK: words are not set apart */
};

struct words {				/* alternatives */
	const struct word *word;
	size_t n;
};

/* "a", "a ~ b", "a .. b ~ c": every further list is looked for around a. */
#define PHRASE_LISTS_MAX 3

struct phrase {
	size_t n;
	struct words list[PHRASE_LISTS_MAX];
	bool then[PHRASE_LISTS_MAX];	/* "..": only behind */
};

struct entry {				/* one of its phrases */
	const struct phrase *phrase;
	size_t n;
};

struct word_list {			/* "@name" */
	const char *name;
	struct words words;
};

#define WORD_LISTS_MAX 48
#define NORMAL_CAP (REPLY_TEXT_CAP * 3 + 64)

/* A text in the one form: begins and ends with a space. */
struct normal {
	size_t len;
	char text[NORMAL_CAP];
};

void normal_of(struct span utf8, struct normal *ret);
/* The same of what a server said; its links go to *ret_links. */
void normal_of_reply(const struct symptom *s, struct normal *ret,
		     struct normal *ret_links);
bool entry_found(const struct entry *e, const struct normal *in);
bool words_found(const struct words *w, const struct normal *in);

struct word_parser {
	struct arena *arena;
	size_t lists;
	struct word_list list[WORD_LISTS_MAX];
};

/* Faults: PROTOCOL (names the word), NO_MEMORY. */
bool words_parse(struct word_parser *p, struct span text, struct words *ret,
		 struct fault *why);
bool entry_parse(struct word_parser *p, struct span text, struct entry *ret,
		 struct fault *why);

/* ---- rules ---- */

struct strings {
	const char *const *at;
	size_t n;
};

struct numbers {
	const uint16_t *at;
	size_t n;
};

struct smtp_class {			/* "535", "53x", "4xx" */
	uint16_t from, to;
};

/* Sets of enumerators as bits; 0: the member is not there. */
struct when {
	uint32_t service, security, stage, answer, speech, port_is;
	uint64_t fault;
	struct numbers port;
	const struct smtp_class *smtp;
	size_t smtp_count;
	struct strings enhanced, code, alert, mechanism, provider;
	int in_tls, here, challenge, mail;	/* -1: not asked */
	const struct entry *words, *not_words;
	size_t words_count, not_words_count;
	struct words link, issuer;
};

/* A reply the rule is for, and what was around it. */
struct example {
	const char *reply, *mechanism, *provider, *issuer;
	bool has_service, has_security, has_stage, in_tls, here, mail;
	enum service service;
	enum security security;
	enum stage stage;
	enum fault_kind fault;
	enum speech speech;
	const char *alert;		/* "" none */
	uint16_t port;
};

struct rule {
	const char *id;
	struct when when;
	size_t causes;
	struct ranked_cause cause[RULE_CAUSES_MAX];
	bool final, password_right, over_reply;
	bool ask[SERVICE_COUNT];
	size_t examples;
	const struct example *example;
};

/* RFC 8446 section 6 by name; -1: no such alert. */
int alert_number(const char *name);

struct rules {
	struct arena arena;
	struct rule *rule;
	size_t n, lists;
	struct word_list list[WORD_LISTS_MAX];
};

#endif
