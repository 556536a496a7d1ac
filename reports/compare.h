#ifndef MAILWHY_COMPARE_H
#define MAILWHY_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/buf.h"
#include "probes/endpoint.h"
#include "reports/cause.h"

/*
 * A customer's settings held against the right ones, value by value: which
 * are wrong, and why that matters. Pure: no network, no texts; what the
 * caller found out about a host (whose it is, whether it answers) is input.
 */
#define SETTINGS_SERVERS_MAX 12
#define SETTINGS_USER_CAP 512

struct settings_server {
	struct endpoint endpoint;
	/* "{server}.example.jp": each customer has another */
	bool per_customer;
	/* what to enter; "": not the address, see the hint */
	char user[SETTINGS_USER_CAP];
};

/* What is right, best first. */
struct settings_known {
	const char *provider;		/* its name; "" not known */
	const char *address, *domain;
	size_t servers;
	struct settings_server server[SETTINGS_SERVERS_MAX];
	/* guesses that answered are right, but others may be, too */
	bool guessed;
	bool user_sure;			/* no other form of user name works */
};

/* What the customer's mail program is set to; any part may be missing. */
struct customer_server {
	enum service service;
	char host[HOST_CAP];		/* "" not told */
	uint16_t port;			/* 0 not told */
	bool has_security;
	enum security security;
	const char *user;		/* NULL not told */
	/* found out about its host by the caller */
	const char *foreign;		/* another provider whose server it is */
	bool is_mx;			/* it takes mail from other servers */
	bool was_tried, answers;	/* up to the greeting, verified */
	bool is_missing;		/* the name does not exist */
};

#define CUSTOMER_SERVERS_MAX 6

enum compare_field {
	COMPARE_HOST, COMPARE_PORT, COMPARE_SECURITY, COMPARE_USER,
	COMPARE_FIELDS
};

const char *compare_field_name(enum compare_field f);	/* "server", ... */

enum compare_result {
	COMPARE_NOT_TOLD,		/* the customer gave no value */
	COMPARE_RIGHT,
	COMPARE_UNSURE,			/* differs, or cannot be told */
	COMPARE_WRONG
};

const char *compare_result_name(enum compare_result r);	/* "right", ... */

/* Why a value is not right; the texts are compare.why.<id>. */
#define COMPARE_REASONS(X) \
	X(REASON_NONE,             "none") \
	/* the service as a whole */ \
	X(REASON_NO_SERVICE,       "no_service") \
	X(REASON_NO_ACCESS,        "no_access") \
	/* host */ \
	X(REASON_HOST_SERVICE,     "host_of_other_service") \
	X(REASON_HOST_MX,          "host_is_mx") \
	X(REASON_HOST_FOREIGN,     "host_of_other_provider") \
	X(REASON_HOST_REGION,      "host_of_other_region") \
	X(REASON_HOST_DOMAIN,      "host_is_domain") \
	X(REASON_HOST_TYPO,        "host_mistyped") \
	X(REASON_HOST_MISSING,     "host_does_not_exist") \
	X(REASON_HOST_UNKNOWN,     "host_not_published") \
	X(REASON_HOST_ANSWERS,     "host_answers") \
	/* port */ \
	X(REASON_PORT_SERVICE,     "port_of_other_service") \
	X(REASON_PORT_25,          "port_25") \
	X(REASON_PORT_UNKNOWN,     "port_not_offered") \
	/* security */ \
	X(REASON_SECURITY_NONE,    "security_none") \
	X(REASON_SECURITY_TLS,     "security_tls_port") \
	X(REASON_SECURITY_STARTTLS, "security_starttls_port") \
	X(REASON_SECURITY_CLEAR,   "security_clear_port") \
	X(REASON_SECURITY_PORT,    "security_goes_with_port") \
	/* user name */ \
	X(REASON_USER_ADDRESS,     "user_is_address") \
	X(REASON_USER_LOCAL,       "user_is_local_part") \
	X(REASON_USER_NOT_ADDRESS, "user_is_not_address") \
	X(REASON_USER_MISTYPED,    "user_mistyped") \
	X(REASON_USER_OTHER,       "user_of_other_account") \
	X(REASON_USER_UNTOLD,      "user_cannot_tell")

enum compare_reason {
#define X(reason, id) reason,
	COMPARE_REASONS(X)
#undef X
	REASON_COUNT
};

const char *compare_reason_name(enum compare_reason r);

struct compared_field {
	enum compare_result result;
	enum compare_reason reason;
};

struct compared_server {
	struct customer_server given;
	/* of the right ones the nearest to what was given; NULL: none */
	const struct settings_server *right;
	enum service other;		/* REASON_*_SERVICE: whose it is */
	/* REASON_NO_SERVICE or REASON_NO_ACCESS, else NONE */
	enum compare_reason missing;
	struct compared_field field[COMPARE_FIELDS];
};

/* *ret borrows from `known`. */
void compare_server(const struct settings_known *known,
		    const struct customer_server *given,
		    struct compared_server *ret);
/* The worst of it. */
enum compare_result compare_worst(const struct compared_server *c);

/* A host with a {placeholder} stands for every name of its pattern. */
bool compare_host_fits(const char *pattern, const char *host);

#endif
