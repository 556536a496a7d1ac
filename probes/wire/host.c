/* Host names as people type them, in any script, to what DNS takes. */
#include <idn2.h>
#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/dns.h"

#define NAME_MAX_LEN 253	/* RFC 1035 2.3.4 as text, last dot off */

/* For messages: a name somebody pasted may hold anything. */
static bool fail_name(struct fault *why, const char *host, const char *reason)
{
	char shown[96];
	struct buf b = buf_over(shown, sizeof(shown));

	text_printable(&b, span_of(host), false);
	return fail(why, FAULT_BAD_NAME, "host name \"%s\"%s: %s", shown,
		    b.full ? "..." : "", reason);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/*
 * UTS #46 maps full-width letters, upper case and the ideographic full stop;
 * "non-transitional" keeps sharp s and joiners, as browsers do by now.
 */
static bool to_a_labels(const char *host, char *ret, size_t cap,
			struct fault *why)
{
	uint8_t *found = NULL;
	int rc = idn2_lookup_u8((const uint8_t *)host, &found,
				IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	size_t len;

	if (rc == IDN2_MALLOC)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (rc != IDN2_OK)
		return fail_name(why, host, idn2_strerror(rc));
	len = strlen((const char *)found);
	if (len < cap)
		memcpy(ret, found, len + 1);
	idn2_free(found);
	return len < cap || fail_name(why, host, "too long");
}

static void lower_copy(const char *from, char *to)
{
	while ((*to++ = ascii_lower(*from++)))
		;
}

/*
 * RFC 1123 2.1, and the underscore that real hosts have in spite of it. Why a
 * name cannot be looked up; NULL: it can.
 */
static const char *name_defect(const char *name)
{
	size_t label = 0;
	bool digits = true;

	if (!*name)
		return "empty";
	for (const char *c = name; *c; c++) {
		if (*c == '.') {
			if (label == 0)
				return "two dots in a row or one in front";
			label = 0;
			digits = true;
			continue;
		}
		if (!ascii_is_alnum(*c) && *c != '-' && *c != '_')
			return "holds a character no host name has";
		digits = digits && ascii_is_digit(*c);
		if (++label > 63)
			return "a part of over 63 characters";
	}
	if (label == 0)
		return "ends in two dots";
	/* No top-level domain is a number: somebody mistyped an address. */
	return digits ? "neither a name nor an address" : NULL;
}

bool host_to_ascii(const char *host, char *ret, size_t cap, struct fault *why)
{
	char name[1024];
	const char *defect;
	size_t len;

	if (strlen(host) >= sizeof(name))
		return fail_name(why, host, "too long");
	if (is_ascii(host))
		lower_copy(host, name);
	else if (!to_a_labels(host, name, sizeof(name), why))
		return false;
	len = strlen(name);
	if (len > 1 && name[len - 1] == '.')
		name[--len] = '\0';
	defect = name_defect(name);
	if (defect)
		return fail_name(why, host, defect);
	if (len > NAME_MAX_LEN || len >= cap)
		return fail_name(why, host, "too long");
	memcpy(ret, name, len + 1);
	return true;
}
