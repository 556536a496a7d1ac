#ifndef MAILWHY_BATCH_FINDS_H
#define MAILWHY_BATCH_FINDS_H

#include "cmd/discover.h"
#include "cmd/options.h"
#include "probes/wire/thread.h"

/*
 * Where the servers of a domain are, looked up once for all its accounts: who
 * comes while somebody is looking waits for what is found. From any number of
 * threads. A domain that could not be asked is asked again.
 */
#define FINDS_MAX 32			/* domains; about 60 KiB each */

struct finds {
	struct mutex mutex;
	struct find *row[FINDS_MAX];
	uint64_t clock;			/* who was not needed for longest goes */
};

void finds_init(struct finds *f);
void finds_release(struct finds *f);

enum finds_answer {
	FINDS_COPY,			/* *ret, for discover_free() */
	FINDS_LOOK,			/* look yourself; finds_told() is owed */
	FINDS_FAILED			/* cancelled, no memory: *why */
};
enum finds_answer finds_ask(struct finds *f, const struct options *o,
			    const char *domain, struct discovery **ret,
			    struct fault *why);
/* What came of it; found NULL: nothing to hand on. It is not kept itself. */
void finds_told(struct finds *f, const char *domain,
		const struct discovery *found);

#endif
