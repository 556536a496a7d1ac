#ifndef MAILWHY_BATCH_FEED_H
#define MAILWHY_BATCH_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "probes/base/span.h"

/*
 * The bytes of a file of accounts, a window at a time: memory does not grow
 * with the file. Where a reader stands is known by line and column.
 */
#define RECORD_CAP (128u << 10)		/* bytes of one account */

struct feed {
	int fd;
	bool regular;			/* never makes us wait */
	bool again;			/* can be opened again, to look ahead */
	dev_t device;
	ino_t inode;
	char *room;
	size_t at, len;			/* the window in the room */
	bool ended;
	bool was_cr;			/* the byte before was one */
	unsigned line, column;		/* of its first byte; from 1 */
};

/* "-" is standard input. false: errno says why. */
bool feed_open(struct feed *s, const char *path);
void feed_close(struct feed *s);	/* accepts zeroed */

struct span feed_window(const struct feed *s);

enum feed_state {
	FEED_MORE,			/* the window has grown */
	FEED_END,			/* it cannot: the end */
	FEED_FULL,			/* it cannot: a record is over its cap */
	FEED_LATER,			/* nothing yet: wait for fd */
	FEED_FAILED			/* errno says why */
};
enum feed_state feed_more(struct feed *s);

/* Step over the first n bytes of the window. */
void feed_skip(struct feed *s, size_t n);

#endif
