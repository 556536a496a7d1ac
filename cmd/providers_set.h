#ifndef MAILWHY_PROVIDERS_SET_H
#define MAILWHY_PROVIDERS_SET_H

#include "cmd/command.h"
#include "providers/provider_own.h"

/*
 * Everything that is known, for `mailwhy providers`: the built-in files and
 * the user's own, ordered by id.
 */
struct provider_row {
	struct provider *provider;	/* owned */
	const char *own_file;		/* of the user's; NULL: built in */
};

struct provider_set {
	size_t n;
	struct provider_row *row;
};

/* Faults: NO_MEMORY, PROTOCOL (built-in data is broken). */
bool provider_set_load(const struct provider_own *own,
		       struct provider_set *ret, struct fault *why);
void provider_set_release(struct provider_set *set);
/* What somebody may have meant: an id much like it, or NULL. */
const char *provider_set_nearest(const struct provider_set *set,
				 const char *name);

/* ---- the writers; all malloc'd, NULL: no memory ---- */

/* providers_list.c */
char *providers_list(const struct provider_set *set,
		     const struct provider_own *own,
		     const struct report_style *style);
/* providers_show.c */
char *providers_show(const struct provider_row *row, epoch now,
		     const struct report_style *style);
/*
 * providers_json.c: all in short, or (one not NULL) that one in full.
 * Schema: cmd/providers.schema.json.
 */
char *providers_json(const struct provider_set *set,
		     const struct provider_own *own,
		     const struct provider_row *one, epoch now, enum lang l);
struct span providers_schema(void);

#endif
