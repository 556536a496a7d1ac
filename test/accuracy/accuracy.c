/*
 * How often does `mailwhy explain` name the true cause? Takes the same way
 * through the same functions as the command.
 *
 *	accuracy FILE.jsonl [-v] [--want TELLING AMBIGUOUS] [--nothing PERCENT]
 *
 * Prints each miss, and tables by cause, provider, protocol, language and
 * confidence. --want and --nothing (for texts that are no login failures)
 * fail the run below that many percent; so does a line's trap, and a text of
 * several causes called proven, in any case. collection.h describes the file;
 * calibration.c asks how often each confidence is right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "test/accuracy/collection.h"

#define GROUPS 400

struct tally {
	unsigned lines, first, among, boast;
};

struct group {
	char what[12], name[48];
	bool telling;
	struct tally tally;
};

struct scores {
	bool verbose;
	unsigned trapped;
	struct tally telling, ambiguous, rest;
	struct tally sure[CONFIDENCE_PROVEN + 1];
	size_t groups;
	struct group group[GROUPS];
};

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* ---- counting ---- */

static void count(struct tally *t, bool first, bool among, bool boast)
{
	t->lines++;
	t->first += first;
	t->among += among;
	t->boast += boast;
}

static struct tally *group_of(struct scores *s, const char *what,
			      const char *name, bool telling)
{
	struct group *g;

	if (!name || !name[0])
		name = "-";
	for (size_t i = 0; i < s->groups; i++) {
		g = &s->group[i];
		if (g->telling == telling && strcmp(g->what, what) == 0 &&
		    strcmp(g->name, name) == 0)
			return &g->tally;
	}
	if (s->groups == GROUPS)
		return &s->group[GROUPS - 1].tally;
	g = &s->group[s->groups++];
	span_copy(span_of(what), g->what, sizeof(g->what));
	span_copy(span_of(name), g->name, sizeof(g->name));
	g->telling = telling;
	return &g->tally;
}

static void print_line(const struct json *line, const struct explain_result *r,
		       const char *mark)
{
	const struct diagnosis *d = &r->told.diagnosis;
	char text[400];
	struct buf b = buf_over(text, sizeof(text));

	text_printable(&b, span_of(line_text(line)), false);
	printf("%s %s: want %s, got", mark, or_empty(json_get_str(line, "id")),
	       or_empty(json_get_str(line, "cause")));
	for (size_t i = 0; i < d->causes; i++)
		printf(" %s(%s)", cause_id(d->cause[i].cause),
		       confidence_name(d->cause[i].confidence));
	printf(" by %s\n    %s\n", d->cause[0].rule, text);
}

static void judge(void *to, const struct json *line,
		  const struct explain_result *r)
{
	static const char *const kinds[] = { "provider", "protocol", "lang",
					     "client_kind", "cause" };
	struct scores *s = to;
	const struct diagnosis *d = &r->told.diagnosis;
	enum confidence sure = d->cause[0].confidence;
	bool telling = json_true(json_get(line, "telling"));
	bool first = line_is_right(line, d);
	bool boast = !telling && sure == CONFIDENCE_PROVEN;
	bool among = line_is_among(line, d) && !boast;
	bool trapped = line_is_trap(line, d);
	bool good = (telling ? first : among) && !trapped;

	s->trapped += trapped;
	if (!line_scores(line)) {
		count(&s->rest, first, line_is_among(line, d), boast);
		return;
	}
	count(telling ? &s->telling : &s->ambiguous, first, among, boast);
	count(&s->sure[sure], first, line_is_among(line, d), false);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		count(group_of(s, kinds[i], json_get_str(line, kinds[i]),
			       telling), first, among, boast);
	if (!good || s->verbose)
		print_line(line, r, good ? "hit " : trapped ? "TRAP" :
			   boast ? "BOAST" : "MISS");
}

/* ---- texts that are no login failures ---- */

