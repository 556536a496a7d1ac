#ifndef MAILWHY_WIRE_TCP_H
#define MAILWHY_WIRE_TCP_H

#include <stdbool.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/facts.h"
#include "probes/wire/stream.h"

/*
 * Connect to the first address that answers: happy eyeballs (RFC 8305), a new
 * attempt every 250 ms or as soon as one fails. io->attempt[] holds the
 * addresses in order on entry and what became of each on return; io->winner
 * names the one connected. When all fail the fault is that of the most
 * telling attempt: REFUSED before RESET, NOT_PERMITTED, TIMEOUT and, last,
 * UNREACHABLE (where there is no IPv6 every failure brings one along).
 * began and ended are on now_msec()'s clock.
 *
 * The socket is non-blocking under the stream, has TCP_NODELAY (a TLS flight
 * is several writes) and, where there is TCP_QUICKACK, asks for it before
 * each read (Postfix writes replies in pieces).
 * Faults: REFUSED, UNREACHABLE, RESET, TIMEOUT, NOT_PERMITTED, NO_ADDRESS
 * (none was given), CANCELLED, NO_MEMORY, INTERNAL.
 */
bool tcp_connect(struct connect_facts *io, msec by, struct stream *ret,
		 struct fault *why);

/* Does this machine know a way there? Asks the system, sends nothing. */
bool address_has_route(const struct address *a);

/*
 * Take over a connected socket (the demonstration server's side). false: it
 * could not be made non-blocking and was closed.
 */
bool tcp_stream(int fd, struct stream *ret);
/* The same of one that does not block and is not inherited already. */
void tcp_stream_ready(int fd, struct stream *ret);

/*
 * A listener on 127.0.0.1. *port 0 asks for any free port and is set.
 * `backlog` as of listen(2). -1: errno says why.
 */
int tcp_listen(uint16_t *port, int backlog);
int tcp_listen6(uint16_t *port, int backlog);	/* the same on ::1 */
/* Faults: TIMEOUT, CANCELLED, INTERNAL. */
bool tcp_accept(int listener, msec by, int *ret_fd, struct fault *why);
/* Make close() send RST, to play a server that resets. */
void tcp_reset_on_close(int fd);

/* errno of connect, read, write as a kind. */
enum fault_kind fault_of_errno(int error);

#endif
