/*
 * How sure may one be of a verdict? Of those called `proven` at least 99 in a
 * hundred have to be right, of those called `likely` at least 85.
 *
 *	calibration [-v] [--want PROVEN LIKELY] [--behind TEXT] [--zoo]
 *		[FILE.jsonl...]
 *
 * One row a collection (collection.h), one for the scenarios in the scripted
 * world (--zoo), one for all. A column is a confidence; it holds how many
 * verdicts were called so and how many of them were right. A verdict on a text
 * that is no login failure is wrong. "none" is a text without a verdict.
 *
 * --want fails the run where all together, or a row with LARGE verdicts of a
 * confidence, is below. --behind puts TEXT behind each text of a collection,
 * as programs put their settings there; that must change nothing. -v prints
 * each `likely` and `proven` that is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/wait.h"
#include "test/accuracy/collection.h"
#include "test/play.h"

#define LARGE 50
#define ROWS 64

enum column { NONE, POSSIBLE, LIKELY, PROVEN, COLUMNS };

struct row {
	char name[32];
	unsigned called[COLUMNS], right[COLUMNS];
	bool verbose;
};

struct table {
	size_t rows;
	struct row row[ROWS], all;
	bool verbose;
	const char *behind;		/* put behind each text; NULL */
	double want[COLUMNS];
};

/* ---- counting ---- */

static enum column column_of(const struct diagnosis *d)
{
	static const enum column columns[] = {
		[CONFIDENCE_POSSIBLE] = POSSIBLE,
		[CONFIDENCE_LIKELY] = LIKELY,
		[CONFIDENCE_PROVEN] = PROVEN
	};

	if (d->verdict == CAUSE_UNKNOWN)
		return NONE;
	return columns[d->cause[0].confidence];
}

static void row_count(struct row *r, const struct diagnosis *d, bool right,
		      const char *id, const char *wanted)
{
	enum column c = column_of(d);

	r->called[c]++;
	r->right[c] += right;
	if (r->verbose && !right && c >= LIKELY)
		printf("%s %s: %s %s by %s, is %s\n", r->name, id,
		       confidence_name(d->cause[0].confidence),
		       cause_id(d->verdict), d->cause[0].rule, wanted);
}

static void count_line(void *to, const struct json *line,
		       const struct explain_result *r)
{
	const char *id = json_get_str(line, "id");
	const char *wanted = json_get_str(line, "cause");
	const struct diagnosis *d = &r->told.diagnosis;

	if (line_scores(line))
		row_count(to, d, line_is_right(line, d), id ? id : "",
			  wanted ? wanted : "no failure");
}

static void count_scenario(struct row *r, const struct scenario *s)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;
	enum cause wanted;

	if (!w || !cause_by_id(s->verdict, &wanted))
		return;
	play_script(s, w, &e);
	if (e.finished)
		row_count(r, &e.result.diagnosis,
			  e.result.diagnosis.verdict == wanted, s->name,
			  s->verdict);
	play_release(&e);
	script_world_free(w);
}

static bool count_zoo(struct row *r)
{
	struct scenario *s;
	struct fault why;
	char name[64];
	bool ok = true;

	for (size_t n = 0; scenario_name_at(n, name, sizeof(name)); n++) {
		if (!scenario_load(name, &s, &why)) {
			fprintf(stderr, "%s: %s\n", name, why.text);
			ok = false;
			continue;
		}
		count_scenario(r, s);
		scenario_free(s);
	}
	return ok;
}

/* ---- the table ---- */

static struct row *table_row(struct table *t, const char *file)
{
	struct row *r = &t->row[t->rows];
	const char *slash = strrchr(file, '/');
	struct span name = span_of(slash ? slash + 1 : file);

	if (t->rows++ == ROWS) {
		fprintf(stderr, "more than %d collections\n", ROWS);
		exit(2);		/* one left out would pass unseen */
	}
	if (name.len > 6 && strcmp(name.at + name.len - 6, ".jsonl") == 0)
		name.len -= 6;
	span_copy(name, r->name, sizeof(r->name));
	r->verbose = t->verbose;
	return r;
}

