#ifndef MAILWHY_WIRE_WAIT_H
#define MAILWHY_WIRE_WAIT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"

/*
 * The one place that waits. Everything that can take time takes an absolute
 * deadline `by` on this clock and ends here, so that deadlines and Ctrl-C
 * work everywhere.
 */
msec now_msec(void);			/* CLOCK_MONOTONIC */

/*
 * After wait_cancel_all() every wait, present and future, in every thread,
 * ends at once with FAULT_CANCELLED. Safe in a signal handler.
 * wait_setup() once in main, before any thread. wait_reset() is for tests.
 */
bool wait_setup(void);
void wait_cancel_all(void);
bool wait_cancelled(void);
void wait_reset(void);

/*
 * Where work can be brought to a good end, Ctrl-C has two stages: after
 * wait_gently() the first wait_interrupt() only makes wait_ending() true and
 * *ret_fd readable, for good; the second cancels. Without, the first does.
 * wait_interrupt() is for signal handlers. false: no file for it.
 */
bool wait_gently(int *ret_fd);
bool wait_ending(void);
void wait_interrupt(void);

/*
 * The waits of this thread alone also end with FAULT_CANCELLED once `fd` is
 * readable: whoever started it needs its answer no longer. -1: no more. Threads
 * that it starts (thread.h) begin with the same.
 */
void wait_stop_at(int fd);
int wait_stops_at(void);

#define WAIT_FDS_MAX 64

/*
 * Wait until one of fds[0..n) has an event (fills .revents) or `by` passes.
 * Faults: TIMEOUT, CANCELLED, INTERNAL (poll failed).
 */
bool wait_fds(struct pollfd *fds, size_t n, msec by, struct fault *why);
bool wait_fd(int fd, short events, msec by, struct fault *why);
bool wait_until(msec by, struct fault *why);	/* true: the time came */

/* A file that never blocks and is not inherited by programs we start. */
bool fd_prepare(int fd);
/* A pipe with both ends like that. */
bool wait_pipe(int ret_fds[2]);

#endif
