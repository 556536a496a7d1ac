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
 *	w = writer_open(kind, &style);
 *	writer_begin(w, page);
 *	writer_add(w, outcome, line, page);	each account
 *	writer_end(w, page);
 *	writer_close(w);
 */
struct writer_style {
	enum lang lang;
	bool color, unicode;		/* for tables that people read */
	unsigned width;
	/* --warning, --critical (ms), --days: of the monitoring plugin */
	msec warning, critical;		/* 0: none */
	int days_warning, days_critical;	/* -1 none */
};

struct writer {
	const struct writer_kind *kind;
	struct writer_style style;
	size_t accounts;		/* added so far */
	void *own;			/* of the kind; zeroed, state_size bytes */
};

struct writer_kind {
	const char *name;		/* "jsonl", "junit", ... of --output */
	bool gathers;			/* writes all at its end */
	bool whole;			/* readers want it whole, or the old one */
	bool one;			/* of one account only: the plugin */
	size_t state_size;
	/* each may be NULL */
	void (*begin)(struct writer *w, struct page *out);
	/* `line` is the account's line of JSON Lines, without a line end. */
	void (*add)(struct writer *w, const struct account_outcome *o,
		    const char *line, struct page *out);
	void (*end)(struct writer *w, struct page *out);
	void (*release)(struct writer *w);	/* of what `own` points to */
};

extern const struct writer_kind *const writer_table[];	/* ends with NULL */
const struct writer_kind *writer_by_name(const char *name);	/* NULL: none */
const char *writer_name_at(size_t index);	/* NULL: past the last */

/* NULL: no memory. */
struct writer *writer_open(const struct writer_kind *kind,
			   const struct writer_style *style);
void writer_begin(struct writer *w, struct page *out);
void writer_add(struct writer *w, const struct account_outcome *o,
		const char *line, struct page *out);
void writer_end(struct writer *w, struct page *out);
void writer_close(struct writer *w);	/* accepts NULL */

#endif
