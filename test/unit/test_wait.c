#include "test/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

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

static void ends_at_the_deadline_not_before(void **state)
{
	struct fault why;
	int fds[2];
	msec by = now_msec() + 30;

	(void)state;
	assert_true(wait_pipe(fds));
	assert_false(wait_fd(fds[0], POLLIN, by, &why));
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	assert_true(now_msec() >= by);
	close(fds[0]);
	close(fds[1]);
}

static void what_is_ready_counts_after_the_deadline_too(void **state)
{
	struct fault why;
	int fds[2];

	(void)state;
	assert_true(wait_pipe(fds));
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_true(wait_fd(fds[0], POLLIN, now_msec() - 1000, &why));
	assert_true(wait_fd(fds[0], POLLIN, MSEC_NEVER, &why));
	close(fds[0]);
	close(fds[1]);
}

static void says_which_one(void **state)
{
	struct fault why;
	int quiet[2], loud[2];
	struct pollfd both[2];

	(void)state;
	assert_true(wait_pipe(quiet));
	assert_true(wait_pipe(loud));
	assert_int_equal(write(loud[1], "x", 1), 1);
	both[0] = (struct pollfd){ quiet[0], POLLIN, POLLIN };
	both[1] = (struct pollfd){ loud[0], POLLIN, 0 };
	assert_true(wait_fds(both, 2, MSEC_NEVER, &why));
	assert_int_equal(both[0].revents, 0);
	assert_true(both[1].revents & POLLIN);
	for (size_t i = 0; i < 2; i++) {
		close(quiet[i]);
		close(loud[i]);
	}
}

static void waits_for_a_time(void **state)
{
	struct fault why = { .kind = FAULT_NONE };
	msec by = now_msec() + 20;

	(void)state;
	assert_true(wait_until(by, &why));
	assert_true(now_msec() >= by);
	assert_int_equal(why.kind, FAULT_NONE);
}

static void pipes_neither_block_nor_get_inherited(void **state)
{
	int fds[2];

	(void)state;
	assert_true(wait_pipe(fds));
	for (size_t i = 0; i < 2; i++) {
		assert_true(fcntl(fds[i], F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
		close(fds[i]);
	}
}

struct sleeper {
	struct bell ready;
	struct fault why;
	bool came;
};

static void sleep_for_ever(void *arg)
{
	struct sleeper *s = arg;

	bell_ring(&s->ready);
	s->came = wait_until(MSEC_NEVER, &s->why);
}

static void cancel_wakes_every_thread_and_later_waits(void **state)
{
	struct sleeper sleeper[3] = { 0 };
	struct thread thread[3];
	struct fault why;
	int fds[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sleeper); i++) {
		assert_true(bell_init(&sleeper[i].ready));
		assert_true(thread_start(&thread[i], sleep_for_ever,
					 &sleeper[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(sleeper); i++)
		assert_true(bell_wait(&sleeper[i].ready, MSEC_NEVER, &why));
	assert_false(wait_cancelled());
	wait_cancel_all();
	for (size_t i = 0; i < ARRAY_SIZE(sleeper); i++) {
		thread_join(&thread[i]);
		bell_release(&sleeper[i].ready);
		assert_false(sleeper[i].came);
		assert_int_equal(sleeper[i].why.kind, FAULT_CANCELLED);
	}
	assert_true(wait_cancelled());
	/* Even where something is ready: Ctrl-C goes first. */
	assert_true(wait_pipe(fds));
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_false(wait_fd(fds[0], POLLIN, MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	wait_reset();
	assert_false(wait_cancelled());
	assert_true(wait_fd(fds[0], POLLIN, MSEC_NEVER, &why));
	close(fds[0]);
	close(fds[1]);
}

static void on_alarm_cancel(int number)
{
	(void)number;
	wait_cancel_all();
}

static void on_alarm_nothing(int number)
{
	(void)number;
}

static void alarm_soon(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };
	struct itimerval soon = { .it_value = { .tv_usec = 10000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

static void a_signal_handler_may_cancel(void **state)
{
	struct fault why;

	(void)state;
	alarm_soon(on_alarm_cancel);
	assert_false(wait_until(MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
}

static void a_signal_alone_ends_no_wait(void **state)
{
	struct fault why;
	msec by = now_msec() + 60;

	(void)state;
	alarm_soon(on_alarm_nothing);
	assert_true(wait_until(by, &why));
	assert_true(now_msec() >= by);
}

static void many_cancels_do_not_block(void **state)
{
	struct fault why;

	(void)state;
	/* More than a pipe holds. */
	for (int i = 0; i < 100000; i++)
		wait_cancel_all();
	assert_false(wait_until(MSEC_NEVER, &why));
	wait_reset();
	assert_true(wait_until(now_msec(), &why));
}

/* For one thread alone, and only while it says so. */
static void a_thread_can_be_told_to_stop(void **state)
{
	struct fault why;
	int stop[2], busy[2];

	(void)state;
	assert_true(wait_pipe(stop) && wait_pipe(busy));
	wait_stop_at(stop[0]);
	assert_true(wait_until(now_msec() + 1, &why));
	assert_int_equal(write(stop[1], "", 1), 1);
	assert_false(wait_until(MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	/* even though there is something to read */
	assert_int_equal(write(busy[1], "", 1), 1);
	assert_false(wait_fd(busy[0], POLLIN, MSEC_NEVER, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	assert_false(wait_cancelled());
	wait_stop_at(-1);
	assert_true(wait_fd(busy[0], POLLIN, MSEC_NEVER, &why));
	for (int i = 0; i < 2; i++) {
		close(stop[i]);
		close(busy[i]);
	}
}

static void interrupt(int signal_number)
{
	(void)signal_number;
	wait_interrupt();
}

/* Ctrl-C where work can be brought to an end: first that, then a stop. */
static void the_second_interrupt_cancels(void **state)
{
	struct sigaction act = { .sa_handler = interrupt };
	struct fault why;
	int fd;

	(void)state;
	assert_true(wait_gently(&fd));
	sigaction(SIGUSR1, &act, NULL);
	assert_false(wait_ending());
	raise(SIGUSR1);
	assert_true(wait_ending());
	assert_false(wait_cancelled());
	assert_true(wait_fd(fd, POLLIN, now_msec(), &why));
	assert_true(wait_until(now_msec() + 1, &why));
	raise(SIGUSR1);
	assert_true(wait_cancelled());
	assert_false(wait_until(now_msec() + 1000, &why));
	assert_int_equal(why.kind, FAULT_CANCELLED);
	wait_reset();
	assert_false(wait_ending());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ends_at_the_deadline_not_before, fresh),
		cmocka_unit_test_setup(
			what_is_ready_counts_after_the_deadline_too, fresh),
		cmocka_unit_test_setup(says_which_one, fresh),
		cmocka_unit_test_setup(a_thread_can_be_told_to_stop, fresh),
		cmocka_unit_test_setup(waits_for_a_time, fresh),
		cmocka_unit_test_setup(pipes_neither_block_nor_get_inherited,
				       fresh),
		cmocka_unit_test_setup(
			cancel_wakes_every_thread_and_later_waits, fresh),
		cmocka_unit_test_setup(a_signal_handler_may_cancel, fresh),
		cmocka_unit_test_setup(a_signal_alone_ends_no_wait, fresh),
		cmocka_unit_test_setup(many_cancels_do_not_block, fresh),
		cmocka_unit_test_setup(the_second_interrupt_cancels, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
