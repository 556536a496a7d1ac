#include "probes/redact.h"

#include <string.h>

#include "probes/base/text.h"
#include "probes/saslprep.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define FORM_MIN 4			/* shorter ones would match by chance */
#define ANY_CASE_MIN 8			/* servers that shout in capitals */

enum spelling {
	SPELLED_ANY,			/* byte by byte, escaped in any way */
	SPELLED_HEX,
	SPELLED_BASE64			/* the whole run around a match goes */
};

struct form {
	enum spelling spelling;
	bool any_case;
	struct span bytes;		/* in one of the rooms */
};

/* as it is and as SASLprep made it: raw, hex, base64 and base64url of three
 * alignments */
#define FORMS_MAX 16

/*
 * All forms of a secret in one piece of locked memory: a mapping each would
 * cost more system calls than the rest of a check.
 */
struct redactor {
	struct secret room[2];		/* forms as it is; as SASLprep made it */
	const char *begins;		/* in a room: may a form, by its first byte? */
	size_t forms;
	struct form form[FORMS_MAX];
};

/* The forms are 11 times its length, the work on one takes 3 times more. */
#define BYTES 256
#define ROOM_FACTOR 16
#define ROOM_EXTRA (256 + BYTES)

/*
 * Words that servers say by themselves. Hiding such a password would hide the
 * reason of the refusal, and "<secret>" in the place of a word everybody can
 * guess would tell it.
 */
static const char *const server_words[] = {
	"access", "account", "authentication", "available", "command",
	"connection", "credentials", "disabled", "error", "failed", "failure",
	"hello", "imap", "incorrect", "invalid", "login", "mail", "mailbox",
	"password", "please", "plain", "ready", "required", "server",
	"service", "smtp", "success", "support", "temporary", "unknown",
	"user", "username", "welcome",
};

static bool is_server_word(struct span s)
{
	for (size_t i = 0; i < ARRAY_SIZE(server_words); i++)
		if (span_is(s, server_words[i]))
			return true;
	return false;
}

/* ---- the forms ---- */

static bool known_form(const struct redactor *r, struct span bytes)
{
	for (size_t i = 0; i < r->forms; i++) {
		struct span f = r->form[i].bytes;

		if (f.len == bytes.len && memcmp(f.at, bytes.at, f.len) == 0)
			return true;
	}
	return false;
}

static void room_cut(struct secret *room, size_t len)
{
	wipe(room->bytes + len, room->len - len);
	room->len = len;
}

/*
 * Of what stands in the room from `start` on, `bytes` is a form; the rest was
 * work. Short and known forms go as well.
 */
static void form_keep(struct redactor *r, struct secret *room, size_t start,
		      struct span bytes, struct form f)
{
	f.bytes = (struct span){ room->bytes + start, bytes.len };
	if (bytes.len >= FORM_MIN && !known_form(r, bytes) &&
	    r->forms < FORMS_MAX) {
		memmove(room->bytes + start, bytes.at, bytes.len);
		start += bytes.len;
		r->form[r->forms++] = f;
	}
	room_cut(room, start);
}

static bool add_raw(struct redactor *r, struct secret *room, struct span raw)
{
	size_t start = room->len;

	if (!secret_add(room, raw))
		return false;
	form_keep(r, room, start, span_from(secret_span(room), start),
		  (struct form){ .spelling = SPELLED_ANY,
				 .any_case = raw.len >= ANY_CASE_MIN });
	return true;
}

static bool add_hex(struct redactor *r, struct secret *room, struct span raw)
{
	static const char digits[] = "0123456789abcdef";
	size_t start = room->len;

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char b = (unsigned char)raw.at[i];
		char two[2] = { digits[b >> 4], digits[b & 15] };

		if (!secret_add(room, (struct span){ two, 2 }))
			return false;
	}
	form_keep(r, room, start, span_from(secret_span(room), start),
		  (struct form){ .spelling = SPELLED_HEX, .any_case = true });
	return true;
}

