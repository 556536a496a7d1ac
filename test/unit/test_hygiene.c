#include "test/unit/unit.h"

#include <string.h>

#include "cmd/hygiene.h"

/* Providers as the shape of their secrets makes them. */
static const struct provider app_sixteen = {
	.secret = SECRET_APP_PASSWORD, .secret_min = 16, .secret_max = 16,
	.secret_alphabet = "lower", .secret_separators = " ",
	.secret_sure = true,
};
static const struct provider app_hyphens = {
	.secret = SECRET_APP_PASSWORD, .secret_min = 16, .secret_max = 16,
	.secret_alphabet = "lower", .secret_separators = "-",
	.secret_sure = true,
};
static const struct provider app_unsure = {
	.secret = SECRET_APP_PASSWORD, .secret_min = 16, .secret_max = 20,
	.secret_alphabet = "alnum",
};
static const struct provider separate_ten = {
	.secret = SECRET_SEPARATE, .secret_min = 8, .secret_max = 16,
	.secret_alphabet = "ascii",
};
static const struct provider any_kind = {
	.secret = SECRET_ANY, .secret_min = 16, .secret_max = 16,
	.secret_alphabet = "lower", .secret_sure = true,
};
static const struct provider token_only = {
	.secret = SECRET_OAUTH, .secret_sure = true,
};
static const struct provider shapeless = { .secret = SECRET_SEPARATE };

static struct hygiene look(const char *secret, const struct provider *p)
{
	struct hygiene h;

	hygiene_of(span_of(secret), false, p, &h);
	return h;
}

static unsigned notes(const struct hygiene *h)
{
	unsigned n = 0;

	for (size_t i = 0; i < HYGIENE_COUNT; i++)
		n += h->found[i];
	return n;
}

/* ---- characters nobody types ---- */

