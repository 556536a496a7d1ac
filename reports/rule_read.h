#ifndef MAILWHY_RULE_READ_H
#define MAILWHY_RULE_READ_H

#include "probes/base/json.h"
#include "reports/rule_private.h"

/* For rule_file.c, rule_parse.c and rule_when.c: where the reader stands. */
struct rule_reader {
	const char *file;		/* name of the document */
	const char *rule;		/* id, or "" before it is known */
	const char *member;
	struct word_parser words;
	struct fault *why;
};

/* Fill *why with file, rule, member and what is wrong; returns false. */
bool rule_bad(struct rule_reader *rd, const char *what);
/* The same, around what the parser of words has put into *why. */
bool rule_bad_word(struct rule_reader *rd);
/* A string of an enumeration. */
bool rule_enum(const struct json *v, const char *(*name)(unsigned),
	       unsigned count, unsigned *ret);

/* A string, or a list of them that stands for one, joined by `mark`. */
bool rule_text(struct rule_reader *rd, const struct json *v, const char *mark,
	       struct span *ret);

bool rule_read(struct rule_reader *rd, const struct json *v, struct rule *ret);
bool rule_read_when(struct rule_reader *rd, const struct json *v,
		    struct when *ret);

#endif
