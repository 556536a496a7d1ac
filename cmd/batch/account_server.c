#include "cmd/batch/account_build.h"

#include <string.h>

#include "cmd/target.h"

/*
 * What spreadsheets have in their columns of servers: a host, a host and a
 * port, or a URL. A port implies the service and the security; without one it
 * is the usual ports of what the column, or the host's own name, is for.
 */
struct server {
	struct building *b;
	const char *member;
	char host[HOST_CAP];
};

static bool add(const struct server *s, enum service service,
		enum security security, unsigned port)
{
	static const char *const schemes[SERVICE_COUNT][2] = {
		[SERVICE_IMAP] = { "imaps", "imap" },
		[SERVICE_SMTP] = { "submissions", "submission" },
		[SERVICE_POP3] = { "pop3s", "pop3" },
	};
	char url[HOST_CAP + 40];
	struct buf out = buf_over(url, sizeof(url));

	buf_fmt(&out, strchr(s->host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
		schemes[service][security != SECURITY_TLS], s->host, port);
	return build_endpoint(s->b, s->member, url);
}

/* Of SMTP's two ports one that works is enough. */
static bool add_usual(const struct server *s, enum service service)
{
	return add(s, service, SECURITY_TLS,
		   default_port(service, SECURITY_TLS)) &&
	       (service != SERVICE_SMTP ||
		add(s, service, SECURITY_STARTTLS,
		    default_port(service, SECURITY_STARTTLS)));
}

/* pop.example.com, smtp01.example.com; false: the name tells nothing. */
static bool service_of_host(const char *host, enum service *ret)
{
	static const struct {
		const char *start;
		enum service service;
	} rows[] = {
		{ "imap", SERVICE_IMAP }, { "pop", SERVICE_POP3 },
		{ "smtp", SERVICE_SMTP },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!span_starts(span_of(host), rows[i].start))
			continue;
		*ret = rows[i].service;
		return true;
	}
	return false;
}

enum column { COLUMN_ANY, COLUMN_INCOMING, COLUMN_ONE };

static bool add_host(const struct server *s, enum column column,
		     enum service service)
{
	enum service its;

	if (column != COLUMN_ONE && service_of_host(s->host, &its) &&
	    (column == COLUMN_ANY || its != SERVICE_SMTP))
		return add_usual(s, its);
	if (column == COLUMN_ANY)
		return add_usual(s, SERVICE_IMAP) && add_usual(s, SERVICE_SMTP);
	return add_usual(s, service);
}

static bool build(struct building *b, const char *member, const char *value,
		  enum column column, enum service service)
{
	struct server s = { .b = b, .member = member };
	enum security security;
	struct span host;
	uint16_t port;

	if (strstr(value, "://") || target_holds_secret(value) ||
	    strlen(value) >= sizeof(s.host))
		return build_endpoint(b, member, value);
	span_copy(span_of(value), s.host, sizeof(s.host));
	if (target_host_is_plausible(s.host))
		return add_host(&s, column, service);
	if (!target_split_port(span_of(value), &host, &port) ||
	    !port_purpose(port, &service, &security))
		return build_endpoint(b, member, value);
	span_copy(host, s.host, sizeof(s.host));
	return target_host_is_plausible(s.host) ?
	       add(&s, service, security, port) :
	       build_endpoint(b, member, value);
}

bool build_server(struct building *b, const char *member, const char *value)
{
	return build(b, member, value, COLUMN_ANY, SERVICE_IMAP);
}

bool build_incoming(struct building *b, const char *member, const char *value)
{
	return build(b, member, value, COLUMN_INCOMING, SERVICE_IMAP);
}

bool build_imap(struct building *b, const char *member, const char *value)
{
	return build(b, member, value, COLUMN_ONE, SERVICE_IMAP);
}

bool build_smtp(struct building *b, const char *member, const char *value)
{
	return build(b, member, value, COLUMN_ONE, SERVICE_SMTP);
}

bool build_pop3(struct building *b, const char *member, const char *value)
{
	return build(b, member, value, COLUMN_ONE, SERVICE_POP3);
}
