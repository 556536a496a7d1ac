#include "test/unit/unit.h"

#include <signal.h>

#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

static int fresh(void **state)
{
	(void)state;
	if (!wait_setup())
		return -1;
	wait_reset();
	return 0;
}

struct look {
	bool ran, signals_blocked;
	pthread_t id;
};

static void look_around(void *arg)
{
	struct look *l = arg;
	sigset_t now;

	pthread_sigmask(SIG_SETMASK, NULL, &now);
	l->signals_blocked = sigismember(&now, SIGINT) == 1 &&
			     sigismember(&now, SIGTERM) == 1 &&
			     sigismember(&now, SIGWINCH) == 1;
	l->id = pthread_self();
	l->ran = true;
}

static void runs_elsewhere_with_signals_blocked(void **state)
{
	struct look look = { 0 };
	struct thread t;
	sigset_t now;

	(void)state;
	assert_true(thread_start(&t, look_around, &look));
	thread_join(&t);
	assert_true(look.ran);
	assert_true(look.signals_blocked);
	assert_false(pthread_equal(look.id, pthread_self()));
	/* The one who started it still gets Ctrl-C. */
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	assert_int_equal(sigismember(&now, SIGINT), 0);
}

struct counter {
	struct mutex mutex;
	int n;
};

#define ROUNDS 20000

static void count_up(void *arg)
{
	struct counter *c = arg;

	for (int i = 0; i < ROUNDS; i++) {
		mutex_lock(&c->mutex);
		c->n++;
		mutex_unlock(&c->mutex);
	}
}

static void a_mutex_lets_one_in(void **state)
{
	struct counter c = { .n = 0 };
	struct thread t[3];

	(void)state;
	mutex_init(&c.mutex);
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_true(thread_start(&t[i], count_up, &c));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		thread_join(&t[i]);
	mutex_release(&c.mutex);
	assert_int_equal(c.n, ROUNDS * (int)ARRAY_SIZE(t));
}

static void a_ring_is_kept_and_used_up(void **state)
{
	struct bell bell;
	struct fault why;

	(void)state;
	assert_true(bell_init(&bell));
	for (int i = 0; i < 200; i++)	/* many rings are one */
		bell_ring(&bell);
	assert_true(bell_wait(&bell, MSEC_NEVER, &why));
	bell_ring(&bell);
	assert_true(bell_wait(&bell, now_msec(), &why));
	assert_false(bell_wait(&bell, now_msec() + 5, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	bell_release(&bell);
}

static void a_full_bell_does_not_block_the_ringer(void **state)
{
	struct bell bell;
	struct fault why;

	(void)state;
	assert_true(bell_init(&bell));
	for (int i = 0; i < 100000; i++)
		bell_ring(&bell);
	assert_true(bell_wait(&bell, MSEC_NEVER, &why));
	assert_false(bell_wait(&bell, now_msec(), &why));
	bell_release(&bell);
}

static void ring(void *arg)
{
	bell_ring(arg);
}

static void another_thread_wakes_us(void **state)
{
	struct bell bell;
	struct thread t;
	struct fault why;

	(void)state;
	assert_true(bell_init(&bell));
	assert_true(thread_start(&t, ring, &bell));
	assert_true(bell_wait(&bell, MSEC_NEVER, &why));
	thread_join(&t);
	bell_release(&bell);
}

static void a_bell_hears_cancel(void **state)
{
	struct bell bell;
	struct fault why;

	(void)state;
	assert_true(bell_init(&bell));
	wait_cancel_all();
	assert_false(bell_wait(&bell, MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	bell_release(&bell);
}

/* ---- two at once ---- */

struct two {
	bool enough, second_ran, grandchild_stopped;
	struct bell begun;
	struct fault why;
};

static bool wait_for_the_second(void *arg)
{
	struct two *t = arg;
	struct fault why;

	return bell_wait(&t->begun, MSEC_NEVER, &why) && t->enough;
}

static void wait_for_ever(void *arg)
{
	struct two *t = arg;
	struct fault why;

	t->grandchild_stopped = !wait_until(MSEC_NEVER, &why) &&
				why.kind == FAULT_CANCELLED;
}

/* Its own threads are stopped with it. */
static void be_long(void *arg)
{
	struct two *t = arg;
	struct thread grandchild;

	t->second_ran = true;
	bell_ring(&t->begun);
	if (!t->enough)
		return;
	assert_true(thread_start(&grandchild, wait_for_ever, t));
	wait_until(MSEC_NEVER, &t->why);
	thread_join(&grandchild);
}

static void the_second_ends_when_it_is_not_needed(void **state)
{
	struct two t = { .enough = true };

	(void)state;
	assert_true(bell_init(&t.begun));
	assert_true(thread_pair(wait_for_the_second, be_long, &t));
	assert_true(t.second_ran);
	assert_int_equal(t.why.kind, FAULT_CANCELLED);
	assert_true(t.grandchild_stopped);
	/* nobody else is stopped: neither we nor whom we start now */
	assert_int_equal(wait_stops_at(), -1);
	t.enough = false;
	assert_false(thread_pair(wait_for_the_second, be_long, &t));
	bell_release(&t.begun);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(runs_elsewhere_with_signals_blocked,
				       fresh),
		cmocka_unit_test_setup(a_mutex_lets_one_in, fresh),
		cmocka_unit_test_setup(a_ring_is_kept_and_used_up, fresh),
		cmocka_unit_test_setup(a_full_bell_does_not_block_the_ringer,
				       fresh),
		cmocka_unit_test_setup(another_thread_wakes_us, fresh),
		cmocka_unit_test_setup(a_bell_hears_cancel, fresh),
		cmocka_unit_test_setup(the_second_ends_when_it_is_not_needed,
				       fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
