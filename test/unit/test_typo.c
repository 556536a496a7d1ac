#include "test/unit/unit.h"

#include <string.h>

#include "probes/base/embedded.h"
#include "providers/provider.h"
#include "providers/typo.h"

#define REFUSE(...) (print_error(__VA_ARGS__), assert_true(false))

static void known_slips(void **state)
{
	static const struct {
		const char *typed, *meant;
	} rows[] = {
		{ "gmial.com", "gmail.com" }, { "GMial.COM", "gmail.com" },
		{ "gmai.com", "gmail.com" },
		{ "hotmial.com", "hotmail.com" }, { "outlok.com", "outlook.com" },
		{ "iclod.com", "icloud.com" }, { "yahooo.co.jp", "yahoo.co.jp" },
		{ "docomo.co.jp", "docomo.ne.jp" },
		{ "ezweb.co.jp", "ezweb.ne.jp" },
		{ "softbank.co.jp", "softbank.ne.jp" },
	};
	char meant[HOST_CAP];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(typo_is_known(rows[i].typed, meant));
		assert_string_equal(meant, rows[i].meant);
		assert_true(typo_nearest(rows[i].typed, meant));
		assert_string_equal(meant, rows[i].meant);
	}
}

static void near_misses(void **state)
{
	static const struct {
		const char *typed, *meant;
	} rows[] = {
		{ "hotmaik.com", "hotmail.com" },	/* a wrong letter */
		{ "hotmailcom", "hotmail.com" },	/* one missing */
		{ "hottmail.com", "hotmail.com" },	/* one too many */
		{ "hotmali.com", "hotmail.com" },	/* two swapped */
		{ "Hotmaik.com", "hotmail.com" },
		{ "biglobe.nejp", "biglobe.ne.jp" },
		{ "bigloeb.ne.jo", "biglobe.ne.jp" },	/* two slips, long */
	};
	char meant[HOST_CAP];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!typo_nearest(rows[i].typed, meant))
			print_error("%s\n", rows[i].typed);
		assert_true(typo_nearest(rows[i].typed, meant));
		assert_string_equal(meant, rows[i].meant);
	}
}

/* Real domains, and what is near to nothing. */
static void no_false_alarm(void **state)
{
	static const char *const rows[] = {
		"mail.com", "gmx.com", "ymail.com", "email.com", "hey.com",
		"my.com", "mac.co", "qq.co", "zoho.eu", "example.com",
		"yamada-shoten.co.jp", "mail.example.co.jp", "a.jp", "",
		"nifty.example", "keio.jp", "u-tokyo.ac.jp", "company.com",
	};
	char meant[HOST_CAP];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (typo_nearest(rows[i], meant))
			print_error("%s is no %s\n", rows[i], meant);
		assert_false(typo_nearest(rows[i], meant));
		assert_false(typo_is_known(rows[i], meant));
	}
}

static bool is_real(const char *domain)
{
	const char *listed = embedded_line(embedded_mistyped, domain);

	return listed && strcmp(listed, "-") == 0;
}

/*
 * The list itself: what is meant is known, what is mistyped is not, and what
 * is marked as real does not lead anywhere.
 */
static void the_list_holds(void **state)
{
	const char *at = embedded_mistyped->bytes;
	size_t lines = 0;

	(void)state;
	while (at < embedded_mistyped->bytes + embedded_mistyped->len) {
		struct span wrong, right, line = span_of(at);
		char domain[HOST_CAP];
		struct provider *p = NULL;
		struct fault why;

		assert_true(span_word(&line, &wrong));
		assert_true(span_skip(&line, " = "));
		right = line;
		if (!span_is(right, "-")) {
			span_copy(right, domain, sizeof(domain));
			if (!provider_by_domain(NULL, domain, &p, &why) &&
			    !is_real(domain))
				REFUSE("nobody has %s\n", domain);
			provider_free(p);
			p = NULL;
			span_copy(wrong, domain, sizeof(domain));
			if (provider_by_domain(NULL, domain, &p, &why))
				REFUSE("somebody has %s\n", domain);
		}
		lines++;
		at += strlen(at) + 1;
	}
	assert_true(lines > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_slips),
		cmocka_unit_test(near_misses),
		cmocka_unit_test(no_false_alarm),
		cmocka_unit_test(the_list_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
