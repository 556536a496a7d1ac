#include "probes/wire/tls_watch.h"

#define RECORD_CHANGE_CIPHER 20
#define RECORD_ALERT 21
#define RECORD_HANDSHAKE 22

#define HANDSHAKE_HEAD 4		/* type and 24 bits of length */
#define SERVER_HELLO 2
#define SERVER_KEY_EXCHANGE 12
#define CERTIFICATE_REQUEST 13

#define EXTENSION_SUPPORTED_VERSIONS 43
#define EXTENSION_KEY_SHARE 51
#define EXTENSION_RENEGOTIATION_INFO 0xff01	/* RFC 5746 section 3.2 */

#define NAMED_CURVE 3			/* RFC 8422 section 5.4 */
#define TLS_1_3 0x0304

void tls_watch_init(struct tls_watch *w)
{
	*w = (struct tls_watch){ .state = WATCH_FIRST, .alert = -1 };
}

static unsigned octets(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* RFC 8446 section 4.2.1 and 4.2.8: where TLS 1.3 says version and group. */
static void hello_extension(struct tls_watch *w, unsigned type,
			    const unsigned char *at, size_t len)
{
	if (type == EXTENSION_RENEGOTIATION_INFO)
		w->secure_renegotiation = true;
	if (len < 2)
		return;
	if (type == EXTENSION_SUPPORTED_VERSIONS)
		w->version = (uint16_t)octets(at);
	else if (type == EXTENSION_KEY_SHARE)
		w->group = (uint16_t)octets(at);
}

/* version, random, session id, suite, compression, extensions */
static void server_hello(struct tls_watch *w, const unsigned char *at,
			 size_t len)
{
	size_t next = 2 + 32, end;

	if (len < next + 1)
		return;
	w->version = (uint16_t)octets(at);
	next += 1u + at[next];
	if (len < next + 3)
		return;
	w->suite = (uint16_t)octets(at + next);
	next += 3;
	if (len < next + 2)
		return;
	end = next + 2 + octets(at + next);
	if (end > len)
		end = len;
	for (next += 2; next + 4 <= end; ) {
		size_t size = octets(at + next + 2);

		if (next + 4 + size > end)
			return;
		hello_extension(w, octets(at + next), at + next + 4, size);
		next += 4 + size;
	}
}

/*
 * ECDHE names a curve, DHE begins with the length of its prime. Which of the
 * two it is only the suite knows, so both readings are kept.
 */
static void server_key_exchange(struct tls_watch *w, const unsigned char *at,
				size_t len)
{
	if (len < 3)
		return;
	if (at[0] == NAMED_CURVE) {
		w->group = (uint16_t)octets(at + 1);
		/* the point, and then what it is signed with */
		if (len > 3 && len >= 4u + at[3] + 2)
			w->signature = (uint16_t)octets(at + 4 + at[3]);
	}
	w->dh_bits = (uint16_t)(octets(at) * 8);
}

static void message_end(struct tls_watch *w)
{
	size_t len = w->message < sizeof(w->body) ? w->message
						  : sizeof(w->body);
	const unsigned char *at = w->body + HANDSHAKE_HEAD;

	if (w->body[0] == SERVER_HELLO)
		server_hello(w, at, len - HANDSHAKE_HEAD);
	else if (w->body[0] == SERVER_KEY_EXCHANGE)
		server_key_exchange(w, at, len - HANDSHAKE_HEAD);
	else if (w->body[0] == CERTIFICATE_REQUEST)
		w->asks_certificate = true;
	w->message = 0;
}

static void handshake_byte(struct tls_watch *w, unsigned char c)
{
	if (w->message < sizeof(w->body))
		w->body[w->message] = c;
	w->message++;
	if (w->message < HANDSHAKE_HEAD)
		return;
	if (w->message == HANDSHAKE_HEAD)
		w->message_left = (size_t)w->body[1] << 16 |
				  octets(w->body + 2);
	else
		w->message_left--;
	if (w->message_left == 0)
		message_end(w);
}

static void alert_byte(struct tls_watch *w, unsigned char c)
{
	if (w->alert_bytes++ == 0) {
		w->alert_level = c;
		return;
	}
	/* A fatal one is not overwritten by the close_notify behind it. */
	if (w->alert_bytes == 2 && !w->alert_fatal) {
		w->alert = c;
		w->alert_fatal = w->alert_level == 2;
	}
}

static bool looks_like_tls(const struct tls_watch *w)
{
	if (w->head[0] != RECORD_HANDSHAKE && w->head[0] != RECORD_ALERT)
		return false;
	return w->header < 2 || w->head[1] == 3;
}

static void record_begin(struct tls_watch *w)
{
	w->record_left = octets(w->head + 3);
	w->header = w->record_left ? 5 : 0;
	w->alert_bytes = 0;
	w->state = WATCH_ON;
	if (w->head[0] == RECORD_HANDSHAKE || w->head[0] == RECORD_ALERT)
		return;
	/*
	 * TLS 1.3 sends a change_cipher_spec for show between the hellos
	 * (RFC 8446 appendix D.4); in TLS 1.2 all is encrypted behind it.
	 */
	if (w->head[0] != RECORD_CHANGE_CIPHER || w->version != TLS_1_3)
		w->state = WATCH_DONE;
}

static void header_byte(struct tls_watch *w, unsigned char c)
{
	w->head[w->header++] = c;
	if (w->state == WATCH_FIRST && !looks_like_tls(w))
		w->state = WATCH_NOT_TLS;
	else if (w->header == 5)
		record_begin(w);
}

static void record_byte(struct tls_watch *w, unsigned char c)
{
	if (w->head[0] == RECORD_HANDSHAKE)
		handshake_byte(w, c);
	else if (w->head[0] == RECORD_ALERT && octets(w->head + 3) == 2)
		alert_byte(w, c);
	if (--w->record_left > 0)
		return;
	w->header = 0;
	if (w->head[0] == RECORD_HANDSHAKE && w->message > 0)
		w->in_pieces = true;
}

void tls_watch_feed(struct tls_watch *w, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (w->state == WATCH_DONE)
			return;
		if ((w->state == WATCH_FIRST || w->state == WATCH_NOT_TLS) &&
		    w->first_bytes < sizeof(w->first))
			w->first[w->first_bytes++] = c;
		if (w->state == WATCH_NOT_TLS)
			continue;
		if (w->header < 5)
			header_byte(w, c);
		else
			record_byte(w, c);
	}
}
