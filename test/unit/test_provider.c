#include "test/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "probes/base/embedded.h"
#include "probes/base/json.h"
#include "probes/base/text.h"
#include "providers/provider.h"
#include "reports/symptom.h"

#define PROVIDERS_MIN 15		/* fewer means that they were not found */
#define DOMAINS_MAX 2000

static struct provider *provider(const char *id)
{
	struct fault why = { FAULT_NONE, "" };
	struct provider *p = NULL;

	if (!provider_by_id(NULL, id, &p, &why))
		print_error("%s: %s\n", id, why.text);
	assert_non_null(p);
	return p;
}

/* The n-th of all; NULL past the end. */
static struct provider *provider_at(size_t n)
{
	char id[64];

	return provider_id_at(n, id, sizeof(id)) ? provider(id) : NULL;
}

/* ---- the files ---- */

static void every_file_is_read(void **state)
{
	size_t n = 0;
	struct provider *p;
	char id[64];

	(void)state;
	for (; (p = provider_at(n)) != NULL; n++) {
		assert_true(provider_id_at(n, id, sizeof(id)));
		assert_string_equal(p->id, id);
		assert_true(p->name[LANG_EN][0] && p->name[LANG_JA][0]);
		provider_free(p);
	}
	assert_true(n >= PROVIDERS_MIN);
}

static unsigned misses(const struct provider *p, const struct rules *general)
{
	struct rule_example e;
	unsigned bad = 0;

	for (size_t r = 0; p->rules && r < rules_count(p->rules); r++) {
		for (size_t n = 0; rules_example(p->rules, r, n, &e); n++) {
			struct rule_match m = { .rule = "(none)" };

			e.symptom.provider = p->id;
			rules_match(p->rules, general, &e.symptom, &m);
			if (strcmp(m.rule, e.rule) == 0)
				continue;
			print_error("%s: example %zu \"%s\" selects %s\n",
				    e.rule, n, e.reply.text, m.rule);
			bad++;
		}
	}
	return bad;
}

static void every_example_selects_its_own_rule(void **state)
{
	struct fault why;
	struct rules *general = rules_general(&why);
	size_t rules = 0;
	struct provider *p;

	(void)state;
	assert_non_null(general);
	for (size_t n = 0; (p = provider_at(n)) != NULL; n++) {
		rules += p->rules ? rules_count(p->rules) : 0;
		assert_int_equal(misses(p, general), 0);
		provider_free(p);
	}
	assert_true(rules >= 10);
	rules_free(general);
}

/* ---- domains ---- */

struct listing {
	size_t n;
	struct {
		char domain[100], id[40];
	} row[DOMAINS_MAX];
};

static void list_domains(struct listing *ret)
{
	ret->n = 0;
	for (const struct embedded *f = embedded_providers; f->name; f++) {
		struct json *doc = NULL;
		struct fault why;
		const struct json *d;

		assert_true(json_parse((struct span){ f->bytes, f->len }, &doc,
				       &why));
		for (d = json_first(json_get(doc, "domains")); d;
		     d = json_next(d)) {
			assert_true(ret->n < DOMAINS_MAX);
			span_copy(span_of(json_str(d)), ret->row[ret->n].domain,
				  sizeof(ret->row[0].domain));
			span_copy(span_of(json_get_str(doc, "id")),
				  ret->row[ret->n++].id,
				  sizeof(ret->row[0].id));
		}
		json_free(doc);
	}
}

static void no_domain_is_listed_twice(void **state)
{
	static struct listing all;

	(void)state;
	list_domains(&all);
	assert_true(all.n > 60);
	for (size_t i = 0; i < all.n; i++)
		for (size_t j = i + 1; j < all.n; j++)
			assert_string_not_equal(all.row[i].domain,
						all.row[j].domain);
}

static const char *id_of_domain(const char *domain, char room[64])
{
	struct fault why = { FAULT_INTERNAL, "" };
	struct provider *p = NULL;

	if (provider_by_domain(NULL, domain, &p, &why))
		span_copy(span_of(p->id), room, 64);
	else
		span_copy(span_of(why.kind == FAULT_NONE ? "" : why.text),
			  room, 64);
	provider_free(p);
	return room;
}

static void every_domain_finds_its_provider(void **state)
{
	static struct listing all;
	char id[64];

	(void)state;
	list_domains(&all);
	for (size_t i = 0; i < all.n; i++) {
		char *domain = all.row[i].domain;

		if (domain[0] == '*')
			domain[0] = 'x';
		assert_string_equal(id_of_domain(domain, id), all.row[i].id);
	}
}

