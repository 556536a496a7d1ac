#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/base/buf.h"
#include "probes/base/text.h"
#include "probes/wire/der.h"
#include "probes/wire/pki.h"
#include "probes/wire/tls.h"
#include "probes/wire/trust.h"

/* One certificate, decoded another way than the code under test does it. */
struct sample {
	const char *pem;
	char bytes[2048];
	struct span der, subject;
};

static struct pki *pki;
static struct sample root, other;
static char both[8192];
static char folder[] = "/tmp/mailwhy-trust-XXXXXX";

static void sample_init(struct sample *s, const char *pem)
{
	char room[4096];
	struct buf text = buf_over(room, sizeof(room));
	struct span rest = span_of(pem), line;
	size_t len;

	while (span_cut(&rest, '\n', &line) && line.len > 0) {
		if (!span_starts(line, "-----"))
			buf_add(&text, line);
	}
	assert_true(base64_decode(buf_span(&text), s->bytes,
				  sizeof(s->bytes), &len));
	s->pem = pem;
	assert_true(der_certificate((struct span){ s->bytes, len }, &s->der,
				    &s->subject));
	assert_int_equal(s->der.len, len);
}

static int setup(void **state)
{
	struct fault why;

	(void)state;
	if (!tls_setup() || !pki_new(&pki, &why) || !mkdtemp(folder))
		return -1;
	sample_init(&root, pki_ca_pem(pki));
	sample_init(&other, pki_other_ca_pem(pki));
	snprintf(both, sizeof(both), "%s%s", root.pem, other.pem);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pki_free(pki);
	return rmdir(folder);
}

static struct trust *load(const char *pem)
{
	struct trust *t = NULL;
	struct fault why;

	assert_true(trust_from_pem(span_of(pem), "test.pem", &t, &why));
	assert_string_equal(trust_name(t), "test.pem");
	return t;
}

static size_t find_all(const struct trust *t, const struct sample *s)
{
	size_t cursor = 0, n = 0;
	struct span der;

	while (trust_find(t, s->subject, &cursor, &der)) {
		assert_int_equal(der.len, s->der.len);
		assert_memory_equal(der.at, s->der.at, der.len);
		n++;
	}
	assert_false(trust_find(t, s->subject, &cursor, &der));
	return n;
}

static void finds_by_subject(void **state)
{
	struct trust *t = load(both);

	(void)state;
	assert_int_equal(trust_count(t), 2);
	assert_int_equal(find_all(t, &root), 1);
	assert_int_equal(find_all(t, &other), 1);
	trust_free(t);

	t = load(root.pem);
	assert_int_equal(find_all(t, &other), 0);
	trust_free(t);
}

static void finds_every_root_of_a_name(void **state)
{
	char pem[8192];
	struct trust *t;

	(void)state;
	snprintf(pem, sizeof(pem), "%s%s%s", root.pem, other.pem, root.pem);
	t = load(pem);
	assert_int_equal(find_all(t, &root), 2);
	trust_free(t);
}

/* What stands around and between certificates is no reason to stop. */
static void reads_bundles_as_they_come(void **state)
{
	static const char *const around[] = {
		"%s", "# Comment\n\nCN = x\n%s", "%s\r\n trailing",
		"-----BEGIN CERTIFICATE-----\nAAAA\n"
		"-----END CERTIFICATE-----\n%s",
		"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n%s",
		"-----BEGIN PRIVATE KEY-----\nMII=\n"
		"-----END PRIVATE KEY-----\n%s",
		"-----BEGIN \n-----END \n%s", "%s-----BEGIN CERTIFICATE-----",
		"%s-----BEGIN CERTIFICATE-----\nMIIB",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(around); i++) {
		char pem[8192];
		const char *at = strstr(around[i], "%s");
		struct trust *t;

		snprintf(pem, sizeof(pem), "%.*s%s%s", (int)(at - around[i]),
			 around[i], root.pem, at + 2);
		t = load(pem);
		assert_int_equal(trust_count(t), 1);
		assert_int_equal(find_all(t, &root), 1);
		trust_free(t);
	}
}

static void reads_crlf_and_one_long_line(void **state)
{
	char pem[8192];
	struct buf out = buf_over(pem, sizeof(pem));
	struct trust *t;

	(void)state;
	for (const char *c = root.pem; *c; c++)
		buf_str(&out, *c == '\n' ? "\r\n" : (char[]){ *c, 0 });
	t = load(pem);
	assert_int_equal(find_all(t, &root), 1);
	trust_free(t);

	out = buf_over(pem, sizeof(pem));
	buf_str(&out, "-----BEGIN CERTIFICATE-----\n");
	assert_true(base64_encode(&out, root.der));
	buf_str(&out, "\n-----END CERTIFICATE-----\n");
	t = load(pem);
	assert_int_equal(find_all(t, &root), 1);
	trust_free(t);
}

