#include "probes/walk.h"

#include <string.h>

#include "probes/base/text.h"
#include "probes/stated_date.h"

/*
 * The doubt about the handshake stood aside with its first byte, and TLS has
 * bytes of its own (session tickets): it is the greeting that counts.
 */
static bool greet_doubting(struct walk *w, struct step *step)
{
	struct doubt doubt;
	bool ok;

	walk_doubt(w, &doubt);
	w->doubt.at = MSEC_NEVER;
	doubt_stream(&doubt, &w->talk.stream);
	ok = w->dialect->greeting(&w->talk, &w->plan->login, step);
	w->talk.stream = doubt.inner;
	return ok;
}

bool stage_greeting(struct walk *w, struct step *step)
{
	w->greeted = w->talk.in_tls && w->plan->doubt ?
		     greet_doubting(w, step) :
		     w->dialect->greeting(&w->talk, &w->plan->login, step);
	date_stated(span_of(step->reply.text), &w->evidence->stated_at);
	return w->greeted;
}

bool stage_capability(struct walk *w, struct step *step)
{
	enum phase phase = w->talk.in_tls ? PHASE_TLS : PHASE_CLEAR;

	/* they came with the greeting: a round trip saved */
	if (w->evidence->capabilities[phase].known) {
		step->skip = SKIP_NOT_NEEDED;
		return false;
	}
	return w->dialect->capability(&w->talk, &w->plan->login, phase, step);
}

/*
 * RFC 3207 section 6, RFC 9051 11.1: what came in clear text behind the reply
 * could be anybody's. It never becomes part of the talk under TLS.
 */
static void drop_pending(struct walk *w)
{
	struct evidence *e = w->evidence;
	struct span pending = line_pending(&w->talk.in);

	if (pending.len == 0)
		return;
	e->clear_bytes_dropped = pending.len;
	talk_keep(&w->talk, span_head(pending, FIRST_BYTES_MAX),
		  e->clear_bytes, sizeof(e->clear_bytes));
	talk_note(&w->talk, "%zu bytes before the handshake dropped",
		  pending.len);
	line_forget(&w->talk.in);
}

bool stage_starttls(struct walk *w, struct step *step)
{
	if (!w->dialect->starttls(&w->talk, step))
		return false;
	drop_pending(w);
	return true;
}

/* ---- login ---- */

/*
 * Others may have to be waited for. That is not this server's slowness, so
 * the probe's deadline moves on by as much.
 */
static bool pass_gate(struct walk *w, struct step *step)
{
	struct gate *gate = w->plan->gate;
	msec began = walk_now(w);

	if (!gate)
		return true;
	w->at_gate = gate_enter(gate, &w->evidence->endpoint,
				began + w->plan->timeout, &step->skip,
				&step->why);
	step->waited = walk_now(w) - began;
	w->by += step->waited;
	return w->at_gate;
}

/*
 * A server does not wait for ever, and it is not at fault when it is another's
 * login that took so long: 10 seconds are all that a busy Postfix grants. Seen
 * before a secret is sent; what is sent into a dead connection counts as lost.
 */
#define PATIENCE_MSEC 1000

static bool has_hung_up(struct walk *w, const struct step *step)
{
	static const char *const goodbyes[] = { "421", "* BYE", "-ERR" };
	struct lines *in = &w->talk.in;
	struct fault why = { .kind = FAULT_NONE };

	if (w->again || step->waited < PATIENCE_MSEC)
		return false;
	while (line_fill(in, &w->talk.stream, walk_now(w), &why))
		;
	for (size_t i = 0; i < sizeof(goodbyes) / sizeof(goodbyes[0]); i++)
		if (span_starts(line_pending(in), goodbyes[i]))
			return true;
	return why.kind != FAULT_TIMEOUT && why.kind != FAULT_TOO_LONG &&
	       why.kind != FAULT_CANCELLED;
}

/*
 * A yes that came before the question is none: it would be taken for the
 * answer to a login that nobody has looked at. Who does so gets no password.
 */
static bool answers_unasked(struct walk *w, struct step *step)
{
	struct span rest = line_pending(&w->talk.in), line;

	while (span_cut(&rest, '\n', &line)) {
		if (line.len == 0 || line.at[0] == '\0' ||
		    !strchr(w->dialect->answers, line.at[0]))
			continue;
		if (line.at[line.len - 1] == '\r')
			line.len--;
		/* not as the reply: it is none */
		talk_keep(&w->talk, line, step->reply.untagged,
			  sizeof(step->reply.untagged));
		fail(&step->why, FAULT_PROTOCOL,
		     "an answer before the login was sent");
		return true;
	}
	return false;
}

bool stage_login(struct walk *w, struct step *step)
{
	struct login_request r = w->plan->login;
	const struct sasl_mechanism *mechanism = NULL;
	enum skip skip = SKIP_NONE;

	if (w->evidence->login.preauth) {
		step->skip = SKIP_PREAUTH;
		return false;
	}
	if (w->plan->no_login)
		skip = SKIP_ASKED;
	else if (!r.who)
		skip = SKIP_NO_SECRET;
	/* a server that takes no logins is told even if none is asked for */
	if (skip != SKIP_NONE)
		r.who = NULL;
	if (!w->dialect->choose(&w->talk, &r, &mechanism, step))
		return false;
	if (skip != SKIP_NONE) {
		step->skip = skip;
		return false;
	}
	if (!pass_gate(w, step))
		return false;
	w->gone = has_hung_up(w, step);
	if (w->gone)
		return fail(&step->why, FAULT_CLOSED, "the server hung up "
			    "while other logins were waited for");
	if (answers_unasked(w, step))
		return false;
	r.mailbox_follows = w->plan->last_stage >= STAGE_MAILBOX;
	w->talk.by = walk_limit(w, LOGIN_MSEC);
	return w->dialect->login(&w->talk, &r, mechanism, step);
}

/* ---- mailbox, logout ---- */

bool stage_mailbox(struct walk *w, struct step *step)
{
	if (w->dialect->service == SERVICE_SMTP && !w->plan->login.sender) {
		step->skip = SKIP_NOT_NEEDED;
		return false;
	}
	return w->dialect->mailbox(&w->talk, &w->plan->login, step);
}

bool stage_logout(struct walk *w, struct step *step)
{
	return w->dialect->logout(&w->talk, step);
}
