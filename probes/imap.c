#include "probes/auth.h"
#include "probes/imap_talk.h"

/*
 * IMAP (RFC 3501, RFC 9051): what is said at each stage.
 */

/* ---- greeting ---- */

/* Dovecot's login process says this while its auth process starts. */
static bool is_waiting(const struct imap_line *line)
{
	return line->answer == ANSWER_OK &&
	       span_starts(line->text, "Waiting for authentication process");
}

static bool greeted(struct talk *t, const struct imap_line *line,
		    struct step *step)
{
	switch (line->answer) {
	case ANSWER_PREAUTH:
		t->evidence->login.preauth = true;
		return true;
	case ANSWER_BYE:
		if (imap_code_is_temporary(line->response_code))
			return fail(&step->why, FAULT_DEFERRED,
				    "the server says BYE [%s]",
				    step->reply.response_code);
		return fail(&step->why, FAULT_REJECTED, "the server says BYE");
	case ANSWER_OK:
		return true;
	default:
		return fail(&step->why, FAULT_REJECTED,
			    "the greeting is neither OK nor PREAUTH");
	}
}

static bool greeting(struct talk *t, const struct login_request *r,
		     struct step *step)
{
	struct imap_line line;
	struct span raw = { 0 };

	(void)r;
	for (;;) {
		if (!imap_read(t, &line, &raw, &step->why))
			return talk_broken(t, raw, step);
		if (line.kind != IMAP_STATUS || line.tagged) {
			talk_strange(t, raw, step);
			return fail(&step->why, FAULT_PROTOCOL,
				    "not an IMAP greeting");
		}
		step->speech = SPEECH_IMAP;
		if (!is_waiting(&line))
			break;
		reply_add_line(t, span_from(raw, 2), step->reply.untagged,
			       sizeof(step->reply.untagged));
	}
	imap_keep_reply(t, &line, raw, &step->reply);
	if (span_is(line.response_code, "CAPABILITY"))
		imap_keep_capabilities(t, line.response_arg,
				       t->in_tls ? PHASE_TLS : PHASE_CLEAR);
	return greeted(t, &line, step);
}

/* ---- capability, starttls ---- */

static bool command(struct talk *t, const char *words, enum phase phase,
		    struct step *step)
{
	char tag[IMAP_TAG_CAP];

	imap_tag(t, tag);
	return talk_send(t, &step->why, "%s %s", tag, words) &&
	       imap_finish(t, tag, phase, step);
}

static bool capability(struct talk *t, const struct login_request *r,
		       enum phase phase, struct step *step)
{
	(void)r;
	if (!command(t, "CAPABILITY", phase, step))
		return false;
	if (!t->evidence->capabilities[phase].known)
		return fail(&step->why, FAULT_PROTOCOL,
			    "OK without a CAPABILITY line");
	return true;
}

static bool starttls(struct talk *t, struct step *step)
{
	const struct capabilities *c = imap_capabilities(t);

	/* RFC 9051 7.1.4: logged in already, STARTTLS is no longer possible */
	if (t->evidence->login.preauth)
		return fail(&step->why, FAULT_NOT_OFFERED,
			    "PREAUTH leaves no way to STARTTLS");
	if (!capability_has(c, "STARTTLS")) {
		talk_keep(t, span_of("CAPABILITY "), step->reply.text,
			  sizeof(step->reply.text));
		talk_keep(t, span_of(c->words), step->reply.text,
			  sizeof(step->reply.text));
		return capability_lacks(c, "STARTTLS", &step->why);
	}
	return command(t, "STARTTLS", PHASE_CLEAR, step);
}

/* ---- logout ---- */

static bool logout(struct talk *t, struct step *step)
{
	char tag[IMAP_TAG_CAP];

	imap_tag(t, tag);
	return talk_bye(t, &step->why, "%s LOGOUT", tag);
}

const struct dialect imap_dialect = {
	.service = SERVICE_IMAP,
	.answers = "a+",		/* our tags: imap_tag */
	.greeting = greeting,
	.capability = capability,
	.starttls = starttls,
	.choose = imap_choose,
	.login = imap_login,
	.mailbox = imap_mailbox,
	.logout = logout,
};
