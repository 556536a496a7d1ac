#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "probes/auth.h"
#include "probes/base/text.h"
#include "probes/pop3_reply.h"

/*
 * POP3 (RFC 1939, CAPA RFC 2449, STLS RFC 2595, AUTH RFC 5034, UTF8 RFC 6856):
 * what is said at each stage.
 */

static struct capabilities *offered(struct talk *t)
{
	return &t->evidence->capabilities[t->in_tls ? PHASE_TLS : PHASE_CLEAR];
}

/* ---- replies ---- */

/* RFC 2449 section 8.1.1, RFC 3206 */
static bool is_temporary(const char *code)
{
	return text_same(code, "SYS/TEMP") || text_same(code, "IN-USE") ||
	       text_same(code, "LOGIN-DELAY");
}

static void keep_reply(const struct talk *t, const struct pop3_line *line,
		       struct span raw, struct reply *reply)
{
	char room[2 * LINE_CAP + 16];
	struct buf clean = buf_over(room, sizeof(room));
	struct pop3_line parts;

	/* in pieces a secret with a bracket would no longer look like one */
	redact(t->redactor, raw, &clean);
	pop3_line_parse(buf_span(&clean), &parts);
	reply_reset(reply);
	reply->answer = line->answer;
	talk_keep(t, parts.response_code, reply->response_code,
		  sizeof(reply->response_code));
	for (char *c = reply->response_code; *c; c++)
		*c = ascii_upper(*c);
	talk_keep(t, raw, reply->text, sizeof(reply->text));
}

/* One status line into step->reply; *ret_text borrows what it says. */
static bool read_status(struct talk *t, struct step *step,
			struct span *ret_text)
{
	struct pop3_line line;
	struct span raw;

	reply_reset(&step->reply);
	if (!talk_read(t, &raw, &step->why))
		return talk_broken(t, raw, step);
	pop3_line_parse(raw, &line);
	if (line.answer == ANSWER_NONE) {
		talk_strange(t, raw, step);
		return fail(&step->why, FAULT_PROTOCOL,
			    "neither +OK nor -ERR");
	}
	keep_reply(t, &line, raw, &step->reply);
	*ret_text = line.text;
	return true;
}

/* Faults: REJECTED, DEFERRED, PROTOCOL ("+ " out of place). */
static bool verdict(struct step *step)
{
	const struct reply *r = &step->reply;

	if (r->answer == ANSWER_OK)
		return true;
	if (r->answer != ANSWER_NO)
		return fail(&step->why, FAULT_PROTOCOL,
			    "the server asks for more of a whole command");
	if (is_temporary(r->response_code))
		return fail(&step->why, FAULT_DEFERRED,
			    "the server says -ERR [%s]", r->response_code);
	return fail(&step->why, FAULT_REJECTED, "the server says -ERR");
}

static bool answered(struct talk *t, struct step *step, struct span *ret_text)
{
	return read_status(t, step, ret_text) && verdict(step);
}

static bool command(struct talk *t, const char *words, struct step *step)
{
	struct span text;

	return talk_send(t, &step->why, "%s", words) &&
	       answered(t, step, &text);
}

/* ---- greeting, capability, starttls ---- */

static bool greeting(struct talk *t, const struct login_request *r,
		     struct step *step)
{
	struct span text;

	(void)r;
	if (!read_status(t, step, &text))
		return false;
	step->speech = SPEECH_POP3;
	if (step->reply.answer == ANSWER_CONTINUE)
		return fail(&step->why, FAULT_PROTOCOL,
			    "not a POP3 greeting");
	return verdict(step);
}

/* "SASL PLAIN LOGIN" as AUTH=NAME, "LOGIN-DELAY 900" as LOGIN-DELAY=900 */
static void keep_capability(struct capabilities *c, struct span line)
{
	struct span word, value;
	char room[256];
	bool sasl;

	if (!span_word(&line, &word))
		return;
	sasl = span_is(word, "SASL");
	if (sasl)
		word = SPAN_LIT("AUTH");
	else if (line.len == 0)
		capability_add(c, word);
	while (span_word(&line, &value)) {
		struct buf out = buf_over(room, sizeof(room));

		buf_add(&out, word);
		buf_char(&out, '=');
		buf_add(&out, value);
		if (!out.full)
			capability_add(c, buf_span(&out));
		if (!sasl)
			break;
	}
}

