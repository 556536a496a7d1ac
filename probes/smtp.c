#include <string.h>

#include "probes/auth.h"
#include "probes/base/text.h"
#include "probes/smtp_reply.h"

/*
 * Submission (RFC 5321, RFC 6409, RFC 4954): what is said at each stage.
 */

static struct capabilities *offered(struct talk *t)
{
	return &t->evidence->capabilities[t->in_tls ? PHASE_TLS : PHASE_CLEAR];
}

/* ---- replies ---- */

static enum answer answer_of(unsigned code)
{
	if (code < 300)
		return ANSWER_OK;
	return code < 400 ? ANSWER_CONTINUE : ANSWER_NO;
}

/* "AUTH PLAIN LOGIN", the old "AUTH=PLAIN LOGIN", "SIZE 52428800" */
static void keep_keyword(struct capabilities *c, struct span text)
{
	struct span word, value;
	char room[256];
	struct buf out = buf_over(room, sizeof(room));
	bool auth;

	if (span_starts(text, "AUTH=")) {
		word = SPAN_LIT("AUTH");
		text = span_from(text, 5);
	} else if (!span_word(&text, &word)) {
		return;
	}
	auth = span_is(word, "AUTH");
	buf_add(&out, word);
	while (span_word(&text, &value)) {
		if (auth) {
			out = buf_over(room, sizeof(room));
			buf_str(&out, "AUTH");
		}
		buf_char(&out, auth || out.len == word.len ? '=' : ',');
		buf_add(&out, value);
		if (auth && !out.full)
			capability_add(c, buf_span(&out));
	}
	if ((!auth || out.len == word.len) && !out.full)
		capability_add(c, buf_span(&out));
}

/*
 * One reply, all of its lines, into step->reply. EHLO keywords go to `into`
 * (NULL: it was no EHLO). *ret_last borrows the text of the last line.
 */
static bool read_reply(struct talk *t, struct capabilities *into,
		       struct step *step, struct span *ret_last)
{
	struct reply *reply = &step->reply;
	struct smtp_line line;
	struct span raw;
	bool first = true;

	reply_reset(reply);
	do {
		if (!talk_read(t, &raw, &step->why))
			return talk_broken(t, first ? raw :
					   span_of(reply->text), step);
		if (!smtp_line_parse(raw, &line)) {
			talk_strange(t, raw, step);
			return fail(&step->why, FAULT_PROTOCOL,
				    "a line that is no SMTP");
		}
		reply_add_line(t, raw, reply->text, sizeof(reply->text));
		/* RFC 5321 4.2.1: one code; no and yes in one is neither */
		if (!first && reply->code / 100 != line.code / 100)
			return fail(&step->why, FAULT_PROTOCOL,
				    "the lines of a reply contradict");
		reply->code = line.code;
		if (!reply->enhanced[0])
			span_copy(line.enhanced, reply->enhanced,
				  sizeof(reply->enhanced));
		if (into && !first && line.code < 300)
			keep_keyword(into, line.text);
		first = false;
	} while (line.more);
	reply->answer = answer_of(line.code);
	*ret_last = line.text;
	return true;
}

/* Faults: DEFERRED (4yz), REJECTED (5yz), PROTOCOL (a 3yz out of place). */
static bool verdict(struct step *step)
{
	unsigned code = step->reply.code;

	if (code < 300)
		return true;
	if (code < 400)
		return fail(&step->why, FAULT_PROTOCOL,
			    "%u in the place of an answer", code);
	return fail(&step->why, code < 500 ? FAULT_DEFERRED : FAULT_REJECTED,
		    "the server says %u", code);
}

static bool answered(struct talk *t, struct step *step)
{
	struct span last;

	return read_reply(t, NULL, step, &last) && verdict(step);
}

/* ---- greeting, capability, starttls ---- */

static bool greeting(struct talk *t, const struct login_request *r,
		     struct step *step)
{
	struct span last;

	(void)r;
	if (!read_reply(t, NULL, step, &last))
		return false;
	step->speech = speech_of(span_of(step->reply.text));
	/* FTP greets with 220, too */
	if (step->speech != SPEECH_SMTP)
		return fail(&step->why, FAULT_PROTOCOL,
			    "not an SMTP greeting");
	return verdict(step);
}

static bool say_hello(struct talk *t, const char *verb, const char *name,
		      struct capabilities *into, struct step *step)
{
	struct span last;

	return talk_send(t, &step->why, "%s %s", verb,
			 name ? name : "localhost") &&
	       read_reply(t, into, step, &last) && verdict(step);
}

static bool capability(struct talk *t, const struct login_request *r,
		       enum phase phase, struct step *step)
{
	struct capabilities *c = &t->evidence->capabilities[phase];
	char *refusal = step->reply.untagged;
	struct buf out;

