#ifndef MAILWHY_BATCH_INPUT_PRIVATE_H
#define MAILWHY_BATCH_INPUT_PRIVATE_H

#include "cmd/batch/account_read.h"
#include "cmd/batch/input.h"
#include "cmd/batch/json_cut.h"
#include "cmd/batch/feed.h"

/* For input*.c: one file being read, and the stack of those including it. */

enum json_state {
	JSON_TOP,			/* between values */
	JSON_ELEMENT,			/* an account or ] */
	JSON_AFTER,			/* a comma or ] */
	JSON_MEMBER,			/* of the object around the accounts */
	JSON_MEMBER_AFTER,
	JSON_EXPECT			/* the value of "expect" */
};

struct level {
	struct feed feed;
	const char *name;		/* of the input */
	bool begun, checked;
	bool some;			/* an account came of it */
	enum input_format format;
	struct expect expect;		/* for all its accounts */
	/* a record that is too long or no use is stepped over in pieces */
	bool skipping;
	struct json_cut cut;
	/* JSON */
	enum json_state state;
	bool in_object, comma, had_accounts;
	bool slipped;			/* the last value was no use */
	bool looking, looked_ahead;	/* for "expect" alone; it was */
	const char *comment;		/* being stepped over, to this */
	/* CSV */
	bool has_header;
	unsigned titles;		/* rows above the headings */
	struct flaw no_header;		/* of the first of them */
	struct csv_header header;
};

struct input {
	struct input_plan plan;
	size_t depth;			/* levels in use */
	struct level *level[INCLUDES_DEEP];
	size_t names;			/* accounts borrow them */
	char **name;
	/* of the call under way */
	struct account **account;
	struct flaw *flaw;
};

/* STEP_ON: nothing to tell yet, call again. */
enum input_step {
	STEP_ACCOUNT, STEP_FLAW, STEP_LATER, STEP_END, STEP_ON
};

enum input_step input_step_jsonl(struct input *in, struct level *l);
enum input_step input_step_json(struct input *in, struct level *l);
enum input_step input_step_csv(struct input *in, struct level *l);

/* What becomes of the first n bytes of the window, as one record. */
struct reading input_reading(struct input *in, struct level *l, size_t n);
/* An account or an include; the record is stepped over. */
enum input_step input_record(struct input *in, struct level *l, size_t n);

/* More bytes, or why not: STEP_ON, STEP_LATER, STEP_END, or a flaw. */
enum input_step input_more(struct input *in, struct level *l, bool *ret_full);

/* A flaw at a byte of the window. */
enum input_step input_flaw(struct input *in, struct level *l, size_t place,
			   const char *id, const char *value);
/* The same, and nothing more comes of this file. */
enum input_step input_give_up(struct input *in, struct level *l,
			      const char *id, const char *value);

/* Back to the file that included this one; the level is gone. */
void input_leave(struct input *in);

/* false: it is no UTF-8, and r->flaw says where and what it looks like. */
bool encoding_is_fine(const struct reading *r);

bool input_is_around(struct span object);

/*
 * Bytes that are no UTF-8 are no slip in one line: the file is of another
 * kind. What it looks like and how it is converted is told, and whether
 * accounts before were taken (`begun`). false.
 */
bool encoding_refuse_bytes(const struct reading *r, bool begun);
bool encoding_refuse(const struct reading *r, size_t place, const char *id,
		     const char *from, bool begun);
/* The first n bytes of the window are such. */
enum input_step input_refuse_encoding(struct input *in, struct level *l,
				      size_t n);

#endif
