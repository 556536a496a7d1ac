#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/facts.h"
#include "reports/rule_private.h"
#include "reports/symptom.h"

/* What is compared with every rule, worked out when the first one asks. */
struct look {
	const struct symptom *s;
	bool has_words, has_issuer;
	struct normal words, links, issuer;
};

static bool has_bit(uint32_t set, unsigned bit)
{
	return set == 0 || (set >> bit & 1) != 0;
}

/* "5.7.*" against "5.7.8"; a "*" stands for the rest of one part. */
static bool pattern_is(const char *pattern, const char *text)
{
	while (*pattern && *pattern != '*') {
		if (ascii_lower(*pattern++) != ascii_lower(*text++))
			return false;
	}
	if (*pattern == '\0')
		return *text == '\0';
	while (*text && *text != '.')
		text++;
	return *text == '\0' ? pattern[1] == '\0'
			     : pattern_is(pattern + 1, text);
}

static bool strings_have(const struct strings *list, const char *text)
{
	if (list->n == 0)
		return true;
	if (!text || text[0] == '\0')
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (pattern_is(list->at[i], text))
			return true;
	return false;
}

static bool port_fits(const struct when *w, uint16_t port)
{
	enum service service;
	enum security security;
	bool found = w->port.n == 0;

	for (size_t i = 0; i < w->port.n && !found; i++)
		found = w->port.at[i] == port;
	if (!found || w->port_is == 0)
		return found;
	return port_purpose(port, &service, &security) &&
	       has_bit(w->port_is, security);
}

static bool smtp_fits(const struct when *w, unsigned code)
{
	for (size_t i = 0; i < w->smtp_count; i++)
		if (code >= w->smtp[i].from && code <= w->smtp[i].to)
			return true;
	return w->smtp_count == 0;
}

/*
 * A line without its stage was most likely the answer to a login; other
 * stages need words or codes that say so.
 */
static bool stage_fits(const struct when *w, const struct symptom *s)
{
	if (s->stage_known || w->stage == 0)
		return has_bit(w->stage, s->stage);
	return has_bit(w->stage, STAGE_LOGIN) || w->words_count > 0 ||
	       w->code.n > 0;
}

static bool place_fits(const struct when *w, const struct symptom *s)
{
	if (s->service_known && !has_bit(w->service, s->service))
		return false;
	if (s->security_known && !has_bit(w->security, s->security))
		return false;
	if (!stage_fits(w, s))
		return false;
	if (w->in_tls >= 0 && w->in_tls != (s->in_tls ? 1 : 0))
		return false;
	if (w->here >= 0 && w->here != (s->here ? 1 : 0))
		return false;
	if (w->mail >= 0 && w->mail != (s->mail ? 1 : 0))
		return false;
	return port_fits(w, s->port) &&
	       strings_have(&w->mechanism, s->mechanism) &&
	       strings_have(&w->provider, s->provider);
}

static const char *alert_text(const struct symptom *s, char *room, size_t cap);

static bool answer_fits(const struct when *w, const struct symptom *s)
{
	const struct reply *r = s->reply;
	char alert[32];

	if (w->fault && !(w->fault >> s->fault & 1))
		return false;
	if (!has_bit(w->answer, r->answer) || !has_bit(w->speech, s->speech))
		return false;
	if (w->challenge >= 0 &&
	    w->challenge != (r->challenge[0] != '\0' ? 1 : 0))
		return false;
	return smtp_fits(w, r->code) &&
	       strings_have(&w->enhanced, r->enhanced) &&
	       strings_have(&w->code, r->response_code) &&
	       (w->alert.n == 0 ||
		strings_have(&w->alert, alert_text(s, alert, sizeof(alert))));
}

/* RFC 8446 section 6; rules write alerts by these names. */
static const struct {
	int number;
	const char *name;
} alerts[] = {
	{ 10, "unexpected_message" },	{ 20, "bad_record_mac" },
	{ 22, "record_overflow" },	{ 40, "handshake_failure" },
	{ 42, "bad_certificate" },	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },		{ 49, "access_denied" },
	{ 50, "decode_error" },		{ 51, "decrypt_error" },
	{ 70, "protocol_version" },	{ 71, "insufficient_security" },
	{ 80, "internal_error" },	{ 86, "inappropriate_fallback" },
	{ 109, "missing_extension" },	{ 110, "unsupported_extension" },
	{ 112, "unrecognized_name" },	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
};

static const char *alert_text(const struct symptom *s, char *room, size_t cap)
{
	struct buf b = buf_over(room, cap);

	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].number == s->alert)
			return alerts[i].name;
	if (s->alert >= 0)
		buf_fmt(&b, "alert %d", s->alert);
	return room;
}

int alert_number(const char *name)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (strcmp(alerts[i].name, name) == 0)
			return alerts[i].number;
	return -1;
}

static bool link_found(const struct words *w, const struct normal *in)
{
	for (size_t i = 0; i < w->n; i++)
		if (strstr(in->text, w->word[i].text))
			return true;
	return false;
}