static bool read_list(struct talk *t, struct capabilities *c,
		      struct fault *why)
{
	struct span line;

	for (;;) {
		if (!talk_read(t, &line, why))
			return false;
		if (span_is(line, "."))
			return true;
		keep_capability(c, line);
	}
}

/* RFC 2449 is optional: -ERR leaves nothing known, which is no failure. */
static bool capability(struct talk *t, const struct login_request *r,
		       enum phase phase, struct step *step)
{
	struct capabilities *c = &t->evidence->capabilities[phase];

	(void)r;
	*c = (struct capabilities){ 0 };
	if (command(t, "CAPA", step)) {
		if (!read_list(t, c, &step->why))
			return false;
	} else if (step->why.kind != FAULT_REJECTED) {
		return false;
	} else {
		step->why = (struct fault){ 0 };
	}
	c->known = true;
	return true;
}

static void show_offer(struct talk *t, struct step *step)
{
	const struct capabilities *c = offered(t);

	snprintf(step->reply.text, sizeof(step->reply.text), "CAPA %.1000s",
		 c->words);
}

static bool starttls(struct talk *t, struct step *step)
{
	if (!capability_has(offered(t), "STLS")) {
		show_offer(t, step);
		return capability_lacks(offered(t), "STLS", &step->why);
	}
	return command(t, "STLS", step);
}

/* ---- what to log in with ---- */

/* Byte strings that a line of POP3 can carry. */
static bool fits_line(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] == '\r' || s.at[i] == '\n' || s.at[i] == '\0')
			return false;
	return true;
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] >= 0x80)
			return false;
	return true;
}

static bool credentials_ascii(const struct credentials *who)
{
	return is_ascii(span_of(who->user)) &&
	       is_ascii(secret_span(who->secret));
}

/* "UTF8" and "UTF8 USER", which is kept as UTF8=USER */
static bool has_utf8(const struct capabilities *c)
{
	return capability_has(c, "UTF8") || capability_has(c, "UTF8=USER");
}

static bool user_pass_fits(const struct login_request *r, struct fault *why)
{
	if (fits_line(span_of(r->who->user)) &&
	    fits_line(secret_span(r->who->secret)))
		return true;
	return fail(why, FAULT_BAD_SECRET, "a line break in name or secret");
}

static bool choose_forced(const struct capabilities *c,
			  const struct login_request *r,
			  const struct sasl_mechanism **ret, struct fault *why)
{
	if (text_same(r->mechanism, "USER/PASS") ||
	    text_same(r->mechanism, "USER"))
		return user_pass_fits(r, why);
	return auth_forced(c, r, ret, why);
}

static bool choose_best(struct talk *t, const struct capabilities *c,
			const struct login_request *r,
			const struct sasl_mechanism **ret, struct fault *why)
{
	/* without CAPA nothing is known, and everybody knows USER */
	bool user = capability_has(c, "USER") || !c->words[0];
	const struct sasl_mechanism *m =
		sasl_choose(c, r->who->is_token, t->in_tls);

	if (r->who->is_token || !user)
		return auth_best(t, c, r, ret, why);
	if (m && !t->in_tls && !sasl_sends_secret(m)) {
		*ret = m;
		return true;
	}
	if (capability_has(c, "AUTH=PLAIN") &&
	    ((!credentials_ascii(r->who) && !has_utf8(c)) ||
	     !fits_line(secret_span(r->who->secret)))) {
		*ret = sasl_by_name("PLAIN");
		return true;
	}
	return user_pass_fits(r, why);
}

static bool choose_mechanism(struct talk *t, const struct login_request *r,
			     const struct sasl_mechanism **ret,
			     struct fault *why)
{
	const struct capabilities *c = offered(t);

