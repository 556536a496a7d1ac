#include "test/unit/unit.h"

#include "probes/wire/crew.h"
#include "probes/wire/thread.h"
#include "probes/wire/wait.h"

struct errand {
	pthread_t id;
	int times;
};

static void note(void *arg)
{
	struct errand *e = arg;

	e->id = pthread_self();
	e->times++;
}

/* begun and joined twenty times over by one who keeps its threads */
static void the_free_one_does_the_next_errand(void **state)
{
	struct errand first = { .times = 0 }, e = { .times = 0 };
	struct crew *crew;
	struct hand *hand;

	(void)state;
	assert_true(crew_new(&crew));
	assert_true(crew_start(crew, &hand, note, &first));
	crew_join(hand);
	assert_int_equal(first.times, 1);
	assert_false(pthread_equal(first.id, pthread_self()));
	for (int i = 0; i < 20; i++) {
		assert_true(crew_start(crew, &hand, note, &e));
		crew_join(hand);
		assert_int_equal(e.times, i + 1);
		assert_true(pthread_equal(e.id, first.id));
	}
	crew_free(crew);
}

struct meeting {
	struct bell come, go;
	struct fault why;
	bool went;
};

static void meet(void *arg)
{
	struct meeting *m = arg;

	bell_ring(&m->come);
	m->went = bell_wait(&m->go, MSEC_NEVER, &m->why);
}

/* All at once: nobody waits for one who is busy. */
static void busy_ones_hold_nobody_up(void **state)
{
	struct meeting m[4];
	struct hand *hand[4];
	struct crew *crew;
	struct fault why;

	(void)state;
	assert_true(wait_setup());
	assert_true(crew_new(&crew));
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < 4; i++) {
			m[i] = (struct meeting){ .went = false };
			assert_true(bell_init(&m[i].come));
			assert_true(bell_init(&m[i].go));
			assert_true(crew_start(crew, &hand[i], meet, &m[i]));
		}
		for (size_t i = 0; i < 4; i++)
			assert_true(bell_wait(&m[i].come, now_msec() + 20000,
					      &why));
		for (size_t i = 0; i < 4; i++) {
			assert_false(m[i].went);
			bell_ring(&m[i].go);
			crew_join(hand[i]);
			assert_true(m[i].went);
			bell_release(&m[i].come);
			bell_release(&m[i].go);
		}
	}
	crew_free(crew);
}

static void wait_a_moment(void *arg)
{
	struct fault *why = arg;

	*why = (struct fault){ .kind = FAULT_NONE };
	wait_until(now_msec() + 20, why);
}

/* Stopped with whoever gave it, and the next errand of the same one is not. */
static void a_stop_is_for_one_errand(void **state)
{
	struct crew *crew;
	struct hand *hand;
	struct bell stop;
	struct fault why;

	(void)state;
	assert_true(wait_setup());
	assert_true(crew_new(&crew));
	assert_true(bell_init(&stop));
	bell_ring(&stop);
	for (int i = 0; i < 4; i++) {
		wait_stop_at(i % 2 ? -1 : stop.fds[0]);
		assert_true(crew_start(crew, &hand, wait_a_moment, &why));
		crew_join(hand);
		assert_int_equal(why.kind, i % 2 ? FAULT_NONE :
						   FAULT_CANCELLED);
	}
	wait_stop_at(-1);
	bell_release(&stop);
	crew_free(crew);
}

#define ROUNDS 2000

static void use(void *arg)
{
	struct crew *crew = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct errand one = { .times = 0 }, two = { .times = 0 };
		struct hand *a, *b;

		assert_true(crew_start(crew, &a, note, &one));
		assert_true(crew_start(crew, &b, note, &two));
		crew_join(b);
		crew_join(a);
		assert_int_equal(one.times, 1);
		assert_int_equal(two.times, 1);
	}
}

/* What ThreadSanitizer is to look at. */
static void many_use_it(void **state)
{
	struct thread t[3];
	struct crew *crew;

	(void)state;
	assert_true(crew_new(&crew));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		assert_true(thread_start(&t[i], use, crew));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		thread_join(&t[i]);
	crew_free(crew);
	crew_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_free_one_does_the_next_errand),
		cmocka_unit_test(busy_ones_hold_nobody_up),
		cmocka_unit_test(a_stop_is_for_one_errand),
		cmocka_unit_test(many_use_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
