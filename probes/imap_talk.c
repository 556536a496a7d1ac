#include "probes/imap_talk.h"

#include <stdint.h>
#include <stdio.h>

#include "probes/auth.h"
#include "probes/base/text.h"

void imap_tag(struct talk *t, char ret[IMAP_TAG_CAP])
{
	snprintf(ret, IMAP_TAG_CAP, "a%u", ++t->commands);
}

struct capabilities *imap_capabilities(struct talk *t)
{
	return &t->evidence->capabilities[t->in_tls ? PHASE_TLS : PHASE_CLEAR];
}

bool imap_read(struct talk *t, struct imap_line *ret, struct span *ret_raw,
	       struct fault *why)
{
	bool skipped;

	do {
		struct imap_line part;

		if (!talk_read(t, ret_raw, why))
			return false;
		imap_line_parse(*ret_raw, ret);
		skipped = ret->has_literal;
		for (part = *ret; part.has_literal;) {
			struct span raw;

			if (!talk_skip(t, part.literal, why) ||
			    !talk_read(t, &raw, why)) {
				*ret_raw = (struct span){ 0 };
				return false;
			}
			imap_literal_parse(raw, &part);
		}
	} while (skipped);
	return true;
}

void imap_keep_reply(const struct talk *t, const struct imap_line *line,
		     struct span raw, struct reply *reply)
{
	char room[2 * LINE_CAP + 16];
	struct buf clean = buf_over(room, sizeof(room));
	struct span rest = raw, tag;
	struct imap_line parts;

	/* in pieces a secret with spaces would no longer look like one */
	redact(t->redactor, raw, &clean);
	imap_line_parse(buf_span(&clean), &parts);
	reply_reset(reply);
	reply->answer = line->answer;
	talk_keep(t, parts.response_code, reply->response_code,
		  sizeof(reply->response_code));
	for (char *c = reply->response_code; *c; c++)
		*c = ascii_upper(*c);
	talk_keep(t, parts.response_arg, reply->response_arg,
		  sizeof(reply->response_arg));
	span_word(&rest, &tag);
	talk_keep(t, span_trim(rest), reply->text, sizeof(reply->text));
}

void imap_keep_capabilities(struct talk *t, struct span words,
			    enum phase phase)
{
	struct capabilities *c = &t->evidence->capabilities[phase];
	char room[2 * LINE_CAP + 16];
	struct buf clean = buf_over(room, sizeof(room));
	struct span word;

	/*
	 * A server that repeats the login may do so here, too. Before it a
	 * secret like "starttls" must not hide what is offered.
	 */
	redact(phase == PHASE_LOGGED_IN ? t->redactor : NULL, words, &clean);
	words = buf_span(&clean);
	*c = (struct capabilities){ .known = true };
	while (span_word(&words, &word))
		capability_add(c, word);
}

/* ---- data of the mailbox ---- */

/*
 * RFC 9208 section 7: 63 bits. What is beyond it (quotas of "no limit" are near
 * the largest number there is) is no number to reckon with.
 */
static bool read_u64(struct span s, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.at[i]))
			return false;
		if (n > (INT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(s.at[i] - '0');
	}
	*ret = n;
	return true;
}

/* RFC 9208 section 5.1: root SP "(" *(name SP usage SP limit) ")" */
static void keep_quota(struct mailbox_facts *m, struct span data)
{
	struct span name, used, limit, list;

	if (!span_has(data, "(") || !span_cut(&data, '(', &list) ||
	    !span_cut(&data, ')', &list))
		return;
	while (span_word(&list, &name) && span_word(&list, &used) &&
	       span_word(&list, &limit)) {
		uint64_t u, l;

		/* several roots: the first that limits storage */
		if (span_is(name, "STORAGE") && !m->has_quota &&
		    read_u64(used, &u) && read_u64(limit, &l) && l > 0) {
			m->has_quota = true;
			m->quota_used = u;
			m->quota_limit = l;
		}
	}
}

static void keep_data(struct talk *t, const struct imap_line *line,
		      enum phase phase)
{
	struct mailbox_facts *m = &t->evidence->mailbox;

	if (span_is(line->name, "CAPABILITY")) {
		imap_keep_capabilities(t, line->data, phase);
	} else if (span_is(line->name, "EXISTS")) {
		m->has_messages = true;
		m->messages = line->number;
	} else if (span_is(line->name, "QUOTA")) {
		keep_quota(m, line->data);
	} else if (span_is(line->name, "ID") && !span_is(line->data, "NIL")) {
		m->server_id[0] = '\0';
		talk_keep(t, line->data, m->server_id, sizeof(m->server_id));
	}
}

