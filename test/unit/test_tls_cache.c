#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "test/unit/tls_peer.h"

#include "probes/wire/dns.h"
#include "probes/wire/tls_cache.h"

#define NOW 1795305600
#define YEAR (365 * 86400)

static const struct validity valid = { NOW - YEAR, NOW + YEAR };

static struct tls_key key_of(unsigned server)
{
	struct tls_key key = { .port = 993, .peer = "192.0.2.1" };

	snprintf(key.host, sizeof(key.host), "mail%u.example", server);
	return key;
}

/* Of a chain of two, whose names tell which server it is. */
static struct tls_facts *facts_of(unsigned server)
{
	struct tls_facts *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->chain = 2;
	f->longer_chain = true;
	snprintf(f->cert[0].subject, sizeof(f->cert[0].subject), "CN=mail%u",
		 server);
	snprintf(f->cert[1].subject, sizeof(f->cert[1].subject), "CN=ca%u",
		 server);
	snprintf(f->root, sizeof(f->root), "root%u", server);
	return f;
}

static uint64_t put(struct tls_cache *c, const struct tls_key *key, epoch now,
		    unsigned server, const char *session)
{
	struct tls_facts *f = facts_of(server);
	uint64_t entry = tls_cache_keep(c, key, now, span_of(f->root), f,
					&valid);

	if (session)
		tls_cache_session(c, entry, (const unsigned char *)session,
				  strlen(session));
	free(f);
	return entry;
}

/* The session that would be offered, "-" none; its certificate is checked. */
static const char *taken(struct tls_cache *c, const struct tls_key *key,
			 epoch now, unsigned server)
{
	static char session[TLS_SESSION_CAP + 1];
	struct tls_facts *f = calloc(1, sizeof(*f));
	struct tls_facts *want = facts_of(server);
	uint64_t entry = 0;
	size_t len = 0;

	assert_non_null(f);
	if (tls_cache_take(c, key, now, f, (unsigned char *)session, &len,
			   &entry)) {
		assert_true(entry > 0);
		assert_int_equal(f->chain, 2);
		assert_true(f->longer_chain);
		assert_memory_equal(f->cert, want->cert, sizeof(f->cert));
		assert_string_equal(f->root, want->root);
		session[len] = '\0';
	} else {
		assert_int_equal(f->chain, 0);
		strcpy(session, "-");
	}
	free(f);
	free(want);
	return session;
}

static void gives_back_what_belongs_together(void **state)
{
	struct tls_key one = key_of(1), two = key_of(2);
	struct tls_cache *c;
	uint64_t entry;

	(void)state;
	assert_true(tls_cache_new(8, &c));
	assert_string_equal(taken(c, &one, NOW, 1), "-");
	/* a certificate without a session: the ticket has not come yet */
	entry = put(c, &one, NOW, 1, NULL);
	assert_string_equal(taken(c, &one, NOW, 1), "-");
	tls_cache_session(c, entry, (const unsigned char *)"first", 5);
	assert_string_equal(taken(c, &one, NOW, 1), "first");
	tls_cache_session(c, entry, (const unsigned char *)"newer", 5);
	assert_string_equal(taken(c, &one, NOW, 1), "newer");
	put(c, &two, NOW, 2, "other");
	assert_string_equal(taken(c, &one, NOW, 1), "newer");
	assert_string_equal(taken(c, &two, NOW, 2), "other");
	/* another certificate took the place: late tickets are not for it */
	put(c, &one, NOW, 3, "third");
	tls_cache_session(c, entry, (const unsigned char *)"late", 4);
	assert_string_equal(taken(c, &one, NOW, 3), "third");
	tls_cache_free(c);
}

static void every_part_of_the_key_counts(void **state)
{
	struct tls_key key = key_of(1), other;
	const struct trust *store = (const struct trust *)&valid;
	struct tls_cache *c;

	(void)state;
	assert_true(tls_cache_new(8, &c));
	put(c, &key, NOW, 1, "it");
	other = key;
	other.port = 995;
	assert_string_equal(taken(c, &other, NOW, 1), "-");
	other = key;
	other.upgraded = true;
	assert_string_equal(taken(c, &other, NOW, 1), "-");
	other = key;
	other.trust = store;
	assert_string_equal(taken(c, &other, NOW, 1), "-");
	other = key;
	strcpy(other.peer, "192.0.2.2");
	assert_string_equal(taken(c, &other, NOW, 1), "-");
	other = key;
	strcpy(other.host, "mail.example");
	assert_string_equal(taken(c, &other, NOW, 1), "-");
	assert_string_equal(taken(c, &key, NOW, 1), "it");
	tls_cache_free(c);
}