static void judge_nothing(void *to, const struct json *line,
			  const struct explain_result *r)
{
	struct scores *s = to;
	bool good = line_is_right(line, &r->told.diagnosis);

	count(&s->telling, good, good, false);
	if (!good || s->verbose)
		print_line(line, r, good ? "hit " : "MISS");
}

/* ---- output ---- */

static double percent(unsigned part, unsigned all)
{
	return all ? 100.0 * part / all : 100.0;
}

static void print_tally(const char *name, const struct tally *t)
{
	printf("%-30s %4u lines, first %4u (%5.1f %%), among four %4u "
	       "(%5.1f %%)%s\n", name, t->lines, t->first,
	       percent(t->first, t->lines), t->among,
	       percent(t->among, t->lines),
	       t->boast ? ", PROVEN THOUGH AMBIGUOUS" : "");
}

static void print_groups(const struct scores *s)
{
	for (size_t i = 0; i < s->groups; i++) {
		const struct group *g = &s->group[i];
		char name[100];

		snprintf(name, sizeof(name), "%s %s%s", g->what, g->name,
			 g->telling ? "" : " (ambiguous)");
		print_tally(name, &g->tally);
	}
}

static void print_scores(const struct scores *s, bool nothing)
{
	if (nothing) {
		printf("no login failure: %u of %u (%.1f %%) told as such\n",
		       s->telling.first, s->telling.lines,
		       percent(s->telling.first, s->telling.lines));
		return;
	}
	print_groups(s);
	printf("-- of the verdicts called so, how many were right\n");
	for (unsigned c = 0; c <= CONFIDENCE_PROVEN; c++)
		print_tally(confidence_name((enum confidence)c), &s->sure[c]);
	printf("-- in all\n");
	print_tally("telling", &s->telling);
	print_tally("ambiguous", &s->ambiguous);
	print_tally("not scored", &s->rest);
}

/* ---- the command line ---- */

struct wanted {
	const char *file;
	bool verbose, nothing;
	double telling, ambiguous;
};

static bool wanted_parse(int argc, char **argv, struct wanted *w)
{
	memset(w, 0, sizeof(*w));
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			w->verbose = true;
		} else if (strcmp(argv[i], "--want") == 0 && i + 2 < argc) {
			w->telling = strtod(argv[++i], NULL);
			w->ambiguous = strtod(argv[++i], NULL);
		} else if (strcmp(argv[i], "--nothing") == 0 && i + 1 < argc) {
			w->nothing = true;
			w->telling = strtod(argv[++i], NULL);
		} else if (argv[i][0] != '-' && !w->file) {
			w->file = argv[i];
		} else {
			return false;
		}
	}
	return w->file != NULL;
}

static int score(const struct wanted *w, const struct explain_tools *tools,
		 struct scores *s)
{
	const struct collection_reader reader = {
		.tools = tools, .to = s,
		.line = w->nothing ? judge_nothing : judge
	};
	bool ok = collection_read(w->file, &reader);
	bool bar = percent(s->telling.first, s->telling.lines) >= w->telling &&
		   percent(s->ambiguous.among, s->ambiguous.lines) >=
			   w->ambiguous;

	print_scores(s, w->nothing);
	if (!bar)
		printf("below what is wanted: %.1f %% and %.1f %%\n",
		       w->telling, w->ambiguous);
	if (s->trapped)
		printf("%u traps\n", s->trapped);
	return ok && bar && !s->trapped && !s->ambiguous.boast ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct explain_tools tools;
	struct fault why = { FAULT_NONE, "" };
	struct wanted w;
	struct scores *s = calloc(1, sizeof(*s));
	int code = 2;

	if (!s || !wanted_parse(argc, argv, &w)) {
		fprintf(stderr, "accuracy FILE.jsonl [-v] "
			"[--want TELLING AMBIGUOUS] [--nothing PERCENT]\n");
	} else if (!explain_tools_load(&tools, &why)) {
		fprintf(stderr, "%s\n", why.text);
	} else {
		s->verbose = w.verbose;
		code = score(&w, &tools, s);
		explain_tools_release(&tools);
	}
	free(s);
	return code;
}
