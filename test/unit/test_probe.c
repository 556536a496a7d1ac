#include "test/unit/unit.h"

#include "test/unit/script_probe.h"

#define IMAP_OK "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\n" \
	"C: a1 AUTHENTICATE PLAIN *\nS: a1 OK in\n" \
	"C: a2 EXAMINE INBOX\nS: * 1 EXISTS\nS: a2 OK\nC: a3 LOGOUT\n"
#define STARTTLS_OK "S: * OK hi\nC: a1 CAPABILITY\n" \
	"S: * CAPABILITY STARTTLS\nS: a1 OK\nC: a2 STARTTLS\nS: a2 OK\n" \
	"C: a3 CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: a3 OK\n"

/* "resolve+ connect+ tls- ..." of what the evidence holds */
static const char *told(const struct play *p)
{
	static char text[512];
	struct buf out = buf_over(text, sizeof(text));

	for (size_t i = 0; i < p->seen->steps; i++) {
		const struct step *s = &p->seen->step[i];

		buf_fmt(&out, "%s%s%s", i ? " " : "", stage_name(s->stage),
			s->result == STEP_PASSED ? "+" :
			s->result == STEP_FAILED ? "-" : "?");
		assert_in_range(s->ended, s->began, INT64_MAX);
	}
	return text;
}

static void stories(void **state)
{
	static const struct {
		enum security security;
		enum stage last;
		bool no_login;
		const char *host, *script, *story;
	} rows[] = {
		{ SECURITY_TLS, STAGE_LOGOUT, false, "mail", IMAP_OK,
		  "resolve+ connect+ tls+ greeting+ capability? login+ "
		  "mailbox+ logout+" },
		{ SECURITY_STARTTLS, STAGE_LOGOUT, false, "mail",
		  STARTTLS_OK "C: a4 LOGIN *\nS: a4 NO no\n",
		  "resolve+ connect+ greeting+ capability+ starttls+ tls+ "
		  "capability+ login-" },
		{ SECURITY_TLS, STAGE_LOGOUT, false, "nowhere", "",
		  "resolve-" },
		{ SECURITY_TLS, STAGE_LOGOUT, true, "mail",
		  "S: * OK [CAPABILITY AUTH=PLAIN] hi\nC: a1 LOGOUT\n",
		  "resolve+ connect+ tls+ greeting+ capability? login? "
		  "logout+" },
		/* no login is asked for, yet none could be had */
		{ SECURITY_TLS, STAGE_LOGOUT, true, "mail",
		  "S: * OK [CAPABILITY LOGINDISABLED] hi\n",
		  "resolve+ connect+ tls+ greeting+ capability? login-" },
		{ SECURITY_TLS, STAGE_LOGIN, false, "mail",
		  "S: * OK [CAPABILITY SASL-IR AUTH=PLAIN] hi\n"
		  "C: a1 AUTHENTICATE *\nS: a1 OK\nC: a2 LOGOUT\n",
		  "resolve+ connect+ tls+ greeting+ capability? login+ "
		  "mailbox? logout+" },
		{ SECURITY_TLS, STAGE_CONNECT, false, "mail", "",
		  "resolve+ connect+ tls? greeting? capability? login? "
		  "logout?" },
		{ SECURITY_TLS, STAGE_TLS, false, "mail", "",
		  "resolve+ connect+ tls+ greeting? capability? login? "
		  "logout?" },
		{ SECURITY_STARTTLS, STAGE_TLS, false, "mail",
		  "S: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY STARTTLS\n"
		  "S: a1 OK\nC: a2 STARTTLS\nS: a2 OK\nC: a3 LOGOUT\n",
		  "resolve+ connect+ greeting+ capability+ starttls+ tls+ "
		  "capability? login? logout+" },
		/* after STARTTLS in clear text nobody says goodbye */
		{ SECURITY_STARTTLS, STAGE_STARTTLS, false, "mail",
		  "S: * OK hi\nC: a1 CAPABILITY\nS: * CAPABILITY STARTTLS\n"
		  "S: a1 OK\nC: a2 STARTTLS\nS: a2 OK\n",
		  "resolve+ connect+ greeting+ capability+ starttls+ tls? "
		  "capability? login? logout?" },
		{ SECURITY_STARTTLS, STAGE_GREETING, false, "mail",
		  "S: * OK hi\nC: a1 LOGOUT\n",
		  "resolve+ connect+ greeting+ capability? starttls? tls? "
		  "capability? login? logout+" },
		{ SECURITY_NONE, STAGE_STARTTLS, false, "mail",
		  "S: * OK [CAPABILITY X] hi\nC: a1 LOGOUT\n",
		  "resolve+ connect+ greeting+ capability? login? logout+" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;

		play_init(&p, SERVICE_IMAP, rows[i].security, rows[i].script);
		snprintf(p.seen->endpoint.host, HOST_CAP, "%s.example.com",
			 rows[i].host);
		p.plan.last_stage = rows[i].last;
		p.plan.no_login = rows[i].no_login;
		play_run(&p);
		assert_string_equal(told(&p), rows[i].story);
		assert_true(script_satisfied(&p.script));
		play_release(&p);
	}
}

static void without_a_secret_nobody_logs_in(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS,
		  "S: * OK [CAPABILITY AUTH=PLAIN] hi\nC: a1 LOGOUT\n");
	p.plan.login.who = NULL;
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_LOGIN)->skip, SKIP_NO_SECRET);
	assert_true(script_satisfied(&p.script));
	play_release(&p);
}