static void nothing_lasts(void **state)
{
	struct tls_key key = key_of(1);
	struct tls_facts *f = facts_of(1);
	const struct validity soon_over = { NOW - 10, NOW + 30 };
	struct tls_cache *c;
	uint64_t entry;

	(void)state;
	assert_true(tls_cache_new(8, &c));
	put(c, &key, NOW, 1, "it");
	assert_string_equal(taken(c, &key, NOW + TLS_SESSION_SECONDS - 1, 1),
			    "it");
	assert_string_equal(taken(c, &key, NOW + TLS_SESSION_SECONDS, 1), "-");
	put(c, &key, NOW, 1, "it");
	/* a clock that was set back */
	assert_string_equal(taken(c, &key, NOW - 1, 1), "-");
	entry = tls_cache_keep(c, &key, NOW, span_of("chain"), f,
			       &soon_over);
	tls_cache_session(c, entry, (const unsigned char *)"it", 2);
	assert_string_equal(taken(c, &key, NOW + 29, 1), "it");
	assert_string_equal(taken(c, &key, NOW + 30, 1), "-");
	free(f);
	tls_cache_free(c);
}

static void is_bounded(void **state)
{
	static unsigned char large[TLS_SESSION_CAP + 1];
	struct tls_key key[5];
	struct tls_cache *c;
	uint64_t entry;

	(void)state;
	assert_true(tls_cache_new(4, &c));
	for (unsigned i = 0; i < 5; i++)
		key[i] = key_of(i);
	for (unsigned i = 0; i < 4; i++)
		put(c, &key[i], NOW, i, "it");
	/* the one that was not asked for is the one that goes */
	assert_string_equal(taken(c, &key[0], NOW, 0), "it");
	assert_string_equal(taken(c, &key[2], NOW, 2), "it");
	assert_string_equal(taken(c, &key[3], NOW, 3), "it");
	entry = put(c, &key[4], NOW, 4, "it");
	assert_string_equal(taken(c, &key[1], NOW, 1), "-");
	assert_string_equal(taken(c, &key[0], NOW, 0), "it");
	assert_string_equal(taken(c, &key[4], NOW, 4), "it");
	tls_cache_session(c, entry, large, sizeof(large));
	assert_string_equal(taken(c, &key[4], NOW, 4), "it");
	tls_cache_free(c);
	/* room for nobody */
	assert_true(tls_cache_new(0, &c));
	put(c, &key[0], NOW, 0, "it");
	tls_cache_bar(c, &key[0], NOW);
	assert_string_equal(taken(c, &key[0], NOW, 0), "-");
	tls_cache_free(c);
}

static void a_barred_server_stays_so(void **state)
{
	struct tls_key key = key_of(1);
	struct tls_cache *c;

	(void)state;
	assert_true(tls_cache_new(4, &c));
	put(c, &key, NOW, 1, "it");
	tls_cache_bar(c, &key, NOW);
	assert_string_equal(taken(c, &key, NOW, 1), "-");
	assert_int_equal(put(c, &key, NOW, 1, "it"), 0);
	assert_string_equal(taken(c, &key, NOW, 1), "-");
	assert_true(put(c, &key, NOW + TLS_SESSION_SECONDS, 1, "it") > 0);
	tls_cache_free(c);
}

static bool knows(struct tls_cache *c, const struct tls_key *key, epoch now,
		  const char *chain, uint64_t want)
{
	struct tls_facts *f = calloc(1, sizeof(*f));
	struct tls_facts *told = facts_of(1);
	uint64_t entry;

	assert_non_null(f);
	entry = tls_cache_know(c, key, now, span_of(chain), f);
	assert_true(entry == 0 || entry == want);
	assert_int_equal(f->chain, entry ? 2 : 0);
	if (entry) {
		assert_memory_equal(f->cert, told->cert, sizeof(f->cert));
		assert_string_equal(f->root, told->root);
		assert_true(f->longer_chain);
	}
	free(f);
	free(told);
	return entry != 0;
}