static bool words_fit(const struct when *w, struct look *l)
{
	if (w->words_count == 0 && w->not_words_count == 0 && w->link.n == 0)
		return true;
	if (!l->has_words)
		normal_of_reply(l->s, &l->words, &l->links);
	l->has_words = true;
	for (size_t i = 0; i < w->words_count; i++)
		if (!entry_found(&w->words[i], &l->words))
			return false;
	for (size_t i = 0; i < w->not_words_count; i++)
		if (entry_found(&w->not_words[i], &l->words))
			return false;
	return w->link.n == 0 || link_found(&w->link, &l->links);
}

static bool issuer_fits(const struct when *w, struct look *l)
{
	struct phrase any = { .n = 1, .list = { w->issuer } };
	struct entry entry = { &any, 1 };

	if (w->issuer.n == 0)
		return true;
	if (!l->s->issuer)
		return false;
	if (!l->has_issuer)
		normal_of(span_of(l->s->issuer), &l->issuer);
	l->has_issuer = true;
	return entry_found(&entry, &l->issuer);
}

/*
 * For good or for now, as the reply's codes say (RFC 5321 section 4.2.1, RFC
 * 3463 section 2, RFC 5530, RFC 3206). NONE: they do not, or do not agree.
 */
static enum fault_kind class_of(const struct reply *r)
{
	static const char *const for_good[] = {
		"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "AUTH",
	};
	unsigned enhanced = r->enhanced[0] ? (unsigned)(r->enhanced[0] - '0')
					   : r->code / 100;

	if (r->code > 0 && r->code / 100 != enhanced)
		return FAULT_NONE;
	if (enhanced == 4 || enhanced == 5)
		return enhanced == 4 ? FAULT_DEFERRED : FAULT_REJECTED;
	if (r->response_code[0] && reply_fault(r) == FAULT_DEFERRED)
		return FAULT_DEFERRED;
	for (size_t i = 0; i < sizeof(for_good) / sizeof(for_good[0]); i++)
		if (strcmp(r->response_code, for_good[i]) == 0)
			return FAULT_REJECTED;
	return FAULT_NONE;
}

/*
 * Words alone against the class of the reply: a server in trouble that refuses
 * for good, an account that is gone until later. A rule that looked at a code
 * has weighed it already.
 */
static bool is_against_class(const struct rule *r, const struct reply *reply)
{
	enum fault_kind class = class_of(reply);

	if (r->when.words_count == 0 || r->when.smtp_count > 0 ||
	    r->when.enhanced.n > 0 || r->when.code.n > 0 ||
	    r->when.provider.n > 0)
		return false;
	switch (r->cause[0].cause) {
	case CAUSE_SERVER_UNAVAILABLE:
	case CAUSE_CONNECTION_DROPPED:
		return class == FAULT_REJECTED;
	case CAUSE_WRONG_CREDENTIALS:
	case CAUSE_USERNAME_FORMAT:
	case CAUSE_APP_PASSWORD:
	case CAUSE_PROTOCOL_DISABLED:
	case CAUSE_ACCOUNT_DISABLED:
	case CAUSE_ACCOUNT_LOCKED:
	case CAUSE_PLAN_REQUIRED:
		return class == FAULT_DEFERRED;
	default:
		return false;
	}
}

static bool match_in(const struct rules *rules, struct look *l,
		     struct rule_match *ret)
{
	for (size_t i = 0; rules && i < rules->n; i++) {
		const struct rule *r = &rules->rule[i];

		if (!place_fits(&r->when, l->s) ||
		    !answer_fits(&r->when, l->s) ||
		    !issuer_fits(&r->when, l) || !words_fit(&r->when, l))
			continue;
		memset(ret, 0, sizeof(*ret));
		ret->rule = r->id;
		ret->causes = r->causes;
		memcpy(ret->cause, r->cause, sizeof(ret->cause));
		if (ret->cause[0].confidence == CONFIDENCE_LIKELY &&
		    is_against_class(r, l->s->reply))
			ret->cause[0].confidence = CONFIDENCE_POSSIBLE;
		ret->final = r->final ||
			     r->cause[0].confidence == CONFIDENCE_PROVEN;
		ret->password_right = r->password_right;
		ret->over_reply = r->over_reply;
		memcpy(ret->ask, r->ask, sizeof(ret->ask));
		return true;
	}
	return false;
}

bool rules_match(const struct rules *first, const struct rules *then,
		 const struct symptom *s, struct rule_match *ret)
{
	struct look l;

	l.s = s;
	l.has_words = l.has_issuer = false;
	if (match_in(first, &l, ret)) {
		ret->own = true;
		return true;
	}
	return match_in(then, &l, ret);
}

size_t rules_count(const struct rules *r)
{
	return r ? r->n : 0;
}

bool rules_name_cause(const struct rules *r, enum cause c)
{
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < r->rule[i].causes; k++)
			if (r->rule[i].cause[k].cause == c)
				return true;
	return false;
}
