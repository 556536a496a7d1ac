#include "probes/evidence_json.h"

#include <stdlib.h>
#include <string.h>

#include "test/unit/samples.h"
#include "test/unit/whole.h"

/* ---- no member is forgotten ---- */

static void every_member_has_its_row(void **state)
{
	(void)state;
	assert_whole(&evidence_record, offsetof(struct evidence, transcript));
}

/* ---- there and back ---- */

static char *text_of_evidence(const struct evidence *e)
{
	struct json *doc = json_object_new();
	char *text;

	evidence_to_json(e, doc);
	text = json_print(doc, true);
	assert_non_null(text);
	json_free(doc);
	return text;
}

static bool parse(const char *text, struct evidence *ret, struct fault *why)
{
	struct json *doc;
	bool ok;

	assert_true(json_parse(span_of(text), &doc, why));
	ok = evidence_from_json(doc, ret, why);
	json_free(doc);
	return ok;
}

static void say(struct evidence *e, char mark, bool in_tls, const char *text)
{
	struct transcript *t = &e->transcript;
	size_t len = strlen(text);

	t->line[t->lines++] = (struct transcript_line){
		(enum line_mark)mark, in_tls, 17, (uint16_t)t->used,
		(uint16_t)len
	};
	memcpy(t->text + t->used, text, len);
	t->used += len;
}

static void fill(struct evidence *e)
{
	struct cert_facts *c = &e->tls.cert[0];
	struct step *s;

	sample_endpoint(e, SERVICE_IMAP, "imap.example.com", SECURITY_TLS);
	sample_step(e, STAGE_RESOLVE, 12);
	s = sample_fail(e, STAGE_LOGIN, 310, FAULT_REJECTED,
			"NO [ALERT] two\nlines");
	PUT(s->reply.response_code, "ALERT");
	s->reply.code = 535;
	sample_skip(e, STAGE_MAILBOX, SKIP_BUDGET);
	e->name.addresses = 1;
	e->name.address[0] = (struct address){ FAMILY_IPV4, { 192, 0, 2, 7 },
					       0, 993, "192.0.2.7" };
	e->name.cnames = 2;
	PUT(e->name.cname[1], "alias.example.com");
	e->connection.attempts = 1;
	e->connection.winner = 0;
	e->connection.attempt[0].address = e->name.address[0];
	e->connection.attempt[0].state = ATTEMPT_WON;
	e->tls.first_bytes = 3;
	memcpy(e->tls.first, "\x15\x03\x00", 3);
	e->tls.chain = 1;
	PUT(c->subject, "CN=imap.example.com");
	c->names = 1;
	PUT(c->name[0], "*.example.com");
	c->not_after = -5;
	e->capabilities[PHASE_TLS].known = true;
	PUT(e->capabilities[PHASE_TLS].words, "IMAP4REV1 AUTH=PLAIN");
	e->login.outcome = LOGIN_REFUSED;
	e->mailbox.quota_used = UINT64_C(1) << 52;
	say(e, LINE_RECEIVED, true, "* OK ready");
	say(e, LINE_SENT, true, "");
	say(e, LINE_NOTE, false, "a note");
}

static void assert_same(const struct evidence *a, const struct evidence *b)
{
	/* both were zeroed, and texts are copied with nothing behind them */
	assert_memory_equal(a, b, offsetof(struct evidence, transcript));
	assert_int_equal(a->transcript.lines, b->transcript.lines);
	assert_memory_equal(a->transcript.line, b->transcript.line,
			    a->transcript.lines * sizeof(a->transcript.line[0]));
	assert_memory_equal(a->transcript.text, b->transcript.text,
			    a->transcript.used);
}

static void nothing_is_lost(void **state)
{
	struct evidence *e = calloc(2, sizeof(*e));
	struct fault why = { .kind = FAULT_NONE };
	char *text, *again;

	(void)state;
	assert_non_null(e);
	fill(&e[0]);
	text = text_of_evidence(&e[0]);
	assert_true(parse(text, &e[1], &why));
	assert_same(&e[0], &e[1]);
	again = text_of_evidence(&e[1]);
	assert_string_equal(text, again);
	free(text);
	free(again);
	free(e);
}

/* ---- what nobody could have written ---- */

static void strange_files_are_refused(void **state)
{
	static const struct {
		const char *text, *named;
	} cases[] = {
		{ "{\"endpoint\":7}", "endpoint" },
		{ "{\"endpoint\":{\"port\":70000}}", "port" },
		{ "{\"endpoint\":{\"port\":-1}}", "port" },
		{ "{\"endpoint\":{\"port\":1e300}}", "port" },
		{ "{\"endpoint\":{\"service\":\"gopher\"}}", "service" },
		{ "{\"endpoint\":{\"host\":false}}", "host" },
		{ "{\"endpoint\":{\"demanded\":\"yes\"}}", "demanded" },
		{ "{\"steps\":{}}", "steps" },
		{ "{\"steps\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}",
		  "steps" },
		{ "{\"steps\":[{\"stage\":\"dreaming\"}]}", "stage" },
		{ "{\"tls\":{\"first_bytes\":\"1\"}}", "first_bytes" },
		{ "{\"tls\":{\"first_bytes\":\"zz\"}}", "first_bytes" },
		{ "{\"name\":{\"addresses\":[{\"bytes\":\"00\"}]}}", "bytes" },
		{ "{\"connection\":{\"winner\":0}}", "winner" },
		{ "{\"connection\":{\"winner\":-2}}", "winner" },
		{ "{\"talk\":[{\"mark\":\"!\"}]}", "talk" },
		{ "{\"talk\":[{\"mark\":\">>\"}]}", "mark" },
	};
	struct evidence *e = calloc(1, sizeof(*e));

	(void)state;
	assert_non_null(e);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fault why = { .kind = FAULT_NONE };

		assert_false(parse(cases[i].text, e, &why));
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		assert_non_null(strstr(why.text, cases[i].named));
	}
	free(e);
}

static void peers_bytes_stay_printable(void **state)
{
	struct evidence *e = calloc(1, sizeof(*e));
	struct fault why = { .kind = FAULT_NONE };

	(void)state;
	assert_non_null(e);
	assert_true(parse("{\"endpoint\":{\"host\":\"a\\u001b[31m\\nb\"},"
			  "\"steps\":[{\"reply\":{\"text\":\"1\\n2\\u202e\"}}]}",
			  e, &why));
	assert_string_equal(e->endpoint.host, "a\\x1B[31m\\x0Ab");
	assert_null(strchr(e->step[0].reply.text, '\xe2'));
	assert_non_null(strchr(e->step[0].reply.text, '\n'));
	free(e);
}

static void newer_files_are_read(void **state)
{
	struct evidence *e = calloc(1, sizeof(*e));
	struct fault why = { .kind = FAULT_NONE };

	(void)state;
	assert_non_null(e);
	assert_true(parse("{\"endpoint\":{\"host\":\"h\",\"colour\":1},"
			  "\"moon\":[]}", e, &why));
	assert_string_equal(e->endpoint.host, "h");
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_has_its_row),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(strange_files_are_refused),
		cmocka_unit_test(peers_bytes_stay_printable),
		cmocka_unit_test(newer_files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
