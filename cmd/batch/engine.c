#include "cmd/batch/engine.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/bar.h"
#include "cmd/batch/fail_on.h"
#include "cmd/batch/tell.h"
#include "cmd/batch/turn.h"
#include "cmd/batch/worker.h"
#include "cmd/command.h"
#include "probes/wire/wait.h"

struct engine {
	const struct engine_plan *plan;
	struct teller teller;
	struct bar bar;
	struct finds finds;
	struct mutex mutex;
	struct bell done;
	size_t workers;
	struct worker *worker;
	struct turns turns;
	struct turn *first, **last;	/* pending, as they were read */
	size_t pending;
	uint64_t read;			/* accounts in all */
	msec wake;			/* when one of them may be asked for again */
	bool input_later;		/* wait for it */
	bool input_ended, stopped;	/* stopped: no new accounts */
	bool ending;			/* Ctrl-C, once */
	msec end_by;
	int code;			/* the worst so far */
	unsigned lost;			/* tried, and in some output not told */
};

/* ---- what came of an account ---- */

static void stop(struct engine *e, int code)
{
	e->code = outcome_worse(e->code, code);
	e->stopped = true;
}

static void no_memory(struct engine *e)
{
	const struct fault why = { .kind = FAULT_NO_MEMORY };

	bar_wipe(&e->bar);
	stop(e, complain_internal(e->plan->o->lang, &why));
}

static void write_down(struct engine *e, struct desk *d)
{
	teller_tell(&e->teller, d->account->file, d->account->line,
		    d->account->column, d->told);
	if (d->no_memory) {
		no_memory(e);
		return;
	}
	e->code = outcome_worse(e->code,
				fail_on_code(e->plan->o, &d->outcome));
	bar_count(&e->bar, d->outcome.exit_code != 0);
	if (!outputs_add(e->plan->outputs, &d->outcome, d->line))
		stop(e, EXIT_USAGE);
	if (outputs_full(e->plan->outputs) &&
	    d->outcome.reason == UNTRIED_NONE)
		e->lost++;
}

static void add(struct engine *e, struct turn *t)
{
	t->next = NULL;
	*e->last = t;
	e->last = &t->next;
	e->pending++;
}

static void untried_text(struct desk *d, const char *id)
{
	desk_untried(d, UNTRIED_INTERRUPTED, text_of(d->all->lang, id));
}

/* An account that nobody works on: its line is written all the same. */
static void write_untried(struct engine *e, const struct account *a,
			  enum untried reason, const char *why)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (!d) {
		no_memory(e);
		return;
	}
	d->all = e->plan->o;
	d->o.lang = e->plan->o->lang;
	d->account = a;
	desk_untried(d, reason, why);
	write_down(e, d);
	desk_clear(d);
	free(d);
}

/* Once for each pause: silence of minutes would look like a fault. */
static void tell_pause(struct engine *e, const struct care_reply *r)
{
	const struct options *o = e->plan->o;
	char *text = r->news && !o->quiet ? care_why(r, o->lang) : NULL;
	const struct text_arg args[] = { { "text", text }, { NULL, NULL } };

	if (text) {
		bar_wipe(&e->bar);
		complain(o->lang, "care.pause", args);
	}
	free(text);
}

static void collect(struct engine *e, struct worker *w)
{
	struct desk *d = &w->desk;
	struct turn *t = w->context;

	if (d->cut_short)
		untried_text(d, "batch.interrupted");
	if (t->comes_back && !d->cut_short && !d->no_memory) {
		tell_pause(e, &t->pause);
		add(e, t);
	} else {
		write_down(e, d);
		turn_free(t);
	}
	desk_clear(d);
	w->context = NULL;
	worker_take_back(w);
}

static void collect_all(struct engine *e)
{
	for (size_t i = 0; i < e->workers; i++)
		if (worker_look(&e->worker[i]) == WORKER_DONE)
			collect(e, &e->worker[i]);
}

/* ---- reading ---- */

static void take_flaw(struct engine *e, const struct flaw *f)
{
	char name[sizeof(f->file) + 32];
	struct buf b = buf_over(name, sizeof(name));
	const struct account a = { .file = f->file, .line = f->line,
				   .name = name };

	teller_flaw(&e->teller, f);
	if (f->note)
		return;
	flaw_called(f, &b);
	write_untried(e, &a, UNTRIED_BAD_INPUT, f->text);
}

