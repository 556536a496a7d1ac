#include "reports/compare.h"

#include <string.h>

#include "probes/base/text.h"

static const char *const fields[] = {
	[COMPARE_HOST] = "server", [COMPARE_PORT] = "port",
	[COMPARE_SECURITY] = "security", [COMPARE_USER] = "user",
};
_Static_assert(sizeof(fields) / sizeof(fields[0]) == COMPARE_FIELDS,
	       "every field has a name");

static const char *const results[] = {
	[COMPARE_NOT_TOLD] = "not_told", [COMPARE_RIGHT] = "right",
	[COMPARE_UNSURE] = "unsure", [COMPARE_WRONG] = "wrong",
};

static const char *const reasons[] = {
#define X(reason, id) [reason] = id,
	COMPARE_REASONS(X)
#undef X
};

const char *compare_field_name(enum compare_field f)
{
	return fields[f];
}

const char *compare_result_name(enum compare_result r)
{
	return results[r];
}

const char *compare_reason_name(enum compare_reason r)
{
	return reasons[r];
}

static bool same(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
			return false;
	return true;
}

/* ---- which of the right servers the customer means ---- */

bool compare_host_fits(const char *pattern, const char *host)
{
	const char *open = strchr(pattern, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	size_t head = open ? (size_t)(open - pattern) : 0;
	size_t tail = close ? strlen(close + 1) : 0, len = strlen(host);

	if (!close)
		return text_same(pattern, host);
	return len > head + tail &&
	       same((struct span){ pattern, head },
		    (struct span){ host, head }) &&
	       text_same(close + 1, host + len - tail);
}

static bool host_fits(const struct settings_server *s, const char *host)
{
	return s->per_customer ? compare_host_fits(s->endpoint.host, host) :
				 text_same(s->endpoint.host, host);
}

/* The port tells more than the security which of two ways is meant. */
static unsigned likeness(const struct settings_server *s,
			 const struct customer_server *c)
{
	return (host_fits(s, c->host) ? 4u : 0u) +
	       (c->port == s->endpoint.port ? 2u : 0u) +
	       (c->has_security && c->security == s->endpoint.security ?
		1u : 0u);
}

static const struct settings_server *nearest(const struct settings_known *k,
					     const struct customer_server *c)
{
	const struct settings_server *best = NULL;

	for (size_t i = 0; i < k->servers; i++) {
		const struct settings_server *s = &k->server[i];

		if (s->endpoint.service == c->service &&
		    (!best || likeness(s, c) > likeness(best, c)))
			best = s;
	}
	return best;
}

/* ---- host ---- */

/* Changed, lost, added letters, two of them swapped: at most 2. */
static bool is_near(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), head = 0, tail = 0;

	while (head < la && head < lb &&
	       ascii_lower(a[head]) == ascii_lower(b[head]))
		head++;
	while (tail < la - head && tail < lb - head &&
	       ascii_lower(a[la - 1 - tail]) == ascii_lower(b[lb - 1 - tail]))
		tail++;
	return la - head - tail <= 2 && lb - head - tail <= 2;
}

static struct span last_labels(const char *host, unsigned n)
{
	const char *at = host + strlen(host);

	while (at > host && (at[-1] != '.' || --n > 0))
		at--;
	return span_of(at);
}

/*
 * "zoho" in imap.zoho.eu and imap.zoho.com: the same name under another end,
 * as providers with data centres in several countries have it.
 */
static bool is_other_region(const char *host, const char *right)
{
	struct span a = last_labels(host, 2), b = last_labels(right, 2);
	struct span brand_a, brand_b;

	if (span_starts(a, "co.") || span_starts(a, "com."))
		a = last_labels(host, 3);
	if (span_starts(b, "co.") || span_starts(b, "com."))
		b = last_labels(right, 3);
	if (same(a, b))
		return false;
	span_cut(&a, '.', &brand_a);
	span_cut(&b, '.', &brand_b);
	return brand_a.len > 2 && same(brand_a, brand_b);
}

static bool is_of_other_service(const struct settings_known *k,
				const struct customer_server *c,
				enum service *ret)
{
	for (size_t i = 0; i < k->servers; i++) {
		if (k->server[i].endpoint.service == c->service ||
		    !host_fits(&k->server[i], c->host))
			continue;
		*ret = k->server[i].endpoint.service;
		return true;
	}
	return false;
}

static bool is_domain(const struct settings_known *k, const char *host)
{
	struct span rest = span_of(host);

	span_skip(&rest, "www.");
	return span_is(rest, k->domain);
}

static enum compare_reason host_reason(const struct settings_known *k,
				       const struct customer_server *c,
				       const struct settings_server *right,
				       enum service *ret_other)
{
	if (is_of_other_service(k, c, ret_other))
		return REASON_HOST_SERVICE;
	if (c->is_mx)
		return REASON_HOST_MX;
	if (c->foreign)
		return REASON_HOST_FOREIGN;
	if (!c->is_missing && is_other_region(c->host, right->endpoint.host))
		return REASON_HOST_REGION;
	if (!c->answers && is_domain(k, c->host))
		return REASON_HOST_DOMAIN;
	if (!c->answers && !right->per_customer &&
	    is_near(c->host, right->endpoint.host))
		return REASON_HOST_TYPO;
	if (c->is_missing)
		return REASON_HOST_MISSING;
	return c->answers ? REASON_HOST_ANSWERS : REASON_HOST_UNKNOWN;
}

static void set(struct compared_server *ret, enum compare_field f,
		enum compare_result result, enum compare_reason reason)
{
	ret->field[f] = (struct compared_field){ result, reason };
}

