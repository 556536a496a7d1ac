#ifndef MAILWHY_DEMO_WEB_H
#define MAILWHY_DEMO_WEB_H

#include "probes/wire/world.h"

/*
 * The web as scenarios have it, for world.fetch: Mozilla's list is there and
 * knows none of their domains, and the domains themselves have no pages. So
 * no demonstration and no test ever leaves this machine.
 */
bool scene_fetch(struct world *w, const struct http_request *request,
		 msec by, struct http_facts *ret, struct fault *why);

#endif
