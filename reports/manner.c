#include "reports/manner.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "reports/words.h"

#define DAY 86400
#define SMALL_GROUP 1024		/* bits: below it nobody goes on */

/* ---- masks ---- */

static bool is_mask(struct span word)
{
	size_t n = word.len;

	if (n > 0 && word.at[n - 1] >= 'A' && word.at[n - 1] <= 'Z')
		n--;
	for (size_t i = 0; i < n; i++)
		if (word.at[i] != 'X')
			return false;
	return n >= 3;
}

bool masks_in_capabilities(const struct evidence *e, bool *ret_fits)
{
	size_t wanted = e->endpoint.service == SERVICE_POP3 ? 4 : 8;
	size_t at = 0;
	struct span word;
	bool found = false;

	*ret_fits = false;
	while (capability_next(&e->capabilities[PHASE_CLEAR], "X", &at,
			       &word)) {
		if (!is_mask(word))
			continue;
		found = true;
		*ret_fits = *ret_fits || word.len == wanted;
	}
	return found;
}

bool masks_in_greeting(const struct evidence *e)
{
	const struct step *s = evidence_step(e, STAGE_GREETING);

	return s && strstr(s->reply.text, "********");
}

/* ---- manners ---- */

static const char *of_stripping(const struct words *w)
{
	bool fits;

	return masks_in_capabilities(w->about, &fits) ||
	       masks_in_greeting(w->about) ||
	       (w->step && strstr(w->step->reply.text, "XXXXXXX")) ?
	       ".masked" : "";
}

static const char *of_clock(const struct tls_facts *t, epoch stated)
{
	if (stated > 0 && llabs((long long)(stated - t->checked_at)) > DAY)
		return ".stated";
	return t->built_at > 0 && t->checked_at < t->built_at - DAY ?
	       ".built" : "";
}

/* By another of its addresses the same host was seen to do better. */
static bool is_one_address(const struct words *w, enum sight than)
{
	const struct trials *t = w->in->trials;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i] && t->trial[i].address[0] &&
		    t->trial[i].about < w->in->n &&
		    w->in->seen[t->trial[i].about] == w->about &&
		    sight_of(t, i) >= than)
			return true;
	return false;
}

/* That our clock is right is known from elsewhere, or from the server itself. */
static const char *of_expiry(const struct words *w)
{
	const struct diagnosis *d = w->in->diagnosis;
	epoch stated = w->about->stated_at;

	if (is_one_address(w, SIGHT_VERIFIED))
		return ".address";
	if (d->causes == 0 || d->cause[0].cause != CAUSE_CERT_EXPIRED ||
	    d->cause[0].confidence != CONFIDENCE_PROVEN)
		return "";
	return stated > 0 && llabs((long long)(stated -
			w->about->tls.checked_at)) <= DAY ? ".stated" : ".sure";
}

/* An experiment found the right server, and knew what this host is. */
static enum host_kind kind_of_host(const struct words *w)
{
	const struct trials *t = w->in->trials;
	const struct step *s = evidence_failure(w->about);

	if (!t || !s || s->stage == STAGE_RESOLVE)
		return HOST_KIND_UNKNOWN;
	for (size_t i = 0; i < t->n; i++) {
		const struct step *greeting = t->seen[i] ?
			evidence_step(t->seen[i], STAGE_GREETING) : NULL;

		if (greeting && greeting->result == STEP_PASSED &&
		    t->trial[i].kind != HOST_KIND_UNKNOWN &&
		    t->trial[i].about < w->in->n &&
		    w->in->seen[t->trial[i].about] == w->about)
			return t->trial[i].kind;
	}
	return HOST_KIND_UNKNOWN;
}

/* The name is right, and the certificate is somebody else's. */
static bool is_led_astray(const struct words *w)
{
	const struct trials *t = w->in->trials;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i] && t->trial[i].about < w->in->n &&
		    w->in->seen[t->trial[i].about] == w->about &&
		    sight_of(t, i) == SIGHT_FOREIGN_SERVER)
			return true;
	return false;
}

/* The password is right, and what comes after it fails: say so. */
static const char *of_login(const struct evidence *e)
{
	return e->login.outcome == LOGIN_ACCEPTED ? ".accepted" : "";
}

/* By another of its addresses the same host does its work. */
static const char *of_trouble(const struct words *w)
{
	if (endpoint_host_is_here(w->about->endpoint.host))
		return ".here";
	return is_one_address(w, SIGHT_TAKES_LOGINS) ? ".address" :
						       of_login(w->about);
}

/* -4 or -6, and an address of the other kind that we were given ourselves. */
static const char *of_family(const struct evidence *e)
{
	return e->name.source == NAME_IS_ADDRESS ||
	       e->name.source == NAME_FROM_OPTION ? ".given" : "";
}