static void knows_only_the_very_same_chain(void **state)
{
	struct tls_key key = key_of(1), other = key_of(2);
	struct tls_facts *f = facts_of(1);
	const struct validity soon_over = { NOW - 10, NOW + 30 };
	struct tls_cache *c;
	uint64_t entry;

	(void)state;
	assert_true(tls_cache_new(4, &c));
	assert_false(knows(c, &key, NOW, "chain", 0));
	entry = tls_cache_keep(c, &key, NOW, span_of("chain"), f, &soon_over);
	assert_true(knows(c, &key, NOW, "chain", entry));
	assert_false(knows(c, &other, NOW, "chain", entry));
	assert_false(knows(c, &key, NOW, "chaim", entry));
	assert_false(knows(c, &key, NOW, "chain2", entry));
	assert_false(knows(c, &key, NOW, "chai", entry));
	assert_false(knows(c, &key, NOW, "", entry));
	assert_true(knows(c, &key, NOW + 29, "chain", entry));
	assert_false(knows(c, &key, NOW + 30, "chain", entry));
	/* one whose bytes are not known is none */
	assert_true(tls_cache_keep(c, &other, NOW, span_of(""), f, &valid) ==
		    0);
	assert_false(knows(c, &other, NOW, "", 0));
	tls_cache_bar(c, &key, NOW);
	assert_false(knows(c, &key, NOW, "chain", entry));
	free(f);
	tls_cache_free(c);
}

/* ---- the client with a cache ---- */

static struct address peer_address(void)
{
	struct address a;

	assert_true(address_parse("192.0.2.7", 993, &a));
	return a;
}

static void once(const struct tls_request *request, struct tls_server *server,
		 struct span raw, struct outcome *ret)
{
	struct peer p = { .server = server, .raw = raw };
	struct stream client = { 0 };

	peer_start(&p, &client);
	ret->ok = tls_client(request, &client, soon(), &ret->facts, &ret->why);
	if (ret->ok)
		stream_close(&client);
	thread_join(&p.thread);
}

/* Ours knows no tickets: it is a server that does not want to resume. */
static void a_refusal_costs_nothing(void **state)
{
	static struct outcome o;
	struct tls_server *server = server_of(CERT_GOOD, HOST);
	struct address peer = peer_address();
	struct tls_request request = { .host = HOST, .trust = trust,
				       .peer = &peer };

	(void)state;
	assert_true(tls_cache_new(4, &request.sessions));
	for (int i = 0; i < 3; i++) {
		once(&request, server, (struct span){ NULL, 0 }, &o);
		assert_true(o.ok);
		assert_true(o.facts.verified);
		assert_false(o.facts.resumed);
		assert_false(o.facts.resumption_broke);
		assert_int_equal(o.facts.chain, 2);
	}
	tls_cache_free(request.sessions);
	tls_server_free(server);
}

/*
 * Here no handshake is ever a short one: what the second is told comes from
 * the chain alone. Only a chain that is the same byte for byte is passed.
 */
static void another_certificate_is_verified(void **state)
{
	static struct outcome first, o;
	static const enum cert_kind bad[] = {
		CERT_KIND_EXPIRED, CERT_KIND_SELF_SIGNED,
		CERT_KIND_OTHER_NAME, CERT_KIND_UNKNOWN_CA,
	};
	struct tls_server *server = server_of(CERT_GOOD, HOST);
	struct tls_server *renewed = server_of(CERT_GOOD, HOST);
	struct address peer = peer_address();
	struct tls_request request = { .host = HOST, .trust = trust,
				       .peer = &peer };
	struct span none = { NULL, 0 };

	(void)state;
	assert_true(tls_cache_new(4, &request.sessions));
	once(&request, server, none, &first);
	once(&request, server, none, &o);
	assert_true(o.ok);
	assert_memory_equal(o.facts.cert, first.facts.cert,
			    2 * sizeof(o.facts.cert[0]));
	assert_string_equal(o.facts.root, first.facts.root);
	assert_true(o.facts.root[0] != '\0');
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tls_server *other = server_of(bad[i], HOST);

		once(&request, other, none, &o);
		assert_false(o.ok);
		assert_false(o.facts.verified);
		tls_server_free(other);
	}
	once(&request, renewed, none, &o);
	assert_true(o.ok);
	assert_string_not_equal(o.facts.cert[0].sha256,
				first.facts.cert[0].sha256);
	request.trust = other_trust;
	once(&request, renewed, none, &o);
	assert_false(o.ok);
	tls_cache_free(request.sessions);
	tls_server_free(server);
	tls_server_free(renewed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_belongs_together),
		cmocka_unit_test(every_part_of_the_key_counts),
		cmocka_unit_test(nothing_lasts),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(a_barred_server_stays_so),
		cmocka_unit_test(knows_only_the_very_same_chain),
		cmocka_unit_test(a_refusal_costs_nothing),
		cmocka_unit_test(another_certificate_is_verified),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
