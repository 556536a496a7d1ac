#ifndef MAILWHY_WALK_H
#define MAILWHY_WALK_H

#include "probes/probe.h"
#include "probes/talk.h"

/*
 * One probe under way, and its stages. A stage fills the step and returns
 * whether it passed; with step->skip set it did not run after all. For
 * probe.c, stage_net.c and stage_mail.c.
 */
struct walk {
	const struct probe_plan *plan;
	const struct dialect *dialect;
	struct evidence *evidence;
	struct talk talk;
	struct doubt doubt;		/* around the talk's stream */
	msec by;			/* deadline of the whole probe */
	bool greeted;
	bool at_gate;			/* gate_leave is due */
	bool gone;			/* hung up on while others logged in */
	bool again;			/* the second time that it is walked */
	bool whole_tls;			/* no session is offered */
};

/* now + limit, but not past the probe's own deadline */
msec walk_limit(const struct walk *w, msec limit);
msec walk_now(const struct walk *w);

/* stage_net.c */
void walk_doubt(const struct walk *w, struct doubt *ret);	/* from now on */
bool stage_resolve(struct walk *w, struct step *step);
bool stage_connect(struct walk *w, struct step *step);
bool stage_tls(struct walk *w, struct step *step);

/* stage_mail.c */
bool stage_greeting(struct walk *w, struct step *step);
bool stage_capability(struct walk *w, struct step *step);
bool stage_starttls(struct walk *w, struct step *step);
bool stage_login(struct walk *w, struct step *step);
bool stage_mailbox(struct walk *w, struct step *step);
bool stage_logout(struct walk *w, struct step *step);

#endif