static void connect_to_leads_elsewhere(void **state)
{
	static const struct {
		struct connect_rule rule;
		const char *host;
		uint16_t port;
		bool redirected;
	} rows[] = {
		{ { "mail.example.com", 993, "127.0.0.1", 1993 },
		  "127.0.0.1", 1993, true },
		{ { "", 0, "other.example", 0 }, "other.example", 993, true },
		{ { "MAIL.example.com", 0, "", 77 }, "mail.example.com", 77,
		  true },
		{ { "mail.example.com", 143, "x", 1 }, "mail.example.com",
		  993, false },
		{ { "other", 0, "x", 1 }, "mail.example.com", 993, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
		p.plan.connect_rules = 1;
		p.plan.connect_rule[0] = rows[i].rule;
		play_run(&p);
		assert_string_equal(p.seen->connection.host, rows[i].host);
		assert_int_equal(p.seen->connection.port, rows[i].port);
		assert_int_equal(p.seen->connection.redirected,
				 rows[i].redirected);
		assert_int_equal(p.script.dialled, rows[i].port);
		/* whoever is dialled has to be who was asked for */
		assert_string_equal(p.script.host, "mail.example.com");
		play_release(&p);
	}
}

static void names_for_tls(void **state)
{
	static const struct {
		const char *host, *want;
	} rows[] = {
		{ "Mail.Example.COM", "mail.example.com" },
		{ "\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab.example",
		  "xn--4dkua4c.example" },
		{ "[2001:db8::1]", "2001:db8::1" },
		{ "192.0.2.1", "192.0.2.1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct play p;

		play_init(&p, SERVICE_IMAP, SECURITY_TLS, "");
		snprintf(p.seen->endpoint.host, HOST_CAP, "%s", rows[i].host);
		p.plan.last_stage = STAGE_TLS;
		play_run(&p);
		assert_string_equal(p.script.host, rows[i].want);
		play_release(&p);
	}
}

static void silence_costs_the_deadline_and_no_more(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, "!silence\n");
	play_run(&p);
	assert_in_range(play_step(&p, STAGE_GREETING)->ended, REPLY_MSEC - 50,
			REPLY_MSEC + 50);
	play_release(&p);
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, "!silence\n");
	p.plan.timeout = 5000;
	play_run(&p);
	assert_in_range(play_step(&p, STAGE_GREETING)->ended, 4900, 5100);
	assert_true(p.script.closed);
	play_release(&p);
}

