#include "test/unit/unit.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/batch/finds.h"
#include "probes/wire/wait.h"

/* A domain is looked up once, however many accounts ask for it. */

static struct finds finds;
static struct options options;
static atomic_uint looked, copied;

static int fresh(void **state)
{
	(void)state;
	if (!wait_setup())
		return -1;
	wait_reset();
	finds_init(&finds);
	atomic_store(&looked, 0);
	atomic_store(&copied, 0);
	return 0;
}

static int done(void **state)
{
	(void)state;
	finds_release(&finds);
	return 0;
}

static struct discovery *found(const char *host)
{
	struct discovery *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	d->how_found = "";
	d->servers = 1;
	span_copy(span_of(host), d->server[0].endpoint.host, HOST_CAP);
	return d;
}

static void ask(void *domain)
{
	struct discovery *d = NULL;
	struct fault why;

	switch (finds_ask(&finds, &options, domain, &d, &why)) {
	case FINDS_LOOK:
		atomic_fetch_add(&looked, 1);
		wait_until(now_msec() + 30, &why);
		d = found("mail.x.example");
		finds_told(&finds, domain, d);
		break;
	case FINDS_COPY:
		atomic_fetch_add(&copied, 1);
		assert_string_equal(d->server[0].endpoint.host,
				    "mail.x.example");
		break;
	case FINDS_FAILED:
		return;
	}
	discover_free(d);
}

static void once_for_all(void **state)
{
	char domain[] = "x.example";
	struct thread t[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		assert_true(thread_start(&t[i], ask, domain));
	for (size_t i = 0; i < 8; i++)
		thread_join(&t[i]);
	assert_int_equal(atomic_load(&looked), 1);
	assert_int_equal(atomic_load(&copied), 7);
}

static void what_failed_is_asked_again(void **state)
{
	struct discovery *d = NULL;
	struct fault why;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(finds_ask(&finds, &options, "x.example", &d,
					   &why), FINDS_LOOK);
		finds_told(&finds, "x.example", NULL);
	}
}

/* More domains than rows: the oldest go, and nobody is told a wrong one. */
static void many_domains(void **state)
{
	char domain[32];
	struct discovery *d = NULL;
	struct fault why;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 0; i < FINDS_MAX + 5; i++) {
			struct buf b = buf_over(domain, sizeof(domain));

			buf_fmt(&b, "d%u.example", i);
			assert_int_equal(finds_ask(&finds, &options, domain,
						   &d, &why), FINDS_LOOK);
			d = found(domain);
			finds_told(&finds, domain, d);
			discover_free(d);
		}
	}
	assert_int_equal(finds_ask(&finds, &options, "D36.EXAMPLE", &d, &why),
			 FINDS_COPY);
	assert_string_equal(d->server[0].endpoint.host, "d36.example");
	discover_free(d);
}

static void interrupted(void **state)
{
	struct discovery *d = NULL;
	struct fault why;

	(void)state;
	assert_int_equal(finds_ask(&finds, &options, "x.example", &d, &why),
			 FINDS_LOOK);
	wait_cancel_all();
	assert_int_equal(finds_ask(&finds, &options, "x.example", &d, &why),
			 FINDS_FAILED);
	assert_int_equal(why.kind, FAULT_CANCELLED);
	wait_reset();
	finds_told(&finds, "x.example", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(once_for_all, fresh, done),
		cmocka_unit_test_setup_teardown(what_failed_is_asked_again,
						fresh, done),
		cmocka_unit_test_setup_teardown(many_domains, fresh, done),
		cmocka_unit_test_setup_teardown(interrupted, fresh, done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
