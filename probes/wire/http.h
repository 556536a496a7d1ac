#ifndef MAILWHY_WIRE_HTTP_H
#define MAILWHY_WIRE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/base/clock.h"
#include "probes/base/fault.h"
#include "probes/wire/facts.h"

/*
 * GET over HTTPS by libcurl, which only http*.c know. libcurl brings some
 * thirty libraries along, and most runs need none of them: it is loaded when
 * it is needed, and a machine without it has FAULT_NO_HTTP.
 *
 * Proxies of the environment are not used: this asks the way a mail program
 * would have to go. No cookies, no credentials, nothing is kept.
 */
struct world;
struct connect_rule;

struct http_request {
	const char *url;
	const char *ca_file;		/* PEM of the roots; NULL: NO_TRUST */
	bool allow_clear;		/* http:// is fine, too */
	const struct connect_rule *connect_rule;	/* --connect-to */
	size_t connect_rules;
};

/* Before the first http_get, while there is one thread; may be repeated. */
void http_setup(void);

#define HTTP_REDIRECTS_MAX 3

/*
 * The whole answer, its body capped; names are looked up by w->resolve.
 * true: an answer came, whatever its status. *ret is filled as far as things
 * went. Faults: those of resolve, connect and tls, TIMEOUT, CANCELLED, CLOSED,
 * RESET, PROTOCOL, TOO_LONG (headers or body), REDIRECTS, NOT_HTTPS, NO_HTTP,
 * NO_TRUST, NO_MEMORY, INTERNAL.
 */
bool http_get(struct world *w, const struct http_request *request, msec by,
	      struct http_facts *ret, struct fault *why);

#endif
