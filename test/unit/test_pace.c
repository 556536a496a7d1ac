#include "test/unit/unit.h"

#include <string.h>

#include "cmd/batch/pace.h"
#include "probes/base/text.h"

#define SECOND ((msec)1000)
#define MINUTE (60 * SECOND)

/* ---- what a check brings home ---- */

static struct evidence seen[2];
static struct check_result result;

static struct endpoint way(enum service s, const char *host, uint16_t port)
{
	struct endpoint e = { .service = s, .port = port };

	span_copy(span_of(host), e.host, sizeof(e.host));
	return e;
}

static void add_step(struct evidence *e, enum stage stage, bool passed,
		     enum fault_kind kind)
{
	e->step[e->steps++] = (struct step){
		.stage = stage, .result = passed ? STEP_PASSED : STEP_FAILED,
		.why.kind = kind,
	};
}

static void begin(void)
{
	memset(seen, 0, sizeof(seen));
	result = (struct check_result){ .seen = seen };
}

static struct evidence *add(const struct endpoint *e, enum cause verdict)
{
	struct evidence *to = &seen[result.n];

	to->endpoint = *e;
	result.diagnosis.endpoint_verdict[result.n++] = verdict;
	return to;
}

static void logged_in(const struct endpoint *e, enum login_outcome outcome)
{
	bool ok = outcome == LOGIN_ACCEPTED;
	struct evidence *to = add(e, ok ? CAUSE_WORKS : CAUSE_WRONG_CREDENTIALS);

	add_step(to, STAGE_GREETING, true, FAULT_NONE);
	add_step(to, STAGE_LOGIN, ok, ok ? FAULT_NONE : FAULT_REJECTED);
	to->login.outcome = outcome;
}

static void broke(const struct endpoint *e, enum stage stage,
		  enum fault_kind kind, enum cause verdict)
{
	add_step(add(e, verdict), stage, false, kind);
}

static struct pace *pace_for(const struct pace_limits *limits)
{
	struct pace *p = NULL;
	struct fault why;

	assert_true(pace_new(limits, &p, &why));
	return p;
}

static struct pace_reply ask(struct pace *p, const struct endpoint *e,
			     size_t n, unsigned refusals, msec now)
{
	struct pace_reply r;
	struct fault why;

	assert_true(pace_ask(p, e, n, refusals, now, &r, &why));
	return r;
}

static void later(struct pace_reply r, enum pace_reason reason, msec at)
{
	assert_int_equal(r.answer, PACE_LATER);
	assert_int_equal(r.reason, reason);
	assert_int_equal(r.at, at);
}

/* One account from asking to its end, refused as often as was granted. */
static void refused(struct pace *p, const struct endpoint *e, msec now)
{
	struct pace_reply r = ask(p, e, 1, 1, now);

	assert_int_equal(r.answer, PACE_GO);
	assert_int_equal(r.refusals, 1);
	begin();
	logged_in(e, LOGIN_REFUSED);
	assert_int_equal(pace_done(p, e, 1, r.refusals, &result, now), 1);
}

static void accepted(struct pace *p, const struct endpoint *e, msec now)
{
	struct pace_reply r = ask(p, e, 1, 1, now);

	assert_int_equal(r.answer, PACE_GO);
	begin();
	logged_in(e, LOGIN_ACCEPTED);
	assert_int_equal(pace_done(p, e, 1, r.refusals, &result, now), 0);
}

/* ---- a ban is not provoked ---- */

static const struct pace_limits only_refusals = {
	.refusals = 2, .window = 10 * MINUTE, .patience = 60 * MINUTE,
};

static void two_refusals_and_no_third(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	refused(p, &e, 0);
	refused(p, &e, 1 * MINUTE);
	later(ask(p, &e, 1, 1, 2 * MINUTE), PACE_REFUSALS, 10 * MINUTE);
	/* without a login there is nothing to refuse */
	assert_int_equal(ask(p, &e, 1, 0, 2 * MINUTE).answer, PACE_GO);
	refused(p, &e, 10 * MINUTE);
	later(ask(p, &e, 1, 1, 10 * MINUTE), PACE_REFUSALS, 11 * MINUTE);
	pace_free(p);
}

