/*
 * Every scenario, breaking the n-th operation of the wire in every way, and
 * failing the n-th allocation, for every n until none is left. The run must
 * end, leak nothing (the sanitizer watches) and stay honest: what was never
 * accepted does not "work", and what was never refused has no wrong password.
 *
 *	torture wire|memory|session [NAME...]
 *
 * session: the n-th allocation of saving, replaying and masking what the check
 * saw. Either it says that there is no memory, or the text is whole.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "probes/base/json.h"
#include "probes/wire/wait.h"
#include "test/outputs.h"
#include "test/play.h"

static unsigned runs, failed;

/* ---- allocations that fail ---- */

enum allocator { OURS, OF_JSON, ALLOCATORS };

static struct { unsigned made, fail_at; } memory[ALLOCATORS];

static bool fails_now(enum allocator a)
{
	return ++memory[a].made == memory[a].fail_at;
}

#ifdef TORTURE_ALLOCATIONS
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
	return fails_now(OURS) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails_now(OURS) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails_now(OURS) ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return fails_now(OURS) ? NULL : __real_strdup(text);
}
#else
#define __real_malloc malloc
#endif

/* cJSON is a shared library: its allocations come through its own hooks. */
static void *json_malloc(size_t size)
{
	if (!fails_now(OF_JSON))
		return __real_malloc(size);
	errno = ENOMEM;
	return NULL;
}

static void json_release(void *block)
{
	free(block);
}

/* ---- honesty ---- */

struct truth {				/* what the servers know */
	bool works[ENDPOINTS_MAX], refused[ENDPOINTS_MAX];
	bool service_works[SERVICE_COUNT];
	bool anyone_refused;
};

/* PREAUTH is a login that nobody made; its scenario says so. */
static bool greets_as_logged_in(const struct script_link *l)
{
	return strcmp(l->world->scenario->name, "healthy-preauth") == 0;
}

static void truth_of(const struct script_world *w, struct truth *ret)
{
	*ret = (struct truth){ 0 };
	for (size_t k = 0; k < w->links; k++) {
		const struct script_link *l = &w->link[k];
		size_t i = l->endpoint;
		enum service service = w->scenario->endpoint[i].endpoint.service;

		if ((l->answered && l->accepted) || greets_as_logged_in(l))
			ret->works[i] = ret->service_works[service] = true;
		if (l->answered && !l->accepted)
			ret->refused[i] = ret->anyone_refused = true;
	}
}

/*
 * An endpoint that waited at the gate shares the account's verdict: it was not
 * tried because of what another one had heard.
 */
static bool waited(const struct evidence *e)
{
	const struct step *login = evidence_step(e, STAGE_LOGIN);

	return login && login->result == STEP_SKIPPED &&
	       (login->skip == SKIP_BUDGET || login->skip == SKIP_CAUSE_NAMED);
}

/* No password was given, and all that was asked went as far as that takes. */
static bool ready_for_a_login(const struct script_world *w,
			      const struct check_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct step *login = evidence_step(&r->seen[i],
							 STAGE_LOGIN);

		if (evidence_failure(&r->seen[i]) || !login ||
		    login->skip != SKIP_NO_SECRET)
			return false;
	}
	return !w->scenario->secret;
}

/* NULL: honest. */
static const char *lie(const struct script_world *w,
		       const struct check_result *r)
{
	const struct diagnosis *d = &r->diagnosis;
	struct truth t;

	truth_of(w, &t);
	for (size_t i = 0; i < scenario_asked(w->scenario); i++) {
		enum service service = w->scenario->endpoint[i].endpoint.service;

		if (d->endpoint_verdict[i] == CAUSE_WORKS && !t.works[i])
			return "an endpoint works that accepted nothing";
		if (d->endpoint_verdict[i] == CAUSE_WRONG_CREDENTIALS &&
		    !t.refused[i] && !(t.anyone_refused && waited(&r->seen[i])))
			return "a wrong password where nothing was refused";
		if (d->verdict == CAUSE_WORKS && !t.service_works[service])
			return "all works, yet a service accepted nothing";
	}
	if (d->verdict == CAUSE_WRONG_CREDENTIALS && !t.anyone_refused)
		return "wrong password, yet nobody refused";
	if (d->exit_code == 0 && d->verdict != CAUSE_WORKS &&
	    !(d->verdict == CAUSE_NOT_TRIED && ready_for_a_login(w, r)))
		return "exit 0 without working";
	return NULL;
}

static void complain_of(const struct scenario *s, const char *how, unsigned n,
			const char *what, const char *verdict)
{
	printf("FAIL %s, %s %u: %s (verdict %s)\n", s->name, how, n, what,
	       verdict);
	failed++;
}

/* ---- scenarios that differ by words alone ---- */

#define ALIKE 4000
#define SHAPES_MAX 600

static uint64_t known_shape[SHAPES_MAX];
static size_t known_shapes;

