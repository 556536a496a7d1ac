#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "cmd/demo/scenario.h"

#include <cmocka.h>

#define HEAD "title.en: a\ntitle.ja: b\naddress: x@mail.example\n" \
	"verdict: works\nexit: 0\nlogins: 1\n"
#define IMAP "endpoint imap imap.mail.example:993 tls\n"

static struct scenario *read_text(const char *text)
{
	struct scenario *s = NULL;
	struct fault why = { .kind = FAULT_NONE };

	if (!scenario_parse("t", span_of(text), &s, &why))
		fail_msg("%s", why.text);
	return s;
}

static void test_every_file(void **state)
{
	struct fault why;
	char name[64];
	size_t n = 0;

	(void)state;
	for (; scenario_name_at(n, name, sizeof(name)); n++) {
		struct scenario *s;

		if (!scenario_load(name, &s, &why))
			fail_msg("%s", why.text);
		assert_string_equal(s->name, name);
		scenario_free(s);
	}
	assert_true(n >= 45);
}

static void test_reads_clocks_and_offers(void **state)
{
	struct scenario *s = read_text(HEAD "clock: -900\n" IMAP
				       "tls: offers TLSv1.2 000a\n");

	(void)state;
	assert_int_equal(scenario_clock(s), -900 * 86400);
	assert_int_equal(s->endpoint[0].tls, SCENE_TLS_OFFERS);
	assert_int_equal(s->endpoint[0].minor, 2);
	assert_int_equal(s->endpoint[0].suite, 0x000a);
	assert_int_equal(s->endpoint[0].alert, 40);
	scenario_free(s);
	s = read_text(HEAD IMAP "tls: offers TLSv1.3\n");
	assert_int_equal(scenario_clock(s), 0);
	assert_int_equal(s->endpoint[0].alert, 70);
	scenario_free(s);
}

static void test_reads_all_parts(void **state)
{
	struct scenario *s = read_text("# comment\n" HEAD
		"user: taro\nsecret: with: colon \ntimeout: 700\n"
		"dns a.example 192.0.2.1/refused 2001:db8::1\n"
		"dns b.example nxdomain\n"
		"dns c.example alias a.example\n"
		IMAP "cert: expired\nconnect: reset\n"
		"tls: alert handshake_failure\n"
		"greeting\nS: * OK hi\n!delay 5\n"
		"on clear LOGIN\nS: {tag} NO\n!repeat 3\n!close\n");

	(void)state;
	assert_string_equal(scenario_user(s), "taro");
	assert_string_equal(s->secret, "with: colon ");
	assert_int_equal(scenario_timeout(s), 700);
	assert_int_equal(s->names, 3);
	assert_int_equal(s->host[0].connect[0], CONNECT_REFUSED);
	assert_int_equal(s->host[0].connect[1], CONNECT_DEFAULT);
	assert_int_equal(s->host[1].fault, FAULT_NXDOMAIN);
	assert_string_equal(s->host[2].alias, "a.example");
	assert_int_equal(s->endpoint[0].cert, CERT_KIND_EXPIRED);
	assert_int_equal(s->endpoint[0].connect, CONNECT_RESET);
	assert_int_equal(s->endpoint[0].tls, SCENE_TLS_ALERT);
	assert_int_equal(s->endpoint[0].alert, 40);
	assert_int_equal(s->cues, 2);
	assert_int_equal(s->cue[0].acts, 2);
	assert_int_equal(s->act[2].number, 3);
	assert_int_equal(s->cue[1].phase, CUE_CLEAR);
	scenario_free(s);
}

static void test_base(void **state)
{
	struct scenario *s = read_text("base: gmail-base\n" HEAD
		"address: other@gmail.com\n"
		"endpoint imap imap.gmail.com:993 tls demanded\n"
		"greeting\nS: * OK mine\n"
		"endpoint pop3 pop.gmail.com:995 tls\n");
	const struct scene_cue *cue;

	(void)state;
	assert_null(s->abstract);
	assert_string_equal(s->address, "other@gmail.com");
	assert_int_equal(s->endpoints, 4);
	assert_true(s->endpoint[0].endpoint.demanded);
	assert_non_null(s->endpoint[0].offers);
	cue = scenario_cue(s, 0, CUE_GREETING, true, span_of(""));
	assert_string_equal(s->act[cue->first].text, "* OK mine");
	scenario_free(s);
}