static void table_sum(struct table *t)
{
	span_copy(span_of("all"), t->all.name, sizeof(t->all.name));
	for (size_t i = 0; i < t->rows; i++)
		for (int c = 0; c < COLUMNS; c++) {
			t->all.called[c] += t->row[i].called[c];
			t->all.right[c] += t->row[i].right[c];
		}
}

static double percent(const struct row *r, int c)
{
	return r->called[c] ? 100.0 * r->right[c] / r->called[c] : 100.0;
}

static void print_row(const struct row *r)
{
	printf("%-15s", r->name);
	for (int c = PROVEN; c > NONE; c--) {
		printf(" %4u of %4u", r->right[c], r->called[c]);
		if (r->called[c])
			printf(" %5.1f%%", percent(r, c));
		else
			printf("       ");
	}
	printf(" %4u\n", r->called[NONE]);
}

static void print_table(const struct table *t)
{
	printf("%-15s  %-18s  %-18s  %-18s none\n", "right", "proven",
	       "likely", "possible");
	for (size_t i = 0; i < t->rows; i++)
		print_row(&t->row[i]);
	print_row(&t->all);
}

static bool row_holds(const struct table *t, const struct row *r,
		      unsigned large)
{
	bool ok = true;

	for (int c = 0; c < COLUMNS; c++) {
		if (r->called[c] < large || percent(r, c) >= t->want[c])
			continue;
		printf("%s: %s is right in %.1f %%, wanted are %.1f %%\n",
		       r->name, c == PROVEN ? "proven" : "likely",
		       percent(r, c), t->want[c]);
		ok = false;
	}
	return ok;
}

static bool table_holds(const struct table *t)
{
	bool ok = row_holds(t, &t->all, 1);

	for (size_t i = 0; i < t->rows; i++)
		ok = row_holds(t, &t->row[i], LARGE) && ok;
	return ok;
}

/* ---- the command line ---- */

static bool fill(struct table *t, const struct explain_tools *tools, int argc,
		 char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++) {
		struct collection_reader reader = {
			.tools = tools, .line = count_line,
			.behind = t->behind
		};

		if (strcmp(argv[i], "--zoo") == 0) {
			ok = count_zoo(table_row(t, "scenarios")) && ok;
		} else if (strcmp(argv[i], "--want") == 0) {
			i += 2;
		} else if (strcmp(argv[i], "--behind") == 0) {
			i++;
		} else if (argv[i][0] != '-') {
			reader.to = table_row(t, argv[i]);
			ok = collection_read(argv[i], &reader) && ok;
		}
	}
	return ok;
}

static bool options(struct table *t, int argc, char **argv)
{
	bool files = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			t->verbose = true;
		} else if (strcmp(argv[i], "--want") == 0 && i + 2 < argc) {
			t->want[PROVEN] = strtod(argv[++i], NULL);
			t->want[LIKELY] = strtod(argv[++i], NULL);
		} else if (strcmp(argv[i], "--behind") == 0 && i + 1 < argc) {
			t->behind = argv[++i];
		} else if (strcmp(argv[i], "--zoo") == 0 ||
			   argv[i][0] != '-') {
			files = true;
		} else {
			return false;
		}
	}
	return files;
}

int main(int argc, char **argv)
{
	struct explain_tools tools;
	struct fault why = { FAULT_NONE, "" };
	struct table *t = calloc(1, sizeof(*t));
	int code = 2;

	if (!t || !options(t, argc, argv)) {
		fprintf(stderr, "calibration [-v] [--want PROVEN LIKELY] "
			"[--behind TEXT] [--zoo] [FILE.jsonl...]\n");
	} else if (!wait_setup() || !dns_setup() || !tls_setup() ||
		   !explain_tools_load(&tools, &why)) {
		fprintf(stderr, "%s\n", why.text);
	} else {
		bool ok = fill(t, &tools, argc, argv);

		table_sum(t);
		print_table(t);
		code = table_holds(t) && ok ? 0 : 1;
		explain_tools_release(&tools);
		dns_teardown();
	}
	free(t);
	return code;
}
