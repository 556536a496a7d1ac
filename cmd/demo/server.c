#include "cmd/demo/server.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "cmd/demo/dns_server.h"
#include "cmd/demo/visit.h"
#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/dns.h"
#include "probes/wire/pki.h"
#include "probes/wire/tcp.h"
#include "probes/wire/thread.h"
#include "probes/wire/tls.h"
#include "probes/wire/wait.h"

#define GUESTS_MAX 32			/* clients of one server at a time */
#define BACKLOG 16
#define FILLERS_MAX 4
#define FILL_MSEC 100

struct guest {				/* one client */
	struct host *host;
	struct thread thread;
	int fd;
	bool used;
	atomic_bool done;
};

struct host {				/* one server */
	struct servers *all;
	const struct scene *scene;
	struct visit_host visits;
	int listener;			/* -1: none */
	uint16_t port;
	bool running;
	struct thread thread;
	struct guest guest[GUESTS_MAX];
	struct stream filler[FILLERS_MAX];
};

struct servers {
	const struct scenario *scenario;
	struct pki *pki;
	struct bell stop;
	struct dns_server *dns;
	char dns_name[32];
	size_t hosts;
	struct host host[ENDPOINTS_MAX];
	struct mutex mutex;		/* of seen, and for tap */
	struct servers_seen seen;
	struct servers_tap tap;
};

/* ---- one client ---- */

static void host_heard(void *host, struct span bytes)
{
	const struct host *h = host;

	mutex_lock(&h->all->mutex);
	h->all->tap.heard(h->all->tap.context, h->visits.endpoint, bytes);
	mutex_unlock(&h->all->mutex);
}

static void host_count_logins(void *host, unsigned more)
{
	struct host *h = host;

	mutex_lock(&h->all->mutex);
	h->all->seen.logins += more;
	mutex_unlock(&h->all->mutex);
}

static void guest_run(void *arg)
{
	struct guest *g = arg;

	visit_run(&g->host->visits, g->fd);
	atomic_store(&g->done, true);
}

/* ---- one server ---- */

static struct guest *host_seat(struct host *h)
{
	for (size_t i = 0; i < GUESTS_MAX; i++) {
		struct guest *g = &h->guest[i];

		if (g->used && atomic_load(&g->done)) {
			thread_join(&g->thread);
			g->used = false;
		}
		if (!g->used)
			return g;
	}
	return NULL;
}

static void host_welcome(struct host *h, int fd)
{
	struct guest *g = host_seat(h);

	mutex_lock(&h->all->mutex);
	h->all->seen.clients++;
	mutex_unlock(&h->all->mutex);
	if (g) {
		g->host = h;
		g->fd = fd;
		atomic_store(&g->done, false);
		g->used = thread_start(&g->thread, guest_run, g);
	}
	if (!g || !g->used)
		close(fd);
}

static void host_run(void *arg)
{
	struct host *h = arg;
	struct fault why;
	int fd;

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = h->listener, .events = POLLIN },
			{ .fd = h->all->stop.fds[0], .events = POLLIN },
		};

		if (!wait_fds(fds, 2, MSEC_NEVER, &why) || fds[1].revents)
			break;
		if (tcp_accept(h->listener, now_msec(), &fd, &why))
			host_welcome(h, fd);
	}
	for (size_t i = 0; i < GUESTS_MAX; i++)
		if (h->guest[i].used)
			thread_join(&h->guest[i].thread);
}

/*
 * Linux drops the SYN when the queue of a listener is full: a port that does
 * not answer, without a firewall.
 */
static void host_fill(struct host *h)
{
	struct fault why;

	for (size_t i = 0; i < FILLERS_MAX; i++) {
		struct connect_facts facts = { .attempts = 1 };

		if (!address_parse("127.0.0.1", h->port,
				   &facts.attempt[0].address) ||
		    !tcp_connect(&facts, now_msec() + FILL_MSEC, &h->filler[i],
				 &why))
			return;
	}
}

static bool host_certify(struct host *h, struct fault *why)
{
	char chain[PKI_PEM_CAP], key[PKI_PEM_CAP];

	return pki_issue(h->all->pki, h->scene->cert, h->scene->endpoint.host,
			 chain, key, why) &&
	       tls_server_new(span_of(chain), span_of(key), &h->visits.tls, why);
}

/* The same host's, by its other address: it has the port already. */
static const struct host *host_sibling(const struct host *h)
{
	for (const struct host *o = h->all->host; o < h; o++)
		if (o->scene->endpoint.port == h->scene->endpoint.port &&
		    text_same(o->scene->endpoint.host, h->scene->endpoint.host))
			return o;
	return NULL;
}

static int host_listen(struct host *h, int backlog)
{
	const struct host *sibling = h->scene->address ? host_sibling(h) : NULL;

	if (!sibling)
		return tcp_listen(&h->port, backlog);
	h->port = sibling->port;
	return tcp_listen6(&h->port, backlog);
}

