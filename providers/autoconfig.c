#include "providers/autoconfig.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/domain_facts.h"

#define DEPTH_MAX 16		/* real files have 4, help texts a few more */
#define TEXT_CAP 300		/* a host name, and its blanks */

/*
 *	clientConfig > emailProvider > displayName
 *	                             > incomingServer type="imap"
 *	                             > outgoingServer type="smtp"
 *	                               > hostname port socketType username
 *	                                 authentication*
 */
enum { IN_ROOT = 1, IN_PROVIDER = 2, IN_SERVER = 3, IN_FIELD = 4 };

struct reading {
	XML_Parser parser;
	const char *domain;
	struct autoconfig *to;
	unsigned depth;
	bool in_provider, in_server;	/* the elements of depth 2 and 3 */
	bool provider_seen;
	struct offer server;		/* the one being read */
	char text_room[TEXT_CAP];
	struct buf text;		/* of the innermost element */
	struct fault stopped;		/* why we ended it ourselves */
};

static void stop(struct reading *r, enum fault_kind kind, const char *text)
{
	if (r->stopped.kind == FAULT_NONE)
		fail(&r->stopped, kind, "%s", text);
	XML_StopParser(r->parser, XML_FALSE);
}

/* ---- the fields of a server ---- */

static void fill_in(struct buf *out, struct span text, const char *domain)
{
	while (text.len > 0) {
		if (span_skip(&text, "%EMAILDOMAIN%")) {
			buf_str(out, domain);
			continue;
		}
		buf_char(out, text.at[0]);
		text = span_from(text, 1);
	}
}

static void take_host(struct reading *r, struct span text)
{
	char *host = r->server.endpoint.host;
	struct buf b = buf_over(host, HOST_CAP);

	fill_in(&b, text, r->domain);
	for (char *c = host; *c; c++)
		*c = ascii_lower(*c);
	if (b.full || !endpoint_host_is_legal(host))
		host[0] = '\0';
}

static void take_port(struct reading *r, struct span text)
{
	unsigned port;

	if (span_number(text, &port) && port <= 65535)
		r->server.endpoint.port = (uint16_t)port;
}

static void take_security(struct reading *r, struct span text)
{
	r->server.endpoint.security = span_is(text, "SSL") ? SECURITY_TLS :
		span_is(text, "STARTTLS") ? SECURITY_STARTTLS : SECURITY_NONE;
}

/* What was filled in for us came from the local part that we gave. */
static void take_user(struct reading *r, struct span text)
{
	char room[TEXT_CAP];
	struct buf b = buf_over(room, sizeof(room));
	struct span rest, local = { NULL, 0 };

	fill_in(&b, text, r->domain);
	rest = buf_span(&b);
	if (span_is(rest, "%EMAILADDRESS%")) {
		r->server.user_form = "address";
		return;
	}
	span_cut(&rest, '@', &local);
	if (!span_is(local, "%EMAILLOCALPART%") &&
	    !span_is(local, DOMAIN_LOCAL_PART))
		r->server.user_form = "other";
	else if (local.len == b.len)
		r->server.user_form = "local";
	else
		r->server.user_form = span_is(rest, r->domain) ? "address" :
				      "other";
}

static void take_auth(struct reading *r, struct span text)
{
	static const struct {
		const char *name;
		enum offer_auth auth;
	} names[] = {
		{ "password-cleartext", AUTH_PASSWORD },
		{ "plain",              AUTH_PASSWORD },
		{ "password-encrypted", AUTH_ENCRYPTED },
		{ "secure",             AUTH_ENCRYPTED },
		{ "OAuth2",             AUTH_OAUTH2 },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (span_is(text, names[i].name)) {
			r->server.auth |= names[i].auth;
			return;
		}
	}
	r->server.auth |= AUTH_OTHER;
}

static const struct {
	const char *name;
	void (*take)(struct reading *r, struct span text);
} fields[] = {
	{ "hostname", take_host }, { "port", take_port },
	{ "socketType", take_security }, { "username", take_user },
	{ "authentication", take_auth },
};

static void take_field(struct reading *r, const char *name)
{
	/* what did not fit is none of these */
	if (r->text.full)
		return;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].name, name) == 0)
			fields[i].take(r, span_trim(buf_span(&r->text)));
}

static void add_server(struct reading *r)
{
	struct autoconfig *to = r->to;

	if (r->server.endpoint.host[0] && r->server.endpoint.port &&
	    to->servers < OFFERS_MAX)
		to->server[to->servers++] = r->server;
}

