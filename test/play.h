#ifndef MAILWHY_TEST_PLAY_H
#define MAILWHY_TEST_PLAY_H

#include "cmd/demo/server.h"
#include "cmd/demo_check.h"
#include "test/world_script.h"

/* A scenario played through the real check, in either world. */
struct play_end {
	struct demo_account account;
	struct check_result result;
	bool finished;			/* check_account said true */
	struct fault why;		/* when it did not */
	unsigned logins;		/* that reached the servers */
};

/* One probe after the other in the scripted world, which may break things. */
void play_script(const struct scenario *s, struct script_world *w,
		 struct play_end *ret);
/* The same with --no-experiments or --explain-plan. */
void play_with(const struct scenario *s, struct script_world *w,
	       enum experimenting experiments, struct play_end *ret);
/* As play_script, but all at once by the clock; ret->result.took counts. */
void play_timed(const struct scenario *s, struct script_world *w,
		struct play_end *ret);
/* All probes at once, over TCP and TLS. false: no servers (*ret->why). */
bool play_loopback(const struct scenario *s, struct play_end *ret);
void play_release(struct play_end *e);

#endif
