#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "cmd/demo/player.h"

#include <cmocka.h>

/* A dialogue: what the client says, and all that the server then says. */
#define HEAD "title.en: a\ntitle.ja: b\naddress: taro@mail.example\n" \
	"secret: cat \"7\"\nverdict: works\nexit: 0\nlogins: 1\n"
#define IMAP HEAD "endpoint imap h.example:993 tls\ngreeting\n"
#define SMTP HEAD "endpoint smtp h.example:465 tls\ngreeting\n"
#define POP3 HEAD "endpoint pop3 h.example:995 tls\ngreeting\n"

static struct player player;
static struct scenario *scenario;	/* of the last dialogue */

/* Everything until the player wants to hear, and how it ends. */
static enum play_kind collect(char *to, size_t cap)
{
	struct buf out = buf_over(to, cap);
	struct play play;

	for (;;) {
		player_next(&player, &play);
		if (play.kind != PLAY_SEND)
			return play.kind;
		buf_add(&out, play.bytes);
	}
}

struct line {
	const char *client, *server;
	enum play_kind then;
};

static void talk(const char *text, const struct line *lines, size_t n)
{
	struct fault why = { .kind = FAULT_NONE };
	char said[8192];

	scenario_free(scenario);
	scenario = NULL;
	if (!scenario_parse("t", span_of(text), &scenario, &why))
		fail_msg("%s", why.text);
	player_begin(&player, scenario, 0, true, 0);
	for (size_t i = 0; i < n; i++) {
		if (lines[i].client)
			player_feed(&player, span_of(lines[i].client));
		assert_int_equal(collect(said, sizeof(said)), lines[i].then);
		assert_string_equal(said, lines[i].server);
	}
}

static int forget(void **state)
{
	(void)state;
	scenario_free(scenario);
	return 0;
}

#define TALK(text, ...) do { \
	const struct line lines_[] = { __VA_ARGS__ }; \
	talk(text, lines_, sizeof(lines_) / sizeof(lines_[0])); \
} while (0)

static void test_imap_login(void **state)
{
	(void)state;
	TALK(IMAP,
	     { "a1 login taro@mail.example \"cat \\\"7\\\"\"\r\n",
	       "a1 OK Logged in\r\n", PLAY_READ },
	     { "a2 NOOP\r\na3 LOGOUT\r\n", "a2 OK NOOP completed.\r\n"
	       "* BYE Logging out\r\na3 OK Logout completed.\r\n", PLAY_CLOSE });
	assert_int_equal(player.logins, 1);
	assert_true(player.login_accepted && !player.login_refused);
}

static void test_imap_literal(void **state)
{
	(void)state;
	TALK(IMAP,
	     { "a1 LOGIN {16}\r\n", "+ OK\r\n", PLAY_READ },
	     { "taro@mail.exampl", "", PLAY_READ },
	     { " {7+}\r\ncat \"7\"\r\n",
	       "a1 NO [AUTHENTICATIONFAILED] Authentication failed.\r\n",
	       PLAY_READ },
	     { "a2 LOGIN {17+}\r\ntaro@mail.example {7}\r\n", "+ OK\r\n",
	       PLAY_READ },
	     { "cat \"7\"\r\n", "a2 OK Logged in\r\n", PLAY_READ });
	assert_int_equal(player.logins, 2);
	assert_true(player.login_refused);
}

static void test_plain(void **state)
{
	(void)state;
	/* \0taro@mail.example\0cat "7" */
	TALK(IMAP,
	     { "a AUTHENTICATE PLAIN AHRhcm9AbWFpbC5leGFtcGxlAGNhdCAiNyI=\r\n",
	       "a OK Logged in\r\n", PLAY_READ });
	TALK(SMTP,
	     { "AUTH PLAIN\r\n", "334 \r\n", PLAY_READ },
	     { "AHRhcm9AbWFpbC5leGFtcGxlAGNhdCAiNyI=\r\n",
	       "235 2.7.0 Authentication successful\r\n", PLAY_READ });
	TALK(SMTP,
	     { "AUTH PLAIN AHRhcm8AY2F0\r\n", "535 5.7.8 Error: authentication "
	       "failed: authentication failure\r\n", PLAY_READ });
	TALK(POP3,
	     { "AUTH PLAIN AHRhcm9AbWFpbC5leGFtcGxlAGNhdCAiNyI=\r\n",
	       "+OK Logged in.\r\n", PLAY_READ });
}

static void test_login_mechanism(void **state)
{
	(void)state;
	TALK(SMTP,
	     { "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", PLAY_READ },
	     { "dGFyb0BtYWlsLmV4YW1wbGU=\r\n", "334 UGFzc3dvcmQ6\r\n",
	       PLAY_READ },
	     { "Y2F0ICI3Ig==\r\n", "235 2.7.0 Authentication successful\r\n",
	       PLAY_READ });
	TALK(SMTP,
	     { "AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", PLAY_READ },
	     { "*\r\n", "501 5.7.0 Authentication aborted\r\n", PLAY_READ },
	     { "AUTH NTLM\r\n", "504 5.5.4 Unrecognized authentication type\r\n",
	       PLAY_READ });
	assert_int_equal(player.logins, 2);
}