/* OpenSSL's trusted form may carry "rejected for servers": never trusted. */
static void passes_over_the_trusted_form(void **state)
{
	char pem[8192];
	struct buf out = buf_over(pem, sizeof(pem));
	struct trust *t;
	struct fault why;

	(void)state;
	buf_str(&out, "-----BEGIN TRUSTED CERTIFICATE-----\n");
	assert_true(base64_encode(&out, root.der));
	buf_str(&out, "\n-----END TRUSTED CERTIFICATE-----\n");
	assert_false(trust_from_pem(span_of(pem), "x", &t, &why));
	assert_int_equal(why.kind, FAULT_NO_TRUST);
	buf_str(&out, other.pem);
	t = load(pem);
	assert_int_equal(trust_count(t), 1);
	assert_int_equal(find_all(t, &root), 0);
	trust_free(t);
}

static void refuses_what_holds_no_certificate(void **state)
{
	static const char *const texts[] = {
		"", "hello", "-----BEGIN CERTIFICATE-----",
		("-----BEGIN CERTIFICATE-----\nMIIB\n"
		 "-----END CERTIFICATE-----\n"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct trust *t = NULL;
		struct fault why;

		assert_false(trust_from_pem(span_of(texts[i]), "x", &t,
					    &why));
		assert_int_equal(why.kind, FAULT_NO_TRUST);
		assert_null(t);
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

static void loads_a_file_or_says_which(void **state)
{
	char path[64];
	struct trust *t;
	struct fault why;

	(void)state;
	snprintf(path, sizeof(path), "%s/ca.pem", folder);
	assert_false(trust_load(path, &t, &why));
	assert_int_equal(why.kind, FAULT_NO_TRUST);
	assert_non_null(strstr(why.text, path));

	write_file(path, both);
	assert_true(trust_load(path, &t, &why));
	assert_string_equal(trust_name(t), path);
	assert_int_equal(trust_count(t), 2);
	trust_free(t);

	/* named in the environment it is used, and nothing else is */
	setenv("SSL_CERT_FILE", path, 1);
	assert_true(trust_load(NULL, &t, &why));
	assert_string_equal(trust_name(t), path);
	trust_free(t);
	unlink(path);
	assert_false(trust_load(NULL, &t, &why));
	assert_int_equal(why.kind, FAULT_NO_TRUST);
	unsetenv("SSL_CERT_FILE");
}

/* A pipe nobody writes to would hang for ever; a folder is no bundle. */
static void refuses_pipes_and_folders(void **state)
{
	char path[64];
	struct trust *t;
	struct fault why;

	(void)state;
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(trust_load(path, &t, &why));
	assert_int_equal(why.kind, FAULT_NO_TRUST);
	unlink(path);
	assert_false(trust_load(folder, &t, &why));
	assert_int_equal(why.kind, FAULT_NO_TRUST);
}

static void walks_der_of_any_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < root.der.len; len++) {
		struct span certificate, subject;
		char *cut = malloc(len + 1);

		/* its own memory, so that a byte too many is noticed */
		memcpy(cut, root.der.at, len);
		assert_false(der_certificate((struct span){ cut, len },
					     &certificate, &subject));
		free(cut);
	}
}

static void refuses_der_that_is_none(void **state)
{
	static const struct { const char *at; size_t len; } rows[] = {
		{ "\x30\x80\x00\x00", 4 },		/* indefinite */
		{ "\x30\x84\x00\x00\x00\x01\x00", 7 },	/* length of 4 */
		{ "\x30\x02\x05\x00", 4 },		/* no TBS inside */
		{ "\x30\x05\x30\x03\x02\x01\x01", 7 },	/* serial only */
		{ "\x30\x00", 2 }, { "\x30\x81", 2 }, { "\x30", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span certificate, subject;

		assert_false(der_certificate(
			(struct span){ rows[i].at, rows[i].len },
			&certificate, &subject));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_subject),
		cmocka_unit_test(finds_every_root_of_a_name),
		cmocka_unit_test(reads_bundles_as_they_come),
		cmocka_unit_test(reads_crlf_and_one_long_line),
		cmocka_unit_test(passes_over_the_trusted_form),
		cmocka_unit_test(refuses_what_holds_no_certificate),
		cmocka_unit_test(loads_a_file_or_says_which),
		cmocka_unit_test(refuses_pipes_and_folders),
		cmocka_unit_test(walks_der_of_any_length),
		cmocka_unit_test(refuses_der_that_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
