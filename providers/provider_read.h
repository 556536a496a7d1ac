#ifndef MAILWHY_PROVIDER_READ_H
#define MAILWHY_PROVIDER_READ_H

#include "probes/base/json.h"
#include "providers/provider.h"

/* Private to the files of provider.c and provider_read*.c. */
struct provider_store {
	struct json *doc;		/* what the provider's strings borrow from */
	struct rules *rules;
};

/*
 * Reading a provider file is strict: a member nobody knows is a mistake that
 * would otherwise be silently without effect. Every complaint names the file,
 * the line and the member.
 */
struct reader {
	const char *name;		/* of the file */
	struct span text;		/* of the file, for line numbers */
	struct provider *p;
	struct fault *why;
};

/* "x.json:12: PATH: expected EXPECTED"; false. */
__attribute__((format(printf, 3, 4)))
bool expected(struct reader *r, const char *what, const char *path, ...);

/*
 * An object with no other members than these (NULL ends them), none of them
 * twice. `path` is "" for the file itself.
 */
bool only_members(struct reader *r, const struct json *object,
		  const char *path, const char *const *names);
/* No member of an object twice: cJSON would take the first in silence. */
bool no_repeats(struct reader *r, const struct json *object, const char *path);
/* The index in a NULL-ended list; false: not in it, or NULL. */
bool word_index(const char *const *words, const char *word, size_t *ret);
/* Is there, is not "", and nothing in it harms a terminal. */
bool is_text(const struct json *v);
/* true, false or not there. */
bool read_flag(struct reader *r, const struct json *object, const char *key,
	       const char *path, bool *ret);
/* https://... without spaces, or not there (NULL). */
bool read_url(struct reader *r, const struct json *object, const char *key,
	      const char *path, const char **ret);
bool is_domain(const char *text);

/* ---- provider_read_access.c: how to get in ---- */

bool read_servers(struct reader *r, const struct json *doc);
bool read_user(struct reader *r, const struct json *doc);
bool read_secret(struct reader *r, const struct json *doc);
bool read_switches(struct reader *r, const struct json *doc);
bool read_refusal(struct reader *r, const struct json *doc);
bool read_answers_more(struct reader *r, const struct json *doc);

/* ---- provider_read_words.c: what is told ---- */

bool read_names(struct reader *r, const struct json *doc);
bool read_help(struct reader *r, const struct json *doc);
bool read_remedies(struct reader *r, const struct json *doc);
bool read_remarks(struct reader *r, const struct json *doc);
/* { "en": "...", "ja": "..." } */
bool read_both(struct reader *r, const struct json *object, const char *path,
	       struct provider_text *ret);

#endif
