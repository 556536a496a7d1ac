#include "reports/diagnose_private.h"

static const char *const names[] = {
	[NOT_NETWORK] = "network",
	[NOT_NAME] = "name",
	[NOT_PORT] = "port",
	[NOT_TLS] = "tls",
	[NOT_CERTIFICATE] = "certificate",
	[NOT_USER_NAME] = "user_name",
	[NOT_PASSWORD] = "password",
	[NOT_PROTOCOL_SWITCH] = "protocol_switch",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == EXCLUSION_COUNT,
	       "every exclusion has a name");

const char *exclusion_name(enum exclusion e)
{
	return names[e];
}

#define BIT(e) (1u << (e))

/* While a cause is in the list, what it accuses cannot be excluded. */
static const unsigned char accuses[CAUSE_COUNT] = {
	[CAUSE_WRONG_CREDENTIALS] = BIT(NOT_USER_NAME) | BIT(NOT_PASSWORD),
	[CAUSE_PASSWORD_MANGLED] = BIT(NOT_PASSWORD),
	[CAUSE_USERNAME_FORMAT] = BIT(NOT_USER_NAME),
	[CAUSE_PROTOCOL_DISABLED] = BIT(NOT_PROTOCOL_SWITCH),
	[CAUSE_PLAN_REQUIRED] = BIT(NOT_PROTOCOL_SWITCH),
	[CAUSE_WRONG_HOST] = BIT(NOT_NAME),
	[CAUSE_WRONG_PORT] = BIT(NOT_PORT),
	[CAUSE_WRONG_PROTOCOL] = BIT(NOT_PORT),
	[CAUSE_TLS_ON_PLAINTEXT_PORT] = BIT(NOT_PORT) | BIT(NOT_TLS),
	[CAUSE_PLAINTEXT_ON_TLS_PORT] = BIT(NOT_PORT) | BIT(NOT_TLS),
	[CAUSE_TLS_REQUIRED] = BIT(NOT_TLS),
	[CAUSE_STARTTLS_UNSUPPORTED] = BIT(NOT_TLS),
	[CAUSE_STARTTLS_STRIPPED] = BIT(NOT_TLS) | BIT(NOT_NETWORK),
	[CAUSE_AUTH_NOT_OFFERED] = BIT(NOT_PORT),
	[CAUSE_TLS_VERSION] = BIT(NOT_TLS),
	[CAUSE_TLS_CIPHER] = BIT(NOT_TLS),
	[CAUSE_CERT_HOSTNAME] = BIT(NOT_CERTIFICATE) | BIT(NOT_NAME),
	[CAUSE_CERT_UNTRUSTED] = BIT(NOT_CERTIFICATE),
	[CAUSE_CERT_EXPIRED] = BIT(NOT_CERTIFICATE),
	[CAUSE_CLOCK_WRONG] = BIT(NOT_CERTIFICATE),
	[CAUSE_TLS_INTERCEPTED] = BIT(NOT_CERTIFICATE) | BIT(NOT_TLS) |
				  BIT(NOT_NETWORK),
	[CAUSE_DNS_FAILURE] = BIT(NOT_NAME) | BIT(NOT_NETWORK),
	[CAUSE_NETWORK_DOWN] = BIT(NOT_NETWORK),
	[CAUSE_CAPTIVE_PORTAL] = BIT(NOT_NETWORK),
	[CAUSE_NETWORK_BLOCKED] = BIT(NOT_NETWORK),
	[CAUSE_IP_BLOCKED] = BIT(NOT_NETWORK),
	[CAUSE_CONNECTION_DROPPED] = BIT(NOT_NETWORK),
};

static unsigned passed_by(const struct evidence *e)
{
	unsigned set = 0;

	/* that a name leads somewhere does not make it the right one */
	if (step_passed(e, STAGE_GREETING) ||
	    (e->tls.handshake_done && !e->tls.cert_wrong_name))
		set |= BIT(NOT_NAME);
	/* a program on this machine: there is no way that could be closed */
	if (endpoint_host_is_here(e->endpoint.host))
		set |= BIT(NOT_NETWORK);
	/* the right protocol greets on this port */
	if (step_passed(e, STAGE_GREETING))
		set |= BIT(NOT_NETWORK) | BIT(NOT_PORT);
	if (e->tls.handshake_done)
		set |= BIT(NOT_TLS);
	if (e->tls.handshake_done && e->tls.verified)
		set |= BIT(NOT_CERTIFICATE);
	return set;
}

void exclusions_find(const struct view *v, struct diagnosis *d)
{
	size_t order[ENDPOINTS_MAX], n = opinions_ranked(v, order);
	const struct opinion *o;
	const struct evidence *e;
	unsigned set;

	if (n == 0)
		return;
	o = &v->opinion[order[0]];
	e = v->seen[order[0]];
	set = passed_by(e);
	if (o->match.password_right || accepted_anywhere(v))
		set |= BIT(NOT_USER_NAME) | BIT(NOT_PASSWORD);
	if (e->login.outcome == LOGIN_ACCEPTED || o->match.password_right)
		set |= BIT(NOT_PROTOCOL_SWITCH);
	for (size_t i = 0; i < d->causes; i++)
		set &= ~(unsigned)accuses[d->cause[i].cause];
	for (unsigned i = 0; i < EXCLUSION_COUNT; i++)
		d->excluded[i] = (set & BIT(i)) != 0;
}