/* ---- waiting for the answer ---- */

/* What every EXAMINE says (RFC 9051 6.3.3) says nothing of a failure. */
static bool is_routine(const struct imap_line *line)
{
	static const char *const codes[] = {
		"PERMANENTFLAGS", "UIDVALIDITY", "UIDNEXT", "UNSEEN",
		"HIGHESTMODSEQ", "NOMODSEQ", "CAPABILITY", "MAILBOXID",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (line->answer == ANSWER_OK &&
		    span_is(line->response_code, codes[i]))
			return true;
	return false;
}

static void keep_untagged(struct talk *t, const struct imap_line *line,
			  struct span raw, struct step *step)
{
	struct span rest = raw, star;

	if (is_routine(line))
		return;
	span_word(&rest, &star);
	reply_add_line(t, span_trim(rest), step->reply.untagged,
		       sizeof(step->reply.untagged));
	if (line->answer == ANSWER_BYE)
		imap_keep_reply(t, line, raw, &step->reply);
}

/*
 * RFC 9051 7.1.5: after BYE the connection ends. When no tagged answer came,
 * the BYE is all there is; it is no answer to the command.
 */
static void broken(struct step *step)
{
	if (step->reply.answer == ANSWER_BYE &&
	    imap_code_is_temporary(span_of(step->reply.response_code)))
		fail(&step->why, FAULT_DEFERRED, "the server says BYE [%s]",
		     step->reply.response_code);
}

static enum imap_event take(struct talk *t, const char *tag, enum phase phase,
			    const struct imap_line *line, struct span raw,
			    struct step *step, struct span *ret_text,
			    bool *ret_more)
{
	if (span_is(line->response_code, "CAPABILITY"))
		imap_keep_capabilities(t, line->response_arg, phase);
	switch (line->kind) {
	case IMAP_CONTINUE:
		*ret_text = line->text;
		return IMAP_ASKED;
	case IMAP_DATA:
		keep_data(t, line, phase);
		*ret_more = true;
		return IMAP_BROKEN;
	case IMAP_STATUS:
		if (!line->tagged) {
			keep_untagged(t, line, raw, step);
			*ret_more = true;
			return IMAP_BROKEN;
		}
		imap_keep_reply(t, line, raw, &step->reply);
		if (span_is(line->tag, tag))
			return IMAP_DONE;
		fail(&step->why, FAULT_PROTOCOL,
		     "an answer to a command that was not given");
		return IMAP_BROKEN;
	case IMAP_STRANGE:
		break;
	}
	reply_reset(&step->reply);
	talk_keep(t, raw, step->reply.text, sizeof(step->reply.text));
	fail(&step->why, FAULT_PROTOCOL, "a line that is no IMAP");
	return IMAP_BROKEN;
}

enum imap_event imap_await(struct talk *t, const char *tag, enum phase phase,
			   struct step *step, struct span *ret_text)
{
	struct imap_line line;
	struct span raw;

	reply_reset(&step->reply);
	for (;;) {
		bool more = false;
		enum imap_event event;

		if (!imap_read(t, &line, &raw, &step->why)) {
			broken(step);
			return IMAP_BROKEN;
		}
		event = take(t, tag, phase, &line, raw, step, ret_text, &more);
		if (!more)
			return event;
	}
}

bool imap_verdict(struct step *step)
{
	const struct reply *r = &step->reply;

	if (r->answer == ANSWER_OK)
		return true;
	if (imap_code_is_temporary(span_of(r->response_code)))
		return fail(&step->why, FAULT_DEFERRED, "the server says %s "
			    "[%s]", r->answer == ANSWER_BAD ? "BAD" : "NO",
			    r->response_code);
	return fail(&step->why, FAULT_REJECTED, "the server says %s",
		    r->answer == ANSWER_BAD ? "BAD" : "NO");
}

bool imap_finish(struct talk *t, const char *tag, enum phase phase,
		 struct step *step)
{
	struct span text;

	switch (imap_await(t, tag, phase, step, &text)) {
	case IMAP_DONE:
		return imap_verdict(step);
	case IMAP_ASKED:
		return fail(&step->why, FAULT_PROTOCOL,
			    "the server asks for more of a whole command");
	default:
		return false;
	}
}
