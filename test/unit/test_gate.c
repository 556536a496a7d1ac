#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/gate.h"
#include "probes/wire/wait.h"

struct knowledge {
	bool tells_more, names;
	unsigned asked;
};

static bool may_tell_more(void *context, const struct evidence *refused,
			  const struct endpoint *next)
{
	struct knowledge *k = context;

	k->asked++;
	assert_int_not_equal(refused->endpoint.service, next->service);
	return k->tells_more;
}

static bool names_cause(void *context, const struct evidence *refused)
{
	(void)refused;
	return ((struct knowledge *)context)->names;
}

struct scene {
	struct knowledge knowledge;
	struct login_policy policy;
	struct gate gate;
	struct evidence *seen[4];
};

static void scene_init(struct scene *s)
{
	static const enum service services[4] = { SERVICE_IMAP, SERVICE_SMTP,
						  SERVICE_SMTP, SERVICE_POP3 };

	memset(s, 0, sizeof(*s));
	s->policy = (struct login_policy){ &s->knowledge, may_tell_more,
					   names_cause, 1, 2 };
	assert_true(gate_init(&s->gate, &s->policy));
	for (size_t i = 0; i < 4; i++) {
		s->seen[i] = calloc(1, sizeof(struct evidence));
		assert_non_null(s->seen[i]);
		s->seen[i]->endpoint.service = services[i];
	}
}

static void scene_release(struct scene *s)
{
	gate_release(&s->gate);
	for (size_t i = 0; i < 4; i++)
		free(s->seen[i]);
}

static bool enter(struct scene *s, size_t i, enum skip *skip)
{
	struct fault why = { 0 };

	return gate_enter(&s->gate, &s->seen[i]->endpoint, now_msec() + 50,
			  skip, &why);
}

static void leave(struct scene *s, size_t i, enum login_outcome outcome,
		  enum fault_kind fault)
{
	struct evidence *e = s->seen[i];

	e->login.outcome = outcome;
	if (outcome != LOGIN_ACCEPTED) {
		e->steps = 1;
		e->step[0].stage = STAGE_LOGIN;
		e->step[0].result = STEP_FAILED;
		e->step[0].why.kind = fault;
	}
	gate_leave(&s->gate, e);
}

static void accepted_lets_all_in(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_ACCEPTED, 0);
	assert_true(enter(&s, 0, &skip));
	assert_true(enter(&s, 1, &skip));
	assert_true(enter(&s, 3, &skip));
	leave(&s, 1, LOGIN_ACCEPTED, 0);
	assert_true(enter(&s, 2, &skip));
	assert_int_equal(s.gate.attempted, 5);
	assert_int_equal(s.gate.refused, 0);
	assert_int_equal(s.knowledge.asked, 0);
	scene_release(&s);
}

