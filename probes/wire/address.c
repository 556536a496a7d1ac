/* Addresses in text and in order. */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/wire/dns.h"
#include "probes/wire/dns_message.h"
#include "probes/wire/tcp.h"

/* Strip "[...]" around an IPv6 address. false: only one of the brackets. */
static bool without_brackets(struct span text, struct span *ret, bool *ret_had)
{
	*ret_had = text.len > 0 && text.at[0] == '[';
	if (*ret_had) {
		if (text.at[text.len - 1] != ']' || text.len < 2)
			return false;
		text = span_from(span_head(text, text.len - 1), 1);
	}
	*ret = text;
	return true;
}

/* RFC 4007 section 11: "%eth0" or "%2" behind a link-local address. */
static bool scope_parse(struct span zone, uint32_t *ret)
{
	char name[IF_NAMESIZE];
	unsigned number;

	if (zone.len == 0 || zone.len >= sizeof(name))
		return false;
	if (!span_number(zone, &number)) {
		span_copy(zone, name, sizeof(name));
		number = if_nametoindex(name);
	}
	*ret = number;
	return number != 0;
}

static bool parse_six(struct span text, uint16_t port, struct address *ret)
{
	struct address a = { .family = FAMILY_IPV6, .port = port };
	struct span part = { 0 }, zone = text;
	char bare[ADDRESS_TEXT_CAP];
	struct buf shown;

	span_cut(&zone, '%', &part);
	if (part.len >= sizeof(bare))
		return false;
	span_copy(part, bare, sizeof(bare));
	if (inet_pton(AF_INET6, bare, a.bytes) != 1)
		return false;
	if (part.len < text.len && !scope_parse(zone, &a.scope))
		return false;
	inet_ntop(AF_INET6, a.bytes, a.text, sizeof(a.text));
	shown = buf_over(bare, sizeof(bare));
	buf_str(&shown, a.text);
	if (a.scope) {
		buf_char(&shown, '%');
		buf_add(&shown, zone);
	}
	memcpy(a.text, bare, sizeof(bare));
	*ret = a;
	return true;
}

bool address_parse(const char *text, uint16_t port, struct address *ret)
{
	struct address four = { .family = FAMILY_IPV4, .port = port };
	struct span bare;
	bool bracketed;

	if (!without_brackets(span_of(text), &bare, &bracketed))
		return false;
	if (parse_six(bare, port, ret))
		return true;
	if (bracketed || inet_pton(AF_INET, text, four.bytes) != 1)
		return false;
	inet_ntop(AF_INET, four.bytes, four.text, sizeof(four.text));
	*ret = four;
	return true;
}

void address_add(struct name_facts *io, enum family family,
		 const uint8_t *bytes, uint16_t port)
{
	size_t len = family == FAMILY_IPV6 ? 16 : 4;
	struct address *a;

	for (size_t i = 0; i < io->addresses; i++)
		if (io->address[i].family == family &&
		    memcmp(io->address[i].bytes, bytes, len) == 0)
			return;
	if (io->addresses == ADDRESSES_MAX)
		return;
	a = &io->address[io->addresses++];
	*a = (struct address){ .family = family, .port = port };
	memcpy(a->bytes, bytes, len);
	inet_ntop(family == FAMILY_IPV6 ? AF_INET6 : AF_INET, bytes, a->text,
		  sizeof(a->text));
}

/* ---- name servers ---- */

bool dns_server_parse(const char *text, struct address *ret)
{
	struct span rest = span_of(text), host, port;
	char bare[ADDRESS_TEXT_CAP + 2];
	unsigned number = 53;
	const char *colon = strrchr(text, ':');

	if (address_parse(text, 53, ret))
		return true;
	if (!colon)
		return false;
	host = span_head(rest, (size_t)(colon - text));
	port = span_from(rest, host.len + 1);
	/* "::1:53" is an address; with a port it must stand in brackets. */
	if (host.len >= sizeof(bare) || !span_number(port, &number) ||
	    number == 0 || number > 65535)
		return false;
	span_copy(host, bare, sizeof(bare));
	return (bare[0] == '[' || !strchr(bare, ':')) &&
	       address_parse(bare, (uint16_t)number, ret);
}

void dns_server_show(const struct address *a, bool always_port, char *to,
		     size_t cap)
{
	struct buf out = buf_over(to, cap);
	bool port = always_port || a->port != 53;

	if (a->family == FAMILY_IPV6 && port)
		buf_fmt(&out, "[%s]", a->text);
	else
		buf_str(&out, a->text);
	if (port)
		buf_fmt(&out, ":%u", (unsigned)a->port);
}

/* ---- the order to try ---- */

void addresses_sort(struct name_facts *io)
{
	struct address by_family[2][ADDRESSES_MAX];
	size_t n[2] = { 0, 0 }, at = 0, first = 0;

	for (size_t i = 0; i < io->addresses; i++) {
		size_t f = io->address[i].family == FAMILY_IPV6 ? 0 : 1;

		by_family[f][n[f]++] = io->address[i];
	}
	if (n[0] == 0 || n[1] == 0)
		return;
	if (!address_has_route(&by_family[0][0]) &&
	    address_has_route(&by_family[1][0]))
		first = 1;
	for (size_t i = 0; i < ADDRESSES_MAX; i++) {
		if (i < n[first])
			io->address[at++] = by_family[first][i];
		if (i < n[1 - first])
			io->address[at++] = by_family[1 - first][i];
	}
}
