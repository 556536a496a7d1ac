#include "probes/wire/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/wire/der.h"

#define TRUST_FILE_MAX (16u << 20)	/* Debian's bundle is 0.2 MB */
#define TRUST_ROOTS_MAX 4096

struct root {
	struct span der, subject;	/* into the arena */
};

struct trust {
	char name[160];
	char *arena;			/* DER after DER */
	size_t roots, room;
	struct root *root;
};

/* Where the systems keep their bundle, the most common first. */
static const char *const places[] = {
	"/etc/ssl/certs/ca-certificates.crt",	/* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt",	/* Fedora, RHEL */
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/ca-bundle.pem",		/* openSUSE */
	"/etc/ssl/cert.pem",			/* Alpine, OpenBSD, macOS */
	"/usr/local/etc/ssl/cert.pem",		/* FreeBSD */
	"/usr/local/share/certs/ca-root-nss.crt",
	"/etc/openssl/certs/ca-certificates.crt",	/* NetBSD */
	"/opt/homebrew/etc/ca-certificates/cert.pem",
	"/usr/local/etc/ca-certificates/cert.pem",
};

/* ---- base64, in place ---- */

#define SKIP 64

/* Value of a base64 digit; SKIP: white space, "=", anything else. */
static const unsigned char base64_values[128] = {
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
	64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
};

static unsigned base64_value(char c)
{
	unsigned char u = (unsigned char)c;

	return u < sizeof(base64_values) ? base64_values[u] : SKIP;
}

/* Three bytes of four digits. */
static char *put_three(char *to, unsigned bits)
{
	*to++ = (char)(bits >> 16 & 0xff);
	*to++ = (char)(bits >> 8 & 0xff);
	*to++ = (char)(bits & 0xff);
	return to;
}

/* Four digits at once, where a line has them: nearly always. */
static bool quad(const char *at, unsigned *ret_bits)
{
	unsigned a = base64_value(at[0]), b = base64_value(at[1]);
	unsigned c = base64_value(at[2]), d = base64_value(at[3]);

	*ret_bits = a << 18 | b << 12 | c << 6 | d;
	return ((a | b | c | d) & SKIP) == 0;
}

/*
 * Decode to `to`, which may lie at or before the text itself: three bytes out
 * never overtake four in. What is no digit is skipped; damage shows when the
 * DER is walked.
 */
static size_t pem_decode(struct span text, char *to)
{
	const char *at = text.at, *end = text.at + text.len;
	char *start = to;
	unsigned bits = 0, digits = 0, v;

	while (at < end) {
		if (digits == 0 && end - at >= 4 && quad(at, &v)) {
			to = put_three(to, v);
			at += 4;
			continue;
		}
		v = base64_value(*at++);
		if (v == SKIP)
			continue;
		bits = bits << 6 | v;
		if (++digits < 4)
			continue;
		to = put_three(to, bits & 0xffffff);
		bits = digits = 0;
	}
	if (digits >= 2)
		*to++ = (char)(bits >> (digits == 3 ? 10 : 4) & 0xff);
	if (digits == 3)
		*to++ = (char)(bits >> 2 & 0xff);
	return (size_t)(to - start);
}

static const char *find(struct span in, const char *word)
{
	size_t n = strlen(word);
	const char *at = in.at, *end = in.at + in.len;

	while ((size_t)(end - at) >= n) {
		at = memchr(at, word[0], (size_t)(end - at) - n + 1);
		if (!at)
			return NULL;
		if (memcmp(at, word, n) == 0)
			return at;
		at++;
	}
	return NULL;
}

/*
 * The text between the next BEGIN and END line. "TRUSTED CERTIFICATE" is
 * passed over: OpenSSL's form may say that the root is *not* to be trusted.
 */
static bool pem_next(struct span *rest, struct span *ret_text)
{
	static const char begin[] = "-----BEGIN ", end[] = "-----END ";
	const char *at;

	while ((at = find(*rest, begin))) {
		struct span label;

		*rest = span_from(*rest, (size_t)(at - rest->at) +
					 sizeof(begin) - 1);
		label = span_head(*rest, 27);
		at = find(*rest, end);
		if (!at)
			return false;
		*ret_text = span_head(*rest, (size_t)(at - rest->at));
		*rest = span_from(*rest, (size_t)(at - rest->at));
		if (!span_starts(label, "CERTIFICATE-----") &&
		    !span_starts(label, "X509 CERTIFICATE-----"))
			continue;
		at = find(*ret_text, "-----");
		if (!at)
			continue;
		*ret_text = span_from(*ret_text,
				      (size_t)(at - ret_text->at) + 5);
		return true;
	}
	return false;
}

