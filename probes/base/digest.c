#include "probes/base/digest.h"

#include <mbedtls/md.h>
#include <mbedtls/pkcs5.h>
#include <mbedtls/version.h>
#include <sys/types.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

static const mbedtls_md_type_t md_types[] = {
	[DIGEST_MD5] = MBEDTLS_MD_MD5,
	[DIGEST_SHA1] = MBEDTLS_MD_SHA1,
	[DIGEST_SHA256] = MBEDTLS_MD_SHA256,
};

static const mbedtls_md_info_t *md_of(enum digest d)
{
	return mbedtls_md_info_from_type(md_types[d]);
}

static const unsigned char *bytes(struct span s)
{
	return (const unsigned char *)s.at;
}

size_t digest_size(enum digest d)
{
	return d == DIGEST_MD5 ? 16 : d == DIGEST_SHA1 ? 20 : 32;
}

bool digest_hash(enum digest d, struct span data, unsigned char *ret)
{
	const mbedtls_md_info_t *md = md_of(d);

	return md && mbedtls_md(md, bytes(data), data.len, ret) == 0;
}

bool digest_hmac(enum digest d, struct span key, struct span data,
		 unsigned char *ret)
{
	const mbedtls_md_info_t *md = md_of(d);

	return md && mbedtls_md_hmac(md, bytes(key), key.len, bytes(data),
				     data.len, ret) == 0;
}

/* 3.x has a call that picks the hash by type; 2.28 wants a context. */
bool digest_pbkdf2(enum digest d, struct span password, struct span salt,
		   unsigned iterations, unsigned char *ret)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03030000
	return mbedtls_pkcs5_pbkdf2_hmac_ext(md_types[d], bytes(password),
			password.len, bytes(salt), salt.len, iterations,
			(uint32_t)digest_size(d), ret) == 0;
#else
	mbedtls_md_context_t md;
	bool ok;

	mbedtls_md_init(&md);
	ok = mbedtls_md_setup(&md, md_of(d), 1) == 0 &&
	     mbedtls_pkcs5_pbkdf2_hmac(&md, bytes(password), password.len,
			bytes(salt), salt.len, iterations,
			(uint32_t)digest_size(d), ret) == 0;
	mbedtls_md_free(&md);
	return ok;
#endif
}

/* Takes the same time wherever the difference is. */
bool digest_same(const unsigned char *a, const unsigned char *b, size_t len)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < len; i++)
		difference = (unsigned char)(difference | (a[i] ^ b[i]));
	return difference == 0;
}

/* getentropy hands out at most 256 bytes a call. */
bool random_bytes(unsigned char *ret, size_t len)
{
	while (len > 0) {
		size_t n = len < 256 ? len : 256;

		if (getentropy(ret, n) != 0)
			return false;
		ret += n;
		len -= n;
	}
	return true;
}
