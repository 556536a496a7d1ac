#ifndef MAILWHY_BATCH_ACCOUNT_BUILD_H
#define MAILWHY_BATCH_ACCOUNT_BUILD_H

#include "cmd/batch/account.h"
#include "cmd/batch/flaw.h"

/*
 * One member of an account after the other, whatever its file looks like.
 * `member` is what it is called there, for the flaw. false: r->flaw says what
 * is wrong. A value that could be a secret is never repeated.
 */
struct building {
	const struct reading *r;
	struct account *a;
	size_t place;			/* of the member in the record */
	bool is_person;			/* `name` is not the account's alone */
};

typedef bool (*build_member)(struct building *b, const char *member,
			     const char *value);

bool build_name(struct building *b, const char *member, const char *value);
/* Whose it is: two people may be called the same, so the address follows. */
bool build_person(struct building *b, const char *member, const char *value);
bool build_address(struct building *b, const char *member, const char *value);
bool build_user(struct building *b, const char *member, const char *value);
bool build_sender(struct building *b, const char *member, const char *value);
bool build_mechanism(struct building *b, const char *member,
		     const char *value);
bool build_endpoint(struct building *b, const char *member, const char *value);
bool build_label(struct building *b, const char *name, const char *value);

/* account_server.c: hosts as spreadsheets have them, HOST or HOST:PORT. */
bool build_server(struct building *b, const char *member, const char *value);
bool build_incoming(struct building *b, const char *member, const char *value);
bool build_imap(struct building *b, const char *member, const char *value);
bool build_smtp(struct building *b, const char *member, const char *value);
bool build_pop3(struct building *b, const char *member, const char *value);

/* A reference: kind is "env", "file", "command" or "netrc". */
bool build_reference(struct building *b, const char *member, bool is_token,
		     const char *kind, const char *value);
bool build_inline(struct building *b, const char *member, bool is_token,
		  const char *value);

/* Refusals that both readers need. */
bool build_refuse(struct building *b, const char *id, const char *member,
		  const char *value);
bool build_no_memory(struct building *b);

/* When all members are in: is it an account, and what is it called? */
bool build_end(struct building *b);

#endif
