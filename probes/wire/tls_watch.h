#ifndef MAILWHY_WIRE_TLS_WATCH_H
#define MAILWHY_WIRE_TLS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/wire/facts.h"

/*
 * Looks on while a handshake's first, unencrypted part comes in, and keeps
 * what the library would not tell: whether it is TLS at all, which version
 * and suite the server chose, the group, alerts. Pure; for any bytes; splits
 * do not matter. RFC 5246 and RFC 8446.
 */
#define WATCH_MESSAGE_CAP 512		/* of one handshake message */

enum watch_state {
	WATCH_FIRST,			/* no whole record header yet */
	WATCH_ON,
	WATCH_DONE,			/* encrypted from here */
	WATCH_NOT_TLS
};

struct tls_watch {
	enum watch_state state;
	/* what was seen; 0: not (yet) */
	uint16_t version, suite, group, dh_bits;
	uint16_t signature;		/* of an ECDHE key exchange */
	bool secure_renegotiation;	/* the server's hello has RFC 5746 */
	bool asks_certificate;		/* of us, in TLS 1.2 */
	bool in_pieces;			/* a message over more than one record */
	int alert;			/* -1: none */
	bool alert_fatal;
	size_t first_bytes;
	unsigned char first[FIRST_BYTES_MAX];
	/* private: where in the records we are */
	size_t header, record_left;
	unsigned char head[5];
	size_t message, message_left;
	unsigned char body[WATCH_MESSAGE_CAP];
	size_t alert_bytes;
	unsigned char alert_level;
};

void tls_watch_init(struct tls_watch *w);
void tls_watch_feed(struct tls_watch *w, const char *bytes, size_t len);

#endif
