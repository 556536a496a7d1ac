#ifndef MAILWHY_COMPARE_INPUT_H
#define MAILWHY_COMPARE_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"
#include "reports/compare.h"

/*
 * A customer's settings as they are typed off a screen or a mail:
 *
 *	imap=HOST:PORT:SECURITY,smtp=HOST:PORT:SECURITY,user=NAME
 *
 * Parts may be empty or left out at the end; IPv6 addresses stand in brackets;
 * security in the words of mail programs (ssl, ssl/tls, tls, starttls, none).
 */
struct customer {
	size_t servers;
	struct customer_server server[CUSTOMER_SERVERS_MAX];
	char user[SETTINGS_USER_CAP];	/* "" not told */
};

/* Adds to *io; false: not of this form, or more servers than fit. */
bool customer_parse(const char *text, struct customer *io);

/*
 * What --compare said, else what --server, --port, --service, --security and
 * --user say of one server. false: there is nothing to compare.
 */
bool customer_from_options(const struct options *o, struct customer *ret);

#endif