static void compare_host(const struct settings_known *k,
			 const struct customer_server *c,
			 struct compared_server *ret)
{
	enum compare_reason why;
	bool open;

	if (!c->host[0])
		return;
	if (host_fits(ret->right, c->host)) {
		set(ret, COMPARE_HOST, COMPARE_RIGHT, REASON_NONE);
		return;
	}
	why = host_reason(k, c, ret->right, &ret->other);
	open = why == REASON_HOST_ANSWERS ||
	       (why == REASON_HOST_UNKNOWN && k->guessed && !c->was_tried);
	set(ret, COMPARE_HOST, open ? COMPARE_UNSURE : COMPARE_WRONG, why);
}

/* ---- port ---- */

static void compare_port(const struct customer_server *c,
			 struct compared_server *ret)
{
	enum service service;
	enum security security;

	if (!c->port)
		return;
	if (c->port == ret->right->endpoint.port) {
		set(ret, COMPARE_PORT, COMPARE_RIGHT, REASON_NONE);
	} else if (c->port == 25 && c->service == SERVICE_SMTP) {
		set(ret, COMPARE_PORT, COMPARE_WRONG, REASON_PORT_25);
	} else if (port_purpose(c->port, &service, &security) &&
		   service != c->service) {
		/* the host may have told the same already */
		if (ret->field[COMPARE_HOST].reason != REASON_HOST_SERVICE)
			ret->other = service;
		set(ret, COMPARE_PORT, COMPARE_WRONG, REASON_PORT_SERVICE);
	} else if (ret->field[COMPARE_HOST].reason == REASON_HOST_ANSWERS) {
		set(ret, COMPARE_PORT, COMPARE_UNSURE, REASON_HOST_ANSWERS);
	} else {
		set(ret, COMPARE_PORT, COMPARE_WRONG, REASON_PORT_UNKNOWN);
	}
}

/* ---- security ---- */

static enum compare_reason security_reason(const struct customer_server *c,
					   const struct endpoint *right)
{
	if (c->security == SECURITY_NONE)
		return REASON_SECURITY_NONE;
	if (c->port && c->port != right->port)
		return REASON_SECURITY_PORT;
	switch (right->security) {
	case SECURITY_TLS:
		return REASON_SECURITY_TLS;
	case SECURITY_STARTTLS:
		return REASON_SECURITY_STARTTLS;
	case SECURITY_NONE:
		break;
	}
	return REASON_SECURITY_CLEAR;
}

static void compare_security(const struct customer_server *c,
			     struct compared_server *ret)
{
	if (!c->has_security)
		return;
	if (c->security == ret->right->endpoint.security)
		set(ret, COMPARE_SECURITY, COMPARE_RIGHT, REASON_NONE);
	else if (ret->field[COMPARE_HOST].reason == REASON_HOST_ANSWERS)
		set(ret, COMPARE_SECURITY, COMPARE_UNSURE,
		    REASON_HOST_ANSWERS);
	else
		set(ret, COMPARE_SECURITY, COMPARE_WRONG,
		    security_reason(c, &ret->right->endpoint));
}

/* ---- user name ---- */

static bool is_local_part(const char *user, const char *address)
{
	return same(span_of(user),
		    span_head(span_of(address), strcspn(address, "@")));
}

static void compare_other_user(const struct settings_known *k,
			       const char *user, struct compared_server *ret)
{
	if (text_same(user, k->address))
		set(ret, COMPARE_USER, k->user_sure ? COMPARE_WRONG :
		    COMPARE_UNSURE, REASON_USER_NOT_ADDRESS);
	else
		set(ret, COMPARE_USER, COMPARE_UNSURE, REASON_USER_UNTOLD);
}

static void compare_user(const struct settings_known *k, const char *user,
			 struct compared_server *ret)
{
	const char *right = ret->right->user;
	enum compare_reason why = REASON_USER_OTHER;
	bool other_form = true;

	if (!user)
		return;
	if (!right[0]) {
		compare_other_user(k, user, ret);
		return;
	}
	if (text_same(user, right)) {
		set(ret, COMPARE_USER, COMPARE_RIGHT, REASON_NONE);
		return;
	}
	if (text_same(user, k->address))
		why = REASON_USER_LOCAL;
	else if (is_local_part(user, k->address))
		why = REASON_USER_ADDRESS;
	else
		other_form = false;
	if (!other_form && is_near(user, right))
		why = REASON_USER_MISTYPED;
	set(ret, COMPARE_USER, other_form && !k->user_sure ?
	    COMPARE_UNSURE : COMPARE_WRONG, why);
}

/* ---- all of it ---- */

void compare_server(const struct settings_known *known,
		    const struct customer_server *given,
		    struct compared_server *ret)
{
	*ret = (struct compared_server){ .given = *given };
	ret->right = nearest(known, given);
	if (!ret->right) {
		ret->missing = known->servers == 0 ? REASON_NO_ACCESS :
						     REASON_NO_SERVICE;
		return;
	}
	compare_host(known, given, ret);
	compare_port(given, ret);
	compare_security(given, ret);
	compare_user(known, given->user, ret);
}

enum compare_result compare_worst(const struct compared_server *c)
{
	enum compare_result worst = COMPARE_NOT_TOLD;

	if (c->missing != REASON_NONE)
		return COMPARE_WRONG;
	for (unsigned f = 0; f < COMPARE_FIELDS; f++)
		if (c->field[f].result > worst)
			worst = c->field[f].result;
	return worst;
}
