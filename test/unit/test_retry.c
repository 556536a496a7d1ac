#include "test/unit/unit.h"

#include "cmd/batch/retry.h"

#define SECOND ((msec)1000)

static const struct retry_plan plan = {
	.retries = 3, .wait = 10 * SECOND, .most = 30 * SECOND, .seed = 7,
};

static struct evidence seen[1];

static struct check_result failed(enum cause verdict, enum login_outcome login)
{
	struct check_result r = { .n = 1, .seen = seen, .secret_given = true };

	seen[0] = (struct evidence){ .login.outcome = login };
	r.diagnosis.verdict = verdict;
	r.diagnosis.exit_code = cause_exit_code(verdict);
	return r;
}

static bool again(enum cause verdict, enum login_outcome login)
{
	struct check_result r = failed(verdict, login);
	struct retry_state state = { 0 };
	msec wait;

	return retry_again(&plan, &r, 2, 1, &state, &wait);
}

static void what_may_pass_is_tried_again(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned c = 0; c < CAUSE_COUNT; c++)
		if (again((enum cause)c, LOGIN_NOT_TRIED)) {
			assert_int_equal(cause_exit_code((enum cause)c), 3);
			n++;
		}
	assert_int_equal(n, 6);
	assert_true(again(CAUSE_SERVER_UNAVAILABLE, LOGIN_NOT_TRIED));
	assert_true(again(CAUSE_CONNECTION_DROPPED, LOGIN_UNDECIDED));
	assert_false(again(CAUSE_WRONG_CREDENTIALS, LOGIN_REFUSED));
	assert_false(again(CAUSE_IP_BLOCKED, LOGIN_NOT_TRIED));
	assert_false(again(CAUSE_CERT_EXPIRED, LOGIN_NOT_TRIED));
}

/* IMAP refused it, SMTP is away: the verdict is the server's, still. */
static void never_after_a_refused_login(void **state)
{
	(void)state;
	assert_false(again(CAUSE_SERVER_UNAVAILABLE, LOGIN_REFUSED));
}

static void never_over_the_budget(void **state)
{
	struct check_result r = failed(CAUSE_CONNECTION_DROPPED,
				       LOGIN_UNDECIDED);
	struct retry_state s = { 0 };
	msec wait;

	(void)state;
	assert_true(retry_again(&plan, &r, 2, 1, &s, &wait));
	assert_int_equal(s.spent, 1);
	assert_false(retry_again(&plan, &r, 2, 1, &s, &wait));
	assert_int_equal(s.spent, 2);
	assert_int_equal(s.attempts, 2);
	/* without a login there is nothing to spend */
	r = failed(CAUSE_CONNECTION_DROPPED, LOGIN_NOT_TRIED);
	r.secret_given = false;
	s = (struct retry_state){ 0 };
	assert_true(retry_again(&plan, &r, 0, 1, &s, &wait));
}

static void later_each_time_and_not_for_ever(void **state)
{
	static const msec longest[] = { 10 * SECOND, 20 * SECOND, 30 * SECOND };
	struct check_result r = failed(CAUSE_SERVER_UNAVAILABLE,
				       LOGIN_NOT_TRIED);
	msec wait, other, least = 10 * SECOND, most = 0;

	(void)state;
	for (unsigned who = 0; who < 500; who++) {
		struct retry_state s = { 0 }, t = { 0 };

		for (unsigned i = 0; i < ARRAY_SIZE(longest); i++) {
			assert_true(retry_again(&plan, &r, 2, who, &s, &wait));
			assert_in_range(wait, longest[i] / 2, longest[i]);
			assert_true(retry_again(&plan, &r, 2, who, &t, &other));
			assert_int_equal(wait, other);
			if (i == 0 && wait < least)
				least = wait;
			if (i == 0 && wait > most)
				most = wait;
		}
		assert_false(retry_again(&plan, &r, 2, who, &s, &wait));
		assert_int_equal(s.attempts, 4);
	}
	/* spread, not all at once */
	assert_true(most - least > 4 * SECOND);
}

static void none_when_none_are_wanted(void **state)
{
	const struct retry_plan none = { .retries = 0, .wait = 1, .most = 1 };
	struct check_result r = failed(CAUSE_SERVER_UNAVAILABLE,
				       LOGIN_NOT_TRIED);
	struct retry_state s = { 0 };
	msec wait;

	(void)state;
	assert_false(retry_again(&none, &r, 2, 1, &s, &wait));
	assert_int_equal(s.attempts, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_pass_is_tried_again),
		cmocka_unit_test(never_after_a_refused_login),
		cmocka_unit_test(never_over_the_budget),
		cmocka_unit_test(later_each_time_and_not_for_ever),
		cmocka_unit_test(none_when_none_are_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
