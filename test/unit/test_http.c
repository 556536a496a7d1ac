#include "test/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "probes/wire/wait.h"
#include "probes/wire/world.h"

/*
 * What http_get does before and without a connection; all that goes over one
 * is the business of test/live/discovery_live.py.
 */
static char asked_host[HOST_CAP];
static uint16_t asked_port;
static struct http_facts *facts;

static bool nobody(struct world *w, const char *host, uint16_t port, msec by,
		   struct name_facts *ret, struct fault *why)
{
	(void)w;
	(void)by;
	(void)ret;
	span_copy(span_of(host), asked_host, sizeof(asked_host));
	asked_port = port;
	return fail(why, FAULT_NXDOMAIN, "nobody there");
}

static enum fault_kind get(const struct http_request *request)
{
	struct world w = { .resolve = nobody };
	struct fault why = { .kind = FAULT_NONE };

	asked_host[0] = '\0';
	assert_false(http_get(&w, request, now_msec() + 1000, facts, &why));
	assert_true(why.text[0] != '\0');
	return why.kind;
}

static void without_a_library(void **state)
{
	const struct http_request r = { .url = "https://x.example/",
					.ca_file = "/dev/null" };

	(void)state;
	assert_int_equal(get(&r), FAULT_NO_HTTP);
	assert_string_equal(facts->url, r.url);
}

static void before_connecting(void **state)
{
	static const struct connect_rule rule = { "x.example", 443,
						  "y.example", 8443 };
	static const struct {
		struct http_request request;
		enum fault_kind fault;
		const char *host;
		unsigned port;
	} rows[] = {
		{ { .url = "https://x.example/a" }, FAULT_NO_TRUST, "", 0 },
		{ { .url = "https://x.example/a", .ca_file = "/dev/null" },
		  FAULT_NXDOMAIN, "x.example", 443 },
		{ { .url = "https://x.example:444/", .ca_file = "/dev/null" },
		  FAULT_NXDOMAIN, "x.example", 444 },
		{ { .url = "https://x.example/", .ca_file = "/dev/null",
		    .connect_rule = &rule, .connect_rules = 1 },
		  FAULT_NXDOMAIN, "y.example", 8443 },
		{ { .url = "http://x.example/", .ca_file = "/dev/null" },
		  FAULT_NOT_HTTPS, "", 0 },
		{ { .url = "http://x.example/", .ca_file = "/dev/null",
		    .allow_clear = true },
		  FAULT_NXDOMAIN, "x.example", 80 },
		{ { .url = "file:///etc/passwd", .ca_file = "/dev/null" },
		  FAULT_PROTOCOL, "", 0 },
		{ { .url = "https://", .ca_file = "/dev/null" },
		  FAULT_PROTOCOL, "", 0 },
	};

	(void)state;
	http_setup();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum fault_kind kind = get(&rows[i].request);

		if (kind != rows[i].fault)
			print_error("row %zu: %s\n", i, fault_name(kind));
		assert_int_equal(kind, rows[i].fault);
		assert_string_equal(asked_host, rows[i].host);
		if (asked_host[0])
			assert_int_equal(asked_port, rows[i].port);
		assert_int_equal(facts->status, 0);
		assert_int_equal(facts->body_len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_library),
		cmocka_unit_test(before_connecting),
	};
	int failed;

	facts = malloc(sizeof(*facts));
	failed = !facts || cmocka_run_group_tests(tests, NULL, NULL);
	free(facts);
	return failed;
}
