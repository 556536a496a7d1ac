#ifndef MAILWHY_BATCH_ACCOUNT_READ_H
#define MAILWHY_BATCH_ACCOUNT_READ_H

#include "cmd/batch/account.h"
#include "cmd/batch/flaw.h"

/*
 * A record becomes an account; pure. false: r->flaw says what is wrong. The
 * text of the record is not kept.
 */

enum json_record { RECORD_ACCOUNT, RECORD_INCLUDE };

/*
 * r->record is one JSON value: an account (*ret_account, for account_free) or
 * { "include": "FILE" } (*ret_file, for free).
 */
bool account_read_json(const struct reading *r, enum json_record *ret,
		       struct account **ret_account, char **ret_file);

/* A value that is no record of its own: "expect" of a whole file. */
bool account_read_expect(const struct reading *r, struct expect *ret);

/* ---- CSV: the header row says which column is what ---- */

#define COLUMNS_MAX 64

struct csv_header {
	char separator;			/* , ; or TAB */
	char unused[180];		/* headings nobody knows, "" none */
	bool more_unused;		/* than there was room for */
	size_t columns;
	struct csv_column {
		const struct csv_kind *kind;	/* NULL: an empty heading */
		char label[64];		/* of a "label.NAME" column */
	} column[COLUMNS_MAX];
};

/*
 * Spreadsheets have columns of their own (a number, remarks): they are left
 * alone. What looks like a heading of ours, mistyped, is a flaw.
 */
bool csv_read_header(const struct reading *r, struct csv_header *ret);
/* *ret NULL: a row of nothing but separators. */
bool csv_read_row(const struct reading *r, const struct csv_header *h,
		  struct account **ret);

/*
 * How long the first record is, with its line end, in quotes as RFC 4180 has
 * them; 0: its end is not there yet. *ret_open: it ends within quotes.
 * separator '\0': not known yet, any of them.
 */
size_t csv_record_length(struct span window, char separator, bool ended,
			 bool *ret_open);

#endif