	*c = (struct capabilities){ 0 };
	if (say_hello(t, "EHLO", r->client_name, c, step)) {
		c->known = true;
		return true;
	}
	if (step->why.kind != FAULT_REJECTED)
		return false;
	/* RFC 5321 3.2: a server without EHLO may know HELO */
	out = buf_over(refusal, sizeof(step->reply.untagged));
	text_printable(&out, span_of(step->reply.text), true);
	*c = (struct capabilities){ 0 };
	if (!say_hello(t, "HELO", r->client_name, NULL, step))
		return false;
	step->why = (struct fault){ 0 };
	c->known = true;
	return true;
}

/* What EHLO said is the reply to show when something is missing from it. */
static void show_offer(const struct talk *t, struct step *step)
{
	const struct step *ehlo = evidence_step(t->evidence, STAGE_CAPABILITY);

	if (ehlo)
		step->reply = ehlo->reply;
}

static bool starttls(struct talk *t, struct step *step)
{
	if (!capability_has(offered(t), "STARTTLS")) {
		show_offer(t, step);
		return capability_lacks(offered(t), "STARTTLS", &step->why);
	}
	if (!talk_send(t, &step->why, "STARTTLS") || !answered(t, step))
		return false;
	/* RFC 3207 section 4: nothing else says that TLS may begin */
	return step->reply.code == 220 ||
	       fail(&step->why, FAULT_PROTOCOL, "STARTTLS is answered by %u",
		    step->reply.code);
}

/* ---- login ---- */

static bool choose_mechanism(struct talk *t, const struct login_request *r,
			     const struct sasl_mechanism **ret,
			     struct fault *why)
{
	const struct capabilities *c = offered(t);

	if (!auth_offered(c)) {
		/* RFC 4954 section 4: AUTH may be listed only after STARTTLS */
		if (!t->in_tls && capability_has(c, "STARTTLS"))
			return fail(why, FAULT_TLS_REQUIRED, "AUTH is not "
				    "listed before STARTTLS");
		return capability_lacks(c, "AUTH", why);
	}
	if (!r->who)
		return true;
	if (!auth_may_send(t, r, why))
		return false;
	return r->mechanism ? auth_forced(c, r, ret, why) :
			      auth_best(t, c, r, ret, why);
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

static enum auth_next read_answer(struct talk *t, void *context,
				  struct step *step, struct span *ret_challenge)
{
	(void)context;
	if (!read_reply(t, NULL, step, ret_challenge))
		return AUTH_FAILED;
	if (step->reply.code == 334)
		return AUTH_ASKED;
	return verdict(step) ? AUTH_ACCEPTED : AUTH_FAILED;
}

static bool login(struct talk *t, const struct login_request *r,
		  const struct sasl_mechanism *m, struct step *step)
{
	char command[48];
	struct buf out = buf_over(command, sizeof(command));
	const struct auth_wire wire = {
		.command = command,
		.initial = true,
		.line_max = 12288,	/* RFC 4954 section 4 */
		.read = read_answer,
	};

	buf_fmt(&out, "AUTH %s", sasl_name(m));
	auth_begin(t, r, sasl_name(m));
	return auth_end(t, step, auth_exchange(t, r, m, &wire, step));
}

/* ---- mailbox ---- */

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

/* MAIL FROM and RSET: may this login send as that address? Nothing is sent. */
static bool mailbox(struct talk *t, const struct login_request *r,
		    struct step *step)
{
	const struct capabilities *c = offered(t);
	bool utf8 = !is_ascii(r->sender) && capability_has(c, "SMTPUTF8");
	bool pipelining = capability_has(c, "PIPELINING");
	struct fault *why = &step->why;

	if (strpbrk(r->sender, "<>\r\n"))
		return fail(why, FAULT_INTERNAL, "the sender is no address");
	if (!talk_queue(t, why, "MAIL FROM:<%s>%s", r->sender,
			utf8 ? " SMTPUTF8" : "") ||
	    (pipelining && !talk_queue(t, why, "RSET")) ||
	    !talk_flush(t, why) || !answered(t, step))
		return false;
	t->evidence->mailbox.examined = true;
	/* its answer is of no interest, nor is it waited for: QUIT follows */
	return pipelining || talk_send(t, why, "RSET");
}

static bool logout(struct talk *t, struct step *step)
{
	return talk_bye(t, &step->why, "QUIT");
}

const struct dialect smtp_dialect = {
	.service = SERVICE_SMTP,
	.answers = "23",		/* 421 and its kin may come unasked */
	.greeting = greeting,
	.capability = capability,
	.starttls = starttls,
	.choose = choose,
	.login = login,
	.mailbox = mailbox,
	.logout = logout,
};