	if (c->words[0] && !capability_has(c, "USER") && !auth_offered(c)) {
		/* Dovecot hides both until TLS is there */
		if (!t->in_tls && capability_has(c, "STLS"))
			return fail(why, FAULT_TLS_REQUIRED,
				    "no login is listed before STLS");
		return fail(why, FAULT_NOT_OFFERED,
			    "neither USER nor SASL is listed");
	}
	if (!r->who)
		return true;
	if (!auth_may_send(t, r, why))
		return false;
	return r->mechanism ? choose_forced(c, r, ret, why) :
			      choose_best(t, c, r, ret, why);
}

static bool choose(struct talk *t, const struct login_request *r,
		   const struct sasl_mechanism **ret_mechanism,
		   struct step *step)
{
	*ret_mechanism = NULL;
	if (choose_mechanism(t, r, ret_mechanism, &step->why))
		return true;
	show_offer(t, step);
	return false;
}

/* ---- login ---- */

static enum auth_next read_answer(struct talk *t, void *context,
				  struct step *step, struct span *ret_challenge)
{
	(void)context;
	if (!read_status(t, step, ret_challenge))
		return AUTH_FAILED;
	if (step->reply.answer == ANSWER_CONTINUE)
		return AUTH_ASKED;
	return verdict(step) ? AUTH_ACCEPTED : AUTH_FAILED;
}

static bool authenticate(struct talk *t, const struct login_request *r,
			 const struct sasl_mechanism *m, struct step *step)
{
	char command_line[48];
	const struct auth_wire wire = {
		.command = command_line,
		.initial = true,
		.line_max = 255,	/* RFC 5034 section 4, RFC 2449 */
		.read = read_answer,
	};

	snprintf(command_line, sizeof(command_line), "AUTH %s", sasl_name(m));
	return auth_exchange(t, r, m, &wire, step);
}

static bool send_pass(struct talk *t, const struct credentials *who,
		      struct step *step)
{
	struct secret line;
	struct span text;
	bool ok;

	if (!secret_init(&line, who->secret->len + 16))
		return fail(&step->why, FAULT_NO_MEMORY, "no memory to log in");
	secret_add(&line, SPAN_LIT("PASS "));
	secret_add(&line, secret_span(who->secret));
	secret_add(&line, SPAN_LIT("\r\n"));
	ok = talk_send_secret(t, &line, "PASS <secret>", &step->why);
	secret_release(&line);
	return ok && answered(t, step, &text);
}

static bool user_pass(struct talk *t, const struct credentials *who,
		      struct step *step)
{
	struct span text;

	/* a refused UTF8 is no refused login */
	if (!credentials_ascii(who) && has_utf8(offered(t)) &&
	    !command(t, "UTF8", step) && step->why.kind != FAULT_REJECTED)
		return false;
	auth_expose(t);
	return talk_send(t, &step->why, "USER %s", who->user) &&
	       answered(t, step, &text) && send_pass(t, who, step);
}

static bool login(struct talk *t, const struct login_request *r,
		  const struct sasl_mechanism *m, struct step *step)
{
	bool ok;

	auth_begin(t, r, m ? sasl_name(m) : "USER/PASS");
	ok = m ? authenticate(t, r, m, step) : user_pass(t, r->who, step);
	return auth_end(t, step, ok);
}

/* ---- mailbox ---- */

/* RFC 1939 section 5: "+OK nn mm" */
static bool mailbox(struct talk *t, const struct login_request *r,
		    struct step *step)
{
	struct mailbox_facts *m = &t->evidence->mailbox;
	struct span text, word;
	unsigned n;

	(void)r;
	if (!talk_send(t, &step->why, "STAT") || !answered(t, step, &text))
		return false;
	m->examined = true;
	if (span_word(&text, &word) && span_number(word, &n)) {
		m->has_messages = true;
		m->messages = n;
	}
	return true;
}

static bool logout(struct talk *t, struct step *step)
{
	return talk_bye(t, &step->why, "QUIT");
}

const struct dialect pop3_dialect = {
	.service = SERVICE_POP3,
	.answers = "+",
	.greeting = greeting,
	.capability = capability,
	.starttls = starttls,
	.choose = choose,
	.login = login,
	.mailbox = mailbox,
	.logout = logout,
};
