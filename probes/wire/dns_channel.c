#include "probes/wire/dns_channel.h"

#include <ares.h>
#include <arpa/inet.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/wait.h"

#define CLASS_IN 1

#define TRY_MSEC 2000
#define TRIES 2
#define TRY_LEAST_MSEC 100

bool dns_setup(void)
{
	return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
}

void dns_teardown(void)
{
	ares_library_cleanup();
}

/* ---- servers ---- */

static bool server_set(struct dns_channel *c, const char *server,
		       struct fault *why)
{
	struct address a;
	char text[ADDRESS_TEXT_CAP + 16];
	int rc;

	if (!dns_server_parse(server, &a))
		return fail(why, FAULT_INTERNAL,
			    "name server \"%.60s\": not ADDR or ADDR:PORT",
			    server);
	dns_server_show(&a, true, text, sizeof(text));
	rc = ares_set_servers_ports_csv(c->ares, text);
	if (rc == ARES_ENOMEM)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (rc != ARES_SUCCESS)
		return fail(why, FAULT_INTERNAL, "name server %s: %s", text,
			    ares_strerror(rc));
	return true;
}

/* c-ares 1.24 brought the text form and deprecated the list. */
#if ARES_VERSION >= 0x011800
static bool first_server(struct dns_channel *c, struct address *ret)
{
	char *list = ares_get_servers_csv(c->ares);
	struct span rest = span_of(list), part = { 0 };
	char text[ADDRESS_TEXT_CAP + 16];

	span_cut(&rest, ',', &part);
	span_copy(part, text, sizeof(text));
	ares_free_string(list);
	return dns_server_parse(text, ret);
}
#else
static bool first_server(struct dns_channel *c, struct address *ret)
{
	struct ares_addr_port_node *list = NULL;
	struct address a = { .family = FAMILY_IPV4, .port = 53 };
	bool ok = ares_get_servers_ports(c->ares, &list) == ARES_SUCCESS &&
		  list;

	if (ok) {
		if (list->family == AF_INET6)
			a.family = FAMILY_IPV6;
		if (list->udp_port)
			a.port = (uint16_t)list->udp_port;
		memcpy(a.bytes, &list->addr,
		       a.family == FAMILY_IPV6 ? 16 : 4);
		inet_ntop(list->family, a.bytes, a.text, sizeof(a.text));
		*ret = a;
	}
	if (list)
		ares_free_data(list);
	return ok;
}
#endif

void dns_channel_server(struct dns_channel *c, char *to, size_t cap)
{
	struct address a;

	to[0] = '\0';
	if (first_server(c, &a))
		dns_server_show(&a, false, to, cap);
}

/* ---- the channel ---- */

static void socket_changed(void *arg, ares_socket_t fd, int readable,
			   int writable)
{
	struct dns_channel *c = arg;
	short events = (short)((readable ? POLLIN : 0) |
			       (writable ? POLLOUT : 0));
	size_t i = 0;

	while (i < c->n && c->fds[i].fd != fd)
		i++;
	if (!events) {
		if (i < c->n)
			c->fds[i] = c->fds[--c->n];
		return;
	}
	if (i == DNS_SOCKETS_MAX)
		return;		/* that server times out */
	if (i == c->n)
		c->n++;
	c->fds[i] = (struct pollfd){ .fd = fd, .events = events };
}

/* Two rounds over the servers should fit into the time there is. */
static int try_time(msec by)
{
	msec part = (by == MSEC_NEVER) ? TRY_MSEC : (by - now_msec()) / 4;

	part = msec_min(part, TRY_MSEC);
	return part < TRY_LEAST_MSEC ? TRY_LEAST_MSEC : (int)part;
}

bool dns_channel_open(struct dns_channel *c, const struct dns_options *options,
		      msec by, struct fault *why)
{
	/* Without NOCHECKRESP c-ares hides SERVFAIL and REFUSED from us. */
	struct ares_options how = {
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOALIASES,
		.timeout = try_time(by),
		.tries = TRIES,
		.sock_state_cb = socket_changed,
		.sock_state_cb_data = c,
	};
	int rc = ares_init_options(&c->ares, &how, ARES_OPT_FLAGS |
				   ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
				   ARES_OPT_SOCK_STATE_CB);

	if (rc == ARES_ENOMEM)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (rc != ARES_SUCCESS)
		return fail(why, FAULT_INTERNAL, "resolver: %s",
			    ares_strerror(rc));
	if (!options->server || server_set(c, options->server, why))
		return true;
	ares_destroy(c->ares);
	return false;
}

void dns_channel_close(struct dns_channel *c)
{
	ares_destroy(c->ares);
}

/* ---- asking ---- */

bool dns_status_is_end(int status)
{
	return status == ARES_EDESTRUCTION || status == ARES_ECANCELLED;
}

/* There is no message to read: rcodes do not come here. */
enum fault_kind dns_fault_of_status(int status)
{
	switch (status) {
	case ARES_ETIMEOUT:
		return FAULT_DNS_TIMEOUT;
	case ARES_ECONNREFUSED:
		return FAULT_DNS_UNREACHABLE;
	case ARES_EBADNAME:
		return FAULT_BAD_NAME;
	case ARES_EBADRESP:
	case ARES_EOF:
		return FAULT_DNS_MALFORMED;
	case ARES_ENOMEM:
		return FAULT_NO_MEMORY;
	default:
		return FAULT_INTERNAL;
	}
}

void dns_channel_ask(struct dns_channel *c, const char *name, unsigned type,
		     void (*answered)(void *, int, int, unsigned char *, int),
		     void *arg)
{
	/* 1.28 deprecated it for a call that 1.18 does not have. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	ares_query(c->ares, name, CLASS_IN, (int)type, answered, arg);
#pragma GCC diagnostic pop
}

/* When c-ares wants to be called although nothing came (to ask again). */
static msec next_retry(struct dns_channel *c)
{
	struct timeval left, *t = ares_timeout(c->ares, NULL, &left);

	if (!t)
		return MSEC_NEVER;
	return now_msec() + (msec)t->tv_sec * 1000 + t->tv_usec / 1000 + 1;
}

static void process(struct dns_channel *c)
{
	struct pollfd ready[DNS_SOCKETS_MAX];
	size_t n = c->n;

	/* The callbacks change the set while we walk it. */
	memcpy(ready, c->fds, sizeof(ready));
	for (size_t i = 0; i < n; i++) {
		short events = ready[i].revents;
		bool in = events & (POLLIN | POLLERR | POLLHUP | POLLNVAL);

		if (events)
			ares_process_fd(c->ares,
					in ? ready[i].fd : ARES_SOCKET_BAD,
					events & POLLOUT ? ready[i].fd
							 : ARES_SOCKET_BAD);
	}
}

bool dns_channel_turn(struct dns_channel *c, msec by, struct fault *why)
{
	struct fault end;

	if (wait_fds(c->fds, c->n, msec_min(by, next_retry(c)), &end)) {
		process(c);
		return true;
	}
	if (end.kind != FAULT_TIMEOUT) {
		*why = end;
		return false;
	}
	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	return true;
}
