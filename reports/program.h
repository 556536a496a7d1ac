#ifndef MAILWHY_PROGRAM_H
#define MAILWHY_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/fault.h"
#include "probes/base/span.h"
#include "probes/endpoint.h"
#include "reports/text.h"

/*
 * How a mail program is set up, screen by screen, with the words its screens
 * show in each language: one JSON file a program (programs/<id>.json), built
 * in. Texts and values hold {names} that the settings of an account fill in:
 *
 *	{address} {secret}
 *	{in_service} {in_host} {in_port} {in_security} {in_user}
 *	{smtp_host} {smtp_port} {smtp_security} {smtp_user}
 *
 *	"services":    what it calls IMAP and POP3
 *	"security":    what it calls our tls, starttls and none
 *	"own_entries": providers it has an entry or a sign-in page of its own
 *	               for; "only": nothing else works there
 *	"steps":       in order; "fields": [ { "en": "Host Name", "ja": ...,
 *	               "value": "{in_host}" or { "en": "On", "ja": ... } } ]
 *	               "when": "user_not_address": only where the user name is
 *	               not the address
 *	"notes":       worth knowing, at the end
 */
#define PROGRAM_STEPS_MAX  12
#define PROGRAM_FIELDS_MAX 8
#define PROGRAM_NOTES_MAX  6

struct program_text {
	const char *text[LANG_COUNT];
};

struct program_field {
	struct program_text name, value;
};

struct program_step {
	struct program_text text;
	bool other_user_only;		/* "when": "user_not_address" */
	size_t fields;
	struct program_field field[PROGRAM_FIELDS_MAX];
};

struct program {
	const char *id;
	struct program_text name;
	const char *service[SERVICE_COUNT];	/* SMTP: NULL */
	struct program_text security[SECURITY_COUNT];
	size_t steps, notes;
	struct program_step step[PROGRAM_STEPS_MAX];
	struct program_text note[PROGRAM_NOTES_MAX];
	const char *checked;		/* "2026-08": when the words were */
	bool sure;
	struct json *doc;		/* private */
};

/* By id or alias, any case. false with FAULT_NONE: there is none. */
bool program_by_name(const char *name, struct program **ret,
		     struct fault *why);
/* Faults: PROTOCOL (file, member, what was expected), NO_MEMORY. */
bool program_parse(struct span json_text, const char *file,
		   struct program **ret, struct fault *why);
void program_free(struct program *p);

/* The entry it has of its own for a provider (its id). */
bool program_own_entry(const struct program *p, const char *provider,
		       struct program_text *ret, bool *ret_only);

/* Every built-in file, for tests and listings; false past the end. */
bool program_at(size_t index, struct program **ret, struct fault *why);

#endif
