#include <inttypes.h>
#include <string.h>

#include "cmd/batch/ledger_file.h"
#include "probes/base/buf.h"
#include "probes/base/digest.h"
#include "probes/base/text.h"

#define HEAD "mailwhy-logins 1 "
#define CHECK 4

static const char *const kind_name[] = {
	[ROW_REFUSED] = "refused", [ROW_FORGIVEN] = "forgiven",
	[ROW_HOST] = "host",
};

static struct span bytes(const unsigned char *at, size_t len)
{
	return (struct span){ (const char *)at, len };
}

/* ---- writing ---- */

static bool add_check(struct buf *line, const unsigned char key[LEDGER_KEY])
{
	unsigned char sum[DIGEST_MAX];

	if (!digest_hmac(DIGEST_SHA256, bytes(key, LEDGER_KEY), buf_span(line),
			 sum))
		return false;
	buf_char(line, ' ');
	hex_encode(line, bytes(sum, CHECK));
	buf_char(line, '\n');
	return !line->full;
}

bool ledger_line(const unsigned char key[LEDGER_KEY],
		 const struct ledger_row *row, char to[LEDGER_LINE_CAP])
{
	struct buf line = buf_over(to, LEDGER_LINE_CAP);

	buf_fmt(&line, "%s ", kind_name[row->kind]);
	hex_encode(&line, bytes(row->id, LEDGER_ID));
	buf_fmt(&line, " %04x %u %" PRId64, (unsigned)row->tag, row->count,
		row->at);
	return add_check(&line, key);
}

bool ledger_head(const unsigned char key[LEDGER_KEY], char to[LEDGER_LINE_CAP])
{
	struct buf line = buf_over(to, LEDGER_LINE_CAP);

	buf_str(&line, HEAD);
	hex_encode(&line, bytes(key, LEDGER_KEY));
	return add_check(&line, key);
}

/* ---- reading ---- */

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool hex_decode(struct span hex, unsigned char *to, size_t len)
{
	if (hex.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex.at[2 * i]);
		int low = hex_digit(hex.at[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (unsigned char)(high * 16 + low);
	}
	return true;
}

static bool read_kind(struct span word, enum ledger_row_kind *ret)
{
	for (unsigned i = 0; i < sizeof(kind_name) / sizeof(*kind_name); i++)
		if (word.len == strlen(kind_name[i]) &&
		    memcmp(word.at, kind_name[i], word.len) == 0) {
			*ret = (enum ledger_row_kind)i;
			return true;
		}
	return false;
}

/* Up to the year 33658: as many digits as span_number() takes, twice. */
static bool read_time(struct span word, epoch *ret)
{
	epoch value = 0;

	if (word.len == 0 || word.len > 12)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (!ascii_is_digit(word.at[i]))
			return false;
		value = value * 10 + (word.at[i] - '0');
	}
	*ret = value;
	return true;
}

/* The check is over all that stands before it, to the letter. */
static bool is_whole(struct span line, const unsigned char key[LEDGER_KEY])
{
	unsigned char said[CHECK], sum[DIGEST_MAX];
	size_t body;

	if (line.len < 2 * CHECK + 1)
		return false;
	body = line.len - 2 * CHECK - 1;
	return line.at[body] == ' ' &&
	       hex_decode(span_from(line, body + 1), said, CHECK) &&
	       digest_hmac(DIGEST_SHA256, bytes(key, LEDGER_KEY),
			   span_head(line, body), sum) &&
	       digest_same(said, sum, CHECK);
}

static bool read_row(struct span line, const unsigned char key[LEDGER_KEY],
		     struct ledger_row *ret)
{
	struct span part[6];
	unsigned char tag[2];
	size_t n = 0;

	if (!is_whole(line, key))
		return false;
	while (n < 6 && span_word(&line, &part[n]))
		n++;
	if (n < 6 || !read_kind(part[0], &ret->kind) ||
	    !hex_decode(part[1], ret->id, LEDGER_ID) ||
	    !hex_decode(part[2], tag, sizeof(tag)) ||
	    !span_number(part[3], &ret->count) ||
	    !read_time(part[4], &ret->at))
		return false;
	ret->tag = (uint16_t)(tag[0] << 8 | tag[1]);
	return true;
}

static bool read_head(struct span line, unsigned char ret_key[LEDGER_KEY])
{
	struct span head = line;

	return span_skip(&head, HEAD) &&
	       hex_decode(span_head(head, 2 * LEDGER_KEY), ret_key,
			  LEDGER_KEY) &&
	       is_whole(line, ret_key);
}

long ledger_parse(struct span text, unsigned char ret_key[LEDGER_KEY],
		  bool *ret_has_key,
		  bool (*take)(void *context, const struct ledger_row *row),
		  void *context)
{
	long number = 0;

	*ret_has_key = false;
	while (text.len > 0) {
		const char *end = memchr(text.at, '\n', text.len);
		struct ledger_row row;
		struct span line;

		if (!end && number > 0)
			return 0;		/* cut by a crash */
		number++;
		line = span_head(text, end ? (size_t)(end - text.at)
					   : text.len);
		text = span_from(text, line.len + 1);
		if (number == 1) {
			if (!end || !read_head(line, ret_key))
				return number;
			*ret_has_key = true;
		} else if (!read_row(line, ret_key, &row)) {
			return number;
		} else if (!take(context, &row)) {
			return -1;
		}
	}
	return 0;
}