/* The same in the alphabet of RFC 4648 section 5. */
static void to_base64url(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '+')
			text[i] = '-';
		else if (text[i] == '/')
			text[i] = '_';
	}
}

/*
 * The secret may stand anywhere in what was encoded. Of each alignment the
 * characters that depend on nothing but the secret are looked for.
 */
static bool add_base64(struct redactor *r, struct secret *room,
		       struct span raw, size_t shift, bool url)
{
	size_t skip = (shift * 8 + 5) / 6;
	size_t end = (shift + raw.len) * 8 / 6;
	size_t start = room->len, text;

	if (end < skip + FORM_MIN)
		return true;
	if (!secret_add(room, (struct span){ "\0\0", shift }) ||
	    !secret_add(room, raw))
		return false;
	text = room->len;
	if (!secret_add_base64(room, span_from(secret_span(room), start)))
		return false;
	if (url)
		to_base64url(room->bytes + text, room->len - text);
	form_keep(r, room, start,
		  (struct span){ room->bytes + text + skip, end - skip },
		  (struct form){ .spelling = SPELLED_BASE64 });
	return true;
}

static bool add_forms(struct redactor *r, struct secret *room, struct span raw)
{
	if (!secret_init(room, ROOM_FACTOR * raw.len + ROOM_EXTRA))
		return false;
	if (!is_server_word(raw) && !add_raw(r, room, raw))
		return false;
	if (raw.len >= FORM_MIN && !add_hex(r, room, raw))
		return false;
	for (size_t shift = 0; shift < 3; shift++)
		if (!add_base64(r, room, raw, shift, false) ||
		    !add_base64(r, room, raw, shift, true))
			return false;
	return true;
}

