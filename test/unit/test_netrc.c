#include "test/unit/unit.h"

#include <string.h>

#include "cmd/secret_input.h"

static const char *const hosts[] = { "imap.mail.example", "mail.example",
				     NULL };

struct row {
	const char *text, *user;
	const char *login, *password;	/* password NULL: nothing is found */
};

static void is_span(struct span got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	if (got.len > 0)
		assert_memory_equal(got.at, want, got.len);
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct netrc_entry e;
		bool found = netrc_find(span_of(rows[i].text), hosts,
					rows[i].user, &e);

		if (found != (rows[i].password != NULL))
			print_error("row %zu: %s\n", i, rows[i].text);
		assert_int_equal(found, rows[i].password != NULL);
		if (!found)
			continue;
		is_span(e.login, rows[i].login);
		is_span(e.password, rows[i].password);
		assert_true(e.has_password);
	}
}

static void forms(void **state)
{
	static const struct row rows[] = {
		{ "machine imap.mail.example login taro password pw", "taro",
		  "taro", "pw" },
		{ "machine imap.mail.example\n\tlogin taro\r\n\tpassword pw\r\n",
		  "taro", "taro", "pw" },
		/* the other order, and account in between */
		{ "machine mail.example password pw account x login taro",
		  "taro", "taro", "pw" },
		{ "machine IMAP.Mail.Example password pw", "", "", "pw" },
		{ "machine mail.example login taro password \"p w\"", "",
		  "taro", "p w" },
		{ "machine mail.example login \"ta ro\" password pw", "",
		  "ta ro", "pw" },
		/* a quote that does not end is part of the word */
		{ "machine mail.example password \"pw\n", "", "", "\"pw" },
		{ "# old: machine mail.example password no\n"
		  "machine mail.example password pw", "", "", "pw" },
		/* no comment where a password stands */
		{ "machine mail.example password #pw", "", "", "#pw" },
		{ "machine mail.example password machine", "", "", "machine" },
		{ "macdef init\nmachine mail.example password no\n\n"
		  "machine mail.example password pw", "", "", "pw" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

static void which_entry(void **state)
{
	static const struct row rows[] = {
		{ "machine other.example password no\n"
		  "machine mail.example password pw", "", "", "pw" },
		{ "machine mail.example login jiro password no\n"
		  "machine mail.example login taro password pw", "taro",
		  "taro", "pw" },
		/* the first that fits, not the last */
		{ "machine mail.example login taro password one\n"
		  "machine mail.example login taro password two", "taro",
		  "taro", "one" },
		/* an entry without login fits every user */
		{ "machine mail.example password pw", "taro", "", "pw" },
		{ "machine other.example password no\n"
		  "default login taro password pw", "taro", "taro", "pw" },
		{ "machine mail.example login taro\n"
		  "default password pw", "taro", "", "pw" },
		{ "machine mail.example login Taro password pw", "taro", NULL,
		  NULL },
		{ "machine mail.example login taro", "taro", NULL, NULL },
		{ "machine xmail.example password pw", "", NULL, NULL },
		{ "machine imap.mail.example.org password pw", "", NULL,
		  NULL },
		{ "default login jiro password pw", "taro", NULL, NULL },
		{ "login taro password pw", "taro", NULL, NULL },
		{ "", "", NULL, NULL },
		{ "machine", "", NULL, NULL },
		{ "machine mail.example password", "", NULL, NULL },
		{ "machine mail.example password pw machine", "", "", "pw" },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows));
}

static void quotes_are_told(void **state)
{
	struct netrc_entry e;

	(void)state;
	assert_true(netrc_find(span_of("default password \"a\\\"b\\\\c\""),
			       hosts, "", &e));
	assert_true(e.quoted);
	is_span(e.password, "a\\\"b\\\\c");
	assert_true(netrc_find(span_of("default password a\\b"), hosts, "",
			       &e));
	assert_false(e.quoted);
	is_span(e.password, "a\\b");
}

/* Somebody's file: every beginning of it must be safe to read. */
static void any_bytes(void **state)
{
	static const char text[] =
		"machine mail.example login \"a\\\"\0b\" password \"\\\n"
		"macdef x\n\r\nmacdef\n\ndefault login \xff password \"\\";
	struct netrc_entry e;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = test_malloc(len + 1);

		memcpy(copy, text, len);
		if (netrc_find((struct span){ copy, len }, hosts, "", &e))
			assert_true(e.password.at >= copy &&
				    e.password.at + e.password.len <=
				    copy + len);
		test_free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(which_entry),
		cmocka_unit_test(quotes_are_told),
		cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
