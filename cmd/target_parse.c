#include "cmd/target.h"

#include <string.h>

#include "probes/base/text.h"

static bool is_space_or_control(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static bool has_space_or_control(const char *text)
{
	for (; *text; text++)
		if (is_space_or_control(*text))
			return true;
	return false;
}

/* mailto:taro@mail.example is an address with a scheme of its own. */
bool target_holds_secret(const char *text)
{
	const char *scheme = strstr(text, "://");
	const char *user = scheme ? scheme + 3 : text;
	const char *at = strrchr(user, '@');
	const char *colon = strchr(user, ':');

	return at && colon && colon < at && !span_starts(span_of(text),
							 "mailto:");
}

/* Quoted local parts with an @ of their own (RFC 5321) are not mailboxes
 * anybody logs in to; a second @ is a typing mistake. */
bool target_is_address(const char *text)
{
	const char *at = strchr(text, '@');

	/* RFC 5322 3.2.3: these need quotes; "mailto:" would be one of them */
	return at && at != text && at[1] && !strchr(at + 1, '@') &&
	       strcspn(text, ":;,<>()[]\"\\") > (size_t)(at - text) &&
	       strlen(text) < USER_CAP && !has_space_or_control(text) &&
	       target_host_is_plausible(at + 1);
}

/* U+FF01 to U+FF5E, which are EF BC 81 to EF BD 9E in UTF-8. */
bool target_is_full_width(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (c[0] == 0xef && ((c[1] == 0xbc && c[2] >= 0x81) ||
				     (c[1] == 0xbd && c[2] >= 0x80 &&
				      c[2] <= 0x9e)))
			return true;
	return false;
}

bool target_host_is_plausible(const char *text)
{
	struct address literal;

	if (address_parse(text, 0, &literal))
		return true;
	if (!*text || strlen(text) >= HOST_CAP || *text == '.' ||
	    *text == '-' || !text_is_utf8(span_of(text)))
		return false;
	for (const char *c = text; *c; c++)
		if (is_space_or_control(*c) || strchr("/\\@:[]?#%<>\"'(),;",
						      *c))
			return false;
	return !strstr(text, "..");
}

/* Decimal, 1 to 65535; 0 is no port to connect to. */
static bool parse_port(struct span text, uint16_t *ret)
{
	unsigned n;

	if (!span_number(text, &n) || n < 1 || n > 65535)
		return false;
	*ret = (uint16_t)n;
	return true;
}

/*
 * Cut a host off the front: "[v6]" or everything up to `delim` (or the end).
 * The brackets go; *rest then starts behind the delimiter.
 */
static bool cut_host(struct span *rest, char delim, struct span *ret)
{
	struct span after;
	const char *close;

	*ret = (struct span){ NULL, 0 };
	if (rest->len == 0 || rest->at[0] != '[')
		return span_cut(rest, delim, ret) || rest->len == 0;
	close = memchr(rest->at, ']', rest->len);
	if (!close)
		return false;
	*ret = (struct span){ rest->at + 1, (size_t)(close - rest->at) - 1 };
	after = span_from(*rest, ret->len + 2);
	if (after.len > 0 && after.at[0] != delim)
		return false;
	*rest = span_from(after, 1);
	return true;
}

bool target_split_port(struct span text, struct span *ret_host,
		       uint16_t *ret_port)
{
	struct span rest = text;

	return cut_host(&rest, ':', ret_host) && ret_host->len > 0 &&
	       parse_port(rest, ret_port);
}

static bool copy_host(struct span host, char *to)
{
	if (host.len >= HOST_CAP)
		return false;
	span_copy(host, to, HOST_CAP);
	return target_host_is_plausible(to);
}

static bool parse_addresses(struct span rest, struct resolve_override *ret)
{
	struct span part;

	ret->addresses = 0;
	while (rest.len > 0) {
		char text[ADDRESS_TEXT_CAP + 16];

		span_cut(&rest, ',', &part);
		if (part.len >= sizeof(text) ||
		    ret->addresses == ADDRESSES_MAX)
			return false;
		span_copy(part, text, sizeof(text));
		if (!address_parse(text, ret->port,
				   &ret->address[ret->addresses]))
			return false;
		ret->addresses++;
	}
	return ret->addresses > 0;
}

bool target_parse_override(const char *text, struct resolve_override *ret)
{
	struct span rest = span_of(text), host, port;

	memset(ret, 0, sizeof(*ret));
	if (!cut_host(&rest, ':', &host) || !copy_host(host, ret->host) ||
	    !span_cut(&rest, ':', &port))
		return false;
	if (!span_is(port, "*") && !parse_port(port, &ret->port))
		return false;
	return rest.len > 0 && parse_addresses(rest, ret);
}

static bool parse_optional_port(struct span text, uint16_t *ret)
{
	*ret = 0;
	return text.len == 0 || parse_port(text, ret);
}

static size_t count_colons(const char *text)
{
	size_t n = 0;
	bool in_brackets = false;

	for (; *text; text++) {
		if (*text == '[' || *text == ']')
			in_brackets = *text == '[';
		n += *text == ':' && !in_brackets;
	}
	return n;
}

/* Empty parts mean "any" in front and "unchanged" behind, as in curl. */
bool target_parse_connect_rule(const char *text, struct connect_rule *ret)
{
	struct span rest = span_of(text), from, from_port = { NULL, 0 }, to;

	memset(ret, 0, sizeof(*ret));
	if (count_colons(text) != 3)
		return false;
	if (!cut_host(&rest, ':', &from))
		return false;
	span_cut(&rest, ':', &from_port);
	if (!cut_host(&rest, ':', &to))
		return false;
	if ((from.len > 0 && !copy_host(from, ret->from_host)) ||
	    (to.len > 0 && !copy_host(to, ret->to_host)))
		return false;
	return parse_optional_port(from_port, &ret->from_port) &&
	       parse_optional_port(rest, &ret->to_port);
}

/* ---- URLs (RFC 3986; the schemes of mail clients) ---- */

static const struct {
	const char *name;
	enum service service;
	enum security security;
} schemes[] = {
	{ "imaps://",       SERVICE_IMAP, SECURITY_TLS      },
	{ "imap://",        SERVICE_IMAP, SECURITY_STARTTLS },
	{ "smtps://",       SERVICE_SMTP, SECURITY_TLS      },
	{ "submissions://", SERVICE_SMTP, SECURITY_TLS      },
	{ "submission://",  SERVICE_SMTP, SECURITY_STARTTLS },
	{ "smtp://",        SERVICE_SMTP, SECURITY_STARTTLS },
	{ "pop3s://",       SERVICE_POP3, SECURITY_TLS      },
	{ "pop3://",        SERVICE_POP3, SECURITY_STARTTLS },
	{ "pops://",        SERVICE_POP3, SECURITY_TLS      },
	{ "pop://",         SERVICE_POP3, SECURITY_STARTTLS },
};

#define SCHEMES (sizeof(schemes) / sizeof(schemes[0]))

static bool parse_scheme(struct span *rest, struct target_url *ret)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		if (!span_skip(rest, schemes[i].name))
			continue;
		ret->service = schemes[i].service;
		ret->security = schemes[i].security;
		ret->port = default_port(ret->service, ret->security);
		return true;
	}
	return false;
}

