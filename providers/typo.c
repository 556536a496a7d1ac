#include "providers/typo.h"

#include <string.h>

#include "probes/base/ascii.h"
#include "probes/base/buf.h"
#include "probes/base/embedded.h"
#include "probes/base/span.h"

#define WORD_MAX 40		/* no well-known domain is as long */
#define ONE_SLIP_FROM 9		/* bytes: gmail.com; mail.com is too short */
#define TWO_SLIPS_FROM 12	/* docomo.ne.jp, softbank.ne.jp */

/* Domains are written in any case; the data is in lower case. */
static const char *lower(const char *domain, char room[HOST_CAP])
{
	struct buf b = buf_over(room, HOST_CAP);

	for (; *domain; domain++)
		buf_char(&b, ascii_lower(*domain));
	return room;
}

bool typo_is_known(const char *domain, char ret_meant[HOST_CAP])
{
	char room[HOST_CAP];
	const char *meant = embedded_line(embedded_mistyped,
					  lower(domain, room));

	if (!meant || strcmp(meant, "-") == 0)
		return false;
	span_copy(span_of(meant), ret_meant, HOST_CAP);
	return true;
}

/* ---- the distance ---- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Optimal string alignment: Levenshtein, and two neighbours swapped count as
 * one slip. Three rows of the table are enough.
 */
static size_t distance(struct span a, struct span b)
{
	size_t row[3][WORD_MAX + 1];

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3];
		const size_t *two_before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = a.at[i - 1] == b.at[j - 1];

			now[j] = least(before[j] + 1, now[j - 1] + 1);
			now[j] = least(now[j], before[j - 1] + !same);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
			    a.at[i - 2] == b.at[j - 1])
				now[j] = least(now[j], two_before[j - 2] + 1);
		}
	}
	return row[a.len % 3][b.len];
}

static size_t slips_allowed(size_t len)
{
	return len >= TWO_SLIPS_FROM ? 2 : len >= ONE_SLIP_FROM ? 1 : 0;
}

/* ---- all domains of the built-in providers ---- */

/* "d gmail.com = gmail" are the index's lines of domains. */
static bool next_domain(const char **at, struct span *ret)
{
	const struct embedded *index = embedded_provider_index;
	const char *end = index->bytes + index->len;

	for (; *at < end; *at += strlen(*at) + 1) {
		struct span line = span_of(*at);

		if (!span_skip(&line, "d ") || !span_word(&line, ret))
			continue;
		*at += strlen(*at) + 1;
		return true;
	}
	return false;
}

bool typo_nearest(const char *domain, char ret_meant[HOST_CAP])
{
	char room[HOST_CAP];
	struct span asked = span_of(lower(domain, room)), known;
	const char *at = embedded_provider_index->bytes;
	size_t best = WORD_MAX;

	if (embedded_line(embedded_mistyped, room))
		return typo_is_known(domain, ret_meant);
	while (next_domain(&at, &known)) {
		size_t d = distance(asked, known);

		/* "*.auone-net.jp" is a pattern, not a domain to suggest */
		if (span_starts(known, "*") || d == 0 || d >= best || d > slips_allowed(known.len))
			continue;
		best = d;
		span_copy(known, ret_meant, HOST_CAP);
	}
	return best < WORD_MAX;
}