static void take_account(struct engine *e, struct account *a)
{
	struct turn *t = calloc(1, sizeof(*t));

	if (!t) {
		account_free(a);
		no_memory(e);
		return;
	}
	t->account = a;
	t->number = e->read++;
	add(e, t);
}

static void take_duplicate(struct engine *e, struct account *a,
			   struct known_place first)
{
	char text[400];

	teller_duplicate(&e->teller, a, first, text, sizeof(text));
	write_untried(e, a, UNTRIED_DUPLICATE, text);
	account_free(a);
}

static void read_one(struct engine *e)
{
	struct account *a = NULL;
	struct flaw flaw;
	struct known_place first;

	switch (intake_next(e->plan->intake, &a, &first, &flaw)) {
	case INTAKE_ACCOUNT:
		take_account(e, a);
		break;
	case INTAKE_DUPLICATE:
		take_duplicate(e, a, first);
		break;
	case INTAKE_FLAW:
		take_flaw(e, &flaw);
		break;
	case INTAKE_LATER:
		e->input_later = true;
		break;
	case INTAKE_END:
		e->input_ended = true;
		break;
	case INTAKE_NO_MEMORY:
		no_memory(e);
		break;
	}
}

static void read_ahead(struct engine *e)
{
	e->input_later = false;
	while (!e->input_ended && !e->stopped && !e->input_later &&
	       e->pending < PENDING_MAX)
		read_one(e);
}

/* ---- giving out ---- */

static struct worker *idle(struct engine *e)
{
	for (size_t i = 0; i < e->workers; i++)
		if (worker_look(&e->worker[i]) == WORKER_IDLE)
			return &e->worker[i];
	return NULL;
}

static void go(struct worker *w)
{
	turn_go(w->all, w->context, &w->desk);
}

/* Out of the row at *at; what comes after it is there then. */
static struct turn *take_out(struct engine *e, struct turn **at)
{
	struct turn *t = *at;

	*at = t->next;
	if (!*at)
		e->last = at;
	e->pending--;
	return t;
}

static void refuse(struct engine *e, struct turn *t,
		   const struct care_reply *r)
{
	char *why = care_why(r, e->plan->o->lang);

	if (why)
		write_untried(e, t->account, r->reason, why);
	else
		no_memory(e);
	free(why);
	turn_free(t);
}

/* May it go now? */
static struct care_reply ask(struct engine *e, struct turn *t, msec now)
{
	struct care_reply r = { .answer = CARE_LATER };
	struct fault why;

	if (t->not_before <= now && !turn_ask(&e->turns, t, &r, &why))
		no_memory(e);
	if (t->not_before > now)
		e->wake = msec_min(e->wake, t->not_before);
	tell_pause(e, &r);
	return r;
}

static void give_out(struct engine *e)
{
	struct turn **at = &e->first;
	struct worker *w;
	msec now = now_msec();

	e->wake = MSEC_NEVER;
	while (!e->stopped && *at && (w = idle(e)) != NULL) {
		struct care_reply r = ask(e, *at, now);

		switch (r.answer) {
		case CARE_GO:
			w->context = take_out(e, at);
			worker_give(w, go);
			break;
		case CARE_LATER:
			at = &(*at)->next;
			break;
		case CARE_NEVER:
			refuse(e, take_out(e, at), &r);
			break;
		}
	}
}

/* ---- waiting, and the end ---- */

static size_t busy(struct engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->workers; i++)
		n += e->worker[i].context != NULL;
	return n;
}

/* How many it will be, from how much of the file has been read. */
static uint64_t total(const struct engine *e, size_t under_way)
{
	uint64_t read = e->bar.done + e->pending + under_way;
	double share = e->input_ended ? 1 :
		       input_share(e->plan->intake->input);

	return share > 0 ? (uint64_t)((double)read / share) : 0;
}

static void wait_for_something(struct engine *e)
{
	struct pollfd fds[3];
	struct fault why;
	size_t n = 0;
	msec drawn = bar_draw(&e->bar, total(e, busy(e)), now_msec());
	msec by = e->ending ? e->end_by : msec_min(e->wake, drawn);

	fds[n++] = (struct pollfd){ .fd = e->done.fds[0], .events = POLLIN };
	if (!e->ending)
		fds[n++] = (struct pollfd){ .fd = e->plan->end_fd,
					    .events = POLLIN };
	if (e->input_later && !e->stopped)
		fds[n++] = (struct pollfd){ .fd = input_fd(e->plan->intake->input),
					    .events = POLLIN };
	if (!wait_fds(fds, n, by, &why) && why.kind == FAULT_TIMEOUT &&
	    e->ending && now_msec() >= e->end_by)
		wait_cancel_all();
	if (fds[0].revents & POLLIN)
		bell_wait(&e->done, now_msec(), &why);
}

