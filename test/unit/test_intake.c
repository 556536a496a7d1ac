#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/fail_on.h"
#include "cmd/batch/known.h"
#include "cmd/batch/shard.h"

/* Which accounts of a file are this run's, and what counts of them. */

static struct account account(const char *address, const char *user,
			      const char *url, const char *other)
{
	struct account a = { .address = (char *)address, .user = (char *)user,
			     .name = (char *)address };

	if (url)
		a.url[a.urls++] = (char *)url;
	if (other)
		a.url[a.urls++] = (char *)other;
	return a;
}

static bool same(const struct account *a, const struct account *b)
{
	struct known_key x, y;

	assert_true(known_key_of(a, &x));
	assert_true(known_key_of(b, &y));
	return memcmp(&x, &y, sizeof(x)) == 0;
}

static void test_who_is_the_same(void **state)
{
	const struct account a = account("a@x.example", NULL,
		"imaps://x.example", "smtps://x.example");
	const struct account rows[] = {
		/* the same */
		account("A@X.example", NULL, "imaps://x.example",
			"smtps://x.example"),
		account("other@x.example", "a@x.example",
			"smtps://X.EXAMPLE:465", "imaps://x.example:993"),
		/* others */
		account("a@x.example", NULL, "imaps://x.example", NULL),
		account("a@x.example", NULL, "imap://x.example",
			"smtps://x.example"),
		account("a@x.example", NULL, NULL, NULL),
		account("a@x.example", "b", "imaps://x.example",
			"smtps://x.example"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(same(&a, &rows[i]), i < 2);
}

static void test_thousands_are_known(void **state)
{
	struct known k = { .slot = NULL };
	char name[32];
	struct known_key key;
	struct known_place before;

	(void)state;
	for (unsigned i = 1; i <= 5000; i++) {
		const struct known_place here = { "list", i };

		snprintf(name, sizeof(name), "u%u@x.example", i);
		assert_true(known_key_of_name(name, NULL, 0, &key));
		assert_false(known_has(&k, key));
		assert_true(known_add(&k, key, here, &before));
		assert_null(before.file);
	}
	for (unsigned i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "u%u@x.example", i);
		assert_true(known_key_of_name(name, NULL, 0, &key));
		assert_true(known_add(&k, key, before, &before));
		assert_int_equal(before.line, i);
	}
	assert_int_equal(k.used, 5000);
	known_release(&k);
}

/* ---- shards ---- */

static void test_hosts_of_a_domain_go_together(void **state)
{
	static const char *const rows[][2] = {
		{ "imap.example.com", "example.com" },
		{ "example.com", "example.com" },
		{ "imap.mail.example.co.jp", "mail.example.co.jp" },
		{ "localhost", "localhost" },
		{ "192.0.2.1", "192.0.2.1" }, { "2001:db8::1", "2001:db8::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(shard_domain(rows[i][0]), rows[i][1]);
	assert_int_equal(shard_of("Example.COM", 7),
			 shard_of("example.com", 7));
}

/* Every account on one shard, all shards used, the hosts of one together. */
static void test_shards_are_parts(void **state)
{
	unsigned on[5] = { 0 };

	(void)state;
	for (unsigned d = 0; d < 400; d++) {
		char url[64], other[64];
		struct account a, b;
		unsigned mine = 0;

		snprintf(url, sizeof(url), "imaps://imap.d%u.example", d);
		snprintf(other, sizeof(other), "smtps://smtp.d%u.example", d);
		a = account("a@x.example", NULL, url, other);
		b = account("b@x.example", NULL, other, NULL);
		for (unsigned i = 1; i <= 4; i++) {
			struct options o = { .shard = i, .shards = 4 };
			struct shards s;

			assert_true(shards_open(&s, &o));
			assert_int_equal(shards_have(&s, &a),
					 shards_have(&s, &b));
			if (shards_have(&s, &a)) {
				assert_int_equal(mine, 0);
				mine = i;
			}
			shards_close(&s);
		}
		assert_int_not_equal(mine, 0);
		on[mine]++;
	}
	for (unsigned i = 1; i <= 4; i++)
		assert_true(on[i] > 60);
}

static void test_a_providers_domains_go_together(void **state)
{
	const struct account a = account("a@gmail.com", NULL, NULL, NULL);
	const struct account b = account("b@googlemail.com", NULL, NULL, NULL);
	const struct account c = account("c", NULL, "imaps://imap.gmail.com",
					 NULL);

	(void)state;
	for (unsigned i = 1; i <= 9; i++) {
		struct options o = { .shard = i, .shards = 9 };
		struct shards s;

		assert_true(shards_open(&s, &o));
		assert_int_equal(shards_have(&s, &a), shards_have(&s, &b));
		assert_int_equal(shards_have(&s, &a), shards_have(&s, &c));
		shards_close(&s);
	}
}

/* ---- --fail-on ---- */

static void test_what_counts(void **state)
{
	static const struct {
		const char *list;
		enum cause verdict;
		int code;
		bool unmet;
		int counts;
	} rows[] = {
		{ NULL, CAUSE_WRONG_CREDENTIALS, 1, false, 1 },
		{ "wrong_credentials", CAUSE_WRONG_CREDENTIALS, 1, false, 1 },
		{ "mailbox_full, wrong_credentials", CAUSE_WRONG_CREDENTIALS, 1,
		  false, 1 },
		{ "mailbox_full", CAUSE_WRONG_CREDENTIALS, 1, false, 0 },
		{ "1", CAUSE_WRONG_CREDENTIALS, 1, false, 1 },
		{ "1", CAUSE_SERVER_UNAVAILABLE, 3, false, 0 },
		{ "1,3", CAUSE_SERVER_UNAVAILABLE, 3, false, 3 },
		{ "3", CAUSE_WORKS, 0, false, 0 },
		{ "expectation", CAUSE_WORKS, 1, true, 1 },
		{ "expectation", CAUSE_WRONG_CREDENTIALS, 1, false, 0 },
		/* mistakes are no news of accounts */
		{ "3", CAUSE_NOT_TRIED, 2, false, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct options o = { .fail_on = rows[i].list };
		struct account_outcome a = {
			.verdict = rows[i].verdict, .exit_code = rows[i].code,
			.expectations = rows[i].unmet,
		};

		assert_int_equal(fail_on_code(&o, &a), rows[i].counts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_the_same),
		cmocka_unit_test(test_thousands_are_known),
		cmocka_unit_test(test_hosts_of_a_domain_go_together),
		cmocka_unit_test(test_shards_are_parts),
		cmocka_unit_test(test_a_providers_domains_go_together),
		cmocka_unit_test(test_what_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
