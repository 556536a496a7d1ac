#include "test/zoo.h"

#include <stdio.h>
#include <string.h>

#include "reports/experiment_private.h"
#include "test/play.h"

static unsigned complaints;

/* ---- wanted against got ---- */

static unsigned confused[CAUSE_COUNT][CAUSE_COUNT];
static unsigned claimed[CONFIDENCE_PROVEN + 1], kept[CONFIDENCE_PROVEN + 1];

static void count_verdict(enum cause wanted, const struct diagnosis *d)
{
	const struct diagnosed_cause *c = &d->cause[0];

	confused[wanted][c->cause]++;
	claimed[c->confidence]++;
	kept[c->confidence] += c->cause == wanted;
}

/* Causes that come of an option and not of what a server does. */
static const char *const covered[CAUSE_COUNT] = {
	[CAUSE_ADDRESS_FAMILY] = "live.batch: a choice of -4 or -6",
};

/* Every cause has a scenario, or a test of its own is named; never both. */
static void print_row(enum cause wanted)
{
	unsigned all = 0;

	for (int got = 0; got < CAUSE_COUNT; got++)
		all += confused[wanted][got];
	printf("%-28s %3u of %3u", cause_id(wanted),
	       confused[wanted][wanted], all);
	for (int got = 0; got < CAUSE_COUNT; got++)
		if (got != (int)wanted && confused[wanted][got])
			printf("  %u as %s", confused[wanted][got],
			       cause_id((enum cause)got));
	if ((all > 0) == (covered[wanted] != NULL)) {
		printf("  (no scenario, or more than a test of its own)");
		complaints++;
	}
	printf("%s%s\n", covered[wanted] ? "  see " : "",
	       covered[wanted] ? covered[wanted] : "");
}

static void print_verdicts(void)
{
	for (int c = 0; c < CAUSE_COUNT; c++)
		print_row((enum cause)c);
	for (int c = CONFIDENCE_PROVEN; c >= 0; c--)
		printf("%-10s right %u of %u\n",
		       confidence_name((enum confidence)c), kept[c],
		       claimed[c]);
}

/* ---- which experiments come to pass, and how they end ---- */

static unsigned ended[EXPERIMENT_ROWS_MAX][OUTCOMES_MAX];

static size_t outcome_of(const struct experiment *x, const struct meaning *o)
{
	return (size_t)(o - x->outcome);
}

static void count_outcomes(const struct trials *t, size_t endpoints)
{
	for (size_t r = 0; t->table && r < t->table->rows; r++)
		for (size_t i = 0; i < endpoints; i++) {
			const struct experiment *x = &t->table->row[r];
			const struct meaning *o = experiment_meaning(t, x, i);

			if (o)
				ended[r][outcome_of(x, o)]++;
		}
}

static void print_outcome(const struct experiment *x, size_t o, unsigned times)
{
	const struct meaning *m = &x->outcome[o];

	printf("%-28s %s%s%s%s%s %u%s\n", o == 0 ? x->id : "",
	       m->any ? "any " : "", m->any ? sight_name(m->any) : "",
	       m->any && m->none ? ", " : "", m->none ? "none " : "",
	       m->none ? sight_name(m->none) : "", times,
	       times ? "" : "  (in no scenario)");
	complaints += times == 0;
}

static void print_outcomes(const struct experiment_table *t)
{
	printf("\nHow experiments end, and in how many scenarios\n");
	for (size_t r = 0; r < t->rows; r++)
		for (size_t o = 0; o < t->row[r].outcomes; o++)
			print_outcome(&t->row[r], o, ended[r][o]);
}

/* ---- which experiment parts which rivals ---- */

/*
 * pairs[a][b]: the cause is a, and without experiments b would be its rival.
 * Parted by a row of the table: b is out in the end, or a is proven.
 */
static struct {
	unsigned parted[EXPERIMENT_ROWS_MAX], rivals, together;
	bool made[EXPERIMENT_ROWS_MAX];
} pairs[CAUSE_COUNT][CAUSE_COUNT];

static bool is_among(const struct diagnosis *d, enum cause c)
{
	for (size_t i = 0; i < d->causes; i++)
		if (d->cause[i].cause == c)
			return true;
	return false;
}

static bool says(const struct meaning *o, enum cause truth, enum cause rival)
{
	for (size_t i = 0; i < o->proves; i++)
		if (o->proved[i] == truth)
			return true;
	for (size_t i = 0; i < o->excludes; i++)
		if (o->excluded[i] == rival)
			return true;
	return false;
}

/* The first row, as in trials_weigh. */
static int parted_by(const struct check_result *r, enum cause truth,
		     enum cause rival)
{
	const struct trials *t = &r->trials;

	for (size_t row = 0; t->table && row < t->table->rows; row++)
		for (size_t i = 0; i < r->n; i++) {
			const struct meaning *o = experiment_meaning(
				t, &t->table->row[row], i);

			if (o && says(o, truth, rival))
				return (int)row;
		}
	return -1;
}

static void count_made(const struct trials *t, enum cause truth,
		       enum cause rival)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct experiment *x =
			experiment_by_id(t->table, t->trial[i].id);

		if (x && t->seen[i])
			pairs[truth][rival].made[x - t->table->row] = true;
	}
}