/* No new accounts; those under way come to their end, if it is not far. */
static void begin_end(struct engine *e)
{
	const struct options *o = e->plan->o;

	e->ending = e->stopped = true;
	e->end_by = now_msec() + ENDING_MSEC;
	bar_wipe(&e->bar);
	if (!o->quiet)
		complain(o->lang, "batch.ending", NULL);
}

static bool is_over(struct engine *e)
{
	if (wait_cancelled())
		return true;
	return busy(e) == 0 &&
	       (e->stopped || (e->input_ended && !e->first));
}

static void work(struct engine *e)
{
	for (;;) {
		collect_all(e);
		if (wait_ending() && !e->ending)
			begin_end(e);
		read_ahead(e);
		give_out(e);
		if (is_over(e))
			break;
		wait_for_something(e);
	}
}

static void drop_pending(struct engine *e, const char *why)
{
	while (e->first) {
		struct turn *t = take_out(e, &e->first);

		write_untried(e, t->account, UNTRIED_INTERRUPTED, why);
		turn_give_up(&e->turns, t);
		turn_free(t);
	}
}

/*
 * What was never tried is in every output, too; of a file, that is all the
 * rest of it.
 */
static void drain(struct engine *e)
{
	const char *why = text_of(e->plan->o->lang, e->ending ?
				  "batch.interrupted" : "batch.stopped");

	drop_pending(e, why);
	e->input_later = false;
	while (e->ending && !e->input_ended && !e->input_later &&
	       !wait_cancelled() && input_is_file(e->plan->intake->input)) {
		read_one(e);
		drop_pending(e, why);
	}
}

/* ---- the whole ---- */

/* What a full disk has cost: nobody shall have to find out by counting. */
static void tell_lost(const struct engine *e)
{
	char number[16];
	struct buf n = buf_over(number, sizeof(number));
	const struct text_arg args[] = {
		{ "file", outputs_full(e->plan->outputs) },
		{ "count", number }, { NULL, NULL }
	};

	if (e->lost == 0)
		return;
	buf_fmt(&n, "%u", e->lost);
	complain(e->plan->o->lang, "batch.lost", args);
}

static void end_workers(struct engine *e)
{
	for (size_t i = 0; i < e->workers; i++) {
		struct worker *w = &e->worker[i];

		worker_end(w);
		if (w->context)
			collect(e, w);
	}
	free(e->worker);
}

static bool start_workers(struct engine *e)
{
	size_t n = workers_allowed(e->plan->o->jobs ? e->plan->o->jobs :
				   JOBS_DEFAULT);

	e->worker = calloc(n, sizeof(*e->worker));
	if (!e->worker)
		return false;
	for (; e->workers < n; e->workers++) {
		struct worker *w = &e->worker[e->workers];

		w->desk.all = e->plan->o;
		w->desk.network = e->plan->network;
		w->desk.finds = &e->finds;
		w->all = &e->turns;
		w->desk.knowledge = e->plan->knowledge;
		w->done = &e->done;
		w->mutex = &e->mutex;
		if (!worker_start(w))
			break;
	}
	return e->workers > 0;		/* fewer will do, too */
}

static int run(struct engine *e)
{
	if (start_workers(e))
		work(e);
	else
		no_memory(e);
	end_workers(e);
	drain(e);
	bar_wipe(&e->bar);
	teller_end(&e->teller);
	tell_lost(e);
	return e->ending || wait_cancelled() ? EXIT_INTERRUPTED : e->code;
}

int engine_run(const struct engine_plan *plan)
{
	struct engine *e = calloc(1, sizeof(*e));
	const struct fault why = { .kind = FAULT_NO_MEMORY };
	int code;

	if (!e || !bell_init(&e->done)) {
		free(e);
		return complain_internal(plan->o->lang, &why);
	}
	e->plan = plan;
	e->last = &e->first;
	e->turns = (struct turns){ plan->care, plan->retry };
	e->code = plan->code;
	bar_begin(&e->bar, plan->o, !outputs_on_terminal(plan->outputs));
	teller_begin(&e->teller, plan->o, &e->bar);
	mutex_init(&e->mutex);
	finds_init(&e->finds);
	code = run(e);
	finds_release(&e->finds);
	mutex_release(&e->mutex);
	bell_release(&e->done);
	free(e);
	return code;
}
