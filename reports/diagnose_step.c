#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "reports/diagnose_private.h"

/* One step of one endpoint, with what is known of the provider. */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void local_part(const char *address, char *to, size_t cap)
{
	const char *at = strchr(address, '@');

	span_copy((struct span){ address, at ? (size_t)(at - address) : 0 },
		  to, cap);
}

/* Who signed, and for whom: what interceptors give themselves away by. */
static void issuers(const struct tls_facts *t, struct buf *out)
{
	for (size_t i = 0; i < t->chain; i++) {
		buf_str(out, t->cert[i].issuer);
		buf_str(out, "; ");
	}
}

/* ---- what rules cannot see ---- */

static bool is_at(const struct step *s, enum stage stage, enum fault_kind f)
{
	return s->stage == stage && s->why.kind == f;
}

/* Every mechanism on offer takes a token, none a password. */
static bool only_tokens(const struct capabilities *c)
{
	struct span word;
	size_t at = 0;
	bool tokens = false;

	while (capability_next(c, "AUTH=", &at, &word)) {
		if (span_is(word, "AUTH=XOAUTH2") ||
		    span_is(word, "AUTH=OAUTHBEARER"))
			tokens = true;
		else if (!span_is(word, "AUTH=PLAIN-CLIENTTOKEN") &&
			 !span_is(word, "AUTH=XYMCOOKIE"))
			return false;
	}
	return tokens;
}

static bool offers_starttls(const struct evidence *e)
{
	const struct capabilities *c = &e->capabilities[PHASE_CLEAR];

	return capability_has(c, "STARTTLS") || capability_has(c, "STLS");
}

static bool is_right_host(const struct evidence *e,
			  const struct expectation *k)
{
	return right_is_host(&k->right, e->endpoint.service,
			     e->endpoint.host);
}

static void judge_offer(const struct evidence *e, const struct step *s,
			struct rule_match *m)
{
	if (is_at(s, STAGE_LOGIN, FAULT_NO_MECHANISM) &&
	    only_tokens(evidence_capabilities(e))) {
		match_lead(m, CAUSE_OAUTH_REQUIRED, CONFIDENCE_LIKELY);
		m->cause[1].confidence = CONFIDENCE_POSSIBLE;
	} else if (is_at(s, STAGE_LOGIN, FAULT_NOT_OFFERED) && !s->in_tls &&
		   offers_starttls(e)) {
		match_lead(m, CAUSE_TLS_REQUIRED, CONFIDENCE_LIKELY);
		m->cause[1].confidence = CONFIDENCE_POSSIBLE;
	}
}

/* The first cause, with nothing else as sure. */
static void lead_alone(struct rule_match *m, enum cause c)
{
	for (size_t i = 0; i < m->causes; i++)
		m->cause[i].confidence = CONFIDENCE_POSSIBLE;
	match_lead(m, c, CONFIDENCE_LIKELY);
}

/* Nobody answers: is it the provider's own server, and on a port of its own? */
static void judge_silence(const struct evidence *e,
			  const struct expectation *k, struct rule_match *m)
{
	if (!is_right_host(e, k)) {
		lead_alone(m, CAUSE_WRONG_HOST);
		return;
	}
	match_drop(m, CAUSE_WRONG_HOST);
	if (!right_is_port(&k->right, &e->endpoint)) {
		lead_alone(m, CAUSE_WRONG_PORT);
		return;
	}
	match_drop(m, CAUSE_WRONG_PORT);
	lead_alone(m, CAUSE_NETWORK_BLOCKED);
}

/*
 * It greeted this very machine a moment ago: neither its name nor its port is
 * a mistake, and nothing on the way lets it through now and then. It is down,
 * or has enough of us.
 */
static void judge_return(struct rule_match *m)
{
	match_drop(m, CAUSE_WRONG_HOST);
	match_drop(m, CAUSE_WRONG_PORT);
	match_drop(m, CAUSE_NETWORK_BLOCKED);
	lead_alone(m, CAUSE_SERVER_UNAVAILABLE);
	match_rival(m, CAUSE_IP_BLOCKED, CONFIDENCE_POSSIBLE);
}

/*
 * The settings against those known to be right. The provider's own server
 * under its own name is no mistake of the settings, so something on the way
 * answers, or nothing.
 */