/* FNV-1a, a number or a text at a time. */
static void mix(uint64_t *hash, uint64_t number)
{
	*hash = (*hash ^ number) * 0x100000001b3u;
}

static void mix_text(uint64_t *hash, const char *text)
{
	for (; text && *text; text++)
		mix(hash, (unsigned char)*text);
	mix(hash, 0x100);
}

static void mix_server(uint64_t *hash, const struct scene *e)
{
	mix(hash, e->endpoint.service);
	mix(hash, e->endpoint.security);
	mix(hash, e->endpoint.demanded);
	mix(hash, e->beside);
	mix(hash, e->connect);
	mix(hash, e->tls);
	mix(hash, (uint64_t)e->alert);
	mix(hash, e->cert);
	mix_text(hash, e->offers_clear ? "clear" : "");
}

/* What is done, when and to whom; what is said does not count. */
static uint64_t shape_of(const struct scenario *s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s->endpoints; i++)
		mix_server(&hash, &s->endpoint[i]);
	for (size_t i = 0; i < s->cues; i++) {
		mix(&hash, s->cue[i].endpoint);
		mix(&hash, s->cue[i].kind);
		mix(&hash, s->cue[i].phase);
		mix(&hash, s->cue[i].acts);
		mix_text(&hash, s->cue[i].command);
	}
	for (size_t i = 0; i < s->acts; i++) {
		mix(&hash, s->act[i].kind);
		mix(&hash, s->act[i].number);
	}
	for (size_t i = 0; i < s->names; i++) {
		mix(&hash, s->host[i].fault);
		mix(&hash, s->host[i].addresses);
		mix_text(&hash, s->host[i].alias);
	}
	mix_text(&hash, s->token);
	mix_text(&hash, s->mechanism);
	mix_text(&hash, s->plaintext);
	mix(&hash, s->sender != NULL);
	mix(&hash, s->secret != NULL);
	mix(&hash, s->password && s->secret &&
	    strcmp(s->password, s->secret) == 0);
	return hash;
}

/* Has one been tortured that does the same? */
static bool is_known_shape(const struct scenario *s)
{
	uint64_t hash = shape_of(s);

	for (size_t i = 0; i < known_shapes; i++)
		if (known_shape[i] == hash)
			return true;
	if (known_shapes < SHAPES_MAX)
		known_shape[known_shapes++] = hash;
	return false;
}

/* ---- the wire ---- */

static const char *const break_names[BREAK_COUNT] = {
	[BREAK_CLOSED] = "closed at", [BREAK_TIMEOUT] = "timeout at",
	[BREAK_RESET] = "reset at", [BREAK_CUT] = "cut at",
};

/* false: there is no n-th operation. */
static bool break_wire(const struct scenario *s, unsigned n,
		       enum script_break how, bool for_good)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;
	const char *what;
	bool reached;

	if (!w)
		abort();
	w->break_at = n;
	w->break_how = how;
	w->refused_after = for_good;
	play_script(s, w, &e);
	reached = w->broken;
	runs++;
	if (!e.finished)
		complain_of(s, break_names[how], n, e.why.text, "none");
	else if ((what = lie(w, &e.result)) != NULL)
		complain_of(s, break_names[how], n, what,
			    cause_id(e.result.diagnosis.verdict));
	play_release(&e);
	script_world_free(w);
	return reached;
}

/*
 * Once only, and for good: a network that goes away stays away. Where only the
 * words are new, only a reply that is cut is.
 */
static void torture_wire(const struct scenario *s)
{
	if (is_known_shape(s)) {
		for (unsigned n = 1; break_wire(s, n, BREAK_CUT, false); n++)
			;
		return;
	}
	for (int how = 0; how < BREAK_COUNT; how++)
		for (unsigned n = 1; break_wire(s, n, (enum script_break)how,
						false); n++)
			;
	for (unsigned n = 1; break_wire(s, n, BREAK_CLOSED, true); n++)
		;
	for (unsigned n = 1; break_wire(s, n, BREAK_TIMEOUT, true); n++)
		;
}

/* ---- memory ---- */

static void fail_nothing(void)
{
	memory[OURS].fail_at = memory[OF_JSON].fail_at = 0;
}

/* false: there is no n-th allocation. */
static bool fail_memory(const struct scenario *s, enum allocator a, unsigned n)
{
	static const char *const names[] = { "allocation", "JSON allocation" };
	const struct report_style style = { .width = 80 };
	struct script_world *w = script_world_new(s);
	struct play_end e;
	const char *what;

	if (!w)
		abort();
	memory[a].made = 0;
	memory[a].fail_at = n;
	play_script(s, w, &e);
	if (e.finished && n % 3 == 2)
		free(outputs_of_check(&e.account.request, &e.result));
	else if (e.finished)
		free(check_report(&e.account.request, &e.result, n % 3 == 0,
				  &style, s->name));
	fail_nothing();
	runs++;
	/*
	 * cJSON does not tell a lack of memory from bad syntax; either way the
	 * check ends without a verdict, as a fault of ours.
	 */
	if (!e.finished && a == OURS && e.why.kind != FAULT_NO_MEMORY)
		complain_of(s, names[a], n, e.why.text, "none");
	if (e.finished && (what = lie(w, &e.result)) != NULL)
		complain_of(s, names[a], n, what,
			    cause_id(e.result.diagnosis.verdict));
	play_release(&e);
	script_world_free(w);
	return memory[a].made >= n;
}