/* Another name is found: it is not the name service here that is mute. */
static const char *of_lookup(const struct words *w)
{
	const struct trials *t = w->in->trials;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i] && t->trial[i].until == STAGE_RESOLVE &&
		    t->trial[i].about < w->in->n &&
		    w->in->seen[t->trial[i].about] == w->about &&
		    !text_same(t->trial[i].endpoint.host,
			       w->about->endpoint.host) &&
		    sight_of(t, i) >= SIGHT_RESOLVED)
			return ".domain";
	return "";
}

/* "This name does not exist", said by a name service that knows others. */
static const char *of_name(const struct words *w)
{
	const struct step *s = evidence_failure(w->about);

	return s && s->stage == STAGE_RESOLVE &&
	       s->why.kind == FAULT_NXDOMAIN ? ".nowhere" :
	       s && s->stage > STAGE_RESOLVE && s->stage < STAGE_LOGIN ?
	       ".other" : "";
}

static const char *of_host(const struct words *w)
{
	static const char *const manners[HOST_KIND_COUNT] = {
		[HOST_KIND_UNKNOWN] = "", [HOST_KIND_SERVICE] = ".service",
		[HOST_KIND_EXCHANGER] = ".exchanger", [HOST_KIND_WEB] = ".web",
		[HOST_KIND_SIBLING] = ".sibling",
	};

	if (is_led_astray(w))
		return ".foreign";
	if (kind_of_host(w) == HOST_KIND_UNKNOWN)
		return of_name(w);
	return manners[kind_of_host(w)];
}

/* With the secret or the user name in this form the login was accepted. */
static const char *of_variant(const struct words *w)
{
	static const char *const manners[VARIANT_COUNT] = {
		[VARIANT_NONE] = "", [VARIANT_TRIMMED] = ".trimmed",
		[VARIANT_HALF_WIDTH] = ".half_width",
		[VARIANT_UNSPACED] = ".unspaced",
		[VARIANT_LOCAL_PART] = ".local_part",
		[VARIANT_ADDRESS] = ".whole_address",
	};
	const struct trials *t = w->in->trials;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i] && t->trial[i].variant != VARIANT_NONE &&
		    sight_of(t, i) == SIGHT_ACCEPTED)
			return manners[t->trial[i].variant];
	return "";
}

/* The rule that said so, "" when none did. */
static const char *rule_of(const struct words *w, enum cause cause)
{
	const struct diagnosis *d = w->in->diagnosis;

	for (size_t i = 0; d && i < d->causes; i++)
		if (d->cause[i].cause == cause)
			return d->cause[i].rule;
	return "";
}

/* Refused in words, or with a code, that no rule knows. */
static const char *of_refusal(const struct words *w)
{
	static const char *const last_resort[] = {
		"login-refused", "login-refused-smtp", "command-refused",
		"login-refused-unsaid"	/* by a program */
	};
	const char *rule = rule_of(w, CAUSE_WRONG_CREDENTIALS);

	for (size_t i = 0; i < sizeof(last_resort) / sizeof(last_resort[0]);
	     i++)
		if (strcmp(rule, last_resort[i]) == 0)
			return ".unsaid";
	return "";
}

/* A public authority: its intermediate certificate, or its root, is not here. */
static const char *of_distrust(const struct words *w)
{
	const struct right *right = w->in->right;
	const char *rule = rule_of(w, CAUSE_CERT_UNTRUSTED);

	if (is_one_address(w, SIGHT_VERIFIED))
		return ".address";
	switch (w->step ? w->step->why.kind : FAULT_NONE) {
	case FAULT_CERT_FUTURE:
		return ".future";
	case FAULT_CERT_WEAK:
	case FAULT_CERT_USAGE:
	case FAULT_CERT_INVALID:
		return ".unfit";
	default:
		break;
	}
	if (strcmp(rule, "intermediate-missing") == 0)
		return ".intermediate";
	if (strcmp(rule, "authority-not-here") == 0 ||
	    (right && right_is_issuer(right, w->about->tls.cert[0].issuer)))
		return ".list";
	return "";
}

static const char *of_interception(const struct words *w)
{
	const struct right *right = w->in->right;
	const struct endpoint *e = &w->about->endpoint;

	return right && right->issuers > 0 &&
	       right_is_host(right, e->service, e->host) ? ".usual" : "";
}

/* More than one port of this host, and nothing comes back from any. */
static const char *of_block(const struct words *w)
{
	const struct endpoint *e = &w->about->endpoint, *other;

	for (size_t i = 0; i < w->in->n; i++) {
		other = &w->in->seen[i]->endpoint;
		if (w->in->diagnosis->endpoint_verdict[i] ==
			    CAUSE_NETWORK_BLOCKED &&
		    other->port != e->port && strcmp(other->host, e->host) == 0)
			return ".several";
	}
	return "";
}

/* What the server's hello told, in an experiment about this endpoint. */
static const struct tls_facts *hello_of(const struct words *w)
{
	const struct trials *t = w->in->trials;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->seen[i] && t->seen[i]->tls.offered[0] &&
		    t->trial[i].about < w->in->n &&
		    w->in->seen[t->trial[i].about] == w->about)
			return &t->seen[i]->tls;
	return NULL;
}