static void judge_settings(const struct evidence *e, const struct step *s,
			   const struct expectation *k, struct rule_match *m)
{
	enum fault_kind f = s->why.kind;

	if (s->stage == STAGE_CONNECT &&
	    (f == FAULT_REFUSED || f == FAULT_TIMEOUT) &&
	    right_is_port(&k->worked, &e->endpoint)) {
		judge_return(m);
		return;
	}
	if (!right_has_service(&k->right, e->endpoint.service) ||
	    endpoint_host_is_here(e->endpoint.host))
		return;
	if (s->stage == STAGE_CONNECT &&
	    (f == FAULT_REFUSED || f == FAULT_TIMEOUT)) {
		judge_silence(e, k, m);
	} else if (s->stage == STAGE_CONNECT && is_right_host(e, k)) {
		match_drop(m, CAUSE_WRONG_HOST);
		match_drop(m, CAUSE_WRONG_PORT);
	} else if (s->stage == STAGE_RESOLVE && is_right_host(e, k) &&
		   match_has(m, CAUSE_WRONG_HOST)) {
		match_drop(m, CAUSE_WRONG_HOST);
		match_lead(m, CAUSE_DNS_FAILURE, CONFIDENCE_LIKELY);
		match_rival(m, CAUSE_NETWORK_DOWN, CONFIDENCE_POSSIBLE);
	}
}

/*
 * A secret of the right kind, and refused all the same: it is mistyped or was
 * withdrawn since. A switch that the answer speaks of is the better guess.
 */
static void judge_right_kind(enum cause usual, struct rule_match *m)
{
	struct ranked_cause first = m->cause[0];

	match_drop(m, usual);
	if (m->causes > 1 && m->cause[1].cause == CAUSE_PROTOCOL_DISABLED)
		first = m->cause[1];
	match_lead(m, usual, CONFIDENCE_POSSIBLE);
	match_lead(m, first.cause, first.confidence);
}

/*
 * "Too many bad attempts" means the wrong kind of secret only as long as the
 * secret may be of the wrong kind.
 */
static bool blames_kind(const struct expectation *k,
			const struct rule_match *m)
{
	return k->secret_like_kind &&
	       m->cause[0].cause == k->ordinary_refusal &&
	       m->cause[0].cause != CAUSE_WRONG_CREDENTIALS &&
	       m->cause[0].confidence != CONFIDENCE_PROVEN &&
	       match_has(m, CAUSE_WRONG_CREDENTIALS);
}

/*
 * An ordinary "wrong password": what the provider's secret looks like. What
 * the server said too vaguely to be sure of becomes no surer by it.
 */
void judge_secret(const struct expectation *k, struct rule_match *m)
{
	enum cause usual = k->ordinary_refusal;

	enum confidence sure = m->cause[0].confidence;

	if (blames_kind(k, m)) {
		match_drop(m, usual);
		match_rival(m, usual, CONFIDENCE_POSSIBLE);
		if (m->cause[0].cause == CAUSE_WRONG_CREDENTIALS)
			m->cause[0].confidence = sure;
		return;
	}
	if (m->cause[0].cause != CAUSE_WRONG_CREDENTIALS)
		return;
	if (usual != CAUSE_COUNT && usual != CAUSE_WRONG_CREDENTIALS &&
	    k->provider && k->provider[0]) {
		if (k->secret_like_kind) {
			judge_right_kind(usual, m);
		} else {
			m->cause[0].confidence = CONFIDENCE_POSSIBLE;
			/* it cannot be accepted: no need to guess further */
			if (k->secret_unlike_kind && k->ordinary_refusal_sure)
				m->causes = 1;
			match_lead(m, usual,
				   k->secret_unlike_kind ||
				   (k->ordinary_refusal_sure &&
				    sure > CONFIDENCE_POSSIBLE) ?
				   CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE);
		}
	}
	if (k->secret_suspicious) {
		bool first = m->cause[0].cause == CAUSE_WRONG_CREDENTIALS;

		if (first)
			match_lead(m, CAUSE_PASSWORD_MANGLED,
				   CONFIDENCE_LIKELY);
		else
			match_rival(m, CAUSE_PASSWORD_MANGLED,
				    CONFIDENCE_POSSIBLE);
	}
}

static bool is_switched_off(const struct expectation *k,
			    const struct symptom *s)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (k->switched_off[i] &&
		    (!s->service_known || s->service == (enum service)i))
			return true;
	return false;
}

/*
 * A refusal without a reason, where an account has no access from the start
 * or another secret once two-step verification is on: these are rivals. The
 * provider's own rules know better which of its answers mean what.
 */
void judge_access(const struct expectation *k, const struct symptom *s,
		  struct rule_match *m)
{
	if (m->own || !match_has(m, CAUSE_WRONG_CREDENTIALS) ||
	    m->cause[0].confidence == CONFIDENCE_PROVEN)
		return;
	if (k->app_password_with_2fa)
		match_rival(m, CAUSE_APP_PASSWORD, CONFIDENCE_POSSIBLE);
	if (is_switched_off(k, s))
		match_rival(m, CAUSE_PROTOCOL_DISABLED, CONFIDENCE_POSSIBLE);
}

enum name_fit { NAME_FITS, NAME_DOUBTFUL, NAME_UNFIT };

