/* tcp_connect: the race of addresses, "happy eyeballs" (RFC 8305). */
#include "probes/wire/tcp.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/wire/wait.h"

#define ATTEMPT_DELAY 250	/* RFC 8305 section 5 recommends it */

struct race {
	struct connect_facts *io;
	int fd[ADDRESSES_MAX];		/* -1: not under way */
	size_t next;			/* the first address not tried yet */
	size_t running;
	msec next_start;
};

static socklen_t sockaddr_of(const struct address *a,
			     struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *four = (struct sockaddr_in *)ret;

	*ret = (struct sockaddr_storage){ 0 };
	if (a->family == FAMILY_IPV6) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(a->port);
		six->sin6_scope_id = a->scope;
		memcpy(&six->sin6_addr, a->bytes, 16);
		return sizeof(*six);
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(a->port);
	memcpy(&four->sin_addr, a->bytes, 4);
	return sizeof(*four);
}

bool address_has_route(const struct address *a)
{
	struct sockaddr_storage to;
	socklen_t len = sockaddr_of(a, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM, 0);
	bool found;

	if (fd < 0)
		return false;
	/* Connecting a UDP socket asks the routing table and sends nothing. */
	found = fd_prepare(fd) &&
		connect(fd, (struct sockaddr *)&to, len) == 0;
	close(fd);
	return found;
}

static uint16_t port_of(const struct sockaddr_storage *a)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in *four = (const struct sockaddr_in *)a;

	return ntohs(a->ss_family == AF_INET6 ? six->sin6_port :
		     four->sin_port);
}

/*
 * A port of ours may be chosen to call itself when nobody listens there:
 * TCP's simultaneous open then "succeeds" (RFC 9293 section 3.5). Seen on
 * loopback only.
 */
static bool called_itself(int fd, const struct address *to)
{
	struct sockaddr_storage here = { 0 }, there = { 0 };
	socklen_t here_len = sizeof(here), there_len = sizeof(there);

	return getsockname(fd, (struct sockaddr *)&here, &here_len) == 0 &&
	       port_of(&here) == to->port &&
	       getpeername(fd, (struct sockaddr *)&there, &there_len) == 0 &&
	       here_len == there_len && memcmp(&here, &there, here_len) == 0;
}

/* The attempt at address i is over; error 0: it is connected. */
static void attempt_end(struct race *r, size_t i, int error)
{
	struct attempt *a = &r->io->attempt[i];

	a->ended = now_msec();
	if (error == 0 && called_itself(r->fd[i], &a->address))
		error = ECONNREFUSED;
	if (error == 0) {
		a->state = ATTEMPT_WON;
		r->io->winner = (int)i;
		return;
	}
	a->state = ATTEMPT_FAILED;
	a->fault = fault_of_errno(error);
	if (r->fd[i] >= 0)
		close(r->fd[i]);
	r->fd[i] = -1;
	r->running--;
	r->next_start = a->ended;	/* section 5: do not wait any longer */
}

/* Non-blocking and closed on exec: at once where the system can. */
static int socket_open(int family)
{
#ifdef SOCK_NONBLOCK
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
	int fd = socket(family, SOCK_STREAM, 0);
	int error;

	if (fd < 0 || fd_prepare(fd))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
#endif
}

static void attempt_begin(struct race *r)
{
	size_t i = r->next++;
	struct sockaddr_storage to;
	socklen_t len = sockaddr_of(&r->io->attempt[i].address, &to);

	r->io->attempt[i].began = now_msec();
	r->next_start = r->io->attempt[i].began + ATTEMPT_DELAY;
	r->running++;
	r->fd[i] = socket_open(to.ss_family);
	if (r->fd[i] < 0)
		attempt_end(r, i, errno);
	else if (connect(r->fd[i], (struct sockaddr *)&to, len) == 0)
		attempt_end(r, i, 0);
	/* POSIX: a connect that was interrupted goes on by itself. */
	else if (errno != EINPROGRESS && errno != EINTR)
		attempt_end(r, i, errno);
}

static void look_at(struct race *r, size_t i)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(r->fd[i], SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	attempt_end(r, i, error);
}

