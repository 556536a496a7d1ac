#ifndef MAILWHY_DEMO_VISIT_H
#define MAILWHY_DEMO_VISIT_H

#include <stddef.h>

#include "cmd/demo/scenario.h"
#include "probes/base/span.h"
#include "probes/wire/tls.h"

/* What a server knows that all its clients are served with; outlives them. */
struct visit_host {
	const struct scenario *scenario;
	size_t endpoint;		/* which of the scenario's it plays */
	struct tls_server *tls;
	int stop;			/* readable: the servers stop */
	/* both are called in the client's thread; the first may be NULL */
	void (*heard)(void *context, struct span bytes);
	void (*count_logins)(void *context, unsigned more);
	void *context;
};

/*
 * Serve the client at `fd` as the scenario wants it, until one of them ends it,
 * the servers stop or half an hour is over. Closes fd in any case.
 */
void visit_run(const struct visit_host *host, int fd);

#endif