static void test_longest_command(void **state)
{
	struct scenario *s = read_text(HEAD IMAP
		"on AUTH\nS: a\non AUTHENTICATE PLAIN\nS: b\n"
		"on AUTHENTICATE\nS: c\non tls AUTHENTICATE\nS: d\n");
	static const struct { const char *command; bool in_tls; char wanted; }
	rows[] = {
		{ "AUTH", false, 'a' }, { "auth x", false, 'a' },
		{ "AUTHENTICATE PLAIN", true, 'b' },
		{ "AUTHENTICATE LOGIN", false, 'c' },
		{ "AUTHENTICATE LOGIN", true, 'd' }, { "AUTHX", true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct scene_cue *cue = scenario_cue(s, 0, CUE_COMMAND,
			rows[i].in_tls, span_of(rows[i].command));

		assert_int_equal(cue ? s->act[cue->first].text[0] : 0,
				 rows[i].wanted);
	}
	scenario_free(s);
}

static void test_wires(void **state)
{
	struct scenario *s;

	(void)state;
	s = read_text(HEAD IMAP "wire: pieces 1 1000\n");
	assert_int_equal(s->endpoint[0].wire.pieces, 1);
	assert_int_equal(s->endpoint[0].wire.pace, 1000);
	scenario_free(s);
	s = read_text(HEAD IMAP "wire: after 90 flood 1503030002015a\n");
	assert_int_equal(s->endpoint[0].wire.then, WIRE_FLOOD);
	assert_int_equal(s->endpoint[0].wire.after, 90);
	assert_int_equal(s->endpoint[0].wire.len, 7);
	assert_memory_equal(s->endpoint[0].wire.bytes, "\x15\3\3\0\2\1Z", 7);
	scenario_free(s);
	s = read_text(HEAD IMAP "wire: after 3 reset\n");
	assert_int_equal(s->endpoint[0].wire.then, WIRE_RESET);
	scenario_free(s);
}

/* Each says where, and what was expected. */
static void test_refuses(void **state)
{
	static const struct { const char *text, *says; } rows[] = {
		{ HEAD "endpoint imap a.example:993 tls at\n", "an address" },
		{ HEAD "dns a.example mx\n", "the name of a host" },
		{ HEAD "dns a.example srv imap\n", "HOST:PORT" },
		{ HEAD "dns a.example srv http b.example:80 tls\n",
		  "imap, smtp or pop3" },
		{ HEAD "dns a.example srv imap b.example:143 none\n",
		  "tls or starttls" },
		{ "title.en: a\n" IMAP, "title.ja" },
		{ HEAD "colour: red\n", "t.scn:7: expected a key" },
		{ HEAD "clock: soon\n" IMAP, "expected days" },
		{ HEAD IMAP "tls: offers TLSv1.4\n", "t.scn:8: expected TLSv1" },
		{ HEAD IMAP "tls: offers TLSv1.2 3des\n",
		  "t.scn:8: expected a suite" },
		{ HEAD "hello world\n", "a line of a scenario" },
		{ HEAD "base: nobody\n", "a scenario to start from" },
		{ HEAD "endpoint nntp a:1 tls\n", "imap, smtp or pop3" },
		{ HEAD "endpoint imap a tls\n", "HOST:PORT" },
		{ HEAD "endpoint imap a:70000 tls\n", "HOST:PORT" },
		{ HEAD "endpoint imap a:993 ssl\n", "tls, starttls or none" },
		{ HEAD "endpoint imap a:993 tls perhaps\n", "demanded" },
		{ HEAD IMAP "S: hi\n", "a section before" },
		{ HEAD IMAP "greeting\n!dance\n", "a directive" },
		{ HEAD IMAP "greeting\n!delay soon\n", "a number" },
		{ HEAD IMAP "greeting\n!repeat 3\n", "a line to repeat" },
		{ HEAD IMAP "greeting\n!bytes 0\n", "hexadecimal" },
		{ HEAD IMAP "greeting now\n", "nothing behind" },
		{ HEAD IMAP "cert: nice\n", "a kind of certificate" },
		{ HEAD IMAP "tls: alert red\n", "the name of an alert" },
		{ HEAD IMAP "connect: maybe\n", "a way to connect" },
		{ HEAD IMAP "wire: thin\n", "records, pieces" },
		{ HEAD IMAP "wire: pieces\n", "records, pieces" },
		{ HEAD IMAP "wire: after 3\n", "records, pieces" },
		{ HEAD IMAP "wire: after 3 151\n", "records, pieces" },
		{ HEAD IMAP "wire: after 3 flood\n", "records, pieces" },
		{ HEAD IMAP "greeting\n!alert red\n", "name of an alert" },
		{ HEAD IMAP "greeting\n!raw xy\n", "a directive" },
		{ HEAD IMAP "secret: x\n", "a setting of an endpoint" },
		{ HEAD "on LOGIN\n", "an endpoint before" },
		{ HEAD "dns a\n", "dns NAME" },
		{ HEAD "dns a 300.1.1.1\n", "an address" },
		{ HEAD "dns a 192.0.2.1/asleep\n", "a way to connect" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scenario *s;
		struct fault why = { .kind = FAULT_NONE };

		if (scenario_parse("t", span_of(rows[i].text), &s, &why))
			fail_msg("row %zu was read", i);
		assert_int_equal(why.kind, FAULT_PROTOCOL);
		if (!strstr(why.text, rows[i].says))
			fail_msg("row %zu says: %s", i, why.text);
	}
}

static void test_unknown(void **state)
{
	struct scenario *s;
	struct fault why;

	(void)state;
	assert_false(scenario_load("nobody", &s, &why));
	assert_int_equal(why.kind, FAULT_NONE);
	assert_false(scenario_load("gmail-app-password.scn", &s, &why));
	scenario_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file),
		cmocka_unit_test(test_reads_clocks_and_offers),
		cmocka_unit_test(test_reads_all_parts),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_longest_command),
		cmocka_unit_test(test_wires),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
