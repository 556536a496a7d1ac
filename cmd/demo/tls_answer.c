#include "cmd/demo/tls_answer.h"

#include <string.h>

#include "probes/base/span.h"

#define ANSWER_CAP 96

/* Does this ClientHello offer TLS 1.0, as nobody does who means to go on? */
static bool asks_all(struct span record)
{
	/* supported_versions: 1.3, 1.2, 1.1, 1.0 (RFC 8446 section 4.2.1) */
	static const char versions[] = { 0, 0x2b, 0, 9, 8, 3, 4, 3, 3, 3, 2,
					 3, 1 };

	for (size_t i = 0; i + sizeof(versions) <= record.len; i++)
		if (memcmp(record.at + i, versions, sizeof(versions)) == 0)
			return true;
	return false;
}

/*
 * A ClientHello, whole: closing with bytes unread would be a reset, which is
 * another fault than the one to be played.
 */
static bool read_hello(struct stream *io, msec by, bool *ret_asks_all)
{
	unsigned char record[4096];
	size_t have = 0, want = 5, len;
	struct fault why;

	while (have < want) {
		if (!stream_read(io, (char *)record + have, want - have, &len,
				 by, &why))
			return false;
		have += len;
		if (have == 5 && want == 5)
			want += (size_t)record[3] << 8 | record[4];
		if (want > sizeof(record))
			want = sizeof(record);
	}
	*ret_asks_all = asks_all((struct span){ (const char *)record, have });
	return true;
}

/* version, random, no session, suite, no compression, extensions */
static size_t write_hello(unsigned minor, unsigned suite,
			  char to[ANSWER_CAP])
{
	static const char of_13[] = { 0, 6, 0, 0x2b, 0, 2, 3, 4 };
	bool is_13 = minor == 3;
	char body[ANSWER_CAP] = { 3, (char)(is_13 ? 3 : minor + 1) };
	size_t len = 2 + 32 + 1;

	if (suite == 0)
		suite = is_13 ? 0x1301 : 0x002f;
	body[len++] = (char)(suite >> 8);
	body[len++] = (char)suite;
	len++;
	if (is_13) {
		memcpy(body + len, of_13, sizeof(of_13));
		len += sizeof(of_13);
	}
	memcpy(to, (const char[]){ 22, 3, 3, 0, (char)(len + 4), 2, 0, 0,
				   (char)len }, 9);
	memcpy(to + 9, body, len);
	return 9 + len;
}

/* RFC 8446 section 6: record header, fatal, description */
static size_t write_alert(int alert, char to[ANSWER_CAP])
{
	const char bytes[7] = { 21, 3, 3, 0, 2, 2, (char)alert };

	memcpy(to, bytes, sizeof(bytes));
	return sizeof(bytes);
}

bool tls_answer(struct stream *io, msec by, const struct scene *scene)
{
	char answer[ANSWER_CAP];
	struct fault why;
	bool all;
	size_t len = 0;

	if (!read_hello(io, by, &all))
		return false;
	if (scene->tls == SCENE_TLS_OFFERS && all)
		len = write_hello(scene->minor, scene->suite, answer);
	else if (scene->tls == SCENE_TLS_ALERT || scene->tls == SCENE_TLS_OFFERS)
		len = write_alert(scene->alert, answer);
	return len == 0 || stream_write(io, answer, len, by, &why);
}
