#ifndef MAILWHY_BATCH_LINE_FILE_H
#define MAILWHY_BATCH_LINE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "probes/base/span.h"

/*
 * A file of lines, read twice: once to see what is in it, once more line by
 * line from where they were found. Standard input, a pipe or anything else
 * that cannot be read twice is put aside into a file without a name first.
 */
struct line_file {
	const char *name;		/* for people; borrowed */
	FILE *file;
	char *room;			/* the line in hand */
	size_t cap;
	uint64_t at;			/* where the next line begins */
	unsigned line;			/* its number, from 1 */
};

struct line_place {
	uint64_t at;
	size_t len;			/* without its end */
};

#define LINE_MAX_BYTES (4u << 20)	/* what json_parse() takes */

/* path "-": standard input. false: errno says why. */
bool line_file_open(struct line_file *f, const char *path);
void line_file_close(struct line_file *f);	/* accepts zeroed */

enum line_read {
	LINE_GOT,
	LINE_TORN,			/* got, but the file ends with it */
	LINE_LONG,			/* over LINE_MAX_BYTES; passed over */
	LINE_END, LINE_ERROR		/* errno */
};
/* The next line, without its end; borrowed until the next call. */
enum line_read line_file_next(struct line_file *f, struct span *ret,
			      struct line_place *ret_place);
/* One that was found before; false: errno, or it is not there any more. */
bool line_file_again(struct line_file *f, const struct line_place *place,
		     struct span *ret);

#endif
