#ifndef MAILWHY_CAUSE_H
#define MAILWHY_CAUSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Why a login fails. The id is the contract with reports, exit codes, rules
 * and tests; it is never translated and never renamed. `acts` is who has to
 * do something, and so the exit code. What each means and what to do stands
 * in the files of texts/ under cause.<id>.
 */
#define CAUSES(X) \
	/* the secret and the name */ \
	X(CAUSE_WRONG_CREDENTIALS,     "wrong_credentials",     1) \
	X(CAUSE_PASSWORD_MANGLED,      "password_mangled",      1) \
	X(CAUSE_USERNAME_FORMAT,       "username_format",       1) \
	X(CAUSE_APP_PASSWORD,          "app_password_required", 1) \
	X(CAUSE_SEPARATE_PASSWORD,     "separate_password_required", 1) \
	X(CAUSE_TWO_FACTOR,            "two_factor_enabled",    1) \
	X(CAUSE_OAUTH_REQUIRED,        "oauth_required",        1) \
	X(CAUSE_OAUTH_TOKEN_INVALID,   "oauth_token_invalid",   1) \
	X(CAUSE_PASSWORD_EXPIRED,      "password_expired",      1) \
	/* the account */ \
	X(CAUSE_PROTOCOL_DISABLED,     "protocol_disabled",     1) \
	X(CAUSE_ACCOUNT_LOCKED,        "account_locked",        1) \
	X(CAUSE_ACCOUNT_DISABLED,      "account_disabled",      1) \
	X(CAUSE_WEB_LOGIN_REQUIRED,    "web_login_required",    1) \
	X(CAUSE_PLAN_REQUIRED,         "plan_required",         1) \
	X(CAUSE_CLIENT_ID_REQUIRED,    "client_id_required",    1) \
	X(CAUSE_MAILBOX_FULL,          "mailbox_full",          1) \
	X(CAUSE_SENDER_MISMATCH,       "sender_mismatch",       1) \
	/* the settings */ \
	X(CAUSE_DOMAIN_WRONG,          "domain_wrong",          1) \
	X(CAUSE_SERVERS_UNKNOWN,       "servers_unknown",       1) \
	X(CAUSE_WRONG_HOST,            "wrong_host",            1) \
	X(CAUSE_ADDRESS_FAMILY,        "address_family",        1) \
	X(CAUSE_WRONG_PORT,            "wrong_port",            1) \
	X(CAUSE_WRONG_PROTOCOL,        "wrong_protocol",        1) \
	X(CAUSE_TLS_ON_PLAINTEXT_PORT, "tls_on_plaintext_port", 1) \
	X(CAUSE_PLAINTEXT_ON_TLS_PORT, "plaintext_on_tls_port", 1) \
	X(CAUSE_TLS_REQUIRED,          "tls_required",          1) \
	X(CAUSE_STARTTLS_UNSUPPORTED,  "starttls_unsupported",  1) \
	X(CAUSE_STARTTLS_STRIPPED,     "starttls_stripped",     3) \
	X(CAUSE_AUTH_NOT_OFFERED,      "auth_not_offered",      1) \
	X(CAUSE_AUTH_REQUIRED,         "auth_required",         1) \
	X(CAUSE_MECH_UNSUPPORTED,      "mech_unsupported",      1) \
	/* TLS */ \
	X(CAUSE_TLS_VERSION,           "tls_version_mismatch",  3) \
	X(CAUSE_TLS_CIPHER,            "tls_cipher_mismatch",   3) \
	X(CAUSE_CERT_HOSTNAME,         "cert_hostname_mismatch", 1) \
	X(CAUSE_CERT_UNTRUSTED,        "cert_untrusted",        3) \
	X(CAUSE_CERT_EXPIRED,          "cert_expired",          3) \
	X(CAUSE_CLOCK_WRONG,           "clock_wrong",           1) \
	X(CAUSE_TLS_INTERCEPTED,       "tls_intercepted",       1) \
	/* the network and the server */ \
	X(CAUSE_DNS_FAILURE,           "dns_failure",           3) \
	X(CAUSE_NETWORK_DOWN,          "network_down",          3) \
	X(CAUSE_CAPTIVE_PORTAL,        "captive_portal",        1) \
	X(CAUSE_NETWORK_BLOCKED,       "network_blocked",       3) \
	X(CAUSE_IP_BLOCKED,            "ip_blocked",            3) \
	X(CAUSE_RATE_LIMITED,          "rate_limited",          3) \
	X(CAUSE_SERVER_UNAVAILABLE,    "server_unavailable",    3) \
	X(CAUSE_CONNECTION_DROPPED,    "connection_dropped",    3) \
	X(CAUSE_UNKNOWN,               "unknown",               4) \
	/* nothing fails */ \
	X(CAUSE_NOT_TRIED,             "login_not_tried",       0) \
	X(CAUSE_WORKS,                 "works",                 0)

enum cause {
#define X(cause, id, acts) cause,
	CAUSES(X)
#undef X
	CAUSE_COUNT
};

const char *cause_id(enum cause c);
bool cause_by_id(const char *id, enum cause *ret);
int cause_exit_code(enum cause c);	/* 0, 1, 3 or 4 */
/*
 * Who can mend it, as the texts who.<name> say it: "person", "person_admin",
 * "operator", ...; "" nobody has to.
 */
const char *cause_who(enum cause c);

enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_PROVEN };

const char *confidence_name(enum confidence c);	/* "possible", "likely", "proven" */
bool confidence_by_name(const char *name, enum confidence *ret);

#endif
