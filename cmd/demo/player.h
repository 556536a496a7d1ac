#ifndef MAILWHY_DEMO_PLAYER_H
#define MAILWHY_DEMO_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/demo/scenario.h"
#include "probes/base/buf.h"
#include "probes/base/clock.h"

/*
 * One connection to one server of a scenario, as a pure actor: it is fed the
 * client's bytes and says what to do next. A loopback server and the scripted
 * world of the tests both drive it, so both see the same server.
 *
 *	player_begin(&p, scenario, endpoint, false, now);
 *	for (;;) {
 *		player_next(&p, &play);
 *		switch (play.kind) ...		// PLAY_READ: player_feed()
 *	}
 */
enum play_kind {
	PLAY_SEND,			/* bytes */
	PLAY_READ,			/* feed me */
	PLAY_WAIT,			/* so many msec */
	PLAY_SECURE,			/* do the handshake, call player_secured */
	PLAY_SILENCE,			/* say nothing more, keep the connection */
	PLAY_CLOSE, PLAY_RESET,
	PLAY_CUT,			/* close, without the goodbye of TLS */
	PLAY_ALERT,			/* send this alert of TLS */
	PLAY_RAW,			/* send these bytes beneath TLS */
	PLAY_REQUESTS, PLAY_EMPTIES	/* so many nuisances of TLS */
};

struct play {
	enum play_kind kind;
	struct span bytes;		/* until the next call */
	msec wait;
	int alert;
	unsigned times;
};

#define PLAYER_ROOM 16384		/* a line of the client, an answer */

enum player_turn {			/* what the next line of the client is */
	TURN_COMMAND, TURN_EXPECTED, TURN_SASL, TURN_DATA, TURN_IDLE
};

enum player_then { THEN_READ, THEN_SECURE, THEN_CLOSE };

struct player {
	const struct scenario *scenario;
	const struct scene *scene;
	size_t endpoint;
	bool in_tls, logged_in;
	epoch now;

	const struct scene_cue *cue;	/* under way, NULL none */
	size_t act;			/* next one of it */
	unsigned said;			/* how often its line was said */
	unsigned flood;			/* bytes of it left */
	enum player_then then;		/* when all is said */
	enum player_turn turn;
	size_t split;
	unsigned pace;			/* msec before each piece */
	bool paced;			/* they have passed */

	char in[PLAYER_ROOM];
	size_t in_used;
	bool in_overlong;
	char out[PLAYER_ROOM];
	size_t out_used, out_sent;

	char command[PLAYER_ROOM];	/* the line under way, literals quoted */
	size_t command_used, literal_left;
	char tag[64];
	char mechanism[24];		/* of the exchange under way */
	unsigned sasl_turn;
	char sasl_user[256];		/* AUTH LOGIN; USER */
	char scram[1024];		/* AuthMessage so far (RFC 5802) */
	size_t scram_used;

	/* what the tests count */
	unsigned logins;		/* attempts that reached this server */
	bool login_open;		/* one is not answered yet */
	bool login_accepted, login_refused;	/* how it was answered */
};

/* `now`: the true time, for servers that state it. */
void player_begin(struct player *p, const struct scenario *s, size_t endpoint,
		  bool in_tls, epoch now);
void player_next(struct player *p, struct play *ret);
void player_feed(struct player *p, struct span bytes);
/* The handshake after PLAY_SECURE is done. */
void player_secured(struct player *p);

/* ---- for polite.c, credentials.c and scram_server.c ---- */

/* Append a line to what is sent; CRLF is added. */
__attribute__((format(printf, 2, 3)))
void player_say(struct player *p, const char *fmt, ...);
/* Play a section if there is one; false: be polite. */
bool player_cue(struct player *p, enum cue_kind kind, struct span command);

/* The answer of a server that has no section for it. */
void polite_greeting(struct player *p);
void polite_command(struct player *p, struct span command);
/* The verdict on credentials: sections "accepted", "refused", or the usual. */
void polite_login(struct player *p, bool right);

/* Is this command a login attempt (USER is not: PASS is)? */
bool login_is_attempt(enum service service, struct span command);
/* A login command; the answer, or the first challenge. */
void login_command(struct player *p, struct span command);
/* The next line of the exchange it began. */
void login_response(struct player *p, struct span line);

/* For mechanisms: the next challenge, and what would be right. */
void login_challenge(struct player *p, struct span raw);
bool login_user_is_right(const struct player *p, struct span user);
const char *login_password(const struct player *p);	/* NULL: none is */
void scram_response(struct player *p, struct span raw);

#endif
