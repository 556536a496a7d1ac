#include "reports/cause.h"

#include <string.h>

static const struct {
	const char *id;
	int acts;
} rows[] = {
#define X(cause, id, acts) [cause] = { id, acts },
	CAUSES(X)
#undef X
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == CAUSE_COUNT,
	       "every cause has an id");

/* Who can mend it; texts/, who.<name>. */
static const char *const who[CAUSE_COUNT] = {
	[CAUSE_WRONG_CREDENTIALS] = "person_support",
	[CAUSE_PASSWORD_MANGLED] = "person",
	[CAUSE_USERNAME_FORMAT] = "person_support",
	[CAUSE_APP_PASSWORD] = "person_admin",
	[CAUSE_SEPARATE_PASSWORD] = "person_support",
	[CAUSE_TWO_FACTOR] = "person_admin",
	[CAUSE_OAUTH_REQUIRED] = "person_admin",
	[CAUSE_OAUTH_TOKEN_INVALID] = "person",
	[CAUSE_PASSWORD_EXPIRED] = "person_admin",
	[CAUSE_PROTOCOL_DISABLED] = "person_admin",
	[CAUSE_ACCOUNT_LOCKED] = "person_support",
	[CAUSE_ACCOUNT_DISABLED] = "support",
	[CAUSE_WEB_LOGIN_REQUIRED] = "person",
	[CAUSE_PLAN_REQUIRED] = "person_admin",
	[CAUSE_CLIENT_ID_REQUIRED] = "person",
	[CAUSE_MAILBOX_FULL] = "person_admin",
	[CAUSE_SENDER_MISMATCH] = "person_admin",
	[CAUSE_DOMAIN_WRONG] = "person_support",
	[CAUSE_SERVERS_UNKNOWN] = "person_support",
	[CAUSE_WRONG_HOST] = "person_support",
	[CAUSE_ADDRESS_FAMILY] = "person",
	[CAUSE_WRONG_PORT] = "person_support",
	[CAUSE_WRONG_PROTOCOL] = "person_support",
	[CAUSE_TLS_ON_PLAINTEXT_PORT] = "person_support",
	[CAUSE_PLAINTEXT_ON_TLS_PORT] = "person_support",
	[CAUSE_TLS_REQUIRED] = "person_support",
	[CAUSE_STARTTLS_UNSUPPORTED] = "person_support",
	[CAUSE_STARTTLS_STRIPPED] = "network",
	[CAUSE_AUTH_NOT_OFFERED] = "person_support",
	[CAUSE_AUTH_REQUIRED] = "person_support",
	[CAUSE_MECH_UNSUPPORTED] = "person_support",
	[CAUSE_TLS_VERSION] = "person_operator",
	[CAUSE_TLS_CIPHER] = "person_operator",
	[CAUSE_CERT_HOSTNAME] = "person_support",
	[CAUSE_CERT_UNTRUSTED] = "operator",
	[CAUSE_CERT_EXPIRED] = "operator",
	[CAUSE_CLOCK_WRONG] = "person",
	[CAUSE_TLS_INTERCEPTED] = "network",
	[CAUSE_DNS_FAILURE] = "network",
	[CAUSE_NETWORK_DOWN] = "person",
	[CAUSE_CAPTIVE_PORTAL] = "person",
	[CAUSE_NETWORK_BLOCKED] = "network",
	[CAUSE_IP_BLOCKED] = "person_support",
	[CAUSE_RATE_LIMITED] = "wait",
	[CAUSE_SERVER_UNAVAILABLE] = "wait",
	[CAUSE_CONNECTION_DROPPED] = "network",
	[CAUSE_UNKNOWN] = "expert",
	[CAUSE_NOT_TRIED] = "",
	[CAUSE_WORKS] = "",
};

static const char *const confidences[] = { "possible", "likely", "proven" };

const char *cause_id(enum cause c)
{
	return rows[c].id;
}

bool cause_by_id(const char *id, enum cause *ret)
{
	for (size_t i = 0; i < CAUSE_COUNT; i++) {
		if (strcmp(rows[i].id, id) == 0) {
			*ret = (enum cause)i;
			return true;
		}
	}
	return false;
}

int cause_exit_code(enum cause c)
{
	return rows[c].acts;
}

const char *cause_who(enum cause c)
{
	return who[c];
}

const char *confidence_name(enum confidence c)
{
	return confidences[c];
}

bool confidence_by_name(const char *name, enum confidence *ret)
{
	for (size_t i = 0; i <= CONFIDENCE_PROVEN; i++) {
		if (strcmp(confidences[i], name) == 0) {
			*ret = (enum confidence)i;
			return true;
		}
	}
	return false;
}