/* fail2ban does not forget because somebody else was let in. */
static void an_accepted_login_resets_nothing(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	refused(p, &e, 0);
	for (msec t = 1; t < 50; t++)
		accepted(p, &e, t * SECOND);
	refused(p, &e, 1 * MINUTE);
	later(ask(p, &e, 1, 1, 2 * MINUTE), PACE_REFUSALS, 10 * MINUTE);
	pace_free(p);
}

static void logins_under_way_may_all_be_refused(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	assert_int_equal(ask(p, &e, 1, 2, 0).refusals, 1);
	assert_int_equal(ask(p, &e, 1, 2, 0).refusals, 1);
	later(ask(p, &e, 1, 2, 0), PACE_BUSY, MSEC_NEVER);
	assert_int_equal(pace_done(p, &e, 1, 1, NULL, 1), 0);
	assert_int_equal(ask(p, &e, 1, 2, 1).answer, PACE_GO);
	pace_free(p);
}

/* Two services may each be refused once; with one left, one is granted. */
static void grants_less_when_there_is_less(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e[] = { way(SERVICE_IMAP, "mail.test", 993),
				way(SERVICE_SMTP, "mail.test", 465),
				way(SERVICE_SMTP, "mail.test", 587) };

	(void)state;
	assert_int_equal(ask(p, e, 3, 3, 0).refusals, 2);
	later(ask(p, e, 3, 2, 0), PACE_BUSY, MSEC_NEVER);
	begin();
	logged_in(&e[0], LOGIN_REFUSED);
	assert_int_equal(pace_done(p, e, 3, 2, &result, 0), 1);
	assert_int_equal(ask(p, e, 3, 2, 1).refusals, 1);
	pace_free(p);
}

/* imap.mail.test and smtp.mail.test may be one machine. */
static void a_refusal_counts_for_all_hosts_of_the_account(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e[] = { way(SERVICE_IMAP, "imap.mail.test", 993),
				way(SERVICE_SMTP, "smtp.mail.test", 465) };
	struct endpoint other = way(SERVICE_IMAP, "IMAP.other.test.", 993);

	(void)state;
	assert_int_equal(ask(p, e, 2, 2, 0).refusals, 2);
	begin();
	logged_in(&e[0], LOGIN_REFUSED);
	logged_in(&e[1], LOGIN_REFUSED);
	assert_int_equal(pace_done(p, e, 2, 2, &result, 0), 2);
	later(ask(p, &e[0], 1, 1, 1), PACE_REFUSALS, 10 * MINUTE);
	later(ask(p, &e[1], 1, 1, 1), PACE_REFUSALS, 10 * MINUTE);
	refused(p, &other, 1);
	other = way(SERVICE_IMAP, "imap.OTHER.test", 993);
	refused(p, &other, 2);
	later(ask(p, &other, 1, 1, 3), PACE_REFUSALS, 10 * MINUTE + 1);
	pace_free(p);
}

static void a_lost_answer_may_have_been_a_refusal(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	for (int lost = 0; lost < 2; lost++) {
		ask(p, &e, 1, 1, 0);
		begin();
		broke(&e, STAGE_LOGIN, lost ? FAULT_RESET : FAULT_DEFERRED,
		      CAUSE_CONNECTION_DROPPED);
		seen[0].login.outcome = LOGIN_UNDECIDED;
		assert_int_equal(pace_done(p, &e, 1, 1, &result, 0), lost);
	}
	pace_free(p);
}

static void former_runs_count(void **state)
{
	static const msec at[] = { -20 * MINUTE, -4 * MINUTE, -4 * MINUTE };
	struct pace *p = pace_for(&only_refusals);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);
	struct fault why;

	(void)state;
	assert_true(pace_is_new(p, e.host));
	assert_true(pace_remember(p, e.host, at, 3, &why));
	assert_false(pace_is_new(p, "MAIL.test"));
	later(ask(p, &e, 1, 1, 0), PACE_REFUSALS, 6 * MINUTE);
	pace_free(p);
}

