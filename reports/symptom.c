#include "reports/symptom.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/imap_reply.h"
#include "probes/pop3_reply.h"
#include "probes/smtp_reply.h"
#include "reports/rule_private.h"

static void add_line(char *to, size_t cap, struct span line)
{
	size_t len = strlen(to);
	struct buf b = buf_over(to + len, cap - len);

	if (len > 0)
		buf_char(&b, '\n');
	text_printable(&b, line, false);
}

static void upper_copy(struct span s, char *to, size_t cap)
{
	span_copy(s, to, cap);
	for (; *to; to++)
		*to = ascii_upper(*to);
}

/* RFC 7628: the refusal of a token comes as base64 JSON behind "+". */
static void take_challenge(struct span text, struct reply *ret)
{
	char plain[sizeof(ret->challenge)];
	struct buf b = buf_over(ret->challenge, sizeof(ret->challenge));
	size_t len;

	if (base64_decode(span_trim(text), plain, sizeof(plain), &len) &&
	    len > 0 && plain[0] == '{')
		text_printable(&b, (struct span){ plain, len }, false);
}

static bool is_upper(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != ascii_upper(s.at[i]))
			return false;
	return true;
}

/* Without a tag only capitals tell a status from "No route to host". */
static bool is_imap_status(struct span line)
{
	struct span word;

	return span_word(&line, &word) && is_upper(word) &&
	       (span_is(word, "NO") || span_is(word, "BAD") ||
		span_is(word, "OK") || span_is(word, "BYE") ||
		span_is(word, "PREAUTH"));
}

/* "[ALERT] ...": a response code that lost its status. "[SSL: X]" is none. */
static bool is_bare_code(struct span line)
{
	size_t i = 1;

	if (!span_starts(line, "["))
		return false;
	while (i < line.len && (ascii_is_alnum(line.at[i]) ||
				line.at[i] == '-' || line.at[i] == '/'))
		i++;
	return i > 1 && i < line.len && strchr("] ", line.at[i]) &&
	       is_upper(span_head(span_from(line, 1), i - 1));
}

/* The deciding line: tagged, or an untagged one that ends the talk. */
static void take_imap_status(const struct imap_line *l, struct span line,
			     struct reply *ret)
{
	struct span word;

	if (!l->tagged && (l->answer == ANSWER_OK || l->answer == ANSWER_NO)) {
		add_line(ret->untagged, sizeof(ret->untagged), line);
		return;
	}
	if (ret->answer != ANSWER_NONE && !l->tagged) {
		add_line(ret->untagged, sizeof(ret->untagged), line);
		return;
	}
	ret->answer = l->answer;
	upper_copy(l->response_code, ret->response_code,
		   sizeof(ret->response_code));
	span_copy(l->response_arg, ret->response_arg,
		  sizeof(ret->response_arg));
	span_word(&line, &word);	/* the tag says nothing */
	add_line(ret->text, sizeof(ret->text), span_trim(line));
}

static void take_imap(struct span line, struct reply *ret)
{
	char room[REPLY_TEXT_CAP];
	struct buf b = buf_over(room, sizeof(room));
	struct imap_line l;

	/* noted without its tag: give it one back */
	if (is_imap_status(line))
		buf_str(&b, span_starts(line, "BYE") ||
				    span_starts(line, "PREAUTH") ? "* " : "a ");
	else if (is_bare_code(line))
		buf_str(&b, "a NO ");
	buf_add(&b, line);
	imap_line_parse(buf_span(&b), &l);
	if (l.kind == IMAP_CONTINUE)
		take_challenge(l.text, ret);
	else if (l.kind == IMAP_STATUS)
		take_imap_status(&l, buf_span(&b), ret);
	else if (l.kind == IMAP_STRANGE)
		add_line(ret->text, sizeof(ret->text), line);
}

static bool is_enhanced(struct span s)
{
	return s.len >= 5 && s.len < 12 && strchr("245", s.at[0]) &&
	       s.at[1] == '.' && ascii_is_digit(s.at[2]) &&
	       ascii_is_digit(s.at[s.len - 1]);
}