const char *manner_offered(const struct words *w)
{
	const struct tls_facts *hello = w->about ? hello_of(w) : NULL;

	if (hello)
		return hello->offered;
	return w->about ? w->about->tls.version : "";
}

const char *manner_offered_cipher(const struct words *w)
{
	const struct tls_facts *hello = w->about ? hello_of(w) : NULL;

	if (hello && hello->offered_cipher[0])
		return hello->offered_cipher;
	return w->about ? w->about->tls.cipher : "";
}

/* "TLSv1.0" to "TLSv1.3" against "TLSv1.2" or "TLSv1.2-1.3". */
static const char *of_version(const struct words *w)
{
	const char *offered = manner_offered(w);
	const char *ours = w->about->tls.our_versions;
	size_t n = strlen(offered), m = strlen(ours);

	if (n < 7 || m < 7)
		return "";
	if (offered[n - 1] > ours[m - 1])
		return ".newer";
	return offered[n - 1] < ours[6] ? ".older" : "";
}

/* "DH 512" */
unsigned manner_group_bits(const struct words *w)
{
	struct span group = w->about ? span_of(w->about->tls.group) :
				       span_of("");
	unsigned bits = 0;

	if (w->about && !w->about->tls.handshake_done &&
	    span_skip(&group, "DH ") && span_number(group, &bits))
		return bits < SMALL_GROUP ? bits : 0;
	return 0;
}

static const char *of_cipher(const struct words *w)
{
	const struct tls_facts *hello = hello_of(w);

	if (w->about->tls.own_limit)
		return w->about->tls.in_pieces ? ".pieces" : ".ours";
	if (w->step && w->step->why.kind == FAULT_TLS_LIMIT)
		return ".rekey";
	if (manner_group_bits(w) > 0)
		return ".group";
	return hello && hello->offered_cipher[0] && !hello->cipher_is_ours ?
	       ".old" : "";
}

/* What failed is this machine's, or our own. */
static const char *of_unknown(const struct words *w)
{
	switch (w->step ? w->step->why.kind : FAULT_NONE) {
	case FAULT_NO_MEMORY:
	case FAULT_NO_DESCRIPTORS:
	case FAULT_INTERNAL:
		return ".here";
	default:
		return "";
	}
}

const char *manner_of(const struct words *w, enum cause cause)
{
	if (cause == CAUSE_NOT_TRIED && w->in->n == 0)
		return ".nothing";
	if (cause == CAUSE_WRONG_CREDENTIALS)
		return of_refusal(w);
	if (!w->about)
		return "";
	switch (cause) {
	case CAUSE_PASSWORD_MANGLED:
	case CAUSE_USERNAME_FORMAT:
		return of_variant(w);
	case CAUSE_CERT_EXPIRED:
		return of_expiry(w);
	case CAUSE_SERVER_UNAVAILABLE:
		return of_trouble(w);
	case CAUSE_CONNECTION_DROPPED:
		return of_login(w->about);
	case CAUSE_ADDRESS_FAMILY:
		return of_family(w->about);
	case CAUSE_DNS_FAILURE:
		return of_lookup(w);
	case CAUSE_WRONG_HOST:
		return of_host(w);
	case CAUSE_STARTTLS_STRIPPED:
		return of_stripping(w);
	case CAUSE_NETWORK_BLOCKED:
		return of_block(w);
	case CAUSE_TLS_VERSION:
		return of_version(w);
	case CAUSE_TLS_CIPHER:
		return of_cipher(w);
	case CAUSE_MECH_UNSUPPORTED:
		return w->step && w->step->why.kind == FAULT_CLIENT_CERT ?
		       ".certificate" : "";
	case CAUSE_CERT_UNTRUSTED:
		return of_distrust(w);
	case CAUSE_CERT_HOSTNAME:
		return is_one_address(w, SIGHT_VERIFIED) ? ".address" : "";
	case CAUSE_WRONG_PORT:
		return words_ports_are_shut(w) ? ".none" : "";
	case CAUSE_TLS_INTERCEPTED:
		return of_interception(w);
	case CAUSE_UNKNOWN:
		return of_unknown(w);
	case CAUSE_CLOCK_WRONG:
		return of_clock(&w->about->tls, w->about->stated_at);
	default:
		return "";
	}
}

const char *manner_who(const char *manner)
{
	static const struct { const char *manner, *who; } rows[] = {
		/* one's own machine, where nobody else can mend anything */
		{ ".here", "person" }, { ".list", "person" },
		/* mailwhy's own limits */
		{ ".newer", "nobody" }, { ".ours", "nobody" },
		{ ".pieces", "nobody" }, { ".rekey", "nobody" },
		{ ".group", "operator" },
		{ ".older", "operator" }, { ".old", "operator" },
		{ ".address", "operator" }, { ".domain", "operator" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].manner, manner) == 0)
			return rows[i].who;
	return NULL;
}
