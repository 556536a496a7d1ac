#include "test/unit/unit.h"

#include <string.h>
#include <sys/resource.h>

#include "probes/base/secret.h"

static void holds_bytes_up_to_its_room(void **state)
{
	struct secret s;

	(void)state;
	assert_true(secret_init(&s, 8));
	assert_true(secret_add(&s, SPAN_LIT("hunter")));
	assert_false(secret_add(&s, SPAN_LIT("222")));
	assert_int_equal(s.len, 6);
	assert_true(secret_add(&s, SPAN_LIT("22")));
	assert_string_equal(s.bytes, "hunter22");
	secret_release(&s);
	assert_null(s.bytes);
	secret_release(&s);
}

static void clears_by_wiping(void **state)
{
	static const char nothing[8];
	struct secret s;

	(void)state;
	assert_true(secret_init(&s, 8));
	assert_true(secret_add(&s, SPAN_LIT("hunter22")));
	secret_clear(&s);
	assert_int_equal(s.len, 0);
	assert_memory_equal(s.bytes, nothing, sizeof(nothing));
	secret_release(&s);
}

static void encodes_in_place(void **state)
{
	struct secret s;

	(void)state;
	assert_true(secret_init(&s, 10));
	assert_true(secret_add(&s, SPAN_LIT("A ")));
	assert_true(secret_add_base64(&s, SPAN_LIT("fooba")));
	assert_string_equal(s.bytes, "A Zm9vYmE=");
	assert_false(secret_add_base64(&s, SPAN_LIT("f")));
	assert_string_equal(s.bytes, "A Zm9vYmE=");
	secret_release(&s);
}

static void an_empty_one_takes_nothing(void **state)
{
	struct secret s = { 0 };

	(void)state;
	assert_false(secret_add(&s, SPAN_LIT("x")));
	assert_false(secret_add_base64(&s, SPAN_LIT("x")));
	assert_int_equal(secret_span(&s).len, 0);
	secret_clear(&s);
	secret_release(&s);
}

/* Released pages come back empty, however many are about. */
static void nothing_is_left_for_the_next(void **state)
{
	enum { MANY = 100, ROOM = 4000 };
	static struct secret s[MANY];
	static const char nothing[ROOM];

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < MANY; i++) {
			assert_true(secret_init(&s[i], ROOM));
			assert_memory_equal(s[i].bytes, nothing, ROOM);
			memset(s[i].bytes, (int)i + 1, ROOM);
		}
		/* each has its own */
		for (size_t i = 0; i < MANY; i++) {
			assert_int_equal(s[i].bytes[0], i + 1);
			assert_int_equal(s[i].bytes[ROOM - 1], i + 1);
			secret_release(&s[i]);
		}
	}
}

static void leaves_no_core(void **state)
{
	struct rlimit limit;

	(void)state;
	secret_protect_process();
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_bytes_up_to_its_room),
		cmocka_unit_test(clears_by_wiping),
		cmocka_unit_test(encodes_in_place),
		cmocka_unit_test(an_empty_one_takes_nothing),
		cmocka_unit_test(nothing_is_left_for_the_next),
		cmocka_unit_test(leaves_no_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