static void refused_and_no_more_to_learn(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_REFUSED, FAULT_REJECTED);
	assert_false(enter(&s, 0, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	assert_int_equal(s.knowledge.asked, 0);
	assert_false(enter(&s, 1, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	assert_int_equal(s.knowledge.asked, 1);
	assert_int_equal(s.gate.attempted, 1);
	scene_release(&s);
}

static void refused_and_another_service_says_more(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	s.knowledge.tells_more = true;
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_REFUSED, FAULT_REJECTED);
	assert_true(enter(&s, 1, &skip));
	leave(&s, 1, LOGIN_REFUSED, FAULT_REJECTED);
	/* two of two: whatever anybody could still say */
	assert_false(enter(&s, 2, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	assert_false(enter(&s, 3, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	assert_int_equal(s.gate.refused, 2);
	scene_release(&s);
}

static void a_named_cause_ends_it(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	s.knowledge.tells_more = s.knowledge.names = true;
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_REFUSED, FAULT_REJECTED);
	assert_false(enter(&s, 1, &skip));
	assert_int_equal(skip, SKIP_CAUSE_NAMED);
	scene_release(&s);
}

static void undecided(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	/* a temporary fault costs nothing, the next one goes */
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_UNDECIDED, FAULT_DEFERRED);
	assert_int_equal(s.gate.refused, 0);
	/* an answer that was lost may have been a refusal */
	assert_true(enter(&s, 1, &skip));
	leave(&s, 1, LOGIN_UNDECIDED, FAULT_RESET);
	assert_int_equal(s.gate.refused, 1);
	assert_false(enter(&s, 2, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	assert_true(enter(&s, 3, &skip));
	leave(&s, 3, LOGIN_UNDECIDED, FAULT_TIMEOUT);
	assert_false(enter(&s, 0, &skip));
	assert_int_equal(s.gate.attempted, 3);
	scene_release(&s);
}

/* "Too many logins": one more would be the next of too many. */
static void put_off_with_a_warning(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	s.knowledge.names = true;
	assert_true(enter(&s, 1, &skip));
	leave(&s, 1, LOGIN_UNDECIDED, FAULT_DEFERRED);
	assert_int_equal(s.gate.refused, 0);
	assert_false(enter(&s, 0, &skip));
	assert_int_equal(skip, SKIP_CAUSE_NAMED);
	assert_int_equal(s.gate.attempted, 1);
	scene_release(&s);
}

static void a_login_that_did_not_happen_counts_nothing(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_NOT_TRIED, FAULT_RESET);
	assert_int_equal(s.gate.attempted, 0);
	assert_int_equal(s.gate.refused, 0);
	assert_true(enter(&s, 0, &skip));
	scene_release(&s);
}

static void the_first_goes_alone(void **state)
{
	struct scene s;
	enum skip skip = SKIP_ASKED;
	struct fault why = { 0 };

	(void)state;
	scene_init(&s);
	assert_true(enter(&s, 0, &skip));
	assert_false(gate_enter(&s.gate, &s.seen[1]->endpoint, now_msec() + 20,
				&skip, &why));
	assert_int_equal(skip, SKIP_NONE);
	assert_int_equal(why.kind, FAULT_TIMEOUT);
	scene_release(&s);
}

static void open_but_one_refusal_a_service(void **state)
{
	struct scene s;
	enum skip skip;

	(void)state;
	scene_init(&s);
	assert_true(enter(&s, 0, &skip));
	leave(&s, 0, LOGIN_ACCEPTED, 0);
	/* both ways to SMTP at once could be refused twice */
	assert_true(enter(&s, 1, &skip));
	assert_false(enter(&s, 2, &skip));
	assert_int_equal(skip, SKIP_NONE);
	assert_true(enter(&s, 3, &skip));
	leave(&s, 1, LOGIN_REFUSED, FAULT_REJECTED);
	assert_false(enter(&s, 2, &skip));
	assert_int_equal(skip, SKIP_BUDGET);
	scene_release(&s);
}

/* ---- with threads ---- */

struct visitor {
	struct scene *scene;
	size_t who;
	enum login_outcome outcome;
	bool went;
	enum skip skip;
	unsigned *inside, most;
	struct mutex *mutex;
};

static void visit(void *arg)
{
	struct visitor *v = arg;
	struct fault why = { 0 };

	v->went = gate_enter(&v->scene->gate,
			     &v->scene->seen[v->who]->endpoint,
			     now_msec() + 10000, &v->skip, &why);
	if (!v->went)
		return;
	mutex_lock(v->mutex);
	if (++*v->inside > v->most)
		v->most = *v->inside;
	mutex_unlock(v->mutex);
	wait_until(now_msec() + 5, &why);
	mutex_lock(v->mutex);
	--*v->inside;
	mutex_unlock(v->mutex);
	leave(v->scene, v->who, v->outcome, FAULT_REJECTED);
}

static void crowd(struct scene *s, enum login_outcome outcome,
		  struct visitor v[4])
{
	struct thread threads[4];
	static unsigned inside;
	struct mutex mutex;

	inside = 0;
	mutex_init(&mutex);
	for (size_t i = 0; i < 4; i++) {
		v[i] = (struct visitor){ .scene = s, .who = i,
					 .outcome = outcome,
					 .inside = &inside, .mutex = &mutex };
		assert_true(thread_start(&threads[i], visit, &v[i]));
	}
	for (size_t i = 0; i < 4; i++)
		thread_join(&threads[i]);
	mutex_release(&mutex);
}

static void a_crowd_that_is_accepted(void **state)
{
	struct visitor v[4];
	struct scene s;

	(void)state;
	scene_init(&s);
	crowd(&s, LOGIN_ACCEPTED, v);
	for (size_t i = 0; i < 4; i++)
		assert_true(v[i].went);
	assert_int_equal(s.gate.attempted, 4);
	scene_release(&s);
}

static void a_crowd_that_is_refused(void **state)
{
	struct visitor v[4];
	struct scene s;
	unsigned went = 0;

	(void)state;
	scene_init(&s);
	s.knowledge.tells_more = true;
	crowd(&s, LOGIN_REFUSED, v);
	for (size_t i = 0; i < 4; i++) {
		went += v[i].went;
		if (v[i].went)
			assert_int_equal(v[i].most, 1);
		else
			assert_int_equal(v[i].skip, SKIP_BUDGET);
	}
	assert_int_equal(went, 2);
	assert_int_equal(s.gate.refused, 2);
	/* never two of one service */
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		assert_in_range(s.gate.refused_by_service[i], 0, 1);
	scene_release(&s);
}

static void a_crowd_and_a_named_cause(void **state)
{
	struct visitor v[4];
	struct scene s;
	unsigned went = 0;

	(void)state;
	scene_init(&s);
	s.knowledge.tells_more = s.knowledge.names = true;
	crowd(&s, LOGIN_REFUSED, v);
	for (size_t i = 0; i < 4; i++) {
		went += v[i].went;
		if (!v[i].went)
			assert_int_equal(v[i].skip, SKIP_CAUSE_NAMED);
	}
	assert_int_equal(went, 1);
	scene_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_lets_all_in),
		cmocka_unit_test(refused_and_no_more_to_learn),
		cmocka_unit_test(refused_and_another_service_says_more),
		cmocka_unit_test(a_named_cause_ends_it),
		cmocka_unit_test(undecided),
		cmocka_unit_test(put_off_with_a_warning),
		cmocka_unit_test(a_login_that_did_not_happen_counts_nothing),
		cmocka_unit_test(the_first_goes_alone),
		cmocka_unit_test(open_but_one_refusal_a_service),
		cmocka_unit_test(a_crowd_that_is_accepted),
		cmocka_unit_test(a_crowd_that_is_refused),
		cmocka_unit_test(a_crowd_and_a_named_cause),
	};

	if (!wait_setup())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
