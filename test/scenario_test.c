/*
 * Every scenario, in the scripted world and over loopback TLS: the same files,
 * the same verdicts. No report may hold the secret.
 *
 *	scenario_test script|loopback [NAME... | PART/PARTS]
 *	scenario_test reports FOLDER		every report as FOLDER/NAME.json
 *	scenario_test show NAME...		its reports, to be read
 *	scenario_test zoo			who is taken for whom (zoo.h)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "probes/base/text.h"
#include "probes/wire/wait.h"
#include "test/outputs.h"
#include "test/play.h"
#include "test/zoo.h"

#define SCENARIOS_MIN 45		/* fewer means that they were not found */

static unsigned played, failed, skipped;

static void complain_of(const struct scenario *s, const char *where,
			const char *what)
{
	printf("FAIL %s (%s): %s\n", s->name, where, what);
	failed++;
}

/* ---- the secret ---- */

static bool holds(const char *text, struct span needle)
{
	char room[600];
	struct buf b = buf_over(room, sizeof(room));

	buf_add(&b, needle);
	return strstr(text, room) != NULL;
}

/* Base64 of the middle, so that what stands beside it does not matter. */
static bool holds_base64(const char *text, struct span secret)
{
	for (size_t skip = 0; skip < 3 && skip < secret.len; skip++) {
		char room[1400];
		struct buf b = buf_over(room, sizeof(room));
		struct span part = span_from(secret, skip);

		part.len -= part.len % 3;
		if (part.len >= 6 && base64_encode(&b, part) &&
		    strstr(text, room))
			return true;
	}
	return false;
}

static char *report_of(const struct play_end *e, const struct scenario *s,
		       bool json, enum lang lang)
{
	const struct report_style style = {
		.lang = lang, .verbosity = 1, .unicode = true, .width = 80
	};

	return check_report(&e->account.request, &e->result, json, &style,
			    s->name);
}

/* What was typed, and what it may have been turned into. */
static bool holds_secret(const struct scenario *s, const char *text)
{
	const char *secrets[] = { s->secret, s->variants ? s->password : NULL };

	for (size_t i = 0; i < 2; i++)
		if (secrets[i] && (holds(text, span_of(secrets[i])) ||
				   holds_base64(text, span_of(secrets[i]))))
			return true;
	return false;
}

/* ---- saved, replayed, masked ---- */

/* The report of what a session holds. */
static char *replayed(const struct play_end *e, struct session *saved,
		      const struct scenario *s)
{
	struct play_end again = { .finished = true };
	struct fault why;

	session_request(saved, e->account.provider, &again.account.request);
	if (!check_judge(&again.account.request, &saved->result, &why))
		return NULL;
	again.result = saved->result;
	return report_of(&again, s, true, LANG_EN);
}

static void check_replay(const struct scenario *s, const char *where,
			 const struct play_end *e, const char *text)
{
	struct session back;
	struct fault why = { .kind = FAULT_NONE };
	char *first = report_of(e, s, true, LANG_EN), *second;

	if (!session_parse(span_of(text), &back, &why)) {
		complain_of(s, where, why.text);
		free(first);
		return;
	}
	second = replayed(e, &back, s);
	if (!first || !second || strcmp(first, second) != 0)
		complain_of(s, where, "the replay says something else");
	session_release(&back);
	free(first);
	free(second);
}

/* As a word of its own: GETQUOTAROOT holds "taro", too. */
static bool holds_word(const char *text, const char *word)
{
	const char *at = text;

	while (*word && (at = strstr(at, word)) != NULL) {
		if ((at == text || !ascii_is_alnum(at[-1])) &&
		    !ascii_is_alnum(at[strlen(word)]))
			return true;
		at++;
	}
	return false;
}

static bool holds_person(const struct scenario *s, const char *text)
{
	const char *user = scenario_user(s), *at = strchr(user, '@');
	char local[USER_CAP];
	struct buf b = buf_over(local, sizeof(local));

	buf_add(&b, (struct span){ user, at ? (size_t)(at - user) :
						strlen(user) });
	return holds_word(text, local) || holds_base64(text, span_of(user));
}