/* ---- TLS that is none, TLS that is not trusted ---- */

static bool no_tls(struct world *w, const struct tls_request *request,
		   struct stream *io, msec by, struct tls_facts *ret,
		   struct fault *why)
{
	(void)w, (void)request, (void)by;
	stream_close(io);
	memcpy(ret->first, "220 mail ESMTP\r\n", 16);
	ret->first_bytes = 16;
	return fail(why, FAULT_NOT_TLS, "no record");
}

static bool expired(struct world *w, const struct tls_request *request,
		    struct stream *io, msec by, struct tls_facts *ret,
		    struct fault *why)
{
	(void)w, (void)io, (void)by;
	ret->handshake_done = true;
	fail(why, FAULT_CERT_EXPIRED, "yesterday");
	return request->allow_unverified;
}

static void what_came_in_the_place_of_tls(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.world.secure = no_tls;
	play_run(&p);
	assert_string_equal(told(&p), "resolve+ connect+ tls-");
	assert_int_equal(play_step(&p, STAGE_TLS)->speech, SPEECH_SMTP);
	assert_string_equal(play_step(&p, STAGE_TLS)->reply.text,
			    "220 mail ESMTP\\x0D\\x0A");
	assert_int_equal(p.seen->tls.alert, -1);
	play_release(&p);
}

static void certificates_that_fail(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.world.secure = expired;
	play_run(&p);
	/* not one byte of a login */
	assert_int_equal(p.script.writes, 0);
	assert_int_equal(play_step(&p, STAGE_TLS)->why.kind,
			 FAULT_CERT_EXPIRED);
	play_release(&p);
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.world.secure = expired;
	p.plan.allow_unverified = true;
	play_run(&p);
	assert_int_equal(play_step(&p, STAGE_TLS)->result, STEP_PASSED);
	assert_int_equal(play_step(&p, STAGE_TLS)->why.kind,
			 FAULT_CERT_EXPIRED);
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_null(evidence_failure(p.seen));
	play_release(&p);
}

/* Breaks as long as a session may be offered; nothing works after that. */
static bool breaks(struct world *w, const struct tls_request *request,
		   struct stream *io, msec by, struct tls_facts *ret,
		   struct fault *why)
{
	(void)w, (void)by;
	*ret = (struct tls_facts){ .handshake_done = !request->sessions };
	if (!request->sessions)
		return true;
	stream_close(io);
	ret->resumption_broke = true;
	return fail(why, FAULT_CLOSED, "closed in the handshake");
}

static void a_session_that_breaks_is_not_the_servers_fault(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.world.secure = breaks;
	assert_true(tls_cache_new(1, &p.plan.sessions));
	play_run(&p);
	assert_null(evidence_failure(p.seen));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_true(p.seen->tls.handshake_done);
	assert_true(p.seen->tls.resumption_broke);
	/* one story, from its beginning, and a remark before it */
	assert_int_equal(p.seen->step[0].stage, STAGE_RESOLVE);
	assert_int_equal(p.seen->transcript.line[0].mark, LINE_NOTE);
	tls_cache_free(p.plan.sessions);
	play_release(&p);
}

/* ---- torture ---- */

static void check_torture(const struct play *p)
{
	const struct step *failure = evidence_failure(p->seen);
	const struct step *login = evidence_step(p->seen, STAGE_LOGIN);

	/* we broke the wire: nobody was refused */
	assert_int_not_equal(p->seen->login.outcome, LOGIN_REFUSED);
	if (p->seen->login.outcome == LOGIN_ACCEPTED)
		assert_int_equal(login->result, STEP_PASSED);
	else
		assert_non_null(failure);
	assert_no_secret(p);
}

