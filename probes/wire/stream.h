#ifndef MAILWHY_WIRE_STREAM_H
#define MAILWHY_WIRE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"

/*
 * Bytes in both directions over any transport: a socket, TLS around another
 * stream, a script. Calls block until `by`. A zeroed stream is closed.
 */
struct stream_ops {
	const char *name;		/* "tcp", "tls", "script" */
	/* At least one byte. Faults: TIMEOUT, CANCELLED, CLOSED, RESET, TLS_*. */
	bool (*read)(void *self, char *to, size_t cap, size_t *ret_len,
		     msec by, struct fault *why);
	/* All of it. Same faults. */
	bool (*write)(void *self, const char *from, size_t len, msec by,
		      struct fault *why);
	/* Likewise, and it ends what we say; NULL: as write. */
	bool (*write_last)(void *self, const char *from, size_t len, msec by,
			   struct fault *why);
	void (*close)(void *self);	/* never waits; frees self */
};

struct stream {
	const struct stream_ops *ops;
	void *self;
};

bool stream_read(struct stream *s, char *to, size_t cap, size_t *ret_len,
		 msec by, struct fault *why);
bool stream_write(struct stream *s, const char *from, size_t len, msec by,
		  struct fault *why);
/* Nothing but close comes after it: TLS's own farewell shares its packet. */
bool stream_write_last(struct stream *s, const char *from, size_t len,
		       msec by, struct fault *why);
void stream_close(struct stream *s);	/* accepts a closed one */

#endif
