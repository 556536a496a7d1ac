#include "probes/wire/wait.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The only state that all threads share: a pipe that becomes readable when
 * the person presses Ctrl-C and is never drained, so that one byte wakes
 * every wait, those that have not begun yet too.
 */
static int cancel_pipe[2] = { -1, -1 };
static atomic_bool cancelled;

/* The stage before, where there is one; its pipe works the same way. */
static int end_pipe[2] = { -1, -1 };
static atomic_bool ending;

/* And the one thing a thread has for itself. */
static _Thread_local int stop_fd = -1;

msec now_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (msec)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool fd_prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool wait_pipe(int ret_fds[2])
{
	int fds[2];

	/* pipe2() would do it at once, but is not POSIX 2008. */
	if (pipe(fds) != 0)
		return false;
	if (!fd_prepare(fds[0]) || !fd_prepare(fds[1])) {
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return true;
}

bool wait_setup(void)
{
	return cancel_pipe[0] >= 0 || wait_pipe(cancel_pipe);
}

/* Safe in a signal handler, which leaves no trace in errno. */
static void wake(const int fds[2])
{
	int saved = errno;

	/* A full pipe is readable already; nothing to do about it. */
	if (fds[1] >= 0 && write(fds[1], "", 1) < 0)
		errno = 0;
	errno = saved;
}

void wait_cancel_all(void)
{
	atomic_store(&cancelled, true);
	wake(cancel_pipe);
}

bool wait_gently(int *ret_fd)
{
	if (end_pipe[0] < 0 && !wait_pipe(end_pipe))
		return false;
	*ret_fd = end_pipe[0];
	return true;
}

bool wait_ending(void)
{
	return atomic_load(&ending);
}

void wait_interrupt(void)
{
	if (end_pipe[0] >= 0 && !atomic_exchange(&ending, true))
		wake(end_pipe);
	else
		wait_cancel_all();
}

bool wait_cancelled(void)
{
	return atomic_load(&cancelled);
}

void wait_reset(void)
{
	char bin[64];

	while (cancel_pipe[0] >= 0 &&
	       read(cancel_pipe[0], bin, sizeof(bin)) > 0)
		;
	while (end_pipe[0] >= 0 && read(end_pipe[0], bin, sizeof(bin)) > 0)
		;
	atomic_store(&cancelled, false);
	atomic_store(&ending, false);
}

void wait_stop_at(int fd)
{
	stop_fd = fd;
}

int wait_stops_at(void)
{
	return stop_fd;
}

/* What poll() understands: -1 for ever, else at most INT_MAX ms. */
static int poll_time(msec by)
{
	msec left;

	if (by == MSEC_NEVER)
		return -1;
	left = by - now_msec();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

bool wait_fds(struct pollfd *fds, size_t n, msec by, struct fault *why)
{
	struct pollfd all[WAIT_FDS_MAX + 2] = { 0 };
	nfds_t count = (nfds_t)n + (stop_fd >= 0 ? 2 : 1);

	assert(n <= WAIT_FDS_MAX);
	if (n > 0)
		memcpy(all, fds, n * sizeof(fds[0]));
	all[n] = (struct pollfd){ .fd = cancel_pipe[0], .events = POLLIN };
	all[n + 1] = (struct pollfd){ .fd = stop_fd, .events = POLLIN };
	for (;;) {
		int time = poll_time(by);
		int ready = poll(all, count, time);

		if (wait_cancelled())
			return fail(why, FAULT_CANCELLED, "interrupted");
		if (ready > 0 && all[n + 1].revents)
			return fail(why, FAULT_CANCELLED, "no longer needed");
		if (ready < 0 && errno != EINTR)
			return fail(why, FAULT_INTERNAL, "poll: error %d",
				    errno);
		if (ready > 0)
			break;
		if (time == 0)
			return fail(why, FAULT_TIMEOUT,
				    "no answer in the time allowed");
	}
	for (size_t i = 0; i < n; i++)
		fds[i].revents = all[i].revents;
	return true;
}

bool wait_fd(int fd, short events, msec by, struct fault *why)
{
	struct pollfd one = { .fd = fd, .events = events };

	return wait_fds(&one, 1, by, why);
}

bool wait_until(msec by, struct fault *why)
{
	struct fault end;

	wait_fds(NULL, 0, by, &end);
	if (end.kind == FAULT_TIMEOUT)
		return true;
	*why = end;
	return false;
}
