#ifndef MAILWHY_EXPLAIN_PRIVATE_H
#define MAILWHY_EXPLAIN_PRIVATE_H

#include "reports/explain.h"

/* For explain*.c only. */

struct kept_line {
	size_t number;			/* of its line in the text, from 1 */
	size_t order;			/* a line may come in pieces */
	unsigned heat;			/* how much it looks like an error */
	bool challenged;		/* the line before asked for a secret */
	char text[EXPLAIN_LINE_CAP];
};

struct explain {
	struct explain_place hints;
	size_t kept;
	struct kept_line line[EXPLAIN_LINES];
	size_t lines, pieces;		/* that came */
	bool challenged;		/* the last line asked for a secret */
	bool cut;			/* lines were dropped */
	bool has_text;
	size_t partial;			/* bytes of an unfinished line */
	char part[EXPLAIN_LINE_CAP * 4];

	/* after explain_end */
	struct explain_place place;	/* hints, and what the text says */
	bool mail;			/* the text or the hints speak of mail */
	bool elsewhere;			/* it speaks of the web, or of ports of others */
	size_t names;
	char name[EXPLAIN_NAMES][HOST_CAP];
};

/* explain_heat.c: 0 is no error at all. Fast: it sees every line of a log. */
unsigned explain_heat(struct span line);

/*
 * explain_blank.c: overwrite what is or may be a secret with '*', in place.
 * `after_challenge`: the line before was a server's "334" or "+".
 */
void explain_blank(char *line, bool after_challenge);

/* explain_place.c: what the kept lines say of the place. */
void explain_find_place(struct explain *x);

/*
 * explain_reply.c: the replies of servers that stand somewhere in a line, one
 * a call; *at is where to look on (0 to begin).
 */
struct found_reply {
	struct span text;		/* borrowed from the line */
	enum service service;
	bool service_known;
	bool strong;			/* has a code: no mere words */
};

bool explain_next_reply(struct span line, size_t *at,
			struct found_reply *ret);

/*
 * explain_tail.c: a reply without the settings that a program printed behind
 * it; and a line that is a setting of its own.
 */
struct span explain_before_settings(struct span reply);
bool explain_is_setting(struct span line);
/* ... and one that was chosen beforehand, so that it tells nothing. */
bool explain_is_configured(struct span line);

/*
 * explain_join.c: the reply of `f` in kept line `line` with what leads to it
 * and goes on behind it; how many more lines that was.
 */
size_t explain_reply(const struct explain *x, size_t line,
		     const struct found_reply *f, struct reply *ret);

/*
 * explain_stage.c: the stage that a reply without one most likely came at;
 * *ret_sure: nothing else is answered with its code.
 */
enum stage explain_stage(const struct reply *r, bool *ret_sure);

/*
 * explain_words.c: kept lines from `first` that fit into one reply, as words
 * for rules; the index behind them.
 */
size_t explain_block(const struct explain *x, size_t first,
		     struct reply *ret);
/*
 * explain_advice.c: a block without the sentences that tell people what to look
 * at. false: there are none.
 */
bool explain_without_advice(const struct reply *block, struct reply *ret);
/* A log of bytes that are no text. */
bool explain_is_binary(const char *text);

#endif
