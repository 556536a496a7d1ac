#include <stdio.h>
#include <string.h>

#include "probes/auth.h"
#include "probes/imap_talk.h"

/* ---- what to log in with ---- */

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] > 0x7e || s.at[i] < ' ')
			return false;
	return true;
}

/* LOGINDISABLED (RFC 3501 6.2.3), and what else the server says of logins */
static bool may_log_in(const struct talk *t, const struct login_request *r,
		       const struct capabilities *offered, struct fault *why)
{
	if (!capability_has(offered, "LOGINDISABLED"))
		return true;
	if (!t->in_tls && !(r->allow_plaintext && auth_offered(offered)))
		return fail(why, FAULT_TLS_REQUIRED,
			    "LOGINDISABLED before TLS");
	if (!auth_offered(offered))
		return fail(why, FAULT_NOT_OFFERED,
			    "LOGINDISABLED, and no AUTH= is listed");
	return true;
}

/*
 * One round trip is best: AUTHENTICATE PLAIN with SASL-IR, or the LOGIN
 * command. Names and secrets beyond ASCII belong into SASL (RFC 3501 has no
 * character set for LOGIN).
 */
static bool choose_best(struct talk *t, const struct login_request *r,
			const struct capabilities *offered,
			const struct sasl_mechanism **ret, struct fault *why)
{
	bool command = !capability_has(offered, "LOGINDISABLED");
	bool ascii = is_ascii(span_of(r->who->user)) &&
		     is_ascii(secret_span(r->who->secret));
	const struct sasl_mechanism *m;

	if (r->who->is_token || !command)
		return auth_best(t, offered, r, ret, why);
	m = sasl_choose(offered, false, t->in_tls);
	if (m && !t->in_tls && !sasl_sends_secret(m))
		*ret = m;
	else if (capability_has(offered, "AUTH=PLAIN") &&
		 (capability_has(offered, "SASL-IR") || !ascii))
		*ret = sasl_by_name("PLAIN");
	else
		*ret = NULL;
	return true;
}

static bool choose(struct talk *t, const struct login_request *r,
		   const struct sasl_mechanism **ret, struct fault *why)
{
	const struct capabilities *offered = imap_capabilities(t);

	if (!may_log_in(t, r, offered, why))
		return false;
	if (!r->who)
		return true;
	if (!auth_may_send(t, r, why))
		return false;
	if (!r->mechanism)
		return choose_best(t, r, offered, ret, why);
	if (sasl_by_name(r->mechanism) == sasl_by_name("LOGIN") &&
	    !capability_has(offered, "AUTH=LOGIN") &&
	    !capability_has(offered, "LOGINDISABLED")) {
		*ret = NULL;
		return true;
	}
	return auth_forced(offered, r, ret, why);
}

bool imap_choose(struct talk *t, const struct login_request *r,
		 const struct sasl_mechanism **ret_mechanism,
		 struct step *step)
{
	struct reply *reply = &step->reply;

	*ret_mechanism = NULL;
	if (choose(t, r, ret_mechanism, &step->why))
		return true;
	snprintf(reply->text, sizeof(reply->text), "CAPABILITY %.1000s",
		 imap_capabilities(t)->words);
	return false;
}

/* ---- the LOGIN command ---- */

#define QUOTED_MAX 1000			/* RFC 9051 section 4: lines of 8192 */
#define LITERAL_MINUS_MAX 4096		/* RFC 7888 section 5 */
#define SHOWN_CAP 512

struct login_line {
	struct talk *talk;
	struct step *step;
	const char *tag;
	struct secret line;		/* what is to be sent next */
	struct buf shown;		/* and what the transcript says of it */
	const struct login_request *request;
	bool answered;			/* the tagged answer came early */
	bool asked;			/* the server was asked for a literal */
};

static bool add(struct login_line *l, struct span bytes)
{
	if (secret_add(&l->line, bytes))
		return true;
	return fail(&l->step->why, FAULT_NO_MEMORY, "a LOGIN of over %zu bytes",
		    l->line.cap);
}

static bool send_line(struct login_line *l)
{
	bool ok;

	auth_expose(l->talk);
	ok = talk_send_secret(l->talk, &l->line, l->shown.data, &l->step->why);
	secret_clear(&l->line);
	l->shown = buf_over(l->shown.data, l->shown.cap);
	return ok;
}

