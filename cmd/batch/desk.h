#ifndef MAILWHY_BATCH_DESK_H
#define MAILWHY_BATCH_DESK_H

#include "cmd/batch/account.h"
#include "cmd/batch/finds.h"
#include "cmd/check_scene.h"
#include "probes/wire/thread.h"

/*
 * Where one account is worked on, from its options to its outcome. A worker
 * has one; nothing of it outlives the account but the room for evidence, a
 * quarter of a megabyte that would else be given back and taken anew for each
 * account, page by page. What is said of the account on
 * the way is collected in `told`, a line each.
 */
struct desk {
	const struct options *all;	/* what was asked for of every account */
	struct network *network;
	struct knowledge *knowledge;
	struct finds *finds;
	const struct account *account;
	unsigned attempts;		/* checks of it, this one too */
	struct options o;		/* of this account */
	struct complaint_sink sink;
	char told[2048];
	size_t last;			/* where the last line in it begins */
	struct evidence *room;		/* as in check_request */
	struct check_scene scene;
	/* what came of it */
	char id[OUTCOME_ID_CAP];
	struct account_outcome outcome;
	char *line;			/* of JSON Lines */
	bool no_memory;			/* there is no outcome then */
	bool cut_short;			/* Ctrl-C: nothing can be said of it */
};

/*
 * The endpoints are known now, or the account is undiscovered. false: it
 * cannot be checked, and the outcome says why.
 */
bool desk_begin(struct desk *d, const struct account *a);
bool desk_discover(struct desk *d);	/* asks the network; false: as above */
bool desk_secret(struct desk *d);	/* reads it; false: as above */
/* The check itself. Its outcome is there, or one of the two flags is set. */
void desk_check(struct desk *d, unsigned login_budget,
		const bool worked[ENDPOINTS_MAX]);

/* It was not tried, or not to its end: why, in words (NULL: what was told). */
void desk_untried(struct desk *d, enum untried reason, const char *why);
/* For the next one; takes the outcome with it. */
void desk_clear(struct desk *d);

#endif
