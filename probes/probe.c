#include "probes/probe.h"

#include <string.h>

#include "probes/walk.h"
#include "probes/wire/thread.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- when a stage's turn comes ---- */

static bool always(const struct walk *w)
{
	(void)w;
	return true;
}

static bool tls_at_once(const struct walk *w)
{
	return w->evidence->endpoint.security == SECURITY_TLS;
}

static bool tls_on_request(const struct walk *w)
{
	return w->evidence->endpoint.security == SECURITY_STARTTLS;
}

static bool logged_in(const struct walk *w)
{
	return w->evidence->login.outcome == LOGIN_ACCEPTED ||
	       w->evidence->login.preauth;
}

static const struct {
	enum stage stage;
	bool (*applies)(const struct walk *w);
	bool (*run)(struct walk *w, struct step *step);
	msec limit;
} story[] = {
	{ STAGE_RESOLVE,    always,         stage_resolve,    RESOLVE_MSEC },
	{ STAGE_CONNECT,    always,         stage_connect,    CONNECT_MSEC },
	{ STAGE_TLS,        tls_at_once,    stage_tls,        TLS_MSEC     },
	{ STAGE_GREETING,   always,         stage_greeting,   REPLY_MSEC   },
	{ STAGE_CAPABILITY, always,         stage_capability, REPLY_MSEC   },
	{ STAGE_STARTTLS,   tls_on_request, stage_starttls,   REPLY_MSEC   },
	{ STAGE_TLS,        tls_on_request, stage_tls,        TLS_MSEC     },
	{ STAGE_CAPABILITY, tls_on_request, stage_capability, REPLY_MSEC   },
	{ STAGE_LOGIN,      always,         stage_login,      LOGIN_MSEC   },
	{ STAGE_MAILBOX,    logged_in,      stage_mailbox,    REPLY_MSEC   },
	{ STAGE_LOGOUT,     always,         stage_logout,     REPLY_MSEC   },
};

_Static_assert(ARRAY_SIZE(story) <= STEPS_MAX, "evidence holds the story");

static const struct dialect *const dialects[SERVICE_COUNT] = {
	[SERVICE_IMAP] = &imap_dialect,
	[SERVICE_SMTP] = &smtp_dialect,
	[SERVICE_POP3] = &pop3_dialect,
};

/* ---- time ---- */

msec walk_now(const struct walk *w)
{
	return w->plan->world->now(w->plan->world);
}

msec walk_limit(const struct walk *w, msec limit)
{
	return msec_min(w->by, walk_now(w) + limit);
}

/* ---- the walk ---- */

static void walk_init(struct walk *w, const struct probe *p)
{
	const struct probe_plan *plan = p->plan;
	struct evidence *e = p->evidence;

	evidence_begin(e);
	memset(w, 0, sizeof(*w));
	w->plan = plan;
	w->evidence = e;
	w->dialect = dialects[e->endpoint.service];
	w->talk.world = plan->world;
	w->talk.evidence = e;
	w->talk.redactor = plan->redactor;
	w->talk.start = plan->start;
	w->by = walk_now(w) + plan->timeout;
}

/*
 * The row after which --quit-after ends the story: the last that applies, or,
 * of a stage that does not come to pass here, where it would have been.
 */
static size_t last_row(const struct walk *w)
{
	size_t last = ARRAY_SIZE(story) - 1;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(story); i++) {
		/* nobody is logged in yet, but the mailbox may come */
		bool applies = story[i].stage == STAGE_MAILBOX ||
			       story[i].applies(w);

		if (story[i].stage == w->plan->last_stage &&
		    (applies || !found)) {
			last = i;
			found = found || applies;
		}
	}
	return last;
}

/* After --quit-after we still say goodbye, unless a handshake is awaited. */
static bool may_say_goodbye(const struct walk *w)
{
	const struct step *asked = evidence_step(w->evidence, STAGE_STARTTLS);

	return w->greeted && (w->talk.in_tls || !asked ||
			      asked->result != STEP_PASSED);
}