static void lookups(void **state)
{
	static const struct {
		const char *domain, *wanted;
	} rows[] = {
		{ "gmail.com", "gmail" },
		{ "GMail.COM", "gmail" },
		{ "googlemail.com", "gmail" },
		{ "mail.gmail.com", "" },
		{ "xgmail.com", "" },
		{ "gmail.co", "" },
		{ "gmail.com.", "" },
		{ "com", "" },
		{ "", "" },
		{ "company.example", "" },
		{ "contoso.onmicrosoft.com", "microsoft_365" },
		{ "a.contoso.onmicrosoft.com", "" },
		{ "onmicrosoft.com", "" },
		{ "*.onmicrosoft.com", "" },
		{ "gmail.com\", \"googlemail.com", "" },
		/* a member of the file that is no domain */
		{ "imap.gmail.com", "" },
		{ "yahoo.co.jp", "yahoo_japan" },
		{ "yahoo.com", "yahoo" },
		{ "outlook.jp", "outlook_com" },
		{ "me.com", "icloud" },
	};
	char long_name[400], id[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(id_of_domain(rows[i].domain, id),
				    rows[i].wanted);
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_string_equal(id_of_domain(long_name, id), "");
}

static const char *id_of_mx(const char *host, char room[64])
{
	struct fault why = { FAULT_INTERNAL, "" };
	struct provider *p = NULL;
	bool found = provider_by_mx(NULL, host, &p, &why);

	assert_true(found || why.kind == FAULT_NONE);
	span_copy(span_of(found ? p->id : ""), room, 64);
	provider_free(p);
	return room;
}

static void exchangers(void **state)
{
	static const struct {
		const char *host, *wanted;
	} rows[] = {
		{ "gmail-smtp-in.l.google.com", "gmail" },
		{ "alt1.gmail-smtp-in.l.google.com.", "gmail" },
		{ "ASPMX.L.GOOGLE.COM", "google_workspace" },
		{ "smtp.google.com", "google_workspace" },
		{ "notgoogle.com", "" },
		{ "google.com.attacker.test", "" },
		/* the longer suffix wins over mail.protection.outlook.com */
		{ "outlook-com.olc.protection.outlook.com", "outlook_com" },
		{ "contoso-com.mail.protection.outlook.com", "microsoft_365" },
		{ "xmail.protection.outlook.com", "" },
		{ "mx01.mail.icloud.com", "icloud" },
		{ "mta5.am0.yahoodns.net", "yahoo" },
		{ "com", "" }, { "", "" }, { ".", "" }, { "*.google.com", "" },
		{ "google.com = gmail", "" },
	};
	char id[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(id_of_mx(rows[i].host, id),
				    rows[i].wanted);
}

static const char *id_of_name(const char *name, char room[64])
{
	struct fault why = { FAULT_INTERNAL, "" };
	struct provider *p = NULL;
	bool found = provider_by_name(NULL, name, &p, &why);

	assert_true(found || why.kind == FAULT_NONE);
	span_copy(span_of(found ? p->id : ""), room, 64);
	provider_free(p);
	return room;
}

static void names(void **state)
{
	static const struct {
		const char *name, *wanted;
	} rows[] = {
		{ "gmail", "gmail" }, { "GMail", "gmail" },
		{ "Google Mail", "gmail" }, { "gmail.com", "gmail" },
		{ "\xef\xbc\xa7\xef\xbc\xad\xef\xbd\x81\xef\xbd\x89"
		  "\xef\xbd\x8c", "gmail" },		/* full width */
		{ "Yahoo! JAPAN", "yahoo_japan" },
		{ "yahoo-japan", "yahoo_japan" },
		{ "yahoo", "yahoo" }, { "YAHOO.CO.JP", "yahoo_japan" },
		{ "ドコモ", "docomo" }, { "ドコモメール", "docomo" },
		{ "Office 365", "microsoft_365" },
		{ "Office365", "microsoft_365" },
		{ "hotmail", "outlook_com" }, { "mail.ru", "mailru" },
		{ "iCloud", "icloud" },
		{ "gmai", "" }, { "gmailx", "" }, { "", "" }, { "!?", "" },
		{ "\xff", "" }, { "nobody", "" }, { "= gmail", "gmail" },
	};
	char id[64], long_name[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(id_of_name(rows[i].name, id), rows[i].wanted))
			print_error("%s: %s\n", rows[i].name, id);
		assert_string_equal(id, rows[i].wanted);
	}
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_string_equal(id_of_name(long_name, id), "");
}

/* Whoever is called so, it is one: every name finds its own file. */
static void every_name_finds_its_provider(void **state)
{
	struct provider *p;
	char id[64];

	(void)state;
	for (size_t n = 0; (p = provider_at(n)) != NULL; n++) {
		const char *alias;

		assert_string_equal(id_of_name(p->id, id), p->id);
		assert_string_equal(id_of_name(p->name[LANG_EN], id), p->id);
		assert_string_equal(id_of_name(p->name[LANG_JA], id), p->id);
		for (size_t i = 0;
		     (alias = provider_list_at(p, PROVIDER_ALIASES, i)); i++) {
			if (strcmp(id_of_name(alias, id), p->id) != 0)
				print_error("%s: %s is %s\n", p->id, alias,
					    id);
			assert_string_equal(id, p->id);
		}
		provider_free(p);
	}
}

static void every_exchanger_finds_its_provider(void **state)
{
	struct provider *p;
	size_t seen = 0;
	char id[64];

	(void)state;
	for (size_t n = 0; (p = provider_at(n)) != NULL; n++) {
		const char *suffix;

		for (size_t i = 0;
		     (suffix = provider_list_at(p, PROVIDER_MX_SUFFIXES, i));
		     i++, seen++) {
			if (strcmp(id_of_mx(suffix, id), p->id) != 0)
				print_error("%s: %s is %s\n", p->id, suffix,
					    id);
			assert_string_equal(id, p->id);
		}
		provider_free(p);
	}
	assert_true(seen > 10);
}

static void unknown_ids(void **state)
{
	static const char *const ids[] = {
		"", "gmai", "gmail.json", "gmail.", "nobody"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		struct fault why = { FAULT_INTERNAL, "" };
		struct provider *p = NULL;

		assert_false(provider_by_id(NULL, ids[i], &p, &why));
		assert_int_equal(why.kind, FAULT_NONE);
		assert_null(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_read),
		cmocka_unit_test(every_example_selects_its_own_rule),
		cmocka_unit_test(no_domain_is_listed_twice),
		cmocka_unit_test(every_domain_finds_its_provider),
		cmocka_unit_test(lookups),
		cmocka_unit_test(exchangers),
		cmocka_unit_test(names),
		cmocka_unit_test(every_name_finds_its_provider),
		cmocka_unit_test(every_exchanger_finds_its_provider),
		cmocka_unit_test(unknown_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
