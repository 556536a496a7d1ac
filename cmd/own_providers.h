#ifndef MAILWHY_OWN_PROVIDERS_H
#define MAILWHY_OWN_PROVIDERS_H

#include <stdbool.h>

#include "providers/provider_own.h"
#include "reports/text.h"

/*
 * The user's own provider files: every *.json of
 * $XDG_CONFIG_HOME/mailwhy/providers (~/.config/mailwhy/providers), in the
 * order of their names. *ret is NULL when there is no such folder.
 *
 * false: one line was written to stderr and *ret_code is 2 (a folder that
 * cannot be read, too many files) or 5. Files that are broken or cannot be
 * read are in *ret as such; own_providers_are_whole() says whether there are
 * any, in one line naming file, line and member.
 */
bool own_providers_load(enum lang l, struct provider_own **ret,
			int *ret_code);
bool own_providers_are_whole(enum lang l, const struct provider_own *own,
			     int *ret_code);

/* The folder, for people; false: there is no place for one. */
bool own_providers_folder(char *to, size_t cap);

#endif
