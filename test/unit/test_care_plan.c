#include "test/unit/unit.h"

#include "cmd/batch/care_plan.h"
#include "test/unit/options_scene.h"

#define SECOND ((msec)1000)
#define MINUTE (60 * SECOND)

static char path[CARE_PATH_CAP];

static struct care_plan plan_of(const char *line)
{
	struct options o;
	struct care_plan plan;

	accepted(line, &o);
	care_plan_of(&o, path, &plan);
	options_release(&o);
	return plan;
}

static struct retry_plan retries_of(const char *line)
{
	struct options o;
	struct retry_plan plan;

	accepted(line, &o);
	retry_plan_of(&o, &plan);
	options_release(&o);
	return plan;
}

static void gentle_unless_told_otherwise(void **state)
{
	struct care_plan p = plan_of("batch f");

	(void)state;
	assert_int_equal(p.pace.connections, 4);
	assert_int_equal(p.pace.refusals, 2);
	assert_int_equal(p.pace.window, 11 * MINUTE);
	assert_int_equal(p.pace.patience, 60 * MINUTE);
	assert_int_equal(p.ledger.most, 2);
	assert_int_equal(p.ledger.forget_after, 24 * 60 * 60);
	assert_false(p.state_is_wanted);
	assert_non_null(p.state);
	p = plan_of("batch f --pace=normal");
	assert_int_equal(p.pace.connections, 10);
	assert_int_equal(p.pace.refusals, 4);
	p = plan_of("batch f --pace off");
	assert_int_equal(p.pace.connections, 0);
	assert_int_equal(p.pace.refusals, 0);
	assert_int_equal(p.pace.stop_after, 0);
}

static void what_is_named_is_stronger(void **state)
{
	struct care_plan p = plan_of(
		"batch f --host-refusals 3/90s --pace off "
		"--host-connections 7 --host-logins 0 --host-wait 0 "
		"--account-refusals 1/2d");

	(void)state;
	assert_int_equal(p.pace.refusals, 3);
	assert_int_equal(p.pace.window, 90 * SECOND);
	assert_int_equal(p.pace.connections, 7);
	assert_int_equal(p.pace.logins_per_second, 0);
	assert_int_equal(p.pace.patience, 0);
	assert_int_equal(p.ledger.most, 1);
	assert_int_equal(p.ledger.forget_after, 2 * 24 * 60 * 60);
	p = plan_of("batch f --host-refusals 0 --host-wait 1500ms");
	assert_int_equal(p.pace.refusals, 0);
	assert_int_equal(p.pace.window, 11 * MINUTE);
	assert_int_equal(p.pace.patience, 1500);
}

static void where_the_state_is(void **state)
{
	struct care_plan p = plan_of("batch f --state /x/y");

	(void)state;
	assert_string_equal(p.state, "/x/y");
	assert_true(p.state_is_wanted);
	p = plan_of("batch f --state /x/y --no-state");
	assert_null(p.state);
	assert_false(p.state_is_wanted);
	p = plan_of("batch f --shard 2/3");
	assert_string_equal(p.state, "/nonexistent/.local/state/mailwhy/"
			    "logins-2-of-3");
	p = plan_of("batch f --shard 2/3 --state /x/y");
	assert_string_equal(p.state, "/x/y");
}

static void retries_are_asked_for(void **state)
{
	struct retry_plan p = retries_of("batch f --retries 5");

	(void)state;
	assert_int_equal(p.retries, 0);
	p = retries_of("batch f --retry-on 3");
	assert_int_equal(p.retries, 2);
	assert_int_equal(p.wait, 10 * SECOND);
	assert_int_equal(p.most, 5 * MINUTE);
	p = retries_of("batch f --retry-on=3 --retries 9 --retry-wait 10m");
	assert_int_equal(p.retries, 9);
	assert_int_equal(p.wait, 10 * MINUTE);
	assert_int_equal(p.most, 10 * MINUTE);
}

static void what_makes_no_sense(void **state)
{
	static const char *const lines[] = {
		"batch f --pace fast", "batch f --pace", "batch f --pace=",
		"batch f --host-refusals -1", "batch f --host-refusals 17",
		"batch f --host-refusals 2/", "batch f --host-refusals /10m",
		"batch f --host-refusals 2/10x", "batch f --host-refusals 2/0",
		"batch f --host-refusals 2/8d", "batch f --host-refusals=",
		"batch f --account-refusals 0", "batch f --host-wait m",
		"batch f --host-wait 1h30m", "batch f --host-logins 1001",
		"batch f --retry-on 1", "batch f --retry-on 3,1",
		"batch f --retries 21", "batch f --retry-wait 0",
		"check x@y --pace off",
	};

	struct options o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (parse(lines[i], &o))
			REFUSE("%s was taken\n", lines[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gentle_unless_told_otherwise),
		TEST(what_is_named_is_stronger),
		TEST(where_the_state_is),
		TEST(retries_are_asked_for),
		TEST(what_makes_no_sense),
	};

	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, make_home, drop_home);
}