static void check_session(const struct scenario *s, const char *where,
			  const struct play_end *e)
{
	struct session saved;
	struct fault why;
	char *text, *masked = NULL;

	if (!session_of(&e->account.request, &e->result, NULL, NULL, &saved,
			&why)) {
		complain_of(s, where, why.text);
		return;
	}
	text = session_print(&saved, NULL);
	if (session_mask(&saved, false, &why))
		masked = session_print(&saved, NULL);
	if (!text || !masked || holds_secret(s, text))
		complain_of(s, where, "the session holds the secret");
	else if (holds_person(s, masked))
		complain_of(s, where, "the bundle holds the user name");
	else
		check_replay(s, where, e, text);
	session_release(&saved);
	free(text);
	free(masked);
}

/* Unwrapped, so that a line's end does not stand between the words. */
static void check_words(const struct scenario *s, const char *where,
			const struct play_end *e)
{
	const char *wanted[LANG_COUNT] = { s->says_en, s->says_ja };

	for (int i = 0; i < LANG_COUNT; i++) {
		const struct report_style style = {
			.lang = (enum lang)i, .unicode = true
		};
		char *report;

		if (!wanted[i])
			continue;
		report = check_report(&e->account.request, &e->result, false,
				      &style, s->name);
		if (!report || !strstr(report, wanted[i]))
			complain_of(s, where, wanted[i]);
		free(report);
	}
}

/* The secret stays out of the outputs for many accounts, too. */
static void check_outputs(const struct scenario *s, const char *where,
			  const char *report, enum lang lang)
{
	char *text = outputs_of(report, lang);

	if (!text)
		complain_of(s, where, "no outputs");
	else if (holds_secret(s, text))
		complain_of(s, where, "an output holds the secret");
	free(text);
}

static void check_reports(const struct scenario *s, const char *where,
			  const struct play_end *e)
{
	for (int i = 0; i < 4; i++) {
		char *report = report_of(e, s, i & 1, (enum lang)(i >> 1));

		if (!report || !*report)
			complain_of(s, where, "no report");
		else if (holds_secret(s, report))
			complain_of(s, where, "the report holds the secret");
		else if (i & 1)
			check_outputs(s, where, report, (enum lang)(i >> 1));
		free(report);
	}
}

/* ---- one scenario ---- */

static void check_end(const struct scenario *s, const char *where,
		      const struct play_end *e, bool exact)
{
	char what[400];
	unsigned wanted = 0;

	played++;
	if (!e->finished) {
		complain_of(s, where, e->why.text);
		return;
	}
	if (!demo_as_wanted(s, &e->result.diagnosis, e->logins, what,
			    sizeof(what)))
		complain_of(s, where, what);
	else if (exact && (!span_number(span_of(s->logins), &wanted) ||
			   wanted != e->logins))
		complain_of(s, where, "fewer logins than scripted");
	else if (exact && !demo_rivals_as_wanted(s, &e->result.diagnosis,
						 what, sizeof(what)))
		complain_of(s, where, what);
	check_reports(s, where, e);
	check_session(s, where, e);
	check_words(s, where, e);
}

/*
 * Bytes slipped in behind the STARTTLS reply cannot be told from the handshake
 * once they come in pieces.
 */
static bool survives_pieces(const struct scenario *s)
{
	return strcmp(s->name, "starttls-injected") != 0;
}

static void play_in_script(const struct scenario *s)
{
	static const size_t pieces[] = { 0, 1, 7 };
	static const char *const names[] = { "script", "script, 1 byte a read",
					     "script, 7 bytes a read" };

	for (size_t i = 0; i < 3; i++) {
		struct script_world *w = script_world_new(s);
		struct play_end e;

		if (!w || (i > 0 && !survives_pieces(s))) {
			script_world_free(w);
			continue;
		}
		w->read_max = pieces[i];
		play_script(s, w, &e);
		check_end(s, names[i], &e, true);
		play_release(&e);
		script_world_free(w);
	}
}

/*
 * The scripted world must not be kinder than the real one: up to the login,
 * where the endpoints race, both end at the same stage by the same fault.
 */
