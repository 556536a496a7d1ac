#include "probes/wire/tls_internal.h"

#include <arpa/inet.h>
#include <string.h>

#include "probes/base/span.h"
#include "probes/base/text.h"

bool tls_host_address(const char *host, unsigned char ret[16],
		      size_t *ret_len)
{
	char text[64];
	struct span s = span_of(host), before;

	if (span_skip(&s, "[") && s.len > 0 && s.at[s.len - 1] == ']')
		s.len--;
	/* fe80::1%eth0: the interface is no part of what is certified */
	if (!span_cut(&s, '%', &before) || before.len >= sizeof(text))
		return false;
	span_copy(before, text, sizeof(text));
	if (inet_pton(AF_INET, text, ret) == 1)
		*ret_len = 4;
	else if (inet_pton(AF_INET6, text, ret) == 1)
		*ret_len = 16;
	else
		return false;
	return true;
}

/*
 * RFC 9525 section 6.3: "*" is the whole leftmost label and stands for
 * exactly one; two labels at least must follow, so that *.com is nobody.
 */
static bool dns_name_matches(const char *pattern, const char *host)
{
	char name[HOST_CAP];
	const char *dot;
	struct span h = span_of(host);

	if (h.len > 0 && h.at[h.len - 1] == '.')
		h.len--;
	if (h.len == 0 || h.len >= sizeof(name))
		return false;
	span_copy(h, name, sizeof(name));
	if (strncmp(pattern, "*.", 2) != 0)
		return !strchr(pattern, '*') && text_same(pattern, name);
	dot = strchr(name, '.');
	if (!dot || dot == name || !strchr(pattern + 2, '.'))
		return false;
	return !strchr(pattern + 1, '*') && text_same(pattern + 1, dot);
}

bool tls_name_matches(const char *pattern, const char *host)
{
	unsigned char a[16], b[16];
	size_t a_len, b_len;
	bool is_address = tls_host_address(host, b, &b_len);

	if (tls_host_address(pattern, a, &a_len) != is_address)
		return false;
	if (is_address)
		return a_len == b_len && memcmp(a, b, a_len) == 0;
	return dns_name_matches(pattern, host);
}

static bool san_matches(const mbedtls_x509_buf *san, const char *host,
			const unsigned char *address, size_t address_len)
{
	char name[HOST_CAP];

	switch (san->tag & MBEDTLS_ASN1_TAG_VALUE_MASK) {
	case SAN_ADDRESS:
		return address_len > 0 && san->len == address_len &&
		       memcmp(san->p, address, address_len) == 0;
	case SAN_DNS:
		/* A NUL inside would hide what follows it. */
		if (address_len > 0 || san->len >= sizeof(name) ||
		    memchr(san->p, '\0', san->len))
			return false;
		memcpy(name, san->p, san->len);
		name[san->len] = '\0';
		return dns_name_matches(name, host);
	default:
		return false;
	}
}

/* No fallback to the common name: RFC 9525 section 2 forbids it. */
bool tls_leaf_names(const mbedtls_x509_crt *leaf, const char *host)
{
	unsigned char address[16];
	size_t len = 0;
	const mbedtls_x509_sequence *s = &leaf->subject_alt_names;

	if (!tls_host_address(host, address, &len))
		len = 0;
	for (; s; s = s->next) {
		if (s->buf.p && san_matches(&s->buf, host, address, len))
			return true;
	}
	return false;
}
