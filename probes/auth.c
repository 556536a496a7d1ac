#include "probes/auth.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/text.h"

/* No mechanism of ours has more than four; a server could ask for ever. */
#define CHALLENGES_MAX 8

void reply_reset(struct reply *r)
{
	r->answer = ANSWER_NONE;
	r->code = 0;
	r->enhanced[0] = '\0';
	r->response_code[0] = '\0';
	r->response_arg[0] = '\0';
	r->text[0] = '\0';
}

void reply_add_line(const struct talk *t, struct span peer, char *to,
		    size_t cap)
{
	size_t used = strlen(to);

	if (used + 2 >= cap)
		return;
	if (used) {
		to[used] = '\n';
		to[used + 1] = '\0';
	}
	talk_keep(t, peer, to, cap);
}

/* ---- choose ---- */

bool auth_offered(const struct capabilities *c)
{
	struct span word;
	size_t at = 0;

	return capability_next(c, "AUTH=", &at, &word);
}

bool auth_may_send(const struct talk *t, const struct login_request *r,
		   struct fault *why)
{
	struct span secret = secret_span(r->who->secret);

	if (secret.len > 0 && memchr(secret.at, '\0', secret.len))
		return fail(why, FAULT_BAD_SECRET, "a NUL in the secret");
	if (!t->in_tls && !r->allow_plaintext)
		return fail(why, FAULT_TLS_REQUIRED,
			    "no secret is sent without TLS");
	return true;
}

static bool lists(const struct capabilities *offered,
		  const struct sasl_mechanism *m)
{
	char word[40];

	snprintf(word, sizeof(word), "AUTH=%s", sasl_name(m));
	return capability_has(offered, word);
}

bool auth_forced(const struct capabilities *offered,
		 const struct login_request *r,
		 const struct sasl_mechanism **ret, struct fault *why)
{
	const struct sasl_mechanism *m = sasl_by_name(r->mechanism);

	if (!m)
		return fail(why, FAULT_NO_MECHANISM,
			    "login mechanism %.40s is not known here",
			    r->mechanism);
	if (!lists(offered, m))
		return fail(why, FAULT_NO_MECHANISM,
			    "the server does not offer %s", sasl_name(m));
	if (sasl_wants_token(m) && !r->who->is_token)
		return fail(why, FAULT_NO_MECHANISM,
			    "%s takes a token, not a password", sasl_name(m));
	*ret = m;
	return true;
}

bool auth_best(const struct talk *t, const struct capabilities *offered,
	       const struct login_request *r,
	       const struct sasl_mechanism **ret, struct fault *why)
{
	const struct sasl_mechanism *m =
		sasl_choose(offered, r->who->is_token, t->in_tls);

	if (!m)
		return fail(why, FAULT_NO_MECHANISM, "the server offers no "
			    "login mechanism for a %s",
			    r->who->is_token ? "token" : "password");
	*ret = m;
	return true;
}

/* ---- the login ---- */

void auth_begin(struct talk *t, const struct login_request *r,
		const char *mechanism)
{
	struct login_facts *facts = &t->evidence->login;

	*facts = (struct login_facts){
		.forced = r->mechanism != NULL,
		.in_clear = !t->in_tls,
	};
	span_copy(span_of(mechanism), facts->mechanism,
		  sizeof(facts->mechanism));
}

void auth_expose(struct talk *t)
{
	t->evidence->login.outcome = LOGIN_UNDECIDED;
}

bool auth_end(struct talk *t, const struct step *step, bool ok)
{
	struct login_facts *facts = &t->evidence->login;

	if (ok)
		facts->outcome = LOGIN_ACCEPTED;
	else if (step->why.kind == FAULT_REJECTED)
		facts->outcome = LOGIN_REFUSED;
	else if (step->why.kind == FAULT_DEFERRED)
		facts->outcome = LOGIN_UNDECIDED;
	return ok;
}

struct exchange {
	struct talk *talk;
	const struct auth_wire *wire;
	struct step *step;
	struct sasl_session session;
	struct secret response, line;
};

static bool exchange_init(struct exchange *x, const struct login_request *r)
{
	size_t cap = strlen(r->who->user) * 3 + r->who->secret->len +
		     HOST_CAP + 2048;

	if (!secret_init(&x->response, cap))
		return false;
	if (!secret_init(&x->line, cap / 3 * 4 + 512)) {
		secret_release(&x->response);
		return false;
	}
	return true;
}

static void exchange_release(struct exchange *x)
{
	sasl_end(&x->session);
	secret_release(&x->response);
	secret_release(&x->line);
}