static int hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Control characters, NUL above all, have no place in a user name. */
static bool percent_decode(struct span text, char *to, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '%') {
			int high = i + 2 < text.len ?
				   hex_value(text.at[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_value(text.at[i + 2]);

			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (is_space_or_control(c) && c != ' ')
			return false;
		if (n + 1 >= cap)
			return false;
		to[n++] = c;
	}
	to[n] = '\0';
	return true;
}

/* The last @ ends the user name: people write their address unescaped. */
static const char *last_at(struct span authority)
{
	const char *found = NULL;

	for (size_t i = 0; i < authority.len; i++)
		if (authority.at[i] == '@')
			found = authority.at + i;
	return found;
}

static const char *parse_user(struct span *authority, struct target_url *ret)
{
	const char *at = last_at(*authority);
	struct span user;

	if (!at)
		return NULL;
	user = (struct span){ authority->at, (size_t)(at - authority->at) };
	*authority = span_from(*authority, user.len + 1);
	if (memchr(user.at, ':', user.len))
		return "error.url_secret";
	if (user.len == 0 ||
	    !percent_decode(user, ret->user, sizeof(ret->user)) ||
	    !text_is_utf8(span_of(ret->user)))
		return "error.url_user";
	return NULL;
}

static const char *parse_host_port(struct span authority,
				   struct target_url *ret)
{
	struct span host;
	bool brackets = authority.len > 0 && authority.at[0] == '[';
	bool colon = memchr(authority.at, ':', authority.len) != NULL;

	if (brackets)
		colon = authority.at[authority.len - 1] != ']';
	if (!cut_host(&authority, ':', &host) || !copy_host(host, ret->host))
		return "error.url_host";
	if (colon && !parse_port(authority, &ret->port))
		return "error.url_port";
	return NULL;
}

const char *target_parse_url(const char *text, struct target_url *ret)
{
	struct span rest = span_of(text), authority = { NULL, 0 };
	const char *wrong;

	memset(ret, 0, sizeof(*ret));
	if (!parse_scheme(&rest, ret))
		return "error.url_scheme";
	span_cut(&rest, '/', &authority);
	wrong = parse_user(&authority, ret);
	if (wrong)
		return wrong;
	/* a path, query or fragment has no meaning here: say so, not guess */
	if (rest.len > 0 || authority.len == 0)
		return rest.len > 0 ? "error.url_path" : "error.url_host";
	return parse_host_port(authority, ret);
}
