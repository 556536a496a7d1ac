#include "cmd/mask.h"

#include <stdlib.h>
#include <string.h>

#include "probes/base/text.h"
#include "probes/wire/dns.h"

#define TEXT_MOST 4096

/* ---- names ---- */

static bool is_known(const struct mask *m, const char *from)
{
	for (size_t i = 0; i < m->names; i++)
		if (text_same(m->name[i].from, from))
			return true;
	return false;
}

static void name_add(struct mask *m, const char *from, const char *to,
		     bool in_hosts)
{
	struct mask_name name = { .in_hosts = in_hosts };
	size_t at = m->names;

	if (!from[0] || is_known(m, from))
		return;
	if (strlen(from) >= sizeof(name.from) || m->names == MASK_NAMES_MAX) {
		m->full = true;
		return;
	}
	span_copy(span_of(from), name.from, sizeof(name.from));
	span_copy(span_of(to), name.to, sizeof(name.to));
	while (at > 0 && strlen(m->name[at - 1].from) < strlen(from)) {
		m->name[at] = m->name[at - 1];
		at--;
	}
	m->name[at] = name;
	m->names++;
}

void mask_add(struct mask *m, const char *from, const char *to, bool in_hosts)
{
	char encoded[700];
	struct buf b = buf_over(encoded, sizeof(encoded));

	name_add(m, from, to, in_hosts);
	if (from[0] && !in_hosts && base64_encode(&b, span_of(from)))
		name_add(m, encoded, to, false);
}

bool mask_is_whole(const struct mask *m, struct fault *why)
{
	return !m->full || fail(why, FAULT_TOO_LONG, "more names to mask than "
				"there is room for");
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || c == '_';
}

/* A dot joins only when a name goes on behind it. */
static bool goes_on(const char *at)
{
	return is_word(at[0]) || (at[0] == '-' && is_word(at[1])) ||
	       (at[0] == '.' && is_word(at[1]));
}

/*
 * "postmaster%40example.com", "\x00taro": what stands before is an @ or a
 * NUL, and no letter.
 */
static bool follows_escape(const char *text, size_t at)
{
	return at >= 3 && ascii_is_alnum(text[at - 2]) &&
	       ascii_is_alnum(text[at - 1]) &&
	       (text[at - 3] == '%' ||
		(at >= 4 && text[at - 3] == 'x' && text[at - 4] == '\\'));
}

static bool begins_inside(const struct mask_name *n, const char *text,
			  size_t at)
{
	char before = at > 0 ? text[at - 1] : ' ';

	if (follows_escape(text, at))
		return false;
	return is_word(before) || before == '-' ||
	       (before == '.' && !n->in_hosts);
}

static bool name_at(const struct mask_name *n, const char *text, size_t at)
{
	size_t len = strlen(n->from);

	return span_starts(span_of(text + at), n->from) &&
	       !begins_inside(n, text, at) && !goes_on(text + at + len);
}

static size_t copy_name(const struct mask *m, const char *text, size_t at,
			struct buf *out)
{
	for (size_t i = 0; i < m->names; i++) {
		if (name_at(&m->name[i], text, at)) {
			buf_str(out, m->name[i].to);
			return strlen(m->name[i].from);
		}
	}
	return 0;
}

/* ---- addresses of machines ---- */

static bool is_loopback(const struct address *a)
{
	return a->family == FAMILY_IPV4 ? a->bytes[0] == 127 :
	       strcmp(a->text, "::1") == 0;
}

static size_t number_of(struct mask *m, const struct address *a)
{
	size_t size = a->family == FAMILY_IPV4 ? 4 : 16;

	for (size_t i = 0; i < m->addresses; i++)
		if (m->address[i].family == a->family &&
		    memcmp(m->address[i].bytes, a->bytes, size) == 0)
			return i;
	if (m->addresses == MASK_ADDRESSES_MAX)
		return MASK_ADDRESSES_MAX;
	m->address[m->addresses] = *a;
	return m->addresses++;
}

void mask_address(struct mask *m, struct address *io)
{
	char text[ADDRESS_TEXT_CAP];
	struct buf b = buf_over(text, sizeof(text));
	size_t n;

	if (m->keep_addresses || is_loopback(io))
		return;
	n = number_of(m, io) + 1;
	if (io->family == FAMILY_IPV4)
		buf_fmt(&b, "192.0.2.%zu", n);
	else
		buf_fmt(&b, "2001:db8::%zx", n);
	address_parse(text, io->port, io);
}

static bool is_address_char(char c)
{
	return (c && strchr("0123456789abcdef", ascii_lower(c))) || c == '.' ||
	       c == ':';
}

/* How much of a sentence's end the address may have taken along. */
static size_t address_len(const char *at)
{
	size_t len = 0;

	while (is_address_char(at[len]))
		len++;
	while (len > 0 && (at[len - 1] == '.' ||
			   (at[len - 1] == ':' && (len < 2 ||
						   at[len - 2] != ':'))))
		len--;
	return len;
}

static size_t copy_address(struct mask *m, const char *text, size_t at,
			   struct buf *out)
{
	char room[ADDRESS_TEXT_CAP];
	size_t len = address_len(text + at);
	struct address a;

	if (m->keep_addresses || len < 3 || len >= sizeof(room) ||
	    (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.')) ||
	    is_word(text[at + len]))
		return 0;
	span_copy((struct span){ text + at, len }, room, sizeof(room));
	if (!address_parse(room, 0, &a))
		return 0;
	mask_address(m, &a);
	buf_str(out, a.text);
	return len;
}

void mask_text(struct mask *m, char *text, size_t cap)
{
	char room[TEXT_MOST];
	struct buf out = buf_over(room, cap < sizeof(room) ? cap :
						sizeof(room));

	for (size_t at = 0; text[at];) {
		size_t len = copy_name(m, text, at, &out);

		if (len == 0)
			len = copy_address(m, text, at, &out);
		if (len == 0)
			buf_char(&out, text[at]);
		at += len ? len : 1;
	}
	span_copy(buf_span(&out), text, cap);
}
