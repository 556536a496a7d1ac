/*
 * One TLS handshake on loopback, and what it left as evidence, as lines
 * "key=value": the program that tls_live.py drives.
 *
 *	tls_probe PORT HOST CA_FILE [insecure] [get] [hello] [again]
 *
 * "get" then asks for "/" and prints the first line of the answer: data after
 * the handshake, past the session tickets of TLS 1.3. "hello" goes no further
 * than the server's hello. "again" connects three times with shared sessions
 * and prints what the last connection saw, or the first that failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/span.h"
#include "probes/wire/dns.h"
#include "probes/wire/tcp.h"
#include "probes/wire/tls.h"
#include "probes/wire/wait.h"

static void print_chain(const struct tls_facts *f)
{
	for (size_t i = 0; i < f->chain; i++) {
		const struct cert_facts *c = &f->cert[i];

		printf("cert%zu.subject=%s\ncert%zu.issuer=%s\n", i,
		       c->subject, i, c->issuer);
		printf("cert%zu.key=%s\ncert%zu.signature=%s\n", i, c->key, i,
		       c->signature);
		printf("cert%zu.sha256=%s\n", i, c->sha256);
		printf("cert%zu.until=%lld\n", i, (long long)c->not_after);
		printf("cert%zu.names=%zu\n", i, c->names);
		printf("cert%zu.more=%d\n", i, c->more_names);
		if (c->names)
			printf("cert%zu.name=%s\n", i, c->name[0]);
	}
}

static void print_facts(const struct tls_facts *f)
{
	printf("done=%d\nverified=%d\nresumed=%d\nbroke=%d\n", f->handshake_done,
	       f->verified, f->resumed, f->resumption_broke);
	printf("version=%s\ncipher=%s\ngroup=%s\n", f->version, f->cipher,
	       f->group);
	printf("ours=%s\nalert=%s\nroot=%s\n", f->our_versions,
	       tls_alert_name(f->alert), f->root);
	printf("offered=%s\n", f->offered);
	printf("chain=%zu\nlonger=%d\n", f->chain, f->longer_chain);
	printf("defects=%s%s%s%s%s%s%s\n", f->cert_untrusted ? "u" : "",
	       f->cert_wrong_name ? "n" : "", f->cert_expired ? "e" : "",
	       f->cert_future ? "f" : "", f->cert_weak ? "w" : "",
	       f->cert_wrong_usage ? "k" : "", f->cert_invalid ? "i" : "");
	print_chain(f);
}

static void get(struct stream *s, msec by, bool silent)
{
	static const char ask[] = "GET / HTTP/1.0\r\n\r\n";
	char room[256];
	struct fault why;
	size_t len;

	if (!stream_write(s, ask, sizeof(ask) - 1, by, &why) ||
	    !stream_read(s, room, sizeof(room), &len, by, &why)) {
		printf("data=(%s)\n", fault_name(why.kind));
		return;
	}
	if (!silent)
		printf("data=%.*s\n", (int)strcspn(room, "\r"), room);
}

static bool probe(const struct tls_request *request, bool want_data,
		  bool silent, struct fault *why)
{
	struct connect_facts c = { .attempts = 1, .winner = -1 };
	msec by = now_msec() + 5000;
	struct tls_facts facts;
	struct stream s;
	bool ok;

	c.attempt[0].address = *request->peer;
	if (!tcp_connect(&c, by, &s, why))
		return false;
	ok = tls_client(request, &s, by, &facts, why);
	if (!silent || !ok)
		print_facts(&facts);
	if (ok && want_data)
		get(&s, by, silent);
	stream_close(&s);
	return ok;
}

static bool probe_all(const struct tls_request *request, bool want_data,
		      bool again, struct fault *why)
{
	struct tls_request shared = *request;
	bool ok;

	if (!again)
		return probe(request, want_data, false, why);
	if (!tls_cache_new(4, &shared.sessions))
		return false;
	ok = probe(&shared, want_data, true, why) &&
	     probe(&shared, want_data, true, why) &&
	     probe(&shared, want_data, false, why);
	tls_cache_free(shared.sessions);
	return ok;
}

int main(int argc, char **argv)
{
	struct fault why = { .kind = FAULT_NONE };
	struct trust *trust = NULL;
	struct tls_request request = { .host = argc > 2 ? argv[2] : "" };
	bool want_data = false, again = false, ok;
	struct address peer;
	unsigned port = 0;

	if (argc < 4)
		return 2;
	for (int i = 4; i < argc; i++) {
		request.allow_unverified |= strcmp(argv[i], "insecure") == 0;
		want_data |= strcmp(argv[i], "get") == 0;
		request.only_hello |= strcmp(argv[i], "hello") == 0;
		again |= strcmp(argv[i], "again") == 0;
	}
	if (!tls_setup() || !wait_setup() ||
	    !trust_load(argv[3], &trust, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 2;
	}
	span_number(span_of(argv[1]), &port);
	address_parse("127.0.0.1", (uint16_t)port, &peer);
	request.trust = trust;
	request.peer = &peer;
	ok = probe_all(&request, want_data, again, &why);
	printf("ok=%d\nfault=%s\ntext=%s\nlibrary=%s\n", ok,
	       fault_name(why.kind), why.text, tls_library());
	trust_free(trust);
	return 0;
}