static struct address address(unsigned last)
{
	struct address a = { .family = FAMILY_IPV4 };
	struct buf b = buf_over(a.text, sizeof(a.text));

	buf_fmt(&b, "192.0.2.%u", last);
	return a;
}

/* Whatever its customers call it, it has one list of those it shuts out. */
static void names_of_one_address_are_one(void **state)
{
	struct pace *p = pace_for(&only_refusals);
	const struct address one[] = { address(1), address(2) };
	const struct address two[] = { address(3), address(2) };
	const struct address other = address(4);
	struct endpoint a = way(SERVICE_IMAP, "mail.a.test", 993);
	struct endpoint b = way(SERVICE_IMAP, "mail.b.test", 993);
	struct endpoint c = way(SERVICE_IMAP, "mail.c.test", 993);
	struct fault why;

	(void)state;
	assert_true(pace_meet(p, a.host, one, 2, &why));
	assert_true(pace_meet(p, b.host, two, 2, &why));
	assert_true(pace_meet(p, c.host, &other, 1, &why));
	refused(p, &a, 0);
	refused(p, &b, 1 * MINUTE);
	later(ask(p, &a, 1, 1, 2 * MINUTE), PACE_REFUSALS, 10 * MINUTE);
	later(ask(p, &b, 1, 1, 2 * MINUTE), PACE_REFUSALS, 10 * MINUTE);
	assert_string_equal(ask(p, &b, 1, 1, 2 * MINUTE).host, b.host);
	assert_int_equal(ask(p, &c, 1, 1, 2 * MINUTE).answer, PACE_GO);
	pace_free(p);
}

/* A former run noted a refusal for each name that the account has. */
static void what_two_names_remember_is_counted_once(void **state)
{
	static const msec imap[] = { -5 * MINUTE },
			  smtp[] = { -9 * MINUTE, -5 * MINUTE + SECOND / 2 };
	struct pace *p = pace_for(&only_refusals);
	const struct address one = address(1);
	struct endpoint a = way(SERVICE_IMAP, "imap.test", 993);
	struct endpoint b = way(SERVICE_SMTP, "smtp.test", 465);
	struct fault why;

	(void)state;
	assert_true(pace_meet(p, a.host, &one, 1, &why));
	assert_true(pace_remember(p, a.host, imap, 1, &why));
	assert_true(pace_meet(p, b.host, &one, 1, &why));
	assert_int_equal(ask(p, &b, 1, 2, 0).refusals, 1);
	pace_done(p, &b, 1, 1, NULL, 0);
	assert_true(pace_remember(p, b.host, smtp, 2, &why));
	later(ask(p, &a, 1, 1, 0), PACE_REFUSALS, 1 * MINUTE);
	pace_free(p);
}

static void patience_ends(void **state)
{
	struct pace_limits limits = only_refusals;
	struct pace *p;
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);
	struct pace_reply r;

	(void)state;
	limits.patience = 15 * MINUTE;
	p = pace_for(&limits);
	refused(p, &e, 0);
	refused(p, &e, 0);
	later(ask(p, &e, 1, 1, 0), PACE_REFUSALS, 10 * MINUTE);
	refused(p, &e, 10 * MINUTE);
	refused(p, &e, 10 * MINUTE);
	r = ask(p, &e, 1, 1, 10 * MINUTE);
	assert_int_equal(r.answer, PACE_STOPPED);
	assert_int_equal(r.reason, PACE_REFUSALS);
	assert_string_equal(r.host, "mail.test");
	/* for good, and for whoever shares the host */
	assert_int_equal(ask(p, &e, 1, 0, 60 * MINUTE).answer, PACE_STOPPED);
	pace_free(p);
}

/* ---- a ban that is seen ---- */

static const struct pace_limits only_bans = {
	.stop_after = 3, .pause = 1 * MINUTE, .patience = 60 * MINUTE,
};

static void throttled(struct pace *p, const struct endpoint *e, msec now)
{
	assert_int_equal(ask(p, e, 1, 1, now).answer, PACE_GO);
	begin();
	broke(e, STAGE_GREETING, FAULT_REJECTED, CAUSE_RATE_LIMITED);
	pace_done(p, e, 1, 1, &result, now);
}

