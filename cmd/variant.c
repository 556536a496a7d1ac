#include "cmd/variant.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "probes/base/text.h"

/* ---- the secret ---- */

static bool is_stray(ucs4_t c)
{
	return uc_is_property_white_space(c) || c < ' ' || c == 0xfeff ||
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cf);
}

/* Spaces of every kind, CR and BOM at both ends go. */
static bool trimmed(struct span from, const char *separators,
		    struct secret *to)
{
	const uint8_t *at = (const uint8_t *)from.at, *end = at + from.len;
	ucs4_t c;
	int n;

	(void)separators;
	while (at < end && (n = u8_mbtoucr(&c, at, (size_t)(end - at))) > 0 &&
	       is_stray(c))
		at += n;
	while (end > at) {
		const uint8_t *last = u8_prev(&c, end, at);

		if (!last || !is_stray(c))
			break;
		end = last;
	}
	return secret_add(to, (struct span){ (const char *)at,
					     (size_t)(end - at) });
}

/* What word processors make of plain characters, which NFKC leaves alone. */
static ucs4_t plain(ucs4_t c)
{
	if (c >= 0x2018 && c <= 0x201b)
		return '\'';
	if (c >= 0x201c && c <= 0x201f)
		return '"';
	return c == 0x2013 || c == 0x2014 ? '-' : c;
}

/*
 * Full width to half width, decomposed to composed (NFKC), curly to plain.
 * The library's copy holds the secret for a moment: it is wiped.
 */
static bool half_width(struct span from, const char *separators,
		       struct secret *to)
{
	size_t len;
	uint8_t *normal = u8_normalize(UNINORM_NFKC, (const uint8_t *)from.at,
				       from.len, NULL, &len);
	const uint8_t *at = normal;
	bool ok = normal != NULL;

	(void)separators;
	while (ok && at < normal + len) {
		uint8_t bytes[6];
		ucs4_t c;
		int n = u8_mbtoucr(&c, at, (size_t)(normal + len - at));
		int m = n > 0 ? u8_uctomb(bytes, plain(c), sizeof(bytes)) : -1;

		ok = m > 0 && secret_add(to, (struct span){
			(const char *)bytes, (size_t)m });
		wipe(bytes, sizeof(bytes));
		at += n;
	}
	if (normal)
		wipe(normal, len);
	free(normal);
	return ok;
}

/* "abcd efgh ijkl mnop": shown in groups, meant without the spaces. */
static bool unspaced(struct span from, const char *separators,
		     struct secret *to)
{
	const uint8_t *at = (const uint8_t *)from.at, *end = at + from.len;

	if (!separators || !*separators)
		return false;
	while (at < end) {
		ucs4_t c;
		int n = u8_mbtoucr(&c, at, (size_t)(end - at));

		if (n <= 0)
			return false;
		if (!uc_is_property_white_space(c) &&
		    (c >= 0x80 || !strchr(separators, (int)c)) &&
		    !secret_add(to, (struct span){ (const char *)at,
						   (size_t)n }))
			return false;
		at += n;
	}
	return true;
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void add_secret(struct variants *v, enum variant kind,
		       bool (*make)(struct span, const char *, struct secret *),
		       const struct credentials *who, const char *separators)
{
	struct span given = secret_span(who->secret);
	struct secret *s = &v->secret[kind];

	if (!secret_init(s, given.len * 2 + 16))
		return;
	if (!make(given, separators, s) || s->len == 0 ||
	    same(given, secret_span(s)) ||
	    !redactor_new(s, &v->redactor[kind])) {
		secret_release(s);
		return;
	}
	v->who[kind] = (struct credentials){ who->user, s, false };
	v->available |= 1u << kind;
}

/* ---- the name ---- */

static void add_name(struct variants *v, enum variant kind,
		     const struct credentials *who)
{
	if (!v->user[0] || !redactor_new(who->secret, &v->redactor[kind]))
		return;
	v->who[kind] = *who;
	v->who[kind].user = v->user;
	v->available |= 1u << kind;
}

static void add_other_name(struct variants *v, const struct credentials *who,
			   const char *address, const char *form)
{
	const char *at = strchr(who->user, '@');
	bool wants_address = form && strcmp(form, "address") == 0;
	bool wants_local = form && strcmp(form, "local") == 0;

	if (at && !wants_address) {
		span_copy((struct span){ who->user,
					 (size_t)(at - who->user) },
			  v->user, sizeof(v->user));
		add_name(v, VARIANT_LOCAL_PART, who);
	} else if (!at && address[0] && !wants_local) {
		span_copy(span_of(address), v->user, sizeof(v->user));
		add_name(v, VARIANT_ADDRESS, who);
	}
}

void variants_prepare(const struct credentials *who, const char *address,
		      const char *separators, const char *form,
		      struct variants *ret)
{
	*ret = (struct variants){ .available = 0 };
	if (!who->secret || who->secret->len == 0)
		return;
	if (!who->is_token) {
		add_secret(ret, VARIANT_TRIMMED, trimmed, who, NULL);
		add_secret(ret, VARIANT_HALF_WIDTH, half_width, who, NULL);
		add_secret(ret, VARIANT_UNSPACED, unspaced, who, separators);
	}
	add_other_name(ret, who, address, form);
}

void variants_release(struct variants *v)
{
	for (size_t i = 0; i < VARIANT_COUNT; i++) {
		secret_release(&v->secret[i]);
		redactor_free(v->redactor[i]);
	}
	*v = (struct variants){ .available = 0 };
}