static void take_name(struct reading *r)
{
	struct buf shown = buf_over(r->to->name, sizeof(r->to->name));

	text_printable(&shown, span_trim(buf_span(&r->text)), false);
}

/* ---- what expat calls ---- */

static const char *attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return "";
}

static bool begin_server(struct reading *r, const char *name,
			 const char **attributes)
{
	const char *type = attribute(attributes, "type");

	r->server = (struct offer){ .user_form = "" };
	r->server.endpoint.security = SECURITY_NONE;
	return (strcmp(name, "incomingServer") == 0 ||
		strcmp(name, "outgoingServer") == 0) &&
	       service_by_name(type, &r->server.endpoint.service);
}

static void XMLCALL element_began(void *arg, const char *name,
				  const char **attributes)
{
	struct reading *r = arg;

	r->text = buf_over(r->text_room, sizeof(r->text_room));
	if (++r->depth > DEPTH_MAX) {
		stop(r, FAULT_TOO_LONG, "elements nested too deep");
	} else if (r->depth == IN_ROOT) {
		if (strcmp(name, "clientConfig") != 0)
			stop(r, FAULT_PROTOCOL, "XML, but no clientConfig");
	} else if (r->depth == IN_PROVIDER) {
		r->in_provider = !r->provider_seen &&
				 strcmp(name, "emailProvider") == 0;
		r->provider_seen = r->provider_seen || r->in_provider;
	} else if (r->depth == IN_SERVER) {
		r->in_server = r->in_provider &&
			       begin_server(r, name, attributes);
	}
}

static void XMLCALL element_ended(void *arg, const char *name)
{
	struct reading *r = arg;

	if (r->depth == IN_FIELD && r->in_server) {
		take_field(r, name);
	} else if (r->depth == IN_SERVER) {
		if (r->in_server)
			add_server(r);
		else if (r->in_provider && strcmp(name, "displayName") == 0)
			take_name(r);
		r->in_server = false;
	}
	r->depth--;
	/* text behind a child is not the parent's beginning */
	r->text = buf_over(r->text_room, sizeof(r->text_room));
}

/* Line breaks around a value are no part of it. */
static void XMLCALL text_came(void *arg, const char *text, int len)
{
	struct reading *r = arg;

	for (int i = 0; i < len; i++)
		buf_char(&r->text, (unsigned char)text[i] < ' ' ? ' ' :
			 text[i]);
}

/* No entity without one, and no real file has one. */
static void XMLCALL doctype_began(void *arg, const char *name,
				  const char *system_id, const char *public_id,
				  int has_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	stop(arg, FAULT_PROTOCOL, "a document type, as web pages have");
}

/* ---- the whole ---- */

/* expat 2.9 deprecates the call that 2.5 has. */
static unsigned long line_of(XML_Parser parser)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
	return (unsigned long)XML_GetCurrentLineNumber64(parser);
#else
	return (unsigned long)XML_GetCurrentLineNumber(parser);
#endif
}

static bool end_of(struct reading *r, enum XML_Status status,
		   struct fault *why)
{
	enum XML_Error error = XML_GetErrorCode(r->parser);

	if (status == XML_STATUS_OK && r->stopped.kind == FAULT_NONE)
		return true;
	if (r->stopped.kind != FAULT_NONE)
		return fail(why, r->stopped.kind, "line %lu: %s",
			    line_of(r->parser),
			    r->stopped.text);
	if (error == XML_ERROR_NO_MEMORY)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	return fail(why, FAULT_PROTOCOL, "no XML (line %lu: %.60s)",
		    line_of(r->parser),
		    XML_ErrorString(error));
}

bool autoconfig_parse(struct span xml, const char *domain,
		      struct autoconfig *ret, struct fault *why)
{
	struct reading r = { .domain = domain, .to = ret };
	enum XML_Status status;
	bool ok;

	memset(ret, 0, sizeof(*ret));
	if (xml.len > INT_MAX)
		return fail(why, FAULT_TOO_LONG, "too long");
	r.text = buf_over(r.text_room, sizeof(r.text_room));
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, element_began, element_ended);
	XML_SetCharacterDataHandler(r.parser, text_came);
	XML_SetStartDoctypeDeclHandler(r.parser, doctype_began);
	status = XML_Parse(r.parser, xml.at, (int)xml.len, XML_TRUE);
	ok = end_of(&r, status, why);
	XML_ParserFree(r.parser);
	return ok;
}
