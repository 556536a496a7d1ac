#include "cmd/compare_input.h"

#include <string.h>

#include "cmd/target.h"
#include "probes/base/text.h"

static bool parse_security(struct span word, struct customer_server *to)
{
	static const struct {
		const char *word;
		enum security security;
	} words[] = {
		{ "tls", SECURITY_TLS }, { "ssl", SECURITY_TLS },
		{ "ssl/tls", SECURITY_TLS }, { "starttls", SECURITY_STARTTLS },
		{ "none", SECURITY_NONE }, { "no", SECURITY_NONE },
		{ "なし", SECURITY_NONE },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!span_is(word, words[i].word))
			continue;
		to->security = words[i].security;
		to->has_security = true;
		return true;
	}
	return word.len == 0;
}

static bool parse_port(struct span word, struct customer_server *to)
{
	unsigned n;

	if (word.len == 0)
		return true;
	if (!span_number(word, &n) || n < 1 || n > 65535)
		return false;
	to->port = (uint16_t)n;
	return true;
}

/* "[2001:db8::1]", "imap.example.com" or nothing; *rest starts behind it. */
static bool parse_host(struct span *rest, struct customer_server *to)
{
	struct span host = { NULL, 0 };
	const char *close = rest->len > 0 && rest->at[0] == '[' ?
			    memchr(rest->at, ']', rest->len) : NULL;

	if (close) {
		host = (struct span){ rest->at + 1,
				      (size_t)(close - rest->at) - 1 };
		*rest = span_from(*rest, host.len + 2);
		if (rest->len > 0 && !span_skip(rest, ":"))
			return false;
	} else {
		span_cut(rest, ':', &host);
	}
	host = span_trim(host);
	if (host.len >= sizeof(to->host))
		return false;
	span_copy(host, to->host, sizeof(to->host));
	return !to->host[0] || target_host_is_plausible(to->host);
}

static bool parse_server(struct span value, enum service service,
			 struct customer *io)
{
	struct customer_server *to = &io->server[io->servers];
	struct span port = { NULL, 0 };

	if (io->servers == CUSTOMER_SERVERS_MAX)
		return false;
	*to = (struct customer_server){ .service = service };
	if (!parse_host(&value, to))
		return false;
	span_cut(&value, ':', &port);
	if (!parse_port(span_trim(port), to) ||
	    !parse_security(span_trim(value), to))
		return false;
	io->servers++;
	return true;
}

static bool parse_user(struct span value, struct customer *io)
{
	if (value.len == 0 || value.len >= sizeof(io->user))
		return false;
	span_copy(value, io->user, sizeof(io->user));
	return text_is_utf8(value);
}

static bool parse_item(struct span item, struct customer *io)
{
	static const struct {
		const char *word;
		enum service service;
	} words[] = {
		{ "imap", SERVICE_IMAP }, { "smtp", SERVICE_SMTP },
		{ "pop3", SERVICE_POP3 }, { "pop", SERVICE_POP3 },
	};
	struct span key = { NULL, 0 };

	if (!memchr(item.at, '=', item.len) || !span_cut(&item, '=', &key))
		return false;
	key = span_trim(key);
	if (span_is(key, "user"))
		return parse_user(span_trim(item), io);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_is(key, words[i].word))
			return parse_server(span_trim(item),
					    words[i].service, io);
	return false;
}

bool customer_parse(const char *text, struct customer *io)
{
	struct span rest = span_of(text), item;

	if (!*text)
		return false;
	while (span_cut(&rest, ',', &item))
		if (!parse_item(span_trim(item), io))
			return false;
	return true;
}

/* ---- from the flags that name a server ---- */

static enum service service_of(const struct options *o)
{
	enum service service;
	enum security security;
	struct span host = span_of(o->server);

	if (o->has_service)
		return o->service;
	if (o->port && port_purpose(o->port, &service, &security))
		return service;
	if (span_starts(host, "smtp"))
		return SERVICE_SMTP;
	return span_starts(host, "pop") ? SERVICE_POP3 : SERVICE_IMAP;
}

bool customer_from_options(const struct options *o, struct customer *ret)
{
	struct customer_server *c = &ret->server[0];

	*ret = (struct customer){ 0 };
	for (size_t i = 0; i < o->comparisons; i++)
		if (!customer_parse(o->comparison[i], ret))
			return false;
	if (!ret->user[0])
		span_copy(span_of(o->user), ret->user, sizeof(ret->user));
	if (o->comparisons == 0 &&
	    (o->server || o->port || o->has_service || o->has_security)) {
		*c = (struct customer_server){ .service = service_of(o),
					       .port = o->port };
		span_copy(span_of(o->server), c->host, sizeof(c->host));
		c->has_security = o->has_security;
		c->security = o->security;
		ret->servers = 1;
	}
	for (size_t i = 0; ret->user[0] && i < ret->servers; i++)
		ret->server[i].user = ret->user;
	return ret->servers > 0 || ret->user[0];
}