static void pauses_double_and_end(void **state)
{
	struct pace *p = pace_for(&only_bans);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);
	struct pace_reply r;

	(void)state;
	throttled(p, &e, 0);
	later(ask(p, &e, 1, 1, 1), PACE_BAN, 1 * MINUTE);
	throttled(p, &e, 1 * MINUTE);
	later(ask(p, &e, 1, 1, 2 * MINUTE), PACE_BAN, 3 * MINUTE);
	throttled(p, &e, 3 * MINUTE);
	r = ask(p, &e, 1, 1, 30 * MINUTE);
	assert_int_equal(r.answer, PACE_STOPPED);
	assert_int_equal(r.reason, PACE_BAN);
	pace_free(p);
}

static void one_finds_out_and_all_go_on(void **state)
{
	struct pace *p = pace_for(&only_bans);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	throttled(p, &e, 0);
	assert_int_equal(ask(p, &e, 1, 1, 1 * MINUTE).answer, PACE_GO);
	later(ask(p, &e, 1, 1, 1 * MINUTE), PACE_BUSY, MSEC_NEVER);
	begin();
	logged_in(&e, LOGIN_ACCEPTED);
	pace_done(p, &e, 1, 1, &result, 1 * MINUTE);
	assert_int_equal(ask(p, &e, 1, 1, 1 * MINUTE).answer, PACE_GO);
	assert_int_equal(ask(p, &e, 1, 1, 1 * MINUTE).answer, PACE_GO);
	pace_free(p);
}

static void those_under_way_are_one_sign(void **state)
{
	struct pace *p = pace_for(&only_bans);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask(p, &e, 1, 1, 0).answer, PACE_GO);
	begin();
	broke(&e, STAGE_GREETING, FAULT_REJECTED, CAUSE_IP_BLOCKED);
	for (int i = 0; i < 5; i++)
		pace_done(p, &e, 1, 1, &result, i);
	later(ask(p, &e, 1, 1, 10), PACE_BAN, 1 * MINUTE);
	pace_free(p);
}

/* A closed port says something only where it was open. */
static void a_port_that_shuts(void **state)
{
	struct pace *p = pace_for(&only_bans);
	struct endpoint e[] = { way(SERVICE_IMAP, "mail.test", 993),
				way(SERVICE_SMTP, "mail.test", 587) };

	(void)state;
	ask(p, e, 2, 1, 0);
	begin();
	logged_in(&e[0], LOGIN_ACCEPTED);
	broke(&e[1], STAGE_CONNECT, FAULT_REFUSED, CAUSE_WRONG_PORT);
	pace_done(p, e, 2, 1, &result, 0);
	assert_int_equal(ask(p, e, 2, 1, 0).answer, PACE_GO);
	begin();
	broke(&e[0], STAGE_CONNECT, FAULT_REFUSED, CAUSE_SERVER_UNAVAILABLE);
	pace_done(p, e, 2, 1, &result, 0);
	later(ask(p, e, 2, 1, 1), PACE_BAN, 1 * MINUTE);
	pace_free(p);
}

static void a_penalty(void **state)
{
	struct pace *p = pace_for(&only_bans);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	for (int slow = 0; slow < 2; slow++) {
		assert_int_equal(ask(p, &e, 1, 1, 0).answer, PACE_GO);
		begin();
		logged_in(&e, LOGIN_REFUSED);
		seen[0].step[1].waited = 20 * SECOND;	/* at the gate */
		seen[0].step[1].ended = 22 * SECOND + slow * 6 * SECOND;
		pace_done(p, &e, 1, 1, &result, 0);
	}
	later(ask(p, &e, 1, 1, 1), PACE_BAN, 1 * MINUTE);
	pace_free(p);
}

/* ---- connections, logins a second ---- */

