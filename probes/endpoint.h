#ifndef MAILWHY_ENDPOINT_H
#define MAILWHY_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/wire/facts.h"

/* What is to be probed: values only. */
enum service { SERVICE_IMAP, SERVICE_SMTP, SERVICE_POP3 };
enum security { SECURITY_TLS, SECURITY_STARTTLS, SECURITY_NONE };

#define SERVICE_COUNT 3
#define SECURITY_COUNT 3

struct endpoint {
	enum service service;
	char host[HOST_CAP];		/* as asked for; UTF-8 */
	uint16_t port;
	enum security security;
	/*
	 * Asked for by name (URL, flags): it must work itself. Otherwise it is
	 * one of several ways to a service, and one that works is enough.
	 */
	bool demanded;
};

#define ENDPOINTS_MAX 8			/* of one account */

const char *service_name(enum service s);		/* "imap", "smtp", "pop3" */
bool service_by_name(const char *name, enum service *ret);
const char *security_name(enum security s);		/* "tls", "starttls", "none" */
bool security_by_name(const char *name, enum security *ret);

/* A name in A-labels that could be one of a host (RFC 1123), no address. */
bool endpoint_host_is_legal(const char *host);

/*
 * This machine under its own name: "localhost", 127.0.0.1, ::1. Between here
 * and there is no network that could block or be down.
 */
bool endpoint_host_is_here(const char *host);

/* RFC 8314 and RFC 6409: imap 993/143, smtp 465/587, pop3 995/110. */
uint16_t default_port(enum service s, enum security security);
/* What a port is for by registration; false: no mail port. */
bool port_purpose(uint16_t port, enum service *ret_service,
		  enum security *ret_security);

#endif
