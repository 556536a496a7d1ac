#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/base/buf.h"
#include "providers/provider_own.h"

#define HEAD(id, name, domains, mx) \
	"{\"id\":\"" id "\",\"names\":{\"en\":\"" name "\",\"ja\":\"" name \
	"\"},\"domains\":[" domains "],\"mx_suffixes\":[" mx "],"
#define TAIL "\"servers\":[],\"user_form\":\"address\"," \
	"\"secret\":{\"kind\":\"any\"},\"sources\":[\"ours\"]," \
	"\"checked\":\"2026-01\",\"sure\":true}"

static struct provider_own *own;

static void add(const char *name, const char *text)
{
	struct fault why = { FAULT_NONE, "" };

	assert_true(provider_own_add(own, name, span_of(text), &why));
}

static int make(void **state)
{
	(void)state;
	own = calloc(1, sizeof(*own));
	assert_non_null(own);
	add("acme.json", HEAD("acme", "Acme & Sons",
			      "\"acme.example\",\"*.acme.example\"",
			      "\"mx.acme.example\"")
	    "\"aliases\":[\"the firm\"]," TAIL);
	/* takes a built-in one's place, with fewer domains than it had */
	add("gmail.json", HEAD("gmail", "Our Gmail", "\"gmail.com\"", "")
	    TAIL);
	/* takes domains away from two built-in ones */
	add("other.json", HEAD("other", "Other", "\"yahoo.com\","
			       "\"*.onmicrosoft.com\"",
			       "\"protection.outlook.com\","
			       "\"mail.icloud.com\"") TAIL);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	provider_own_free(own);
	return 0;
}

/* The name of what was found, which goes. */
static const char *seen(bool found, struct provider **p, char room[64])
{
	span_copy(span_of(found ? (*p)->name[LANG_EN] : ""), room, 64);
	provider_free(*p);
	*p = NULL;
	return room;
}

static void domains(void **state)
{
	static const struct {
		const char *domain, *wanted;
	} rows[] = {
		{ "acme.example", "Acme & Sons" },
		{ "ACME.Example", "Acme & Sons" },
		{ "a.acme.example", "Acme & Sons" },
		{ "a.b.acme.example", "" },
		{ "gmail.com", "Our Gmail" },
		/* the built-in file is replaced as a whole */
		{ "googlemail.com", "" },
		{ "yahoo.com", "Other" },
		{ "ymail.com", "Yahoo Mail" },
		{ "contoso.onmicrosoft.com", "Other" },
		{ "icloud.com", "iCloud Mail" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct provider *p = NULL;
		struct fault why;
		bool found = provider_by_domain(own, rows[i].domain, &p,
						&why);

		assert_string_equal(seen(found, &p, name), rows[i].wanted);
	}
}

static void exchangers(void **state)
{
	static const struct {
		const char *host, *wanted;
	} rows[] = {
		{ "mx.acme.example", "Acme & Sons" },
		{ "a.mx.acme.example.", "Acme & Sons" },
		{ "acme.example", "" },
		/* replaced, without exchangers: the shorter suffix holds */
		{ "gmail-smtp-in.l.google.com", "Google Workspace" },
		/* a longer one of theirs wins over a shorter one of ours ... */
		{ "x.mail.protection.outlook.com", "Microsoft 365" },
		{ "x.eu.protection.outlook.com", "Other" },
		/* ... and the same one is ours */
		{ "mx1.mail.icloud.com", "Other" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct provider *p = NULL;
		struct fault why;
		bool found = provider_by_mx(own, rows[i].host, &p, &why);

		assert_string_equal(seen(found, &p, name), rows[i].wanted);
	}
}

static void names(void **state)
{
	static const struct {
		const char *name, *wanted;
	} rows[] = {
		{ "acme", "Acme & Sons" }, { "acme sons", "Acme & Sons" },
		{ "The Firm", "Acme & Sons" },
		{ "acme.example", "Acme & Sons" },
		{ "gmail", "Our Gmail" }, { "google mail", "" },
		{ "yahoo", "Yahoo Mail" },
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct provider *p = NULL;
		struct fault why;
		bool found = provider_by_name(own, rows[i].name, &p, &why);

		assert_string_equal(seen(found, &p, name), rows[i].wanted);
	}
}

static void ids(void **state)
{
	struct provider *p = NULL;
	struct fault why;
	char name[64];

	(void)state;
	assert_string_equal(seen(provider_by_id(own, "acme", &p, &why), &p,
				 name), "Acme & Sons");
	assert_string_equal(seen(provider_by_id(own, "gmail", &p, &why), &p,
				 name), "Our Gmail");
	assert_string_equal(seen(provider_by_id(own, "au", &p, &why), &p,
				 name), "au Mail (KDDI)");
	assert_false(provider_by_id(own, "nobody", &p, &why));
	assert_int_equal(why.kind, FAULT_NONE);
}

/* A broken file is known as such, and stands in nobody's way. */
static void broken_files(void **state)
{
	const struct provider_own_file *f;
	struct provider *p = NULL;
	struct fault why, unread;
	char name[64];

	(void)state;
	assert_null(provider_own_broken(own));
	assert_null(provider_own_broken(NULL));
	add("yahoo.json", "{\n\"id\":\"yahoo\",\n\"names\":1}");
	f = provider_own_broken(own);
	assert_non_null(f);
	assert_string_equal(f->name, "yahoo.json");
	assert_non_null(strstr(f->why.text, "yahoo.json:3: names"));
	assert_string_equal(seen(provider_by_domain(own, "ymail.com", &p,
						    &why), &p, name),
			    "Yahoo Mail");
	add("acme2.json", HEAD("acme", "Second", "", "") TAIL);
	assert_non_null(strstr(own->file[4].why.text, "id: \"acme\""));
	assert_string_equal(seen(provider_by_id(own, "acme", &p, &why), &p,
				 name), "Acme & Sons");
	fail(&unread, FAULT_NOT_PERMITTED, "Permission denied");
	assert_true(provider_own_add_unread(own, "locked.json", &unread,
					    &why));
	assert_null(own->file[5].provider);
	assert_string_equal(own->file[5].why.text, "Permission denied");
}

static void there_is_an_end(void **state)
{
	struct fault why = { FAULT_NONE, "" };

	(void)state;
	while (own->files < PROVIDER_OWN_MAX)
		add("x.json", "{}");
	assert_false(provider_own_add(own, "x.json", span_of("{}"), &why));
	assert_int_equal(why.kind, FAULT_TOO_LONG);
	assert_int_equal(own->files, PROVIDER_OWN_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
	const struct CMUnitTest tests[] = {
		TEST(domains), TEST(exchangers), TEST(names), TEST(ids),
		TEST(broken_files), TEST(there_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
