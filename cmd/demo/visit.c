#include "cmd/demo/visit.h"

#include <stdlib.h>
#include <time.h>

#include "cmd/demo/guard.h"
#include "cmd/demo/player.h"
#include "cmd/demo/tls_answer.h"
#include "probes/wire/tcp.h"
#include "probes/wire/wait.h"

#define VISIT_MSEC (30 * 60 * 1000)	/* RFC 3501 5.4: thirty minutes */
#define RESET_MSEC 2000		/* a ClientHello ends it sooner */
#define CUT_MSEC 150		/* so long the client is to be silent */

struct visit {
	const struct visit_host *host;
	const struct scene *scene;
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
	tcp_reset_on_close(v->guard.fd);
	v->guard.mute = true;
}

/* The handshake as the scenario wants it. false: the visit is over. */
static bool visit_secure(struct visit *v)
{
	const struct scene *scene = v->scene;
	struct fault why;

	v->guard.wire = &scene->wire;
	v->guard.sent = 0;
	if (scene->tls == SCENE_TLS_NORMAL || scene->tls == SCENE_TLS_LEGACY ||
	    scene->tls == SCENE_TLS_CUT || scene->tls == SCENE_TLS_ALWAYS)
		return tls_server_accept(v->host->tls, &v->stream, v->by, &why);
	if (!tls_answer(&v->stream, v->by, scene))
		return false;
	if (scene->tls == SCENE_TLS_RESET)
		visit_reset(v);
	if (scene->tls != SCENE_TLS_CLOSE && scene->tls != SCENE_TLS_RESET)
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

/* Within TLS, what no client asked for. */
static bool visit_annoy(struct visit *v, enum tls_nuisance what,
			unsigned times)
{
	struct fault why;

	return v->player.in_tls &&
	       tls_server_annoy(&v->stream, what, times, v->by, &why);
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
		return guard_wait(&v->guard, play->wait);
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
		return visit_annoy(v, NUISANCE_HELLO_REQUEST, play->times);
	case PLAY_EMPTIES:
		return visit_annoy(v, NUISANCE_EMPTY_RECORD, play->times);
	case PLAY_CUT:
		shutdown(v->guard.fd, SHUT_WR);
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
	const struct visit_host *h = v->host;
	const struct scene *scene = v->scene;
	bool in_tls = scene->tls == SCENE_TLS_ALWAYS ||
		      (scene->endpoint.security == SECURITY_TLS &&
		       scene->tls != SCENE_TLS_NONE &&
		       scene->tls != SCENE_TLS_CUT);
	unsigned counted = 0;
	struct play play;

	if (in_tls && !visit_secure(v))
		return;
	player_begin(&v->player, h->scenario, h->endpoint, in_tls,
		     time(NULL) - scenario_clock(h->scenario));
	do {
		player_next(&v->player, &play);
		/* counted before it is answered: who has the answer may ask */
		h->count_logins(h->context, v->player.logins - counted);
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

	if (v->scene->tls != SCENE_TLS_CUT ||
	    !wait_fd(v->guard.fd, POLLIN, now_msec() + CUT_MSEC, &why))
		return false;
	read_away(v);
	visit_reset(v);
	return true;
}

static const struct bad_wire good_wire = { .then = WIRE_ON };

void visit_run(const struct visit_host *host, int fd)
{
	struct visit *v = calloc(1, sizeof(*v));

	if (!v || !tcp_stream(fd, &v->guard.inner)) {
		close(fd);
		free(v);
		return;
	}
	v->host = host;
	v->scene = &host->scenario->endpoint[host->endpoint];
	v->guard.fd = fd;
	v->guard.stop = host->stop;
	v->guard.wire = &good_wire;
	v->guard.tap = host->heard;
	v->guard.context = host->context;
	guard_stream(&v->guard, &v->stream);
	v->by = now_msec() + VISIT_MSEC;
	if (v->scene->connect == CONNECT_RESET)
		visit_reset_first(v);
	else if (!is_cut(v))
		visit_talk(v);
	stream_close(&v->stream);
	free(v);
}
