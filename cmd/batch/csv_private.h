#ifndef MAILWHY_BATCH_CSV_PRIVATE_H
#define MAILWHY_BATCH_CSV_PRIVATE_H

#include "cmd/batch/account_build.h"
#include "cmd/batch/account_read.h"

/* For csv_heading.c and account_csv.c: what a column is, and fields of it. */

/* A row is put into the same members as an object of JSON. */
enum csv_use {
	USE_SET, USE_PASSWORD, USE_TOKEN, USE_INLINE, USE_NETRC, USE_LIST,
	USE_LABEL, USE_EXPECT
};

struct csv_kind {
	const char *name;
	enum csv_use use;
	build_member set;
	const char *extra;		/* kind of reference, member of expect */
};

/* ---- one field after the other ---- */

struct csv_row {
	struct span rest;
	char separator;
	bool ended;
};

/*
 * The next field, without its quotes, into room (at least as large as the
 * record); false: there is none.
 */
bool csv_next_field(struct csv_row *w, char *room);
struct span csv_without_line_end(struct span s);
/* Where the next field begins in the record. */
size_t csv_place_of(const struct reading *r, const struct csv_row *w);
/* Without spaces at its ends, those that nobody sees included; in place. */
char *csv_trim(char *text);

#endif
