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
		cmocka_unit_test(leaves_no_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
