#ifndef MAILWHY_SETTINGS_FILL_H
#define MAILWHY_SETTINGS_FILL_H

#include "cmd/discover.h"
#include "providers/provider.h"
#include "reports/settings.h"

/*
 * From what is known of a provider to the values of a settings report, in one
 * language. Pure; strings are borrowed from `p` and `address`, which must
 * outlive *io.
 */
void settings_begin(const char *address, epoch today, struct settings *ret);
void settings_take_provider(const struct provider *p, enum lang l,
			    struct settings *io);
/* One more server; beyond the room for them it is dropped. */
void settings_add_server(const struct endpoint *e, const char *user_form,
			 struct settings *io);

/* The provider and the servers that were found, and how. */
void settings_take_discovery(const struct discovery *d, enum lang l,
			     struct settings *io);

#endif