/*
 * The rules alone are thousands of JSON values, read alike in every scenario:
 * they fail one by one in the scenario of the demonstration, every fifth once
 * there have been some thousands of the same kind; elsewhere they thin out. What does the same as another asks for the same memory.
 */
static void torture_memory(const struct scenario *s)
{
	bool all = strcmp(s->name, "gmail-app-password") == 0;
	bool is_new = all || !is_known_shape(s);

	for (unsigned n = 1; fail_memory(s, OURS, n); n += is_new ? 1 : 1 + n)
		;
	for (unsigned n = 1; fail_memory(s, OF_JSON, n); n += !all ? 1 + n / 2 :
							  n < ALIKE ? 1 : 5)
		;
}

/* ---- a session, saved and read again ---- */

/* Somebody looked for the servers, too. */
static const struct search *sample_search(void)
{
	static struct search s = {
		.domain = "gmail.com", .network = true, .winner = 1,
		.candidates = 2,
		.candidate = {
			{ .source = SOURCE_MX, .outcome = OUTCOME_NOTHING,
			  .asked = "gmail.com", .answer = "mx.own.example" },
			{ .source = SOURCE_SRV, .outcome = OUTCOME_FOUND,
			  .asked = "gmail.com", .offers = 1,
			  .offer = { { .user_form = "local",
				       .chosen = true } } },
		},
	};

	return &s;
}

/* NULL: honest. */
static const char *save_and_read(const struct play_end *e, const char *wanted,
				 char **ret_text)
{
	struct session s, again;
	struct fault why = { .kind = FAULT_NONE };
	const char *what = NULL;

	*ret_text = NULL;
	if (!session_of(&e->account.request, &e->result, NULL, NULL, &s, &why))
		return why.kind == FAULT_NO_MEMORY ? NULL :
		       "saving fails for another reason";
	*ret_text = session_print(&s, NULL);
	if (*ret_text && wanted && strcmp(*ret_text, wanted) != 0)
		what = "a session that is not whole";
	if (*ret_text && session_parse(span_of(*ret_text), &again, &why))
		session_release(&again);
	if (!session_mask(&s, false, &why) && why.kind != FAULT_NO_MEMORY)
		what = "masking fails for another reason";
	free(session_print(&s, NULL));
	session_release(&s);
	return what;
}

/* false: there is no n-th allocation. */
static bool fail_session(const struct scenario *s, const struct play_end *e,
			 const char *wanted, enum allocator a, unsigned n)
{
	const char *what;
	char *text;

	memory[a].made = 0;
	memory[a].fail_at = n;
	what = save_and_read(e, wanted, &text);
	fail_nothing();
	free(text);
	runs++;
	if (what)
		complain_of(s, "session, allocation", n, what, "none");
	return memory[a].made >= n;
}

static void torture_session(const struct scenario *s)
{
	struct script_world *w = script_world_new(s);
	struct play_end e;
	char *whole = NULL;

	if (!w)
		abort();
	play_script(s, w, &e);
	e.account.request.search = sample_search();
	if (!e.finished || save_and_read(&e, NULL, &whole) || !whole)
		complain_of(s, "session", 0, "none to be had", "none");
	for (unsigned n = 1; whole && fail_session(s, &e, whole, OURS, n); n++)
		;
	for (unsigned n = 1; whole && fail_session(s, &e, whole, OF_JSON, n);
	     n += n < ALIKE ? 1 : 5)
		;
	free(whole);
	play_release(&e);
	script_world_free(w);
}

static void torture(const char *name, void (*run)(const struct scenario *s))
{
	struct scenario *s;
	struct fault why;

	if (!scenario_load(name, &s, &why)) {
		printf("FAIL %s: %s\n", name, why.text);
		failed++;
		return;
	}
	run(s);
	scenario_free(s);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "wire";
	void (*run)(const struct scenario *s) = torture_wire;
	char name[64];

	if (strcmp(mode, "memory") == 0)
		run = torture_memory;
	if (strcmp(mode, "session") == 0)
		run = torture_session;
	if (!wait_setup() || !dns_setup() || !tls_setup())
		return 1;
	json_use_allocator(json_malloc, json_release);
	for (int i = 2; i < argc; i++)
		torture(argv[i], run);
	for (size_t i = 0; argc <= 2 && scenario_name_at(i, name, sizeof(name)); i++)
		torture(name, run);
	dns_teardown();
	printf("torture %s: %u runs, %u failed\n", mode, runs, failed);
	return failed > 0 || runs == 0;
}