static bool same_bytes(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static bool add_prepared(struct redactor *r, struct span raw)
{
	struct fault why = { 0 };
	struct secret prepared;
	bool ok;

	if (!saslprep(raw, &prepared, &why))
		return why.kind != FAULT_NO_MEMORY;
	ok = same_bytes(raw, secret_span(&prepared)) ||
	     add_forms(r, &r->room[1], secret_span(&prepared));
	secret_release(&prepared);
	return ok;
}

/* ---- where to look ---- */

static bool same(char a, char b, bool any_case)
{
	return a == b || (any_case && ascii_lower(a) == ascii_lower(b));
}

/* As it is; "+" for a space as in forms of the web. */
static bool spells_plain(char text, char c, bool any_case)
{
	return same(text, c, any_case) || (c == ' ' && text == '+');
}

static bool begins_escape(char c)
{
	return c && strchr("%\\=&", c) != NULL;
}

static bool may_begin(const struct form *f, char c)
{
	return same(c, f->bytes.at[0], f->any_case) ||
	       (f->spelling == SPELLED_ANY &&
		(begins_escape(c) ||
		 spells_plain(c, f->bytes.at[0], f->any_case)));
}

/* Most of what a server says begins no form, and is passed by this table. */
static bool note_beginnings(struct redactor *r)
{
	static const char none[BYTES];
	size_t start = r->room[0].len;
	char *begins;

	if (!secret_add(&r->room[0], (struct span){ none, BYTES }))
		return false;
	begins = r->room[0].bytes + start;
	for (size_t i = 0; i < r->forms; i++)
		for (unsigned c = 0; c < BYTES; c++)
			if (may_begin(&r->form[i], (char)c))
				begins[c] = 1;
	r->begins = begins;
	return true;
}

bool redactor_new(const struct secret *secret, struct redactor **ret)
{
	struct redactor *r = calloc(1, sizeof(*r));

	if (!r)
		return false;
	if (!add_forms(r, &r->room[0], secret_span(secret)) ||
	    !add_prepared(r, secret_span(secret)) || !note_beginnings(r)) {
		redactor_free(r);
		return false;
	}
	*ret = r;
	return true;
}

void redactor_free(struct redactor *r)
{
	if (!r)
		return;
	secret_release(&r->room[0]);
	secret_release(&r->room[1]);
	free(r);
}

/* ---- the search ---- */

static int hex_value(char c)
{
	c = ascii_lower(c);
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* `start` and two hex digits that make `c`: the length of it, or 0 */
static size_t hex_escape(struct span text, const char *start, char c)
{
	size_t n = strlen(start);
	int high, low;

	if (!span_starts(text, start) || text.len < n + 2)
		return 0;
	high = hex_value(text.at[n]);
	low = hex_value(text.at[n + 1]);
	return high >= 0 && low >= 0 && (char)(high << 4 | low) == c ? n + 2 :
								       0;
}

/*
 * How many bytes of the text spell `c`: as in a URL, in JSON or an IMAP quoted
 * string, in HTML, in our own transcript, or as it is. 0: none.
 */
static size_t spells(struct span text, char c, bool any_case)
{
	static const char *const escapes[] = { "%", "\\x", "\\u00", "=" };
	static const struct {
		char c;
		const char *name;
	} entities[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '"', "&#34;" }, { '\'', "&#39;" },
		{ '\'', "&#x27;" }, { '\'', "&apos;" },
	};

	if (text.len == 0)
		return 0;
	if (!begins_escape(text.at[0]))
		return spells_plain(text.at[0], c, any_case);
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++) {
		size_t n = hex_escape(text, escapes[i], c);

		if (n > 0)
			return n;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
		if (entities[i].c == c && span_starts(text, entities[i].name))
			return strlen(entities[i].name);
	if (text.len > 1 && text.at[0] == '\\' && text.at[1] == c &&
	    !ascii_is_alnum(c))
		return 2;
	return spells_plain(text.at[0], c, any_case);
}

static size_t spelled_at(const struct form *f, struct span text)
{
	size_t at = 0;

	for (size_t i = 0; i < f->bytes.len; i++) {
		size_t n = spells(span_from(text, at), f->bytes.at[i],
				  f->any_case);

		if (n == 0)
			return 0;
		at += n;
	}
	return at;
}

static size_t stands_at(const struct form *f, struct span text)
{
	if (text.len < f->bytes.len)
		return 0;
	for (size_t i = 0; i < f->bytes.len; i++)
		if (!same(text.at[i], f->bytes.at[i], f->any_case))
			return 0;
	return f->bytes.len;
}

/* The longest form that begins here: its length, and whether it is base64. */
static size_t match(const struct redactor *r, struct span text,
		    bool *ret_base64)
{
	size_t best = 0;

	for (size_t i = 0; i < r->forms; i++) {
		const struct form *f = &r->form[i];
		size_t n = stands_at(f, text);

		if (n == 0 && f->spelling == SPELLED_ANY)
			n = spelled_at(f, text);
		if (n > best) {
			best = n;
			*ret_base64 = f->spelling == SPELLED_BASE64;
		}
	}
	return best;
}

static bool is_base64(char c)
{
	return ascii_is_alnum(c) || (c && strchr("+/-_=", c) != NULL);
}

/* The neighbours of a match in base64 still carry bits of the secret. */
static void take_back_run(struct buf *out, size_t since)
{
	while (out->len > since && is_base64(out->data[out->len - 1]))
		out->data[--out->len] = '\0';
}

static size_t without_beginning(const struct redactor *r, struct span text)
{
	size_t len = 0;

	while (len < text.len && !r->begins[(unsigned char)text.at[len]])
		len++;
	return len;
}

void redact(const struct redactor *r, struct span text, struct buf *out)
{
	size_t since = out->len, i = 0;

	if (!r) {
		buf_add(out, text);
		return;
	}
	while (i < text.len) {
		bool base64 = false;
		size_t n = without_beginning(r, span_from(text, i));

		if (n > 0) {
			buf_add(out, (struct span){ text.at + i, n });
			i += n;
			continue;
		}
		n = match(r, span_from(text, i), &base64);
		if (n == 0) {
			buf_char(out, text.at[i++]);
			continue;
		}
		i += n;
		if (base64) {
			take_back_run(out, since);
			while (i < text.len && is_base64(text.at[i]))
				i++;
		}
		buf_str(out, "<secret>");
		since = out->len;
	}
}
