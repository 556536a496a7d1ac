#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/digest.h"
#include "probes/base/text.h"

static const char *hex_of(const unsigned char *bytes, size_t len)
{
	static char room[2 * DIGEST_MAX + 1];
	struct buf b = buf_over(room, sizeof(room));

	hex_encode(&b, (struct span){ (const char *)bytes, len });
	return room;
}

/* RFC 1321 A.5, FIPS 180-4 */
static void hashes(void **state)
{
	static const struct { enum digest d; const char *hex; } rows[] = {
		{ DIGEST_MD5, "900150983cd24fb0d6963f7d28e17f72" },
		{ DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad" },
	};
	unsigned char got[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(digest_hash(rows[i].d, SPAN_LIT("abc"), got));
		assert_string_equal(hex_of(got, digest_size(rows[i].d)),
				    rows[i].hex);
	}
}

/* RFC 2202 and RFC 4231, test case 2 */
static void authenticates(void **state)
{
	static const struct { enum digest d; const char *hex; } rows[] = {
		{ DIGEST_MD5, "750c783e6ab0b503eaa86e310a5db738" },
		{ DIGEST_SHA1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
		{ DIGEST_SHA256, "5bdcc146bf60754e6a042426089575c7"
				 "5a003f089d2739839dec58b964ec3843" },
	};
	unsigned char got[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(digest_hmac(rows[i].d, SPAN_LIT("Jefe"),
			SPAN_LIT("what do ya want for nothing?"), got));
		assert_string_equal(hex_of(got, digest_size(rows[i].d)),
				    rows[i].hex);
	}
}

/* RFC 6070, test case 2 */
static void derives_keys(void **state)
{
	unsigned char got[DIGEST_MAX];

	(void)state;
	assert_true(digest_pbkdf2(DIGEST_SHA1, SPAN_LIT("password"),
				  SPAN_LIT("salt"), 2, got));
	assert_string_equal(hex_of(got, 20),
			    "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
}

static void compares_whole(void **state)
{
	(void)state;
	assert_true(digest_same((const unsigned char *)"abc",
				(const unsigned char *)"abc", 3));
	assert_false(digest_same((const unsigned char *)"abc",
				 (const unsigned char *)"abd", 3));
	assert_false(digest_same((const unsigned char *)"abc",
				 (const unsigned char *)"bbc", 3));
}

static void random_differs(void **state)
{
	unsigned char a[600] = { 0 }, b[600] = { 0 };

	(void)state;
	assert_true(random_bytes(a, sizeof(a)));
	assert_true(random_bytes(b, sizeof(b)));
	assert_memory_not_equal(a, b, 16);
	assert_memory_not_equal(a + 584, b + 584, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes),
		cmocka_unit_test(authenticates),
		cmocka_unit_test(derives_keys),
		cmocka_unit_test(compares_whole),
		cmocka_unit_test(random_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