static bool add_quoted(struct login_line *l, struct span s)
{
	if (!add(l, SPAN_LIT("\"")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if ((s.at[i] == '"' || s.at[i] == '\\') &&
		    !add(l, SPAN_LIT("\\")))
			return false;
		if (!add(l, (struct span){ s.at + i, 1 }))
			return false;
	}
	return add(l, SPAN_LIT("\""));
}

/* RFC 7888: with "+" the server need not be asked first */
static bool add_literal(struct login_line *l, struct span s)
{
	const struct capabilities *c = imap_capabilities(l->talk);
	bool at_once = capability_has(c, "LITERAL+") ||
		       (capability_has(c, "LITERAL-") &&
			s.len <= LITERAL_MINUS_MAX);
	char head[32];
	struct span text;

	snprintf(head, sizeof(head), "{%zu%s}\r\n", s.len, at_once ? "+" : "");
	if (!add(l, span_of(head)))
		return false;
	if (at_once)
		return add(l, s);
	buf_str(&l->shown, "{...}");
	l->asked = true;
	if (!send_line(l))
		return false;
	switch (imap_await(l->talk, l->tag, PHASE_LOGGED_IN, l->step, &text)) {
	case IMAP_ASKED:
		return add(l, s);
	case IMAP_DONE:
		l->answered = true;
		return false;
	default:
		return false;
	}
}

static bool add_argument(struct login_line *l, struct span s,
			 const char *shown)
{
	bool ok;

	if (!add(l, SPAN_LIT(" ")))
		return false;
	ok = s.len <= QUOTED_MAX && is_ascii(s) ? add_quoted(l, s) :
						  add_literal(l, s);
	buf_fmt(&l->shown, " %s", shown);
	return ok;
}

static bool login_lines(struct login_line *l)
{
	const struct credentials *who = l->request->who;

	buf_fmt(&l->shown, "%s LOGIN", l->tag);
	return add(l, span_of(l->tag)) && add(l, SPAN_LIT(" LOGIN")) &&
	       add_argument(l, span_of(who->user), who->user) &&
	       add_argument(l, secret_span(who->secret), "<secret>") &&
	       add(l, SPAN_LIT("\r\n")) &&
	       (l->asked || imap_queue_ahead(l->talk, l->request,
					     &l->step->why)) &&
	       send_line(l);
}

static bool login_command(struct talk *t, const struct login_request *r,
			  struct step *step)
{
	const struct credentials *who = r->who;
	char tag[IMAP_TAG_CAP], shown[SHOWN_CAP];
	struct login_line l = {
		.talk = t, .step = step, .tag = tag, .request = r,
		.shown = buf_over(shown, sizeof(shown)),
	};
	bool sent;

	if (!secret_init(&l.line, 2 * (strlen(who->user) +
				       who->secret->len) + 128))
		return fail(&step->why, FAULT_NO_MEMORY, "no memory to log in");
	imap_tag(t, tag);
	sent = login_lines(&l);
	secret_release(&l.line);
	if (sent)
		return imap_finish(t, tag, PHASE_LOGGED_IN, step);
	if (!l.answered)
		return false;
	/* OK in the place of "+": the literal was never read */
	return imap_verdict(step) &&
	       fail(&step->why, FAULT_PROTOCOL, "OK before the login was sent");
}

/* ---- AUTHENTICATE ---- */

static enum auth_next read_answer(struct talk *t, void *context,
				  struct step *step, struct span *ret_challenge)
{
	const char *tag = context;

	switch (imap_await(t, tag, PHASE_LOGGED_IN, step, ret_challenge)) {
	case IMAP_ASKED:
		step->reply.answer = ANSWER_CONTINUE;
		return AUTH_ASKED;
	case IMAP_DONE:
		return imap_verdict(step) ? AUTH_ACCEPTED : AUTH_FAILED;
	default:
		return AUTH_FAILED;
	}
}

static bool authenticate(struct talk *t, const struct login_request *r,
			 const struct sasl_mechanism *m, struct step *step)
{
	char tag[IMAP_TAG_CAP], command[64];
	struct auth_wire wire = {
		.command = command,
		.initial = capability_has(imap_capabilities(t), "SASL-IR"),
		.line_max = SIZE_MAX,	/* RFC 4959 sets no limit */
		.read = read_answer,
		.context = tag,
	};

	imap_tag(t, tag);
	snprintf(command, sizeof(command), "%s AUTHENTICATE %s", tag,
		 sasl_name(m));
	/* PLAIN with its response is one line: no challenge comes between */
	if (wire.initial && m == sasl_by_name("PLAIN") &&
	    !imap_queue_ahead(t, r, &step->why))
		return false;
	return auth_exchange(t, r, m, &wire, step);
}

bool imap_login(struct talk *t, const struct login_request *r,
		const struct sasl_mechanism *mechanism, struct step *step)
{
	bool ok;

	auth_begin(t, r, mechanism ? sasl_name(mechanism) : "LOGIN command");
	ok = mechanism ? authenticate(t, r, mechanism, step) :
			 login_command(t, r, step);
	if (!ok)
		t->evidence->capabilities[PHASE_LOGGED_IN].known = false;
	return auth_end(t, step, ok);
}
