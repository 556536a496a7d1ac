#ifndef MAILWHY_BATCH_FLAW_H
#define MAILWHY_BATCH_FLAW_H

#include <stdbool.h>

#include "probes/base/span.h"
#include "reports/text.h"

/* What is wrong with a record, and where, in the language of the person. */
struct flaw {
	char file[256];
	unsigned line, column;		/* from 1; column 0: not known */
	char name[128];			/* what the account would be called, "" */
	bool whole_file;		/* nothing more comes of it */
	bool note;			/* nothing is wrong; people should know */
	char text[800];
};

/* A record being read: where it stands and how people are spoken to. */
struct reading {
	enum lang lang;
	bool allow_inline;		/* --allow-inline-secrets */
	const char *file;
	struct span record;
	unsigned line, column;		/* of its first byte */
	struct flaw *flaw;
};

/*
 * Note a flaw at a byte of the record; false, so that refusing is one line.
 * Values of args are made printable and cut, for they may be anything; none
 * of them may be a secret.
 */
bool flaw_at(const struct reading *r, size_t place, const char *id,
	     const struct text_arg *args);

/*
 * A NUL, plain or (`escaped`) as JSON writes it, would cut off what follows.
 * false: there is one, and r->flaw says where.
 */
bool flaw_no_nul(const struct reading *r, bool escaped);

/* What the account of a flaw is called: by its name, else by its place. */
void flaw_called(const struct flaw *f, struct buf *out);

#endif
