#ifndef MAILWHY_TEST_TLS_PEER_H
#define MAILWHY_TEST_TLS_PEER_H

#include <mbedtls/version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "probes/base/span.h"
#include "probes/wire/pki.h"
#include "probes/wire/tcp.h"
#include "probes/wire/thread.h"
#include "probes/wire/tls.h"
#include "probes/wire/trust.h"
#include "probes/wire/wait.h"

/*
 * The client against a server of ours, over a socket pair; the server lives
 * in a thread of its own.
 */
#define HOST "mail.example.test"
#define HAS_TLS_1_3 (MBEDTLS_VERSION_MAJOR >= 3)

static struct pki *pki;
static struct trust *trust, *other_trust;

static int setup(void **state)
{
	struct fault why;

	(void)state;
	return tls_setup() && wait_setup() && pki_new(&pki, &why) &&
	       trust_from_pem(span_of(pki_ca_pem(pki)), "test root", &trust,
			      &why) &&
	       trust_from_pem(span_of(pki_other_ca_pem(pki)), "other root",
			      &other_trust, &why) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	trust_free(trust);
	trust_free(other_trust);
	pki_free(pki);
	return 0;
}

static msec soon(void)
{
	return now_msec() + 10000;
}

/* ---- the other side ---- */

struct peer {
	struct thread thread;
	struct stream stream;
	struct tls_server *server;	/* NULL: it plays `raw` */
	struct span raw;
	size_t split;			/* raw bytes a write, 0: all at once */
	bool hold;			/* stay silent instead of closing */
	msec delay;			/* before its first word */
	bool accepted;
	size_t echo;			/* bytes to send back before closing */
	size_t heard;			/* bytes that came meanwhile */
	unsigned nothings;		/* empty records before them */
};

static void peer_echo(struct peer *p)
{
	char room[3000];
	struct fault why;
	size_t len;

	while (p->echo > 0 && stream_read(&p->stream, room, sizeof(room),
					  &len, soon(), &why)) {
		p->heard += len;
		if (!stream_write(&p->stream, room, len, soon(), &why))
			return;
		p->echo -= len < p->echo ? len : p->echo;
	}
}

static void peer_raw(struct peer *p)
{
	char room[4096];
	struct fault why;
	size_t len, step = p->split ? p->split : p->raw.len;

	/* The client speaks first; unread bytes would turn close into reset. */
	if (!stream_read(&p->stream, room, sizeof(room), &len, soon(), &why))
		return;
	for (size_t i = 0; i < p->raw.len; i += step) {
		size_t n = p->raw.len - i < step ? p->raw.len - i : step;

		if (!stream_write(&p->stream, p->raw.at + i, n, soon(), &why))
			return;
	}
}

static void peer_run(void *self)
{
	struct peer *p = self;
	char room[512];
	struct fault why;
	size_t len;

	if (p->delay)
		wait_until(now_msec() + p->delay, &why);
	if (!p->server) {
		peer_raw(p);
	} else {
		p->accepted = tls_server_accept(p->server, &p->stream, soon(),
						&why);
		if (p->accepted && p->nothings)
			tls_server_annoy(&p->stream, NUISANCE_EMPTY_RECORD,
					 p->nothings, soon(), &why);
		if (p->accepted)
			peer_echo(p);
	}
	while (p->hold && stream_read(&p->stream, room, sizeof(room), &len,
				      soon(), &why))
		;
	stream_close(&p->stream);
}

static void peer_start(struct peer *p, struct stream *ret_client)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_true(tcp_stream(fds[0], ret_client));
	assert_true(tcp_stream(fds[1], &p->stream));
	assert_true(thread_start(&p->thread, peer_run, p));
}

static struct tls_server *server_of(enum cert_kind kind, const char *host)
{
	static char chain[PKI_PEM_CAP], key[PKI_PEM_CAP];
	struct tls_server *s = NULL;
	struct fault why;

	assert_true(pki_issue(pki, kind, host, chain, key, &why));
	assert_true(tls_server_new(span_of(chain), span_of(key), &s, &why));
	return s;
}

struct outcome {
	bool ok;
	struct tls_facts facts;
	struct fault why;
};

#endif