static bool exchange_send(struct exchange *x, struct span start,
			  const char *shown)
{
	struct talk *t = x->talk;
	bool fits;

	secret_clear(&x->line);
	fits = secret_add(&x->line, start) &&
	       (x->response.len > 0 || start.len == 0 ?
		secret_add_base64(&x->line, secret_span(&x->response)) :
		/* RFC 4954 section 4, RFC 4959: an empty one is "=" */
		secret_add(&x->line, SPAN_LIT("="))) &&
	       secret_add(&x->line, SPAN_LIT("\r\n"));
	if (!fits)
		return fail(&x->step->why, FAULT_NO_MEMORY,
			    "a login line of over %zu bytes", x->line.cap);
	auth_expose(t);
	return talk_send_secret(t, &x->line, shown, &x->step->why);
}

/* The command, with the initial response where it may come along. */
static bool exchange_open(struct exchange *x)
{
	const struct auth_wire *wire = x->wire;
	struct fault *why = &x->step->why;
	char start[128], shown[144];

	if (!wire->initial || !sasl_client_first(x->session.mechanism))
		return talk_send(x->talk, why, "%s", wire->command);
	if (!sasl_respond(&x->session, (struct span){ 0 }, &x->response, why))
		return false;
	if (strlen(wire->command) + 3 + (x->response.len + 2) / 3 * 4 >
	    wire->line_max) {
		/* too long for the command: it follows on demand */
		x->session.turn = 0;
		secret_release(&x->session.first_bare);
		return talk_send(x->talk, why, "%s", wire->command);
	}
	snprintf(start, sizeof(start), "%s ", wire->command);
	snprintf(shown, sizeof(shown), "%s<secret>", start);
	return exchange_send(x, span_of(start), shown);
}

/*
 * Decode a challenge. Servers are seen that prompt in plain words; where the
 * mechanism does not read it, that does no harm.
 */
static bool exchange_decode(struct exchange *x, struct span text, char *to,
			    size_t cap, struct span *ret)
{
	const struct sasl_mechanism *m = x->session.mechanism;
	struct reply *reply = &x->step->reply;
	size_t len = 0;

	*ret = (struct span){ to, 0 };
	if (span_is(text, "=") || base64_decode(text, to, cap, &len))
		ret->len = len;
	else if (sasl_sends_secret(m))
		talk_note(x->talk, "the challenge is no base64");
	else
		return fail(&x->step->why, FAULT_PROTOCOL,
			    "the challenge is no base64");
	if (ret->len > 0 && ((sasl_wants_token(m) && x->session.turn > 0) ||
			     span_starts(*ret, "e="))) {
		reply->challenge[0] = '\0';
		talk_keep(x->talk, *ret, reply->challenge,
			  sizeof(reply->challenge));
	}
	return true;
}

static bool exchange_answer(struct exchange *x, struct span text)
{
	char room[LINE_CAP];
	struct span challenge;

	return exchange_decode(x, text, room, sizeof(room), &challenge) &&
	       sasl_respond(&x->session, challenge, &x->response,
			    &x->step->why);
}

static bool exchange_run(struct exchange *x)
{
	struct fault ignored;
	struct span text;

	if (!exchange_open(x))
		return false;
	for (int i = 0; i < CHALLENGES_MAX; i++) {
		switch (x->wire->read(x->talk, x->wire->context, x->step,
				      &text)) {
		case AUTH_ACCEPTED:
			return sasl_finish(&x->session, &x->step->why);
		case AUTH_FAILED:
			return false;
		case AUTH_ASKED:
			break;
		}
		if (!exchange_answer(x, text)) {
			/* RFC 4954 section 4: "*" cancels; not waited for */
			(void)talk_send(x->talk, &ignored, "*");
			return false;
		}
		if (!exchange_send(x, (struct span){ 0 }, "<secret>"))
			return false;
	}
	return fail(&x->step->why, FAULT_PROTOCOL,
		    "the login has no end of challenges");
}

bool auth_exchange(struct talk *t, const struct login_request *r,
		   const struct sasl_mechanism *m, const struct auth_wire *wire,
		   struct step *step)
{
	struct exchange x = { .talk = t, .wire = wire, .step = step };
	const struct endpoint *e = &t->evidence->endpoint;
	bool ok;

	if (!exchange_init(&x, r))
		return fail(&step->why, FAULT_NO_MEMORY, "no memory to log in");
	sasl_begin(&x.session, m, r->who, e->host, e->port);
	ok = exchange_run(&x);
	exchange_release(&x);
	return ok;
}
