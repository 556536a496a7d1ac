#ifndef MAILWHY_DEMO_SCENARIO_READ_H
#define MAILWHY_DEMO_SCENARIO_READ_H

#include "cmd/demo/scenario.h"

/* For scenario*.c: where the reader stands in the file. */
struct reader {
	struct scenario *s;
	const char *name;		/* of the file */
	unsigned line;
	int endpoint;			/* the one being told, -1: the head */
	int cue;			/* the section being told, -1: none */
	struct fault *why;
};

/* Fill *r->why with file, line and what was expected; returns false. */
bool scenario_wrong(struct reader *r, const char *expected,
		    const char *found);
/* Cut the next word off a line of ours, in place; NULL: none left. */
char *scenario_word(char **line);
bool scenario_number(const char *text, unsigned max, unsigned *ret);

/* One more thing for the section in hand to do; "!delay 20" and its kin. */
bool scenario_act(struct reader *r, enum act_kind kind, const char *text,
		  unsigned number);
bool scenario_directive(struct reader *r, char *rest);

/* The value of "wire:", cut into words. */
bool scenario_wire(struct reader *r, char *value, struct bad_wire *ret);
/* The value of "tls:". */
bool scenario_tls(struct reader *r, struct scene *e, const char *value);
/* The name of an alert, as tls.h has them. */
bool scenario_alert(const char *name, int *ret);

#endif
