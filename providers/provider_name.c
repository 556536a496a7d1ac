#include "providers/provider_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "probes/base/span.h"

/* Letters, marks and digits stay; the rest is how it is written. */
static bool counts(ucs4_t c)
{
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L |
						UC_CATEGORY_MASK_M |
						UC_CATEGORY_MASK_N);
}

static size_t keep_what_counts(uint8_t *text, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len;) {
		ucs4_t c;
		int n = u8_mbtouc(&c, text + i, len - i);

		if (n <= 0)
			break;
		if (counts(c)) {
			memmove(text + kept, text + i, (size_t)n);
			kept += (size_t)n;
		}
		i += (size_t)n;
	}
	return kept;
}

void provider_name_key(const char *name, char ret[PROVIDER_KEY_CAP])
{
	uint8_t room[PROVIDER_KEY_CAP * 2];
	size_t len = sizeof(room), n = strlen(name);
	uint8_t *folded;

	ret[0] = '\0';
	if (n >= PROVIDER_KEY_CAP || u8_check((const uint8_t *)name, n))
		return;
	folded = u8_casefold((const uint8_t *)name, n, NULL, UNINORM_NFKC,
			     room, &len);
	if (!folded)
		return;
	len = keep_what_counts(folded, len);
	if (len < PROVIDER_KEY_CAP)
		span_copy((struct span){ (const char *)folded, len }, ret,
			  PROVIDER_KEY_CAP);
	if (folded != room)
		free(folded);
}

bool provider_name_is(const char *name, const char *key)
{
	char own[PROVIDER_KEY_CAP];

	provider_name_key(name, own);
	return *own && strcmp(own, key) == 0;
}