static void report_progress(const struct walk *w, const struct step *step,
			    bool began)
{
	if (w->plan->progress)
		w->plan->progress(w->plan->progress_context, w->evidence, step,
				  began);
}

static struct step *step_begin(struct walk *w, size_t row)
{
	struct step *step = &w->evidence->step[w->evidence->steps++];

	*step = (struct step){ .stage = story[row].stage };
	step->began = step->ended = walk_now(w) - w->plan->start;
	w->talk.by = walk_limit(w, story[row].limit);
	w->talk.reply_bytes = 0;
	return step;
}

static void step_end(struct walk *w, struct step *step, bool passed)
{
	if (passed)
		step->result = STEP_PASSED;
	else if (step->skip != SKIP_NONE)
		step->result = STEP_SKIPPED;
	else
		step->result = STEP_FAILED;
	step->in_tls = w->talk.in_tls;
	step->ended = walk_now(w) - w->plan->start;
}

/*
 * Not before the step is complete: others decide by it. And after a refusal
 * nothing is written any more, because they may be reading.
 */
static void leave_gate(struct walk *w)
{
	if (w->at_gate)
		gate_leave(w->plan->gate, w->evidence);
	w->at_gate = false;
}

static bool walk_row(struct walk *w, size_t row, bool beyond)
{
	struct step *step = step_begin(w, row);
	bool passed = false;

	if (beyond && !(step->stage == STAGE_LOGOUT && may_say_goodbye(w))) {
		step->skip = SKIP_ASKED;
		step_end(w, step, false);
		return true;
	}
	report_progress(w, step, true);
	passed = story[row].run(w, step);
	step_end(w, step, passed);
	report_progress(w, step, false);
	leave_gate(w);
	return step->result != STEP_FAILED;
}

static void walk_story(struct walk *w)
{
	size_t last = last_row(w);

	for (size_t i = 0; i < ARRAY_SIZE(story); i++)
		if (story[i].applies(w) && !walk_row(w, i, i > last))
			break;
	stream_close(&w->talk.stream);
}

/* From the beginning, in the time that is left, with a whole handshake. */
static void walk_again(struct walk *w, const struct probe *p, const char *why)
{
	msec by = w->by;

	walk_init(w, p);
	w->by = by;
	w->whole_tls = w->again = true;
	talk_note(&w->talk, "connected once more: the server %s", why);
	walk_story(w);
}

/*
 * A server that breaks when it is asked to resume a session does not show its
 * fault but ours; nor does one that hung up on us while we waited for others.
 */
void probe_run(struct probe *p)
{
	struct walk w;

	walk_init(&w, p);
	walk_story(&w);
	if (p->evidence->tls.resumption_broke) {
		walk_again(&w, p, "would not resume a TLS session");
		p->evidence->tls.resumption_broke = true;
	} else if (w.gone) {
		walk_again(&w, p, "hung up while other logins were waited for");
	}
}

/* ---- several ---- */

static void run(void *probe)
{
	probe_run(probe);
}

struct runner {
	bool started;
	struct thread thread;
	struct hand *hand;		/* NULL: a thread of its own */
};

static bool runner_start(struct runner *r, struct probe *p)
{
	struct crew *crew = p->plan->crew;

	return crew ? crew_start(crew, &r->hand, run, p)
		    : thread_start(&r->thread, run, p);
}

static void runner_join(struct runner *r)
{
	if (r->hand)
		crew_join(r->hand);
	else
		thread_join(&r->thread);
}

void probe_all(struct probe *probes, size_t n)
{
	struct runner runner[PROBES_MAX] = { { .started = false } };

	/* the last one runs here: this thread would only wait */
	for (size_t i = 0; i < n; i++) {
		if (i < PROBES_MAX && i + 1 < n)
			runner[i].started = runner_start(&runner[i],
							 &probes[i]);
		if (i >= PROBES_MAX || !runner[i].started)
			probe_run(&probes[i]);
	}
	for (size_t i = 0; i < n && i < PROBES_MAX; i++)
		if (runner[i].started)
			runner_join(&runner[i]);
}

void probe_each(struct probe *probes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		probe_run(&probes[i]);
}
