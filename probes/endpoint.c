#include "probes/endpoint.h"

#include <string.h>

#include "probes/base/text.h"

static const char *const services[] = { "imap", "smtp", "pop3" };
static const char *const securities[] = { "tls", "starttls", "none" };

/* RFC 8314 section 3, RFC 6409; 25 is where submission strays to. */
static const struct {
	uint16_t port;
	enum service service;
	enum security security;
} ports[] = {
	{ 993, SERVICE_IMAP, SECURITY_TLS      },
	{ 143, SERVICE_IMAP, SECURITY_STARTTLS },
	{ 465, SERVICE_SMTP, SECURITY_TLS      },
	{ 587, SERVICE_SMTP, SECURITY_STARTTLS },
	{ 995, SERVICE_POP3, SECURITY_TLS      },
	{ 110, SERVICE_POP3, SECURITY_STARTTLS },
	{ 25,  SERVICE_SMTP, SECURITY_STARTTLS },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

const char *service_name(enum service s)
{
	return services[s];
}

bool service_by_name(const char *name, enum service *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		if (text_same(services[i], name)) {
			*ret = (enum service)i;
			return true;
		}
	}
	return false;
}

const char *security_name(enum security s)
{
	return securities[s];
}

bool security_by_name(const char *name, enum security *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(securities); i++) {
		if (text_same(securities[i], name)) {
			*ret = (enum security)i;
			return true;
		}
	}
	return false;
}

uint16_t default_port(enum service s, enum security security)
{
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		if (ports[i].service == s &&
		    (ports[i].security == SECURITY_TLS) ==
		    (security == SECURITY_TLS))
			return ports[i].port;
	return 0;
}

bool port_purpose(uint16_t port, enum service *ret_service,
		  enum security *ret_security)
{
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		if (ports[i].port == port) {
			*ret_service = ports[i].service;
			*ret_security = ports[i].security;
			return true;
		}
	}
	return false;
}

bool endpoint_host_is_legal(const char *host)
{
	size_t label = 0, dots = 0;
	bool letters = false;

	for (const char *c = host; *c; c++) {
		if (*c == '.') {
			if (label == 0)
				return false;
			label = 0;
			letters = false;
			dots++;
			continue;
		}
		if (!ascii_is_alnum(*c) && *c != '_' && (*c != '-' || !label))
			return false;
		letters = letters || !ascii_is_digit(*c);
		if (++label > 63)
			return false;
	}
	/* a last part of digits is an address (or a typing mistake) */
	return dots > 0 && label > 0 && letters && strlen(host) < HOST_CAP - 2;
}

/* RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3. */
bool endpoint_host_is_here(const char *host)
{
	return text_same(host, "localhost") ||
	       text_ends(host, ".localhost") ||
	       strcmp(host, "::1") == 0 ||
	       (strncmp(host, "127.", 4) == 0 &&
		host[strspn(host, "0123456789.")] == '\0');
}
