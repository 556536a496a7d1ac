#include "probes/redact.h"

#include <string.h>

#include "probes/base/text.h"
#include "probes/saslprep.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define FORM_MIN 4			/* shorter ones would match by chance */
#define ANY_CASE_MIN 8			/* servers that shout back in capitals */

struct form {
	struct secret bytes;
	bool any_case;
	bool base64;			/* the whole run around a match goes */
};

/* raw, prepared: 6 each and 3 alignments of base64 */
#define FORMS_MAX 18

struct redactor {
	size_t forms;
	struct form form[FORMS_MAX];
};

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

static bool is_plain_url(char c)
{
	return ascii_is_alnum(c) || (c && strchr("-._~", c) != NULL);
}

/* `make` appends one byte in its form; false: does not fit */
typedef bool byte_form(struct secret *out, char c);

static bool as_is(struct secret *out, char c)
{
	return secret_add(out, (struct span){ &c, 1 });
}

static bool as_imap(struct secret *out, char c)
{
	if ((c == '"' || c == '\\') && !as_is(out, '\\'))
		return false;
	return as_is(out, c);
}

static bool as_hex(struct secret *out, char c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char b = (unsigned char)c;

	return as_is(out, digits[b >> 4]) && as_is(out, digits[b & 15]);
}

static bool as_url(struct secret *out, char c)
{
	if (is_plain_url(c))
		return as_is(out, c);
	return as_is(out, '%') && as_hex(out, c);
}

static bool as_form_url(struct secret *out, char c)
{
	return c == ' ' ? as_is(out, '+') : as_url(out, c);
}

static bool as_html(struct secret *out, char c)
{
	switch (c) {
	case '&':
		return secret_add(out, SPAN_LIT("&amp;"));
	case '<':
		return secret_add(out, SPAN_LIT("&lt;"));
	case '>':
		return secret_add(out, SPAN_LIT("&gt;"));
	case '"':
		return secret_add(out, SPAN_LIT("&quot;"));
	case '\'':
		return secret_add(out, SPAN_LIT("&#39;"));
	default:
		return as_is(out, c);
	}
}

static bool known_form(const struct redactor *r, const struct secret *s)
{
	for (size_t i = 0; i < r->forms; i++) {
		const struct secret *f = &r->form[i].bytes;

		if (f->len == s->len && memcmp(f->bytes, s->bytes, s->len) == 0)
			return true;
	}
	return false;
}

/* Take over `f`, or drop it when it is short or known already. */
static void form_keep(struct redactor *r, struct form *f)
{
	if (f->bytes.len < FORM_MIN || known_form(r, &f->bytes) ||
	    r->forms == FORMS_MAX)
		secret_release(&f->bytes);
	else
		r->form[r->forms++] = *f;
}

static bool add_form(struct redactor *r, struct span raw, byte_form *make)
{
	struct form f = { .any_case = raw.len >= ANY_CASE_MIN ||
				      make == as_hex };

	if (!secret_init(&f.bytes, raw.len * 6 + 1))
		return false;
	for (size_t i = 0; i < raw.len; i++) {
		if (!make(&f.bytes, raw.at[i])) {
			secret_release(&f.bytes);
			return false;
		}
	}
	form_keep(r, &f);
	return true;
}

/*
 * The secret may stand anywhere in what was encoded. Of each alignment the
 * characters that depend on nothing but the secret are looked for.
 */
static bool add_base64(struct redactor *r, struct span raw, size_t shift)
{
	size_t skip = (shift * 8 + 5) / 6;
	size_t end = (shift + raw.len) * 8 / 6;
	struct form f = { .base64 = true };
	struct secret shifted, text;
	bool ok;

	if (end < skip + FORM_MIN)
		return true;
	if (!secret_init(&shifted, raw.len + shift))
		return false;
	if (!secret_init(&text, (raw.len + shift + 2) / 3 * 4 + 4)) {
		secret_release(&shifted);
		return false;
	}
	ok = secret_add(&shifted, (struct span){ "\0\0", shift }) &&
	     secret_add(&shifted, raw) &&
	     secret_add_base64(&text, secret_span(&shifted)) &&
	     secret_init(&f.bytes, end - skip + 1);
	if (ok) {
		struct span whole = span_head(secret_span(&text), end);

		secret_add(&f.bytes, span_from(whole, skip));
		form_keep(r, &f);
	}
	secret_release(&shifted);
	secret_release(&text);
	return ok;
}

static bool add_forms(struct redactor *r, struct span raw)
{
	if (!is_server_word(raw) &&
	    !(add_form(r, raw, as_is) && add_form(r, raw, as_imap) &&
	      add_form(r, raw, as_url) && add_form(r, raw, as_form_url) &&
	      add_form(r, raw, as_html)))
		return false;
	if (raw.len >= FORM_MIN && !add_form(r, raw, as_hex))
		return false;
	for (size_t shift = 0; shift < 3; shift++)
		if (!add_base64(r, raw, shift))
			return false;
	return true;
}

bool redactor_new(const struct secret *secret, struct redactor **ret)
{
	struct redactor *r = calloc(1, sizeof(*r));
	struct secret prepared;
	struct fault why = { 0 };
	bool ok;

	if (!r)
		return false;
	ok = add_forms(r, secret_span(secret));
	if (ok && saslprep(secret_span(secret), &prepared, &why)) {
		ok = add_forms(r, secret_span(&prepared));
		secret_release(&prepared);
	} else if (why.kind == FAULT_NO_MEMORY) {
		ok = false;
	}
	if (!ok) {
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
	for (size_t i = 0; i < r->forms; i++)
		secret_release(&r->form[i].bytes);
	free(r);
}

/* ---- the search ---- */

static bool same(char a, char b, bool any_case)
{
	return a == b || (any_case && ascii_lower(a) == ascii_lower(b));
}

static bool stands_at(const struct form *f, struct span text)
{
	if (text.len < f->bytes.len)
		return false;
	for (size_t i = 0; i < f->bytes.len; i++)
		if (!same(text.at[i], f->bytes.bytes[i], f->any_case))
			return false;
	return true;
}

/* The longest form that begins here: its length, and whether it is base64. */
static size_t match(const struct redactor *r, struct span text,
		    bool *ret_base64)
{
	size_t best = 0;

	for (size_t i = 0; i < r->forms; i++) {
		const struct form *f = &r->form[i];

		if (f->bytes.len > best && stands_at(f, text)) {
			best = f->bytes.len;
			*ret_base64 = f->base64;
		}
	}
	return best;
}

static bool is_base64(char c)
{
	return ascii_is_alnum(c) || c == '+' || c == '/' || c == '=';
}

/* The neighbours of a match in base64 still carry bits of the secret. */
static void take_back_run(struct buf *out, size_t since)
{
	while (out->len > since && is_base64(out->data[out->len - 1]))
		out->data[--out->len] = '\0';
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
		size_t n = match(r, span_from(text, i), &base64);

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
