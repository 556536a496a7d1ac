#ifndef MAILWHY_DOUBT_H
#define MAILWHY_DOUBT_H

#include <stdbool.h>

#include "probes/evidence.h"
#include "probes/wire/stream.h"

/*
 * Silence where a server should have spoken long ago. Nobody knows yet that
 * nothing will come, so the wait goes on; but once, after DOUBT_MSEC, somebody
 * is asked who can look at the matter from another side (a second connection,
 * with TLS where the first has none). The answer is how long to go on.
 *
 * It stands between the wire and the talk as a stream around a stream: the
 * first greeting and the first handshake pass it alike. With the first byte
 * it stands aside; for a greeting in TLS there is another, around TLS.
 */
#define DOUBT_MSEC 1500

/*
 * Called in the probe's thread; *seen holds all up to now, its last step is
 * under way. Returns a new deadline, at most `by`.
 */
typedef msec (*doubt_ask)(void *context, const struct evidence *seen, msec by);

struct doubt {
	struct stream inner;
	const struct evidence *seen;
	doubt_ask ask;
	void *context;
	msec at;			/* when to ask; MSEC_NEVER: done */
};

/* Becomes *io around what *io was; `d` must live as long. */
void doubt_stream(struct doubt *d, struct stream *io);

/*
 * The deadline up to which to wait for now, before doubt_resolve(): a new one
 * for the rest, or one that has passed. For waits without a stream (connect).
 */
msec doubt_until(const struct doubt *d, msec by);
msec doubt_resolve(struct doubt *d, msec by);

#endif
