#include "cmd/demo/server.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/demo/dns_server.h"
#include "cmd/demo/guard.h"
#include "cmd/demo/player.h"
#include "cmd/demo/tls_answer.h"
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
#define GUEST_MSEC (30 * 60 * 1000)	/* RFC 3501 5.4: thirty minutes */
#define FILL_MSEC 100
#define RESET_MSEC 2000		/* a ClientHello ends it sooner */
#define CUT_MSEC 150		/* so long the client is to be silent */

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
	size_t endpoint;
	struct tls_server *tls;
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
	struct mutex mutex;		/* of seen */
	struct servers_seen seen;
	struct servers_tap tap;
};

/* ---- one client ---- */

struct visit {
	struct guest *guest;
	struct guard guard;
	struct stream stream;
	struct player player;
	msec by;
};

static bool read_away(struct visit *v)
{
	char bin[1024];
	struct fault why;
	size_t len;

	return stream_read(&v->stream, bin, sizeof(bin), &len, v->by, &why);
}

static void visit_reset(struct visit *v)
{
	tcp_reset_on_close(v->guest->fd);
	v->guard.mute = true;
}

/* The handshake as the scenario wants it. false: the visit is over. */
static bool visit_secure(struct visit *v)
{
	const struct host *h = v->guest->host;
	struct fault why;

	v->guard.wire = &h->scene->wire;
	v->guard.sent = 0;
	if (h->scene->tls == SCENE_TLS_NORMAL ||
	    h->scene->tls == SCENE_TLS_LEGACY ||
	    h->scene->tls == SCENE_TLS_CUT || h->scene->tls == SCENE_TLS_ALWAYS)
		return tls_server_accept(h->tls, &v->stream, v->by, &why);
	if (!tls_answer(&v->stream, v->by, h->scene))
		return false;
	if (h->scene->tls == SCENE_TLS_RESET)
		visit_reset(v);
	if (h->scene->tls != SCENE_TLS_CLOSE && h->scene->tls != SCENE_TLS_RESET)
		while (read_away(v))
			;
	return false;
}

static bool visit_read(struct visit *v)
{
	char bytes[4096];
	struct fault why;
	size_t len;

	if (!stream_read(&v->stream, bytes, sizeof(bytes), &len, v->by, &why))
		return false;
	player_feed(&v->player, (struct span){ bytes, len });
	return true;
}

static bool visit_wait(struct visit *v, msec ms)
{
	return guard_wait(&v->guard, ms);
}

/* Do what the player says; false: the visit is over. */
static bool visit_play(struct visit *v, const struct play *play)
{
	struct fault why;

	switch (play->kind) {
	case PLAY_SEND:
		return stream_write(&v->stream, play->bytes.at, play->bytes.len,
				    v->by, &why);
	case PLAY_READ:
		return visit_read(v);
	case PLAY_WAIT:
		return visit_wait(v, play->wait);
	case PLAY_SECURE:
		if (!visit_secure(v))
			return false;
		player_secured(&v->player);
		return true;
	case PLAY_SILENCE:
		return read_away(v);
	case PLAY_RESET:
		visit_reset(v);
		return false;
	case PLAY_ALERT:
		return v->player.in_tls &&
		       tls_server_alert(&v->stream, play->alert, v->by, &why);
	case PLAY_REQUESTS:
	case PLAY_EMPTIES:
		return v->player.in_tls &&
		       tls_server_annoy(&v->stream,
					play->kind == PLAY_REQUESTS ?
					NUISANCE_HELLO_REQUEST :
					NUISANCE_EMPTY_RECORD, play->times,
					v->by, &why);
	case PLAY_CUT:
		shutdown(v->guest->fd, SHUT_WR);
		return false;
	case PLAY_RAW:
		return stream_write(&v->guard.inner, play->bytes.at,
				    play->bytes.len, v->by, &why);
	case PLAY_CLOSE:
		return false;
	}
	return false;
}

static void visit_talk(struct visit *v)
{
	const struct host *h = v->guest->host;
	bool in_tls = h->scene->tls == SCENE_TLS_ALWAYS ||
		      (h->scene->endpoint.security == SECURITY_TLS &&
		       h->scene->tls != SCENE_TLS_NONE &&
		       h->scene->tls != SCENE_TLS_CUT);
	unsigned counted = 0;
	struct play play;

	if (in_tls && !visit_secure(v))
		return;
	player_begin(&v->player, h->all->scenario, h->endpoint, in_tls,
		     time(NULL) - scenario_clock(h->all->scenario));
	do {
		player_next(&v->player, &play);
		/* counted before it is answered: who has the answer may ask */
		mutex_lock(&h->all->mutex);
		h->all->seen.logins += v->player.logins - counted;
		mutex_unlock(&h->all->mutex);
		counted = v->player.logins;
	} while (visit_play(v, &play));
}

/* Before the client looked, the connection would count as never made. */
static void visit_reset_first(struct visit *v)
{
	v->by = now_msec() + RESET_MSEC;
	read_away(v);
	visit_reset(v);
}

/* In clear text it is the server that begins; who does not wait is cut off. */
static bool is_cut(struct visit *v)
{
	struct fault why;

	if (v->guest->host->scene->tls != SCENE_TLS_CUT ||
	    !wait_fd(v->guest->fd, POLLIN, now_msec() + CUT_MSEC, &why))
		return false;
	read_away(v);
	visit_reset(v);
	return true;
}

static const struct bad_wire good_wire = { .then = WIRE_ON };

static void host_tap(void *host, struct span bytes)
{
	const struct host *h = host;

	mutex_lock(&h->all->mutex);
	h->all->tap.heard(h->all->tap.context, h->endpoint, bytes);
	mutex_unlock(&h->all->mutex);
}

static void guest_run(void *arg)
{
	struct guest *g = arg;
	struct visit *v = calloc(1, sizeof(*v));

	if (v && tcp_stream(g->fd, &v->guard.inner)) {
		v->guest = g;
		v->guard.fd = g->fd;
		v->guard.stop = g->host->all->stop.fds[0];
		v->guard.wire = &good_wire;
		v->guard.tap = g->host->all->tap.heard ? host_tap : NULL;
		v->guard.context = g->host;
		guard_stream(&v->guard, &v->stream);
		v->by = now_msec() + GUEST_MSEC;
		if (g->host->scene->connect == CONNECT_RESET)
			visit_reset_first(v);
		else if (!is_cut(v))
			visit_talk(v);
		stream_close(&v->stream);
	} else {
		close(g->fd);
	}
	free(v);
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
	       tls_server_new(span_of(chain), span_of(key), &h->tls, why);
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
	tls_server_free(h->tls);
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
		h->endpoint = i;
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
