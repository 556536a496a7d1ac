#ifndef MAILWHY_WRITER_H
#define MAILWHY_WRITER_H

#include "reports/outcome.h"
#include "reports/page.h"

/*
 * One output of many accounts: JSON Lines, JUnit XML, TAP, ... One file a
 * writer (writer_junit.c, ...); writer_table lists them all. A writer appends
 * what it has to say to a page; whoever calls it moves that into the file and
 * closes the page. No writer decides anything, and none holds more than its
 * totals unless its format has them first (`gathers`).
 *
 *	w = kind->open(&style);
 *	kind->begin(w, page);
 *	kind->add(w, outcome, line, page);	each account
 *	kind->end(w, page);
 *	kind->close(w);
 */
struct writer_style {
	enum lang lang;
	bool color, unicode;		/* for tables that people read */
	unsigned width;
	const char *version;
	/* --warning, --critical (ms), --days: of the monitoring plugin */
	msec warning, critical;		/* 0: none */
	int days_warning, days_critical;	/* certificate; -1 none */
	epoch now;
};

struct writer;				/* each writer's own */

struct writer_kind {
	const char *name;		/* "jsonl", "junit", ... of --output */
	bool gathers;			/* writes all at its end */
	bool whole;			/* readers want the whole file or the old one */
	bool one;			/* of one account only: the nagios plugin */
	struct writer *(*open)(const struct writer_style *style);	/* NULL: no memory */
	void (*begin)(struct writer *w, struct page *out);
	/* `line` is the account's line of JSON Lines, without a line end. */
	void (*add)(struct writer *w, const struct account_outcome *o,
		    const char *line, struct page *out);
	void (*end)(struct writer *w, struct page *out);
	void (*close)(struct writer *w);
};

extern const struct writer_kind *const writer_table[];	/* ends with NULL */
const struct writer_kind *writer_by_name(const char *name);	/* NULL: none */
const char *writer_name_at(size_t index);	/* for nearest_word; NULL: past it */

#endif