static void connections_are_counted(void **state)
{
	const struct pace_limits limits = { .connections = 4 };
	struct pace *p = pace_for(&limits);
	struct endpoint e[5];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(e); i++)
		e[i] = way(SERVICE_IMAP, "mail.test", 993);
	/* one that wants more than there may be goes alone */
	assert_int_equal(ask(p, e, 5, 1, 0).answer, PACE_GO);
	later(ask(p, e, 1, 1, 0), PACE_BUSY, MSEC_NEVER);
	pace_done(p, e, 5, 1, NULL, 0);
	assert_int_equal(ask(p, e, 2, 1, 0).answer, PACE_GO);
	later(ask(p, e, 3, 1, 0), PACE_BUSY, MSEC_NEVER);
	assert_int_equal(ask(p, e, 2, 1, 0).answer, PACE_GO);
	later(ask(p, e, 1, 1, 0), PACE_BUSY, MSEC_NEVER);
	pace_free(p);
}

static void logins_are_spread(void **state)
{
	const struct pace_limits limits = { .logins_per_second = 3 };
	struct pace *p = pace_for(&limits);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);
	unsigned gone = 0;
	msec now = 0;

	(void)state;
	while (now < 10 * SECOND) {
		struct pace_reply r = ask(p, &e, 1, 1, now);

		if (r.answer == PACE_GO) {
			gone++;
			pace_done(p, &e, 1, r.refusals, NULL, now);
			continue;
		}
		assert_int_equal(r.reason, PACE_BUSY);
		assert_true(r.at > now);
		now = r.at;
	}
	assert_int_equal(gone, 30);
	assert_int_equal(ask(p, &e, 1, 0, 0).answer, PACE_GO);
	pace_free(p);
}

static void off_is_off(void **state)
{
	struct pace *p = pace_for(&pace_off);
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(ask(p, &e, 1, 2, 0).answer, PACE_GO);
		begin();
		broke(&e, STAGE_GREETING, FAULT_REJECTED, CAUSE_IP_BLOCKED);
		seen[0].login.outcome = LOGIN_REFUSED;
		pace_done(p, &e, 1, 1, &result, 0);
	}
	pace_free(p);
}

/* A server that bans for three refusals in ten minutes, for four hours. */
static void never_three_in_ten_minutes(void **state)
{
	struct pace_limits limits = pace_gentle;
	struct pace *p;
	struct endpoint e = way(SERVICE_IMAP, "mail.test", 993);
	msec at[2] = { -60 * MINUTE, -60 * MINUTE }, now = 0;
	unsigned count = 0;

	(void)state;
	limits.patience = 24 * 60 * MINUTE;
	p = pace_for(&limits);
	while (now < 240 * MINUTE) {
		struct pace_reply r = ask(p, &e, 1, 1, now);

		if (r.answer == PACE_LATER) {
			now = r.at;
			continue;
		}
		assert_int_equal(r.answer, PACE_GO);
		begin();
		logged_in(&e, count % 3 ? LOGIN_REFUSED : LOGIN_ACCEPTED);
		if (count++ % 3) {
			assert_true(now - at[0] > 10 * MINUTE);
			at[0] = at[1];
			at[1] = now;
		}
		now += 200;
		pace_done(p, &e, 1, 1, &result, now);
	}
	assert_in_range(count, 60, 70);
	pace_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_refusals_and_no_third),
		cmocka_unit_test(an_accepted_login_resets_nothing),
		cmocka_unit_test(logins_under_way_may_all_be_refused),
		cmocka_unit_test(grants_less_when_there_is_less),
		cmocka_unit_test(a_refusal_counts_for_all_hosts_of_the_account),
		cmocka_unit_test(a_lost_answer_may_have_been_a_refusal),
		cmocka_unit_test(former_runs_count),
		cmocka_unit_test(names_of_one_address_are_one),
		cmocka_unit_test(what_two_names_remember_is_counted_once),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(pauses_double_and_end),
		cmocka_unit_test(one_finds_out_and_all_go_on),
		cmocka_unit_test(those_under_way_are_one_sign),
		cmocka_unit_test(a_port_that_shuts),
		cmocka_unit_test(a_penalty),
		cmocka_unit_test(connections_are_counted),
		cmocka_unit_test(logins_are_spread),
		cmocka_unit_test(off_is_off),
		cmocka_unit_test(never_three_in_ten_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