static void compare_worlds(const struct scenario *s, const struct play_end *a,
			   const struct play_end *b)
{
	for (size_t i = 0; i < a->result.n && i < b->result.n; i++) {
		const struct step *x = evidence_failure(&a->result.seen[i]);
		const struct step *y = evidence_failure(&b->result.seen[i]);
		char what[200];

		if (!x || x->stage >= STAGE_LOGIN) {
			x = y && y->stage < STAGE_LOGIN ? y : NULL;
			y = NULL;
		}
		if (!x || (y && x->stage == y->stage &&
			   x->why.kind == y->why.kind))
			continue;
		snprintf(what, sizeof(what), "endpoint %zu: %s %s in one world "
			 "only", i, stage_name(x->stage),
			 fault_name(x->why.kind));
		complain_of(s, "both worlds", what);
	}
}

static void compare_with_script(const struct scenario *s,
				const struct play_end *real)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;

	if (!w)
		return;
	play_script(s, w, &e);
	if (e.finished && real->finished)
		compare_worlds(s, real, &e);
	play_release(&e);
	script_world_free(w);
}

static void play_on_loopback(const struct scenario *s)
{
	struct play_end e;

	if (!scenario_is_playable(s)) {
		printf("SKIP %s: loopback cannot play it, the scripted world "
		       "does\n", s->name);
		skipped++;
		return;
	}
	if (play_loopback(s, &e)) {
		check_end(s, "loopback", &e, false);
		compare_with_script(s, &e);
	} else {
		complain_of(s, "loopback", e.why.text);
	}
	play_release(&e);
}

static const char *folder;

static void write_report(const struct scenario *s)
{
	struct script_world *w = script_world_new(s);
	char path[600], *report = NULL;
	struct play_end e;
	FILE *to;

	if (!w)
		return;
	play_script(s, w, &e);
	snprintf(path, sizeof(path), "%s/%s.json", folder, s->name);
	to = fopen(path, "w");
	if (e.finished)
		report = report_of(&e, s, true, LANG_EN);
	if (!to || !report || fputs(report, to) == EOF || fclose(to) != 0)
		complain_of(s, "reports", "no report was written");
	played++;
	free(report);
	play_release(&e);
	script_world_free(w);
}

static void count_in_zoo(const struct scenario *s)
{
	played++;
	if (!zoo_play(s))
		complain_of(s, "zoo", "another verdict");
}

static void show_reports(const struct scenario *s)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;

	if (!w)
		return;
	play_script(s, w, &e);
	for (int i = 0; e.finished && i < LANG_COUNT; i++) {
		const struct report_style style = {
			.lang = (enum lang)i, .unicode = true, .width = 80
		};
		char *report = check_report(&e.account.request, &e.result,
					    false, &style, s->name);

		printf("%s\n", report ? report : "no memory");
		free(report);
	}
	played++;
	play_release(&e);
	script_world_free(w);
}

static void play_named(const char *name, void (*run)(const struct scenario *s))
{
	struct scenario *s;
	struct fault why;

	if (scenario_load(name, &s, &why)) {
		run(s);
		scenario_free(s);
		return;
	}
	printf("FAIL %s: %s\n", name, why.kind ? why.text : "no such scenario");
	failed++;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "script";
	void (*run)(const struct scenario *s) = play_in_script;
	int first = 2, n = 0;
	unsigned part = 1, parts = 1;
	char name[64];
	bool all;

	if (strcmp(mode, "loopback") == 0)
		run = play_on_loopback;
	if (strcmp(mode, "zoo") == 0)
		run = count_in_zoo;
	if (strcmp(mode, "show") == 0)
		run = show_reports;
	if (strcmp(mode, "reports") == 0 && argc > 2) {
		run = write_report;
		folder = argv[2];
		first = 3;
	}
	if (!wait_setup() || !dns_setup() || !tls_setup())
		return 1;
	all = argc <= first ||
	      sscanf(argv[first], "%u/%u", &part, &parts) == 2;
	for (int i = first; !all && i < argc; i++)
		play_named(argv[i], run);
	for (; all && scenario_name_at((size_t)n, name, sizeof(name)); n++)
		if ((unsigned)n % parts + 1 == part)
			play_named(name, run);
	dns_teardown();
	if (run == count_in_zoo && all)
		failed += zoo_print();
	printf("%s: %u played, %u failed, %u skipped\n", mode, played, failed,
	       skipped);
	return failed > 0 || (all && n < SCENARIOS_MIN);
}