static void take_smtp(struct span line, struct reply *ret)
{
	struct span rest = line, word;
	struct smtp_line l;

	add_line(ret->text, sizeof(ret->text), line);
	if (smtp_line_parse(line, &l)) {
		if (l.code == 334) {
			ret->answer = ANSWER_CONTINUE;
			take_challenge(l.text, ret);
			return;
		}
		ret->code = l.code;
		ret->answer = l.code >= 400 ? ANSWER_NO : ANSWER_OK;
		if (l.enhanced.len > 0)
			span_copy(l.enhanced, ret->enhanced,
				  sizeof(ret->enhanced));
	} else if (span_word(&rest, &word) && is_enhanced(word)) {
		span_copy(word, ret->enhanced, sizeof(ret->enhanced));
	}
}

static void take_pop3(struct span line, struct reply *ret)
{
	struct pop3_line l;

	pop3_line_parse(line, &l);
	if (l.answer == ANSWER_CONTINUE) {
		take_challenge(l.text, ret);
		return;
	}
	add_line(ret->text, sizeof(ret->text), line);
	if (l.answer == ANSWER_NONE)
		return;
	ret->answer = l.answer;
	upper_copy(l.response_code, ret->response_code,
		   sizeof(ret->response_code));
}

void reply_from_text(enum service s, struct span text, struct reply *ret)
{
	struct span line;

	memset(ret, 0, sizeof(*ret));
	while (span_cut(&text, '\n', &line)) {
		while (line.len > 0 && line.at[line.len - 1] == '\r')
			line.len--;
		line = span_trim(line);
		if (line.len == 0)
			continue;
		if (s == SERVICE_IMAP)
			take_imap(line, ret);
		else if (s == SERVICE_SMTP)
			take_smtp(line, ret);
		else
			take_pop3(line, ret);
	}
}

/* The codes that say "later" (RFC 5530, RFC 2449, RFC 3206). */
static bool is_temporary_code(const char *code)
{
	return imap_code_is_temporary(span_of(code)) ||
	       strcmp(code, "SYS/TEMP") == 0 || strcmp(code, "IN-USE") == 0 ||
	       strcmp(code, "LOGIN-DELAY") == 0;
}

enum fault_kind reply_fault(const struct reply *r)
{
	if (r->code >= 500)
		return FAULT_REJECTED;
	if (r->code >= 400)
		return FAULT_DEFERRED;
	if (r->answer == ANSWER_BYE)
		return FAULT_DEFERRED;
	if (r->answer != ANSWER_NO && r->answer != ANSWER_BAD)
		return FAULT_NONE;
	return is_temporary_code(r->response_code) ? FAULT_DEFERRED
						   : FAULT_REJECTED;
}

/* The greeting of a service that is not this one: no line of the protocol. */
static enum speech foreign_speech(const struct reply *r)
{
	enum speech speech = speech_of(span_of(r->text));

	return r->answer == ANSWER_NONE && speech != SPEECH_SILENCE
		       ? speech : SPEECH_UNKNOWN;
}

struct symptom symptom_of(const struct reply *r)
{
	struct symptom s = { .reply = r, .fault = reply_fault(r),
			     .speech = foreign_speech(r), .alert = -1,
			     .mechanism = "", .provider = "", .in_tls = true,
			     .mail = true };

	if (s.speech != SPEECH_UNKNOWN)
		s.fault = FAULT_PROTOCOL;
	return s;
}

bool rules_example(const struct rules *rules, size_t rule, size_t n,
		   struct rule_example *ret)
{
	const struct example *e;
	struct symptom *s = &ret->symptom;

	if (rule >= rules->n || n >= rules->rule[rule].examples)
		return false;
	e = &rules->rule[rule].example[n];
	ret->rule = rules->rule[rule].id;
	reply_from_text(e->service, span_of(e->reply), &ret->reply);
	*s = symptom_of(&ret->reply);
	s->service_known = e->has_service;
	s->service = e->service;
	s->security_known = e->has_security;
	s->security = e->security;
	s->stage_known = e->has_stage;
	s->stage = e->stage;
	s->port = e->port;
	s->in_tls = e->in_tls;
	s->here = e->here;
	s->mail = e->mail;
	s->speech = e->speech;
	s->alert = alert_number(e->alert);
	if (e->fault != FAULT_NONE)
		s->fault = e->fault;
	span_copy(span_of(e->mechanism), ret->mechanism,
		  sizeof(ret->mechanism));
	span_copy(span_of(e->provider), ret->provider, sizeof(ret->provider));
	span_copy(span_of(e->issuer), ret->issuer, sizeof(ret->issuer));
	s->mechanism = ret->mechanism;
	s->provider = ret->provider;
	s->issuer = ret->issuer;
	return true;
}