static bool trust_add(struct trust *t, struct span der, struct span subject)
{
	if (t->roots == t->room) {
		size_t room = t->room ? t->room * 2 : 256;
		struct root *more = realloc(t->root, room * sizeof(*more));

		if (!more)
			return false;
		t->root = more;
		t->room = room;
	}
	t->root[t->roots++] = (struct root){ der, subject };
	return true;
}

/* The arena holds `len` bytes of PEM on entry and DER on return. */
static bool trust_index(struct trust *t, size_t len)
{
	struct span rest = { t->arena, len }, text;
	char *to = t->arena;

	while (t->roots < TRUST_ROOTS_MAX && pem_next(&rest, &text)) {
		struct span der = { to, pem_decode(text, to) };
		struct span certificate, subject;

		if (!der_certificate(der, &certificate, &subject))
			continue;
		if (!trust_add(t, certificate, subject))
			return false;
		to += certificate.len;
	}
	return true;
}

/* Takes `arena`, whatever happens. */
static bool trust_own(char *arena, size_t len, const char *name,
		      struct trust **ret, struct fault *why)
{
	struct trust *t = calloc(1, sizeof(*t));

	if (!t) {
		free(arena);
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	}
	t->arena = arena;
	span_copy(span_of(name), t->name, sizeof(t->name));
	if (!trust_index(t, len)) {
		trust_free(t);
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	}
	if (t->roots == 0) {
		trust_free(t);
		return fail(why, FAULT_NO_TRUST,
			    "%s holds no certificate in PEM form", name);
	}
	*ret = t;
	return true;
}

bool trust_from_pem(struct span pem, const char *name, struct trust **ret,
		    struct fault *why)
{
	char *arena = malloc(pem.len + 1);

	if (!arena)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (pem.len)
		memcpy(arena, pem.at, pem.len);
	return trust_own(arena, pem.len, name, ret, why);
}

/* ---- files ---- */

static bool read_all(int fd, char *to, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, to + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static bool file_load(int fd, const char *file, struct trust **ret,
		      struct fault *why)
{
	struct stat st;
	size_t len;
	char *arena;

	/* A named pipe would wait for ever: only plain files are read. */
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(why, FAULT_NO_TRUST, "%s is no plain file", file);
	if (st.st_size > (off_t)TRUST_FILE_MAX)
		return fail(why, FAULT_NO_TRUST,
			    "%s is too large for a CA bundle", file);
	len = (size_t)st.st_size;
	arena = malloc(len + 1);
	if (!arena)
		return fail(why, FAULT_NO_MEMORY, "out of memory");
	if (!read_all(fd, arena, len)) {
		free(arena);
		return fail(why, FAULT_NO_TRUST, "%s cannot be read", file);
	}
	return trust_own(arena, len, file, ret, why);
}

static bool trust_load_file(const char *file, struct trust **ret,
			    struct fault *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	if (fd < 0)
		return fail(why, FAULT_NO_TRUST, "%s cannot be opened", file);
	ok = file_load(fd, file, ret, why);
	close(fd);
	return ok;
}

bool trust_load(const char *file, struct trust **ret, struct fault *why)
{
	const char *named = file ? file : getenv("SSL_CERT_FILE");

	/*
	 * Who names a file means it: falling back to the system's roots
	 * would trust more than was asked for.
	 */
	if (named && *named)
		return trust_load_file(named, ret, why);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (trust_load_file(places[i], ret, why))
			return true;
		if (why->kind == FAULT_NO_MEMORY)
			return false;
	}
	return fail(why, FAULT_NO_TRUST,
		    "no CA bundle found on this machine (package "
		    "ca-certificates, or set SSL_CERT_FILE)");
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	free(t->root);
	free(t->arena);
	free(t);
}

const char *trust_name(const struct trust *t)
{
	return t->name;
}

size_t trust_count(const struct trust *t)
{
	return t->roots;
}

bool trust_find(const struct trust *t, struct span subject, size_t *cursor,
		struct span *ret_der)
{
	for (size_t i = *cursor; i < t->roots; i++) {
		const struct root *r = &t->root[i];

		if (r->subject.len != subject.len ||
		    memcmp(r->subject.at, subject.at, subject.len) != 0)
			continue;
		*cursor = i + 1;
		*ret_der = r->der;
		return true;
	}
	*cursor = t->roots;
	return false;
}
