#ifndef MAILWHY_TEXT_H
#define MAILWHY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/buf.h"

/*
 * Every text people see, by id, in every language: reports/texts/en.txt and
 * ja.txt, built into the program. A file is lines "id = text"; "\n" breaks a
 * line, # starts a comment, {name} is filled in. Both files have the same ids
 * and the same {names}; a test compares them.
 */
enum lang { LANG_EN, LANG_JA, LANG_COUNT };

const char *lang_code(enum lang l);			/* "en", "ja" */
bool lang_by_code(const char *code, enum lang *ret);
/* From LC_ALL, LC_MESSAGES, LANG as passed in (any may be NULL). */
enum lang lang_of_locale(const char *lc_all, const char *lc_messages,
			 const char *lang);

/* The raw text; an id that is not there is returned itself. */
const char *text_of(enum lang l, const char *id);
bool text_known(enum lang l, const char *id);

struct text_arg {
	const char *name;		/* without braces; NULL ends the list */
	const char *value;
};

/* Append the text with its {names} filled in; NULL value: "". */
void text_fill(struct buf *out, enum lang l, const char *id,
	       const struct text_arg *args);

/*
 * A list in the words of the language, one more item a call; `how` is the
 * text that joins {list} and {next}: list.join "IMAP, SMTP", list.and
 * "IMAP and SMTP", list.sentences.
 */
void text_join(enum lang l, const char *how, char *list, size_t cap,
	       const char *next);

#endif
