#include "cmd/variant.h"

#include <string.h>

#include "test/unit/unit.h"

struct case_ {
	const char *secret, *separators;
	enum variant kind;
	const char *becomes;		/* NULL: there is no such variant */
};

static void with_secret(const char *text, const char *user, const char *form,
			const char *separators, struct secret *s,
			struct variants *v)
{
	const struct credentials who = { user, s, false };

	assert_true(secret_init(s, 200));
	assert_true(secret_add(s, span_of(text)));
	variants_prepare(&who, "taro@mail.example", separators, form, v);
}

static void secrets_as_they_were_meant(void **state)
{
	static const struct case_ cases[] = {
		{ "plain", NULL, VARIANT_TRIMMED, NULL },
		{ "plain", NULL, VARIANT_HALF_WIDTH, NULL },
		{ "two words", NULL, VARIANT_TRIMMED, NULL },
		{ " two words ", NULL, VARIANT_TRIMMED, "two words" },
		{ "x\r", NULL, VARIANT_TRIMMED, "x" },
		{ "\xef\xbb\xbfx", NULL, VARIANT_TRIMMED, "x" },
		{ "\xc2\xa0x\xe3\x80\x80", NULL, VARIANT_TRIMMED, "x" },
		{ "x\xe2\x80\x8b", NULL, VARIANT_TRIMMED, "x" },
		{ "   ", NULL, VARIANT_TRIMMED, NULL },
		{ "\xef\xbc\xa1\xef\xbd\x82\xef\xbc\x91", NULL,
		  VARIANT_HALF_WIDTH, "Ab1" },
		{ "\xe2\x80\x9cq\xe2\x80\x9d\xe2\x80\x99", NULL,
		  VARIANT_HALF_WIDTH, "\"q\"'" },
		{ "e\xcc\x81", NULL, VARIANT_HALF_WIDTH, "\xc3\xa9" },
		{ "abcd efgh", NULL, VARIANT_UNSPACED, NULL },
		{ "abcd efgh", " ", VARIANT_UNSPACED, "abcdefgh" },
		{ "abcd\xc2\xa0" "efgh", " ", VARIANT_UNSPACED, "abcdefgh" },
		{ "abcd-efgh", "-", VARIANT_UNSPACED, "abcdefgh" },
		{ "abcdefgh", " ", VARIANT_UNSPACED, NULL },
		{ "\xff\xfe", " ", VARIANT_UNSPACED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct case_ *c = &cases[i];
		struct secret s;
		struct variants v;
		bool there;

		with_secret(c->secret, "taro", NULL, c->separators, &s, &v);
		there = v.available >> c->kind & 1;
		if (there != (c->becomes != NULL))
			print_error("%zu: %s\n", i, c->secret);
		assert_int_equal(there, c->becomes != NULL);
		if (there) {
			assert_string_equal(v.secret[c->kind].bytes,
					    c->becomes);
			assert_ptr_equal(v.who[c->kind].secret,
					 &v.secret[c->kind]);
			assert_non_null(v.redactor[c->kind]);
		}
		variants_release(&v);
		secret_release(&s);
	}
}

static void names_in_their_other_form(void **state)
{
	static const struct {
		const char *user, *form;
		enum variant kind;
		const char *becomes;
	} cases[] = {
		{ "taro@mail.example", NULL, VARIANT_LOCAL_PART, "taro" },
		{ "taro@mail.example", "local", VARIANT_LOCAL_PART, "taro" },
		{ "taro@mail.example", "address", VARIANT_LOCAL_PART, NULL },
		{ "taro", NULL, VARIANT_ADDRESS, "taro@mail.example" },
		{ "taro", "address", VARIANT_ADDRESS, "taro@mail.example" },
		{ "taro", "local", VARIANT_ADDRESS, NULL },
		{ "taro", NULL, VARIANT_LOCAL_PART, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct secret s;
		struct variants v;
		bool there;

		with_secret("pw", cases[i].user, cases[i].form, NULL, &s, &v);
		there = v.available >> cases[i].kind & 1;
		assert_int_equal(there, cases[i].becomes != NULL);
		if (there)
			assert_string_equal(v.who[cases[i].kind].user,
					    cases[i].becomes);
		variants_release(&v);
		secret_release(&s);
	}
}

static void a_token_has_no_other_form(void **state)
{
	struct secret s;
	struct variants v;
	struct credentials who = { "taro@mail.example", &s, true };

	(void)state;
	assert_true(secret_init(&s, 20));
	assert_true(secret_add(&s, span_of(" token ")));
	variants_prepare(&who, "taro@mail.example", " ", "address", &v);
	assert_int_equal(v.available, 0);
	variants_release(&v);
	secret_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_as_they_were_meant),
		cmocka_unit_test(names_in_their_other_form),
		cmocka_unit_test(a_token_has_no_other_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
