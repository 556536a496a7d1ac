#ifndef MAILWHY_PROVIDERS_PRIVATE_H
#define MAILWHY_PROVIDERS_PRIVATE_H

#include "cmd/providers_set.h"
#include "cmd/sheet.h"

/* For providers_show.c and providers_known.c: the page under way. */
struct show {
	struct sheet sheet;
	enum lang lang;
	epoch now;
	const struct provider *p;
};

/* The text "<first><second>". */
const char *show_text(const struct show *s, const char *first,
		      const char *second);

/* How it is known: pages, months, and what ages by itself. */
void show_issuers(struct show *s);
void show_sources(struct show *s);
void show_checked(struct show *s);

#endif