static void each_stray_character_is_named(void **state)
{
	static const struct {
		const char *secret;
		enum hygiene_id wanted;
	} rows[] = {
		{ "hanami2024\r", HYGIENE_CR },
		{ "\xef\xbb\xbfhanami2024", HYGIENE_BOM },
		{ "hanami\x1b[A", HYGIENE_CONTROL },
		{ "hanami\x7f", HYGIENE_CONTROL },
		{ "hanami\xc2\x85", HYGIENE_CONTROL },
		{ "hanami\n", HYGIENE_CONTROL },
		{ "hanami\xff" "2024", HYGIENE_NOT_UTF8 },
		{ "hanami\xc3", HYGIENE_NOT_UTF8 },
		{ "hanami\xed\xa0\x80", HYGIENE_NOT_UTF8 },
		{ "hanami\xc0\xaf", HYGIENE_NOT_UTF8 },
		{ "hanami\xc2\xa0" "2024", HYGIENE_NBSP },
		{ "hanami\xe2\x80\xaf" "2024", HYGIENE_NBSP },
		{ "hanami\xe2\x80\x8b" "2024", HYGIENE_INVISIBLE },
		{ "hanami\xc2\xad" "2024", HYGIENE_INVISIBLE },
		{ "hanami\xe2\x80\xae" "2024", HYGIENE_INVISIBLE },
		{ "hanami\xe2\x80\x83" "2024", HYGIENE_INVISIBLE },
		{ "hanami\xef\xbc\x92" "024", HYGIENE_FULL_WIDTH },
		{ "\xef\xbd\x88" "anami", HYGIENE_FULL_WIDTH },
		{ "hanami\xe3\x80\x80" "2024", HYGIENE_FULL_WIDTH },
		{ "it\xe2\x80\x99s2024", HYGIENE_SMART },
		{ "\xe2\x80\x9chanami\xe2\x80\x9d", HYGIENE_SMART },
		{ "hanami\xe2\x80\x93" "2024", HYGIENE_SMART },
		{ "hanami\xe2\x80\xa6", HYGIENE_SMART },
		/* Cyrillic a, Greek omicron */
		{ "h\xd0\xb0nami2024", HYGIENE_LOOK_ALIKE },
		{ "hanami-\xce\xbf", HYGIENE_LOOK_ALIKE },
		/* mathematical a, circled 1, the sign of the kelvin */
		{ "h\xf0\x9d\x91\x8enami", HYGIENE_LOOK_ALIKE },
		{ "hanami\xe2\x91\xa0", HYGIENE_LOOK_ALIKE },
		{ "\xe2\x84\xaa" "atze", HYGIENE_LOOK_ALIKE },
		{ "cafe\xcc\x81", HYGIENE_NFD },
		{ "\xe3\x81\x8b\xe3\x82\x99", HYGIENE_NFD },
		{ " hanami2024", HYGIENE_LEADING },
		{ "\thanami2024", HYGIENE_LEADING },
		{ "hanami2024 ", HYGIENE_TRAILING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hygiene h = look(rows[i].secret, NULL);

		if (!h.found[rows[i].wanted])
			print_error("row %zu: no %s\n", i,
				    hygiene_name(rows[i].wanted));
		assert_true(h.found[rows[i].wanted]);
		assert_true(rows[i].wanted < HYGIENE_SUSPICIOUS_END);
	}
}

static void spaces_inside_are_told_but_not_suspicious(void **state)
{
	struct hygiene h = look("abcd efgh ijkl mnop", &app_sixteen);

	(void)state;
	assert_true(h.found[HYGIENE_INNER] && h.like_kind);
	assert_true(hygiene_is_note(HYGIENE_INNER));
	assert_int_equal(notes(&h), 1);
}

/* The look is all that is kept: how long, and of which characters. */
static void the_look_of_a_secret(void **state)
{
	static const struct {
		const char *secret;
		const struct provider *p;
		size_t characters;
		const char *classes;
	} rows[] = {
		{ "hanami2024", &app_sixteen, 10, "lower digits" },
		{ "abcd efgh ijkl mnop", &app_sixteen, 16, "lower" },
		{ "abcd efgh", NULL, 9, "lower signs" },
		{ "Ab3#", &app_hyphens, 4, "lower upper digits signs" },
		{ "caf\xc3\xa9", &app_hyphens, 4, "lower other" },
		{ "\x01\xff", NULL, 2, "other" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hygiene h = look(rows[i].secret, rows[i].p);
		struct secret_look back = { .characters = 0 };
		char classes[80];

		secret_classes_write(&h.look, classes, sizeof(classes));
		assert_int_equal(h.look.characters, rows[i].characters);
		assert_string_equal(classes, rows[i].classes);
		secret_classes_read(classes, &back);
		assert_memory_equal(back.has, h.look.has, sizeof(back.has));
	}
}

/* What people do choose gives no note. */
static void ordinary_secrets_are_left_alone(void **state)
{
	static const char *const secrets[] = {
		"hanami2024", "Hanami2024", "HANAMI2024", "a", "A", "0",
		"correct-horse_battery.staple!", "\"'`$\\%&<>", "AbCdEf",
		/* precomposed, one script, an emoji */
		"caf\xc3\xa9", "\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c",
		"\xe6\xa1\x9c\xe3\x81\x8c", "\xf0\x9f\x8c\xb8_hanami",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		struct hygiene h = look(secrets[i], NULL);

		if (notes(&h) != 0)
			print_error("row %zu: %u notes\n", i, notes(&h));
		assert_int_equal(notes(&h), 0);
		assert_false(h.like_kind || h.unlike_kind);
	}
}

static void an_empty_secret_says_nothing(void **state)
{
	struct hygiene h;

	(void)state;
	memset(&h, 0xff, sizeof(h));
	hygiene_of((struct span){ NULL, 0 }, false, &app_sixteen, &h);
	assert_int_equal(notes(&h), 0);
	assert_false(h.like_kind);
	assert_false(h.unlike_kind);
}

static void a_nul_is_a_control_character(void **state)
{
	struct hygiene h;

	(void)state;
	hygiene_of((struct span){ "han\0ami", 7 }, false, &app_sixteen, &h);
	assert_true(h.found[HYGIENE_CONTROL]);
	assert_false(h.like_kind);
}

/* ---- the shape of the provider's own kind ---- */

static void shapes(void **state)
{
	static const struct {
		const char *secret;
		const struct provider *p;
		bool like, unlike, length, alphabet;
	} rows[] = {
		{ "abcdefghijklmnop", &app_sixteen, true, false, false, false },
		{ "abcd efgh ijkl mnop", &app_sixteen, true, false, false,
		  false },
		/* pasted from a page, the separator is a no-break space */
		{ "abcd\xc2\xa0" "efgh\xc2\xa0ijkl\xc2\xa0mnop", &app_sixteen,
		  true, false, false, false },
		{ "hanami2024", &app_sixteen, false, true, true, true },
		{ "abcdefghijklmno", &app_sixteen, false, true, true, false },
		{ "abcdefghijklmnopq", &app_sixteen, false, true, true, false },
		{ "abcdefghijklmnoP", &app_sixteen, false, true, false, true },
		{ "abcdefghijklmno1", &app_sixteen, false, true, false, true },
		{ "abcd-efgh-ijkl-mnop", &app_sixteen, false, true, true,
		  true },
		{ "abcd-efgh-ijkl-mnop", &app_hyphens, true, false, false,
		  false },
		{ "abcdefghijklmnop", &app_hyphens, true, false, false, false },
		{ "Ab3defghijklmnop", &app_unsure, true, false, false, false },
		{ "Ab3defghijklmnopqrst", &app_unsure, true, false, false,
		  false },
		{ "Ab3defghijklmnopqrstu", &app_unsure, false, false, true,
		  false },
		{ "Ab3defghijklmn_p", &app_unsure, false, false, false, true },
		/* of the alphabet, but nobody's machine made it */
		{ "hanamihanamihanami", &app_unsure, false, false, false,
		  false },
		{ "sakurasaku", &separate_ten, false, false, false, false },
		{ "Sakurasaku", &separate_ten, false, false, false, false },
		{ "aB3#xY9!qZ", &separate_ten, true, false, false, false },
		{ "hanami2024", &any_kind, false, false, false, false },
		{ "abcdefghijklmnop", &any_kind, false, false, false, false },
		{ "hanami2024", &token_only, false, false, false, false },
		{ "hanami2024", &shapeless, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct hygiene h = look(rows[i].secret, rows[i].p);

		if (h.like_kind != rows[i].like ||
		    h.found[HYGIENE_LENGTH] != rows[i].length ||
		    h.found[HYGIENE_ALPHABET] != rows[i].alphabet)
			print_error("row %zu\n", i);
		assert_int_equal(h.like_kind, rows[i].like);
		assert_int_equal(h.unlike_kind, rows[i].unlike);
		assert_int_equal(h.found[HYGIENE_LENGTH], rows[i].length);
		assert_int_equal(h.found[HYGIENE_ALPHABET], rows[i].alphabet);
	}
}

static void alphabets(void **state)
{
	static const struct {
		const char *alphabet, *fits, *misfit;
	} rows[] = {
		{ "lower", "abz", "abZ" },
		{ "upper", "ABZ", "ABz" },
		{ "letters", "aBz", "aB1" },
		{ "digits", "019", "01a" },
		{ "lower_digits", "a09", "A09" },
		{ "alnum", "aZ0", "aZ-" },
		{ "ascii", "~!aZ0", "a\xc3\xa9~" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct provider p = {
			.secret = SECRET_SEPARATE, .secret_sure = true,
			.secret_alphabet = rows[i].alphabet,
		};

		assert_true(look(rows[i].fits, &p).like_kind);
		assert_true(look(rows[i].misfit, &p).unlike_kind);
	}
}

static void caps_lock(void **state)
{
	static const struct {
		const char *secret;
		const struct provider *p;
		bool wanted;
	} rows[] = {
		{ "hANAMI2024", NULL, true },
		{ "2hANAMI", NULL, true },
		{ "hAN", NULL, false },
		{ "hANAMi", NULL, false },
		{ "Hanami", NULL, false },
		{ "HANAMI2024", NULL, false },
		{ "ABCDEFGHIJKLMNOP", &app_sixteen, true },
		{ "ABCD EFGH IJKL MNOP", &app_sixteen, true },
		{ "ABCDE", &app_sixteen, false },
		/* upper case is as good as any in this alphabet */
		{ "ABCDEFGHIJKLMNOP", &app_unsure, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(look(rows[i].secret, rows[i].p)
					 .found[HYGIENE_CAPS], rows[i].wanted);
}

/* A token has no shape and no caps lock, but it may have been pasted badly. */
static void tokens(void **state)
{
	struct hygiene h;

	(void)state;
	hygiene_of(span_of("yA29.TOKEN"), true, &app_sixteen, &h);
	assert_int_equal(notes(&h), 0);
	assert_false(h.unlike_kind);
	hygiene_of(span_of("ya29.token\r"), true, &app_sixteen, &h);
	assert_true(h.found[HYGIENE_CR]);
}

/* ---- what the diagnosis hears of it ---- */

static void only_stray_characters_are_suspicious(void **state)
{
	(void)state;
	for (size_t i = 0; i < HYGIENE_COUNT; i++) {
		struct expectation known = { .secret_notes = 2 };
		struct hygiene h = { .like_kind = true };
		bool note = hygiene_is_note((enum hygiene_id)i);

		h.found[i] = true;
		hygiene_tell(&h, &known);
		assert_int_equal(known.secret_notes, note);
		assert_int_equal(known.secret_odd, !note);
		if (note)
			assert_string_equal(known.secret_note[0],
					    hygiene_name((enum hygiene_id)i));
		assert_int_equal(known.secret_suspicious,
				 i < HYGIENE_SUSPICIOUS_END);
		assert_true(known.secret_like_kind);
		assert_false(known.secret_unlike_kind);
	}
}

static void the_first_notes_are_told(void **state)
{
	struct expectation known = { .secret_notes = 0 };
	struct hygiene h = look(" \xef\xbd\x81 ", &app_sixteen);

	(void)state;
	assert_true(h.found[HYGIENE_LEADING] && h.found[HYGIENE_TRAILING]);
	hygiene_tell(&h, &known);
	assert_int_equal(known.secret_notes, 3);
	assert_string_equal(known.secret_note[0], "full_width");
	assert_string_equal(known.secret_note[1], "leading_space");
	assert_string_equal(known.secret_note[2], "trailing_space");
	assert_true(known.secret_suspicious && known.secret_unlike_kind);
}

static void a_clean_secret_leaves_no_note(void **state)
{
	struct expectation known = {
		.secret_notes = 1, .secret_suspicious = true,
		.secret_unlike_kind = true, .secret_odd = true,
	};
	struct hygiene h = look("abcdefghijklmnop", &app_sixteen);

	(void)state;
	hygiene_tell(&h, &known);
	assert_int_equal(known.secret_notes, 0);
	assert_false(known.secret_odd);
	assert_false(known.secret_suspicious || known.secret_unlike_kind);
	assert_true(known.secret_like_kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_stray_character_is_named),
		cmocka_unit_test(ordinary_secrets_are_left_alone),
		cmocka_unit_test(an_empty_secret_says_nothing),
		cmocka_unit_test(a_nul_is_a_control_character),
		cmocka_unit_test(spaces_inside_are_told_but_not_suspicious),
		cmocka_unit_test(the_look_of_a_secret),
		cmocka_unit_test(shapes),
		cmocka_unit_test(alphabets),
		cmocka_unit_test(caps_lock),
		cmocka_unit_test(tokens),
		cmocka_unit_test(only_stray_characters_are_suspicious),
		cmocka_unit_test(the_first_notes_are_told),
		cmocka_unit_test(a_clean_secret_leaves_no_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