static bool host_start(struct host *h, struct fault *why)
{
	enum scene_connect connect = h->scene->connect;

	h->listener = host_listen(h, connect == CONNECT_TIMEOUT ? 0 : BACKLOG);
	if (h->listener < 0)
		return fail(why, FAULT_INTERNAL, "no loopback port to listen on");
	if (connect == CONNECT_TIMEOUT) {
		host_fill(h);
		return true;
	}
	if (connect != CONNECT_OK && connect != CONNECT_RESET)
		return true;
	if (!host_certify(h, why))
		return false;
	h->running = thread_start(&h->thread, host_run, h);
	return h->running ||
	       fail(why, FAULT_NO_MEMORY, "a thread could not start");
}

static void host_stop(struct host *h)
{
	if (h->running)
		thread_join(&h->thread);
	for (size_t i = 0; i < FILLERS_MAX; i++)
		stream_close(&h->filler[i]);
	if (h->listener >= 0)
		close(h->listener);
	tls_server_free(h->visits.tls);
}

/* ---- all of them ---- */

static bool start_all(struct servers *all, struct fault *why)
{
	struct buf name = buf_over(all->dns_name, sizeof(all->dns_name));

	if (!pki_new(&all->pki, why) ||
	    !dns_server_start(all->scenario, &all->stop, &all->dns, why))
		return false;
	/* this computer's clock cannot be set: theirs is */
	pki_set_clock(all->pki, -scenario_clock(all->scenario));
	buf_fmt(&name, "127.0.0.1:%u", dns_server_port(all->dns));
	for (size_t i = 0; i < all->scenario->endpoints; i++) {
		struct host *h = &all->host[all->hosts++];

		h->all = all;
		h->scene = &all->scenario->endpoint[i];
		h->visits = (struct visit_host){
			.scenario = all->scenario, .endpoint = i,
			.stop = all->stop.fds[0],
			.heard = all->tap.heard ? host_heard : NULL,
			.count_logins = host_count_logins, .context = h,
		};
		if (!host_start(h, why))
			return false;
	}
	return true;
}

bool servers_start(const struct scenario *s, struct servers **ret,
		   struct fault *why)
{
	static const struct servers_tap none;

	return servers_start_tapped(s, &none, ret, why);
}

bool servers_start_tapped(const struct scenario *s,
			  const struct servers_tap *tap, struct servers **ret,
			  struct fault *why)
{
	struct servers *all = calloc(1, sizeof(*all));

	if (!all)
		return fail(why, FAULT_NO_MEMORY, "no memory for the servers");
	all->scenario = s;
	all->tap = *tap;
	mutex_init(&all->mutex);
	if (!bell_init(&all->stop)) {
		mutex_release(&all->mutex);
		free(all);
		return fail(why, FAULT_INTERNAL, "no pipe to be had");
	}
	if (!start_all(all, why)) {
		servers_stop(all);
		return false;
	}
	*ret = all;
	return true;
}

void servers_stop(struct servers *all)
{
	if (!all)
		return;
	bell_ring(&all->stop);
	for (size_t i = 0; i < all->hosts; i++)
		host_stop(&all->host[i]);
	dns_server_join(all->dns);
	bell_release(&all->stop);
	mutex_release(&all->mutex);
	pki_free(all->pki);
	free(all);
}

const char *servers_ca_pem(const struct servers *all)
{
	return pki_ca_pem(all->pki);
}

uint16_t servers_port(const struct servers *all, size_t endpoint)
{
	return all->host[endpoint].port;
}

const char *servers_dns(const struct servers *all)
{
	return all->dns_name;
}

void servers_redirect(const struct servers *all, struct probe_plan *io)
{
	for (size_t i = 0; i < all->hosts; i++) {
		const struct host *h = &all->host[i];
		const struct endpoint *e = &h->scene->endpoint;
		struct connect_rule rule = { .from_port = e->port,
					     .to_port = h->port };
		struct address unused;

		if (h->scene->address)		/* its sibling's rule is its own */
			continue;
		span_copy(span_of(e->host), rule.from_host,
			  sizeof(rule.from_host));
		/* an address is not resolved, so it is redirected here */
		if (address_parse(e->host, 0, &unused))
			span_copy(SPAN_LIT("127.0.0.1"), rule.to_host,
				  sizeof(rule.to_host));
		if (h->scene->connect == CONNECT_REFUSED ||
		    h->scene->connect == CONNECT_UNREACHABLE)
			span_copy(span_of(DEMO_DEAD_ADDRESS), rule.to_host,
				  sizeof(rule.to_host));
		if (io->connect_rules < CONNECT_RULES_MAX)
			io->connect_rule[io->connect_rules++] = rule;
	}
}

struct servers_seen servers_seen(struct servers *all)
{
	struct servers_seen seen;

	mutex_lock(&all->mutex);
	seen = all->seen;
	mutex_unlock(&all->mutex);
	return seen;
}
