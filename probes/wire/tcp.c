#include "probes/wire/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probes/wire/wait.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0			/* SO_NOSIGPIPE does it there */
#endif

/* ---- errno ---- */

enum fault_kind fault_of_errno(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return FAULT_REFUSED;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:	/* no address of ours can reach it */
	case EAFNOSUPPORT:	/* a kernel without IPv6 */
		return FAULT_UNREACHABLE;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return FAULT_RESET;
	case ETIMEDOUT:
		return FAULT_TIMEOUT;
	case EACCES:
	case EPERM:
		return FAULT_NOT_PERMITTED;
	case ENOMEM:
	case ENOBUFS:
		return FAULT_NO_MEMORY;
	case EMFILE:
	case ENFILE:
		return FAULT_NO_DESCRIPTORS;
	default:
		return FAULT_INTERNAL;
	}
}

static bool fail_errno(struct fault *why, const char *doing, int error)
{
	enum fault_kind kind = fault_of_errno(error);

	if (kind == FAULT_RESET)
		return fail(why, kind, "connection reset by the peer");
	if (kind == FAULT_TIMEOUT)
		return fail(why, kind, "connection timed out");
	return fail(why, kind, "%s: error %d", doing, error);
}

/* ---- the stream ---- */

/* The descriptor is all there is to know, so it stands in for the pointer. */
static int fd_of(void *self)
{
	return (int)(intptr_t)self;
}

/*
 * Postfix writes a reply in pieces and Nagle holds the second back until the
 * first is acknowledged: a delayed acknowledgement costs 40 ms there. Linux
 * forgets the option, so it is set before each wait. Where nobody waits, the
 * acknowledgement goes with our next command.
 */
static void acknowledge_at_once(int fd)
{
#ifdef TCP_QUICKACK
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
#else
	(void)fd;
#endif
}

static bool tcp_read(void *self, char *to, size_t cap, size_t *ret_len,
		     msec by, struct fault *why)
{
	int fd = fd_of(self);

	/* A peer that never stops sending must not keep Ctrl-C waiting. */
	if (wait_cancelled())
		return fail(why, FAULT_CANCELLED, "interrupted");
	for (;;) {
		ssize_t got = recv(fd, to, cap, 0);

		if (got > 0) {
			*ret_len = (size_t)got;
			return true;
		}
		if (got == 0)
			return fail(why, FAULT_CLOSED,
				    "the server closed the connection");
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return fail_errno(why, "read", errno);
		acknowledge_at_once(fd);
		if (!wait_fd(fd, POLLIN, by, why))
			return false;
	}
}

static bool tcp_write(void *self, const char *from, size_t len, msec by,
		      struct fault *why)
{
	int fd = fd_of(self);

	while (len > 0) {
		ssize_t put = send(fd, from, len, MSG_NOSIGNAL);

		if (put >= 0) {
			from += put;
			len -= (size_t)put;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (!wait_fd(fd, POLLOUT, by, why))
				return false;
		} else if (errno != EINTR) {
			return fail_errno(why, "write", errno);
		}
	}
	return true;
}

static void tcp_close(void *self)
{
	close(fd_of(self));
}

static const struct stream_ops tcp_ops = {
	.name = "tcp",
	.read = tcp_read,
	.write = tcp_write,
	.close = tcp_close,
};

/* Options are wishes: a system without one of them still connects. */
static void set_option(int fd, int level, int option)
{
	int on = 1;

	setsockopt(fd, level, option, &on, sizeof(on));
}

void tcp_stream_ready(int fd, struct stream *ret)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY);
#ifdef SO_NOSIGPIPE
	set_option(fd, SOL_SOCKET, SO_NOSIGPIPE);
#endif
	*ret = (struct stream){ &tcp_ops, (void *)(intptr_t)fd };
}

bool tcp_stream(int fd, struct stream *ret)
{
	if (!fd_prepare(fd)) {
		close(fd);
		return false;
	}
	tcp_stream_ready(fd, ret);
	return true;
}

/* ---- listeners ---- */

/* *io has the port that came of it. -1: errno says why. */
static int listen_at(struct sockaddr *io, socklen_t len, int backlog)
{
	int fd = socket(io->sa_family, SOCK_STREAM, 0);
	int error;

	if (fd < 0)
		return -1;
	set_option(fd, SOL_SOCKET, SO_REUSEADDR);
	if (fd_prepare(fd) && bind(fd, io, len) == 0 &&
	    listen(fd, backlog) == 0 && getsockname(fd, io, &len) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int tcp_listen(uint16_t *port, int backlog)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = listen_at((struct sockaddr *)&here, sizeof(here), backlog);

	if (fd >= 0)
		*port = ntohs(here.sin_port);
	return fd;
}

int tcp_listen6(uint16_t *port, int backlog)
{
	struct sockaddr_in6 here = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(*port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = listen_at((struct sockaddr *)&here, sizeof(here), backlog);

	if (fd >= 0)
		*port = ntohs(here.sin6_port);
	return fd;
}

/* The caller that gave up between the wait and accept() is not our failure. */
static bool accept_may_retry(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR ||
	       error == ECONNABORTED;
}

bool tcp_accept(int listener, msec by, int *ret_fd, struct fault *why)
{
	for (;;) {
		int fd;

		if (!wait_fd(listener, POLLIN, by, why))
			return false;
		fd = accept(listener, NULL, NULL);
		if (fd < 0 && accept_may_retry(errno))
			continue;
		if (fd < 0)
			return fail(why, FAULT_INTERNAL, "accept: error %d",
				    errno);
		if (!fd_prepare(fd)) {
			close(fd);
			return fail(why, FAULT_INTERNAL,
				    "accept: no file flags");
		}
		*ret_fd = fd;
		return true;
	}
}

void tcp_reset_on_close(int fd)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}