static void test_oauth(void **state)
{
	(void)state;
	/* user=x^Aauth=Bearer cat "7"^A^A, then a wrong token */
	TALK(SMTP,
	     { "AUTH XOAUTH2 dXNlcj14AWF1dGg9QmVhcmVyIGNhdCAiNyIBAQ==\r\n",
	       "235 2.7.0 Authentication successful\r\n", PLAY_READ });
	TALK(SMTP,
	     { "AUTH XOAUTH2 dXNlcj14AWF1dGg9QmVhcmVyIGRvZwEB\r\n",
	       "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJo"
	       "dHRwczovL21haWwuZGVtby5pbnZhbGlkLyJ9\r\n", PLAY_READ },
	     { "\r\n", "535 5.7.8 Error: authentication failed: "
	       "authentication failure\r\n", PLAY_READ });
}

static void test_pop3(void **state)
{
	(void)state;
	TALK(POP3,
	     { "STAT\r\n", "-ERR Unknown command.\r\n", PLAY_READ },
	     { "USER taro@mail.example\r\n", "+OK\r\n", PLAY_READ },
	     { "PASS cat \"7\"\r\n", "+OK Logged in.\r\n", PLAY_READ },
	     { "STAT\r\n", "+OK 0 0\r\n", PLAY_READ },
	     { "QUIT\r\n", "+OK Logging out.\r\n", PLAY_CLOSE });
	assert_int_equal(player.logins, 1);
}

static void test_sections(void **state)
{
	(void)state;
	TALK(IMAP "S: * hi {host}:{port} {12} {nothing}\n"
	     "refused\nS: {tag} NO [ALERT] {user}\n!close\n",
	     { NULL, "* hi h.example:993 {12} {nothing}\r\n", PLAY_READ },
	     { "t LOGIN a b\r\n", "t NO [ALERT] taro@mail.example\r\n",
	       PLAY_CLOSE },
	     { "t NOOP\r\n", "", PLAY_CLOSE });
	assert_true(player.login_refused && !player.login_open);
}

static void test_expect(void **state)
{
	(void)state;
	TALK(SMTP "S: 220 x\non AUTH\nS: 334 one\n!expect\nS: 334 two\n"
	     "!expect\nS: 454 4.7.0 later\n",
	     { NULL, "220 x\r\n", PLAY_READ },
	     { "AUTH X\r\n", "334 one\r\n", PLAY_READ },
	     { "whatever\r\n", "334 two\r\n", PLAY_READ },
	     { "QUIT\r\n", "454 4.7.0 later\r\n", PLAY_READ },
	     { "QUIT\r\n", "221 2.0.0 Bye\r\n", PLAY_CLOSE });
}

static void test_directives(void **state)
{
	struct play play;

	(void)state;
	TALK(IMAP "S: x\n!repeat 3\n!bytes 4142\n!text  c\n!silence\n",
	     { NULL, "x\r\nx\r\nx\r\nAB c", PLAY_SILENCE });
	TALK(IMAP "!delay 40\nS: a\n!reset\n",
	     { NULL, "", PLAY_WAIT }, { NULL, "a\r\n", PLAY_RESET });
	TALK(IMAP "!split 2\nS: abc\n", { NULL, "abc\r\n", PLAY_READ });
	assert_int_equal(player.split, 2);
	player_feed(&player, span_of("a NOOP\r\n"));
	player_next(&player, &play);
	assert_int_equal(play.bytes.len, 2);
}

/* Every piece has its wait before it. */
static void test_pace(void **state)
{
	struct play play;

	(void)state;
	TALK(IMAP "!split 1\n!pace 250\nS: a\n", { NULL, "", PLAY_WAIT });
	for (int i = 0; i < 3; i++) {
		player_next(&player, &play);
		assert_int_equal(play.kind, PLAY_SEND);
		assert_int_equal(play.bytes.len, 1);
		player_next(&player, &play);
		assert_int_equal(play.kind, i < 2 ? PLAY_WAIT : PLAY_READ);
	}
}

/* What no server's library would do. */
static void test_beneath_tls(void **state)
{
	struct play play;

	(void)state;
	TALK(IMAP "S: a\n!raw 1503\n!alert internal_error\n!close\n",
	     { NULL, "a\r\n", PLAY_RAW });
	player_next(&player, &play);
	assert_int_equal(play.kind, PLAY_ALERT);
	assert_int_equal(play.alert, 80);
	TALK(IMAP "!raw 1503\n", { NULL, "", PLAY_RAW });
	assert_int_equal(player.out[0], 0x15);
}

static void test_starttls_forgets(void **state)
{
	(void)state;
	TALK(HEAD "endpoint smtp h.example:587 starttls\n",
	     { NULL, "220 h.example ESMTP ready\r\n", PLAY_READ },
	     { "STARTTLS\r\nAUTH PLAIN x\r\n",
	       "220 2.0.0 Ready to start TLS\r\n", PLAY_SECURE });
	player_secured(&player);
	assert_int_equal(player.in_used, 0);
	assert_true(player.in_tls);
}

/* A client that never ends its line costs a buffer and is sent away. */
static void test_endless_client(void **state)
{
	static char bytes[4096];
	char said[64];

	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	TALK(IMAP, { NULL, "", PLAY_READ });
	for (int i = 0; i < 5; i++)
		player_feed(&player, (struct span){ bytes, sizeof(bytes) });
	assert_int_equal(collect(said, sizeof(said)), PLAY_CLOSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_imap_login),
		cmocka_unit_test(test_imap_literal),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_login_mechanism),
		cmocka_unit_test(test_oauth),
		cmocka_unit_test(test_pop3),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_beneath_tls),
		cmocka_unit_test(test_starttls_forgets),
		cmocka_unit_test(test_endless_client),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
