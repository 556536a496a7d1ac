#include "test/world_script_private.h"

#include <string.h>

#include "probes/wire/tls.h"

bool script_clear_first(const struct scene *s)
{
	return s->tls != SCENE_TLS_ALWAYS &&
	       (s->endpoint.security != SECURITY_TLS ||
		s->tls == SCENE_TLS_NONE || s->tls == SCENE_TLS_CUT);
}

/* The client has read all that was said: does it know of its login? */
static void note_read(struct script_link *l)
{
	const struct player *p = &l->player;

	if (l->ready.len > 0 || p->out_used != p->out_sent || p->login_open)
		return;
	if (p->login_accepted || p->login_refused)
		l->answered = true;
	l->accepted = p->login_accepted;
}

/* A play after which nothing more can be read: why. Returns false. */
static bool nothing_more(struct script_world *w, const struct play *play,
			 msec by, struct fault *why)
{
	switch (play->kind) {
	case PLAY_CLOSE:
	case PLAY_CUT:
		return fail(why, FAULT_CLOSED,
			    "the server closed the connection");
	case PLAY_RESET:
		return fail(why, FAULT_RESET, "connection reset by the peer");
	case PLAY_ALERT:
		return fail(why, FAULT_TLS_ALERT, "the server sent the TLS "
			    "alert %s", tls_alert_name(play->alert));
	case PLAY_RAW:
		return fail(why, FAULT_TLS_PROTOCOL,
			    "bytes that belong to no record");
	default:
		return script_time_out(w, by, why);
	}
}

bool script_pump(struct script_link *l, msec by, struct fault *why)
{
	struct script_world *w = l->world;
	struct play play;

	while (l->ready.len == 0) {
		if (l->due > w->clock) {
			if (by < l->due)
				return script_time_out(w, by, why);
			w->clock = l->due;
		}
		player_next(&l->player, &play);
		switch (play.kind) {
		case PLAY_SEND:
			l->ready = play.bytes;
			break;
		case PLAY_WAIT:
			l->due = w->clock + play.wait;
			break;
		case PLAY_REQUESTS:
		case PLAY_EMPTIES:
			break;		/* beneath what is scripted */
		case PLAY_SECURE:
			l->player.then = THEN_SECURE;	/* it waits for a hello */
			return script_time_out(w, by, why);
		default:
			return nothing_more(w, &play, by, why);
		}
	}
	return true;
}

static bool link_broken(struct script_link *l, char *to, size_t cap,
			size_t *ret_len, msec by, struct fault *why)
{
	struct script_world *w = l->world;
	struct fault ignored;

	if (w->break_how != BREAK_TIMEOUT)
		l->closed = true;
	if (w->break_how == BREAK_CUT && script_pump(l, by, &ignored) &&
	    l->ready.len > 1) {
		*ret_len = l->ready.len / 2 < cap ? l->ready.len / 2 : cap;
		memcpy(to, l->ready.at, *ret_len);
		return true;
	}
	return script_broken(w, by, why);
}

static bool link_read(void *self, char *to, size_t cap, size_t *ret_len,
		      msec by, struct fault *why)
{
	struct script_link *l = self;
	struct script_world *w = l->world;
	size_t max = w->read_max && w->read_max < cap ? w->read_max : cap;

	if (l->closed)
		return fail(why, FAULT_CLOSED, "the server closed the connection");
	/* what has come already is there at once */
	if (script_breaks(w, l->ready.len == 0))
		return link_broken(l, to, max, ret_len, by, why);
	if (l->world->scenario->endpoint[l->endpoint].connect == CONNECT_RESET)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (!l->in_tls &&
	    !script_clear_first(&w->scenario->endpoint[l->endpoint]))
		return script_time_out(w, by, why);
	if (!script_pump(l, by, why))
		return false;
	*ret_len = l->ready.len < max ? l->ready.len : max;
	memcpy(to, l->ready.at, *ret_len);
	l->ready = span_from(l->ready, *ret_len);
	note_read(l);
	return true;
}

static bool link_write(void *self, const char *from, size_t len, msec by,
		       struct fault *why)
{
	struct script_link *l = self;

	if (l->closed)
		return fail(why, FAULT_RESET, "connection reset by the peer");
	if (script_breaks(l->world, 0)) {
		l->closed = l->world->break_how != BREAK_TIMEOUT;
		return script_broken(l->world, by, why);
	}
	if (l->world->heard && !l->in_tls)
		fwrite(from, 1, len, l->world->heard);
	player_feed(&l->player, (struct span){ from, len });
	return true;
}

/* What was sent without waiting (LOGOUT) still reaches the server. */
static void link_close(void *self)
{
	struct script_link *l = self;
	struct play play = { .kind = PLAY_CLOSE };

	do {
		if (!l->closed)
			player_next(&l->player, &play);
	} while (play.kind == PLAY_SEND || play.kind == PLAY_WAIT);
	l->closed = true;
}

const struct stream_ops script_link_ops = {
	.name = "script", .read = link_read,
	.write = link_write, .close = link_close,
};
