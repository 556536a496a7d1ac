#ifndef MAILWHY_EXPLAIN_RUN_H
#define MAILWHY_EXPLAIN_RUN_H

#include "providers/provider.h"
#include "reports/explain.h"

/*
 * The way from a pasted text to its explanation, with the provider looked up
 * in what is built in: what `mailwhy explain` does between its options and
 * its output. No network, no files.
 */
struct explain_tools {			/* read once, used for any number */
	struct rules *clients, *general;
};

/* Faults: NO_MEMORY, PROTOCOL (built-in data is broken). */
bool explain_tools_load(struct explain_tools *ret, struct fault *why);
void explain_tools_release(struct explain_tools *t);

struct explain_request {
	struct explain_place hints;
	const char *provider;		/* as somebody calls it, or NULL */
	const struct provider_own *own;	/* the user's own files, or NULL */
};

struct explain_result {
	struct explanation told;
	struct provider *provider;	/* or NULL; owned */
	const char *how_found;		/* "asked", "address", "text" */
	bool provider_unknown;		/* the one asked for is none of ours */
};

/*
 * `x` holds the text and has ended. Faults: NO_MEMORY, PROTOCOL. Release the
 * result in any case.
 */
bool explain_run(const struct explain_request *r, const struct explain *x,
		 const struct explain_tools *tools, struct explain_result *ret,
		 struct fault *why);
void explain_result_release(struct explain_result *r);

/* The report, malloc'd; NULL: no memory. */
char *explain_report(const struct explain_result *r, bool as_json,
		     const struct report_style *style);

#endif
