#include "probes/wire/tls_hello.h"

#include <string.h>

#include "probes/base/buf.h"
#include "probes/base/digest.h"
#include "probes/base/span.h"
#include "probes/wire/tls_internal.h"

/* ---- the message ---- */

/* Bytes in network order; what does not fit makes it empty. */
struct writer {
	unsigned char *at;
	size_t len, cap;
	bool full;
};

static void put(struct writer *w, const void *bytes, size_t len)
{
	if (w->full || len > w->cap - w->len) {
		w->full = true;
		return;
	}
	memcpy(w->at + w->len, bytes, len);
	w->len += len;
}

static void put8(struct writer *w, unsigned n)
{
	unsigned char c = (unsigned char)n;

	put(w, &c, 1);
}

static void put16(struct writer *w, unsigned n)
{
	put8(w, n >> 8 & 0xff);
	put8(w, n & 0xff);
}

/* Room for a length of two bytes, and its value once all behind it is there. */
static size_t begin(struct writer *w)
{
	put16(w, 0);
	return w->len;
}

static void end(struct writer *w, size_t from)
{
	size_t n = w->len - from;

	if (w->full)
		return;
	w->at[from - 2] = (unsigned char)(n >> 8);
	w->at[from - 1] = (unsigned char)n;
}

static void put_list(struct writer *w, const uint16_t *list, size_t n)
{
	size_t at = begin(w);

	for (size_t i = 0; i < n; i++)
		put16(w, list[i]);
	end(w, at);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void put_suites(struct writer *w)
{
	static const uint16_t suites[] = {
		0x1301, 0x1302, 0x1303,	/* TLS 1.3 */
		0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8, 0xcca9,
		0x009e, 0x009f, 0x009c, 0x009d, 0xc027, 0xc023, 0x003c,
		/* of TLS 1.0, RC4 and 3DES too: it is only a question */
		0xc013, 0xc009, 0xc014, 0xc00a, 0x0033, 0x0039, 0x002f,
		0x0035, 0x000a, 0x0005, 0x0004,
		0x00ff			/* RFC 5746 */
	};

	put_list(w, suites, COUNT(suites));
}

/* RFC 6066 section 3; an address has none. */
static void put_server_name(struct writer *w, const char *host)
{
	unsigned char address[16];
	size_t len, extension, list, name;

	if (tls_host_address(host, address, &len))
		return;
	put16(w, 0x0000);
	extension = begin(w);
	list = begin(w);
	put8(w, 0);
	name = begin(w);
	put(w, host, strlen(host));
	end(w, name);
	end(w, list);
	end(w, extension);
}

static void put_list_extension(struct writer *w, unsigned type,
			       const uint16_t *list, size_t n)
{
	size_t extension;

	put16(w, type);
	extension = begin(w);
	put_list(w, list, n);
	end(w, extension);
}

static void put_extensions(struct writer *w, const char *host)
{
	static const uint16_t groups[] = {
		0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101
	};
	static const uint16_t signatures[] = {
		0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806,
		0x0401, 0x0501, 0x0601, 0x0203, 0x0201
	};
	static const unsigned char points[] = { 0, 0x0b, 0, 2, 1, 0 };
	/* length, then 1.3 down to 1.0; and a key share that holds no key */
	static const unsigned char versions[] = {
		0, 0x2b, 0, 9, 8, 3, 4, 3, 3, 3, 2, 3, 1
	};
	static const unsigned char key_share[] = { 0, 0x33, 0, 2, 0, 0 };
	size_t all = begin(w);

	put_server_name(w, host);
	put_list_extension(w, 0x000a, groups, COUNT(groups));
	put(w, points, sizeof(points));
	put_list_extension(w, 0x000d, signatures, COUNT(signatures));
	put(w, versions, sizeof(versions));
	put(w, key_share, sizeof(key_share));
	end(w, all);
}

size_t tls_hello_write(const char *host, const unsigned char random[64],
		       unsigned char *to, size_t cap)
{
	struct writer w = { to, 0, cap, false };
	size_t record, message;

	put8(&w, 22);			/* handshake */
	put16(&w, 0x0301);		/* RFC 8446 5.1: for old servers */
	record = begin(&w);
	put8(&w, 1);			/* client_hello, length of 3 bytes */
	put8(&w, 0);
	message = begin(&w);
	put16(&w, 0x0303);
	put(&w, random, 32);
	put8(&w, 32);
	put(&w, random + 32, 32);	/* session id, as RFC 8446 D.4 */
	put_suites(&w);
	put16(&w, 0x0100);		/* one compression: none */
	put_extensions(&w, host);
	end(&w, message);
	end(&w, record);
	return w.full ? 0 : w.len;
}

/* ---- the answer ---- */

#define ANSWER_MOST 65536u		/* what comes before a hello */

static bool is_answered(const struct tls_watch *w)
{
	return w->version != 0 || w->alert_fatal ||
	       w->state == WATCH_NOT_TLS || w->state == WATCH_DONE;
}

static bool read_answer(struct stream *io, struct tls_watch *w, msec by,
			struct fault *why)
{
	char room[2048];
	size_t len, all = 0;

	while (!is_answered(w)) {
		if (!stream_read(io, room, sizeof(room), &len, by, why))
			return false;
		tls_watch_feed(w, room, len);
		all += len;
		if (all > ANSWER_MOST)
			return fail(why, FAULT_TOO_LONG, "no hello within %u "
				    "bytes", ANSWER_MOST);
	}
	return true;
}

static void told_choice(const struct tls_watch *w, struct tls_facts *ret)
{
	struct buf b = buf_over(ret->offered_cipher,
				sizeof(ret->offered_cipher));

	span_copy(span_of(tls_version_name(w->version)), ret->offered,
		  sizeof(ret->offered));
	tls_suite_name(w->suite, &b);
	ret->cipher_is_ours = tls_suite_offered(w->suite);
}

static bool told(const struct tls_watch *w, struct tls_facts *ret,
		 struct fault *why)
{
	ret->alert = w->alert;
	ret->alert_fatal = w->alert_fatal;
	if (w->version != 0) {
		told_choice(w, ret);
		return true;
	}
	if (w->state == WATCH_NOT_TLS) {
		ret->first_bytes = w->first_bytes;
		memcpy(ret->first, w->first, sizeof(ret->first));
		return fail(why, FAULT_NOT_TLS,
			    "what the server sent is not TLS");
	}
	return fail(why, FAULT_TLS_ALERT, "the server sent the TLS alert %s",
		    tls_alert_name(w->alert));
}

bool tls_hello(const char *host, struct stream *io, msec by,
	       struct tls_facts *ret, struct fault *why)
{
	unsigned char random[64], hello[TLS_HELLO_CAP];
	struct tls_watch watch;
	size_t len = 0;
	bool ok;

	tls_watch_init(&watch);
	if (random_bytes(random, sizeof(random)))
		len = tls_hello_write(host, random, hello, sizeof(hello));
	ok = len > 0 || fail(why, FAULT_INTERNAL, "no hello could be made");
	ok = ok && stream_write(io, (const char *)hello, len, by, why) &&
	     read_answer(io, &watch, by, why) && told(&watch, ret, why);
	stream_close(io);
	return ok;
}