/* false: cancelled, or poll failed. Time that passes is no fault here. */
static bool race_wait(struct race *r, msec by, struct fault *why)
{
	struct pollfd fds[ADDRESSES_MAX];
	size_t which[ADDRESSES_MAX], n = 0;

	for (size_t i = 0; i < r->next; i++) {
		if (r->fd[i] < 0)
			continue;
		which[n] = i;
		fds[n++] = (struct pollfd){ r->fd[i], POLLOUT, 0 };
	}
	if (r->next < r->io->attempts)
		by = msec_min(by, r->next_start);
	if (!wait_fds(fds, n, by, why))
		return why->kind == FAULT_TIMEOUT;
	for (size_t i = 0; i < n && r->io->winner < 0; i++)
		if (fds[i].revents)
			look_at(r, which[i]);
	return true;
}

/* true with a winner; else *why only when the race was broken off. */
static bool race_run(struct race *r, msec by, struct fault *why)
{
	struct connect_facts *io = r->io;

	while (io->winner < 0 && (r->running > 0 || r->next < io->attempts)) {
		msec now = now_msec();

		if (now >= by)
			break;
		if (r->next < io->attempts &&
		    (r->running == 0 || now >= r->next_start))
			attempt_begin(r);
		else if (!race_wait(r, by, why))
			return false;
	}
	return io->winner >= 0;
}

/* Close the losers; what they are called depends on why the race is over. */
static void race_clean(struct race *r, enum fault_kind broken_off)
{
	for (size_t i = 0; i < r->next; i++) {
		struct attempt *a = &r->io->attempt[i];

		if (r->fd[i] < 0 || a->state == ATTEMPT_WON)
			continue;
		close(r->fd[i]);
		a->ended = now_msec();
		a->state = r->io->winner >= 0 ? ATTEMPT_LOST : ATTEMPT_FAILED;
		if (a->state == ATTEMPT_FAILED)
			a->fault = broken_off != FAULT_NONE ? broken_off
							    : FAULT_TIMEOUT;
	}
}

/*
 * The most telling first: somebody answered; we may not; silence; no way. A
 * machine without IPv6 has an unreachable address with every failure, so
 * that comes behind silence.
 */
static const struct {
	enum fault_kind kind;
	const char *text;
} telling[] = {
	{ FAULT_REFUSED,       "refused: nothing listens there" },
	{ FAULT_RESET,         "reset while connecting" },
	{ FAULT_NOT_PERMITTED, "not permitted on this machine" },
	{ FAULT_TIMEOUT,       "no answer" },
	{ FAULT_UNREACHABLE,   "no route" },
	{ FAULT_NO_DESCRIPTORS, "too many open files" },
	{ FAULT_NO_MEMORY,     "out of memory" },
};

static bool race_lost(const struct connect_facts *io, struct fault *why)
{
	for (size_t k = 0; k < sizeof(telling) / sizeof(telling[0]); k++)
		for (size_t i = 0; i < io->attempts; i++)
			if (io->attempt[i].state == ATTEMPT_FAILED &&
			    io->attempt[i].fault == telling[k].kind)
				return fail(why, telling[k].kind,
					    "%s port %u: %s",
					    io->attempt[i].address.text,
					    io->attempt[i].address.port,
					    telling[k].text);
	for (size_t i = 0; i < io->attempts; i++)
		if (io->attempt[i].state == ATTEMPT_FAILED)
			return fail(why, FAULT_INTERNAL,
				    "%s port %u: connect failed",
				    io->attempt[i].address.text,
				    io->attempt[i].address.port);
	return fail(why, FAULT_TIMEOUT, "no time left to connect");
}

bool tcp_connect(struct connect_facts *io, msec by, struct stream *ret,
		 struct fault *why)
{
	struct race r = { .io = io };
	struct fault end = { .kind = FAULT_NONE };
	bool won;

	assert(io->attempts <= ADDRESSES_MAX);
	io->winner = -1;
	for (size_t i = 0; i < io->attempts; i++) {
		r.fd[i] = -1;
		io->attempt[i].state = ATTEMPT_NOT_MADE;
		io->attempt[i].fault = FAULT_NONE;
	}
	if (io->attempts == 0)
		return fail(why, FAULT_NO_ADDRESS, "no address to connect to");
	won = race_run(&r, by, &end);
	race_clean(&r, won ? FAULT_NONE : end.kind);
	if (!won && end.kind != FAULT_NONE && end.kind != FAULT_TIMEOUT) {
		*why = end;
		return false;
	}
	if (!won)
		return race_lost(io, why);
	tcp_stream_ready(r.fd[io->winner], ret);
	return true;
}