static void count_pairs(enum cause truth, const struct diagnosis *before,
			const struct check_result *after)
{
	const struct diagnosis *d = &after->diagnosis;
	bool proven = d->verdict == truth &&
		      d->cause[0].confidence == CONFIDENCE_PROVEN;

	for (size_t i = 0; before->causes > 1 && i < before->causes; i++) {
		enum cause rival = before->cause[i].cause;
		int row = -1;

		if (rival == truth)
			continue;
		pairs[truth][rival].together++;
		if (is_among(before, truth))
			count_made(&after->trials, truth, rival);
		if (proven || !is_among(d, rival))
			row = parted_by(after, truth, rival);
		if (row >= 0)
			pairs[truth][rival].parted[row]++;
		else
			pairs[truth][rival].rivals++;
	}
}

static bool is_in(enum cause c, const enum cause *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == c)
			return true;
	return false;
}

/* Does the table say that it parts them, when the cause is `truth`? */
static bool claims(const struct experiment *x, enum cause truth,
		   enum cause rival)
{
	for (size_t i = 0; i < x->outcomes; i++) {
		const struct meaning *o = &x->outcome[i];

		if (is_in(rival, o->excluded, o->excludes) &&
		    (is_in(truth, o->proved, o->proves) ||
		     (o->suggests > 0 && o->suggested[0] == truth)))
			return true;
	}
	return false;
}

/*
 * Who claims to part two causes, and is tried where they are rivals, must do
 * so, whichever of the two it is.
 */
static void check_side(const struct experiment_table *t, enum cause truth,
		       enum cause rival)
{
	for (size_t r = 0; r < t->rows; r++)
		if (pairs[truth][rival].parted[r])
			return;
	for (size_t r = 0; r < t->rows; r++)
		if ((pairs[truth][rival].made[r] ||
		     pairs[rival][truth].made[r]) &&
		    claims(&t->row[r], truth, rival)) {
			printf("    (%s is said to part them, and does so in "
			       "no scenario)\n", t->row[r].id);
			complaints++;
		}
}

static void print_side(const struct experiment_table *t, enum cause truth,
		       enum cause rival)
{
	const char *gap = "";

	printf("    if %s: ", cause_id(truth));
	for (size_t r = 0; r < t->rows; r++)
		if (pairs[truth][rival].parted[r]) {
			printf("%s%s %u", gap, t->row[r].id,
			       pairs[truth][rival].parted[r]);
			gap = ", ";
		}
	if (pairs[truth][rival].rivals)
		printf("%snone: stays a rival %u", gap,
		       pairs[truth][rival].rivals);
	else if (!*gap)
		printf("in no scenario");
	printf("\n");
}

static void print_pairs(const struct experiment_table *t)
{
	printf("\nRivals, and the experiment that parts them\n");
	for (int a = 0; a < CAUSE_COUNT; a++)
		for (int b = a + 1; b < CAUSE_COUNT; b++)
			if (pairs[a][b].together || pairs[b][a].together) {
				printf("%s, %s\n", cause_id((enum cause)a),
				       cause_id((enum cause)b));
				print_side(t, (enum cause)a, (enum cause)b);
				check_side(t, (enum cause)a, (enum cause)b);
				print_side(t, (enum cause)b, (enum cause)a);
				check_side(t, (enum cause)b, (enum cause)a);
			}
}

/* ---- --explain-plan ---- */

/* It says what would be tried, and no more connections are made than without. */
static void check_plan(const struct scenario *s, const struct trials *t,
		       const struct script_world *planned,
		       const struct script_world *plain)
{
	bool made = planned->links != plain->links;

	for (size_t i = 0; i < t->n; i++)
		made = made || t->seen[i];
	if (!made)
		return;
	printf("FAIL %s: experiments that were only to be planned\n", s->name);
	complaints++;
}

/* ---- the whole ---- */

enum { MADE, PLAIN, PLANNED, WAYS };

static void count(const struct scenario *s, enum cause wanted,
		  struct script_world *const w[WAYS],
		  const struct play_end e[WAYS])
{
	count_verdict(wanted, &e[MADE].result.diagnosis);
	count_outcomes(&e[MADE].result.trials, e[MADE].result.n);
	count_pairs(wanted, &e[PLAIN].result.diagnosis, &e[MADE].result);
	check_plan(s, &e[PLANNED].result.trials, w[PLANNED], w[PLAIN]);
}

static bool play_all(const struct scenario *s, enum cause wanted,
		     struct script_world *const w[WAYS])
{
	static const enum experimenting how[WAYS] = {
		EXPERIMENTS_MADE, EXPERIMENTS_NONE, EXPERIMENTS_PLANNED
	};
	struct play_end e[WAYS];
	bool finished = true, right;

	for (int i = 0; i < WAYS; i++) {
		play_with(s, w[i], how[i], &e[i]);
		finished = finished && e[i].finished;
	}
	right = finished && e[MADE].result.diagnosis.verdict == wanted;
	if (finished)
		count(s, wanted, w, e);
	for (int i = 0; i < WAYS; i++)
		play_release(&e[i]);
	return right;
}

bool zoo_play(const struct scenario *s)
{
	struct script_world *w[WAYS];
	enum cause wanted;
	bool ok = cause_by_id(s->verdict, &wanted);

	for (int i = 0; i < WAYS; i++) {
		w[i] = script_world_new(s);
		ok = ok && w[i];
	}
	ok = ok && play_all(s, wanted, w);
	for (int i = 0; i < WAYS; i++)
		script_world_free(w[i]);
	return ok;
}

unsigned zoo_print(void)
{
	struct experiment_table *t;
	struct fault why;

	print_verdicts();
	if (!experiment_table_own(&t, &why)) {
		printf("FAIL %s\n", why.text);
		return complaints + 1;
	}
	print_outcomes(t);
	print_pairs(t);
	experiment_table_free(t);
	return complaints;
}
