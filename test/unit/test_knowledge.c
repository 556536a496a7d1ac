#include "cmd/knowledge.h"

#include "test/unit/samples.h"

static struct trial question(const char *host, enum stage until)
{
	struct trial t = { .until = until, .control = true };

	t.endpoint.port = 993;
	t.endpoint.security = SECURITY_TLS;
	PUT(t.endpoint.host, host);
	return t;
}

static void what_a_control_showed(void **state)
{
	struct evidence *seen = calloc(2, sizeof(*seen));
	struct trial t = question("imap.big.example", STAGE_TLS);
	struct trial greeting = question("imap.big.example", STAGE_GREETING);
	struct trial other = question("imap.two.example", STAGE_TLS);
	struct trial hello = t;
	struct knowledge k;

	(void)state;
	assert_non_null(seen);
	knowledge_init(&k);
	assert_false(knowledge_control(&k, &t, 5, &seen[1]));
	seen[0].tls.verified = true;
	knowledge_keep_control(&k, &t, 5, &seen[0]);
	assert_true(knowledge_control(&k, &t, 6, &seen[1]));
	assert_true(seen[1].tls.verified);
	/* another host, a further stage, another kind of look */
	hello.only_hello = true;
	assert_false(knowledge_control(&k, &other, 6, &seen[1]));
	assert_false(knowledge_control(&k, &greeting, 6, &seen[1]));
	assert_false(knowledge_control(&k, &hello, 6, &seen[1]));
	/* too old; a further stage serves the nearer one */
	assert_false(knowledge_control(&k, &t, 5 + CONTROL_MSEC, &seen[1]));
	knowledge_keep_control(&k, &greeting, CONTROL_MSEC, &seen[0]);
	assert_true(knowledge_control(&k, &t, 5 + CONTROL_MSEC, &seen[1]));
	assert_int_equal(k.controls, 1);
	knowledge_release(&k);
	free(seen);
}

static void room_for_so_many(void **state)
{
	struct evidence *seen = calloc(1, sizeof(*seen));
	struct knowledge k;

	(void)state;
	assert_non_null(seen);
	knowledge_init(&k);
	for (unsigned i = 0; i < CONTROLS_MAX + 3; i++) {
		struct trial t = question("imap.big.example", STAGE_TLS);

		t.endpoint.port = (uint16_t)(i + 1);
		knowledge_keep_control(&k, &t, 0, seen);
		assert_int_equal(knowledge_control(&k, &t, 0, seen),
				 i < CONTROLS_MAX);
	}
	knowledge_release(&k);
	free(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_control_showed),
		cmocka_unit_test(room_for_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
