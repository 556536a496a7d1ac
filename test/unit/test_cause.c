#include "test/unit/unit.h"

#include <string.h>

#include "reports/cause.h"

static void ids_lead_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		enum cause back = CAUSE_COUNT;

		assert_true(cause_by_id(cause_id((enum cause)i), &back));
		assert_int_equal(back, i);
	}
}

static void others_are_none(void **state)
{
	enum cause c = CAUSE_WORKS;

	(void)state;
	assert_false(cause_by_id("Works", &c));
	assert_false(cause_by_id("", &c));
	assert_int_equal(c, CAUSE_WORKS);
}

static void who_acts(void **state)
{
	static const struct {
		const char *id;
		int code;
	} rows[] = {
		{ "works", 0 }, { "login_not_tried", 0 },
		{ "wrong_credentials", 1 }, { "captive_portal", 1 },
		{ "clock_wrong", 1 }, { "starttls_unsupported", 1 },
		{ "starttls_stripped", 3 }, { "cert_expired", 3 },
		{ "rate_limited", 3 }, { "ip_blocked", 3 }, { "unknown", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum cause c = CAUSE_COUNT;

		assert_true(cause_by_id(rows[i].id, &c));
		assert_int_equal(cause_exit_code(c), rows[i].code);
	}
}

static void confidences(void **state)
{
	enum confidence c = CONFIDENCE_POSSIBLE;

	(void)state;
	assert_true(confidence_by_name("proven", &c));
	assert_int_equal(c, CONFIDENCE_PROVEN);
	assert_string_equal(confidence_name(CONFIDENCE_LIKELY), "likely");
	assert_false(confidence_by_name("sure", &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_lead_back),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(who_acts),
		cmocka_unit_test(confidences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
