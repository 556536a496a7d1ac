#ifndef MAILWHY_PROVIDER_OWN_H
#define MAILWHY_PROVIDER_OWN_H

#include "providers/provider.h"

/*
 * The user's own provider files, in the order they were added. One of the same
 * id takes the place of a built-in file, all of it; a domain or an exchanger
 * that one claims is its own, whoever had it before. Reading folders is
 * cmd/'s work: here come texts in.
 */
#define PROVIDER_OWN_MAX 200

struct provider_own_file {
	char *name;			/* of the file, without its folder */
	char *text;			/* NULL: it could not even be read */
	size_t len;
	struct provider *provider;	/* NULL: broken, see why */
	struct fault why;
};

struct provider_own {
	size_t files;
	struct provider_own_file file[PROVIDER_OWN_MAX];
};

/*
 * A copy of the text is kept. A broken file is kept as well, for listings; no
 * lookup finds it. false: no memory, or too many (FAULT_TOO_LONG).
 */
bool provider_own_add(struct provider_own *own, const char *name,
		      struct span text, struct fault *why);
/* One that could not be read, with the reason. */
bool provider_own_add_unread(struct provider_own *own, const char *name,
			     const struct fault *reason, struct fault *why);
void provider_own_free(struct provider_own *own);

/* The broken file that comes first; NULL: all are well, or there are none. */
const struct provider_own_file *
provider_own_broken(const struct provider_own *own);

/* Which of a group of own files answers; NULL: none does. */
const struct provider_own_file *
provider_own_by_id(const struct provider_own *own, const char *id);
const struct provider_own_file *
provider_own_by_domain(const struct provider_own *own, const char *domain);
/* *ret_len is the length of the suffix that fits. */
const struct provider_own_file *
provider_own_by_mx(const struct provider_own *own, const char *host,
		   size_t *ret_len);
const struct provider_own_file *
provider_own_by_name(const struct provider_own *own, const char *key);

#endif