static void whatever_breaks(void **state)
{
	static const struct {
		enum service service;
		enum security security;
		const char *script;
	} talks[] = {
		{ SERVICE_IMAP, SECURITY_TLS, IMAP_OK },
		{ SERVICE_IMAP, SECURITY_STARTTLS,
		  STARTTLS_OK "C: a4 LOGIN *\nS: a4 OK\nC: a5 EXAMINE INBOX\n"
		  "S: a5 OK\nC: a6 LOGOUT\n" },
		{ SERVICE_SMTP, SECURITY_TLS,
		  "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 AUTH LOGIN\n"
		  "C: AUTH LOGIN\nS: 334 \nC: *\nS: 334 \nC: *\nS: 235 ok\n"
		  "C: QUIT\n" },
		{ SERVICE_POP3, SECURITY_TLS,
		  "S: +OK\nC: CAPA\nS: -ERR\nC: USER *\nS: +OK\nC: PASS *\n"
		  "S: +OK\nC: STAT\nS: +OK 1 2\nC: QUIT\n" },
	};
	unsigned runs = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(talks); i++) {
		for (size_t chunk = 0; chunk < 8; chunk += 7) {
			for (unsigned n = 1;; n++, runs++) {
				struct play p;
				bool reached;

				play_init(&p, talks[i].service,
					  talks[i].security, talks[i].script);
				p.script.chunk = chunk;
				p.script.fail_at = n;
				play_run(&p);
				reached = p.script.ops >= n;
				if (reached)
					check_torture(&p);
				else
					assert_null(evidence_failure(p.seen));
				play_release(&p);
				if (!reached)
					break;
			}
		}
	}
	assert_in_range(runs, 100, 10000);
}

static void one_byte_at_a_time(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.chunk = 1;
	play_run(&p);
	assert_true(script_satisfied(&p.script));
	assert_int_equal(p.seen->login.outcome, LOGIN_ACCEPTED);
	assert_int_equal(p.seen->mailbox.messages, 1);
	play_release(&p);
}

static void count_progress(void *context, const struct evidence *e,
			   const struct step *step, bool began)
{
	unsigned *count = context;

	assert_ptr_equal(step, &e->step[e->steps - 1]);
	count[began]++;
}

static void progress_is_told(void **state)
{
	unsigned count[2] = { 0, 0 };
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.plan.progress = count_progress;
	p.plan.progress_context = count;
	play_run(&p);
	assert_int_equal(count[true], p.seen->steps);
	assert_int_equal(count[false], p.seen->steps);
	play_release(&p);
}

/* Whatever the machine's clock shows, a report counts from the run's start. */
static void times_count_from_the_start(void **state)
{
	const struct attempt *a;
	struct play p;

	(void)state;
	play_init(&p, SERVICE_IMAP, SECURITY_TLS, IMAP_OK);
	p.script.clock = p.plan.start = 5000000;
	play_run(&p);
	a = &p.seen->connection.attempt[0];
	assert_in_range(a->began, play_step(&p, STAGE_CONNECT)->began,
			play_step(&p, STAGE_CONNECT)->ended);
	assert_in_range(a->ended, a->began,
			play_step(&p, STAGE_CONNECT)->ended);
	assert_in_range(play_step(&p, STAGE_LOGOUT)->ended, 1, 1000);
	play_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories),
		cmocka_unit_test(without_a_secret_nobody_logs_in),
		cmocka_unit_test(connect_to_leads_elsewhere),
		cmocka_unit_test(names_for_tls),
		cmocka_unit_test(silence_costs_the_deadline_and_no_more),
		cmocka_unit_test(what_came_in_the_place_of_tls),
		cmocka_unit_test(certificates_that_fail),
		cmocka_unit_test(a_session_that_breaks_is_not_the_servers_fault),
		cmocka_unit_test(whatever_breaks),
		cmocka_unit_test(one_byte_at_a_time),
		cmocka_unit_test(progress_is_told),
		cmocka_unit_test(times_count_from_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