/* The user name against the form that the provider's have. */
static enum name_fit fit_of_name(const struct evidence *e,
				 const struct expectation *k)
{
	const char *form = k->user_form[e->endpoint.service];
	const char *user = or_empty(k->user);
	bool whole = strchr(user, '@') != NULL;

	if (!form || !*user)
		return NAME_FITS;
	if (strcmp(form, "address") == 0)
		return whole ? NAME_FITS : NAME_UNFIT;
	if (strcmp(form, "local") == 0)		/* most take both */
		return whole ? NAME_DOUBTFUL : NAME_FITS;
	/* an account's ID may look like an address, but hardly like this one */
	return text_same(user, or_empty(k->address)) ? NAME_UNFIT : NAME_FITS;
}

/*
 * Refused without a reason, with a name that cannot be right: that comes
 * before a mistyped password. A secret of the wrong kind comes before both.
 */
static void judge_name(const struct evidence *e, const struct expectation *k,
		       struct rule_match *m)
{
	enum name_fit fit = fit_of_name(e, k);

	if (fit == NAME_FITS || !match_has(m, CAUSE_WRONG_CREDENTIALS) ||
	    m->cause[0].confidence == CONFIDENCE_PROVEN)
		return;
	if (fit == NAME_UNFIT && !k->secret_unlike_kind &&
	    m->cause[0].cause == CAUSE_WRONG_CREDENTIALS)
		match_lead(m, CAUSE_USERNAME_FORMAT, CONFIDENCE_LIKELY);
	else
		match_rival(m, CAUSE_USERNAME_FORMAT, CONFIDENCE_POSSIBLE);
}

/*
 * Never "wrong password" when the login was not answered, or was put off:
 * whatever the words are, they are not about the secret.
 */
static void keep_honest(const struct step *s, struct rule_match *m)
{
	bool answered = s->stage == STAGE_LOGIN &&
			s->why.kind == FAULT_REJECTED;
	bool blamed;

	if (answered || s->why.kind == FAULT_BAD_SECRET)
		return;
	blamed = match_has(m, CAUSE_WRONG_CREDENTIALS) ||
		 match_has(m, CAUSE_USERNAME_FORMAT);
	match_drop(m, CAUSE_WRONG_CREDENTIALS);
	match_drop(m, CAUSE_PASSWORD_MANGLED);
	match_drop(m, CAUSE_USERNAME_FORMAT);
	/* the start of a refusal: its faint rivals are no verdict either */
	if (m->causes == 0 ||
	    (blamed && m->cause[0].confidence == CONFIDENCE_POSSIBLE))
		match_lead(m, s->why.kind == FAULT_DEFERRED ?
			   CAUSE_SERVER_UNAVAILABLE : CAUSE_CONNECTION_DROPPED,
			   CONFIDENCE_LIKELY);
}

static void symptom_fill(const struct evidence *e, const struct step *step,
			 const struct expectation *k, struct symptom *s)
{
	*s = (struct symptom){
		.service = e->endpoint.service, .service_known = true,
		.security = e->endpoint.security, .security_known = true,
		.port = e->endpoint.port,
		.stage = step->stage, .stage_known = true,
		.fault = step->why.kind, .reply = &step->reply,
		.speech = step->speech, .alert = -1,
		.mechanism = e->login.mechanism,
		.provider = or_empty(k->provider),
		.in_tls = step->in_tls, .mail = true,
		.here = endpoint_host_is_here(e->endpoint.host),
	};
	if (step->stage == STAGE_TLS)
		s->alert = e->tls.alert;
}

static void own_words(const struct evidence *e, const struct expectation *k,
		      const char *local, struct symptom *s)
{
	const char *words[] = { k->address, k->user, e->endpoint.host, local };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i] && words[i][0])
			s->own_words[n++] = words[i];
}

bool diagnose_step(const struct evidence *e, const struct step *step,
		   const struct expectation *known,
		   const struct rules *general, struct rule_match *ret)
{
	char names[CHAIN_MAX * 168], local[HOST_CAP];
	struct buf issuer = buf_over(names, sizeof(names));
	struct symptom s;
	bool found;

	symptom_fill(e, step, known, &s);
	issuers(&e->tls, &issuer);
	s.issuer = names;
	local_part(or_empty(known->address), local, sizeof(local));
	own_words(e, known, local, &s);
	found = rules_match(known->rules, general, &s, ret);
	if (!found) {
		memset(ret, 0, sizeof(*ret));
		ret->rule = "";
		match_lead(ret, CAUSE_UNKNOWN, CONFIDENCE_POSSIBLE);
	}
	judge_offer(e, step, ret);
	judge_starttls(e, step, known, ret);
	judge_settings(e, step, known, ret);
	judge_certificate(e, step, known, ret);
	keep_honest(step, ret);
	judge_secret(known, ret);
	judge_name(e, known, ret);
	judge_access(known, &s, ret);
	return found;
}
