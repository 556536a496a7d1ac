#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/batch/care.h"
#include "probes/base/text.h"

#define MINUTE ((msec)60 * 1000)
#define NOW ((epoch)1800000000)

static char folder[64], path[128];
static struct evidence seen[2];

static int make_folder(void **state)
{
	struct buf b = buf_over(folder, sizeof(folder));

	(void)state;
	buf_str(&b, "/tmp/mailwhy-care-XXXXXX");
	assert_non_null(mkdtemp(folder));
	b = buf_over(path, sizeof(path));
	buf_fmt(&b, "%s/logins", folder);
	return 0;
}

static int remove_folder(void **state)
{
	char lock[160];
	struct buf b = buf_over(lock, sizeof(lock));

	(void)state;
	buf_fmt(&b, "%s.lock", path);
	unlink(path);
	unlink(lock);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static struct care *opened(const char *state, bool wanted, epoch today,
			   int code)
{
	const struct care_plan plan = {
		.pace = pace_gentle, .ledger = ledger_default, .state = state,
		.state_is_wanted = wanted, .quiet = true,
	};
	struct care *c = NULL;

	assert_int_equal(care_open(&plan, today, &c), code);
	assert_int_equal(c != NULL, code == 0);
	return c;
}

static struct endpoint at_host(const char *host)
{
	struct endpoint e = { .service = SERVICE_IMAP, .port = 993 };

	span_copy(span_of(host), e.host, sizeof(e.host));
	return e;
}

static struct secret secret_of(const char *text)
{
	struct secret s;

	assert_true(secret_init(&s, 64));
	assert_true(secret_add(&s, span_of(text)));
	return s;
}

static struct care_reply ask(struct care *c, struct care_account *a,
			     struct care_time t)
{
	struct care_reply r;
	struct fault why;

	assert_true(care_ask(c, a, t, &r, &why));
	return r;
}

/* From asking to the end; what care_secret() said. */
static struct care_reply login(struct care *c, struct care_account *a,
			       const char *text, enum login_outcome outcome,
			       struct care_time t)
{
	struct secret s = secret_of(text);
	struct check_result result = { .n = 1, .seen = seen };
	struct care_reply r;

	assert_int_equal(ask(c, a, t).answer, CARE_GO);
	care_secret(c, a, &s, t, &r);
	memset(seen, 0, sizeof(seen));
	seen[0].endpoint = a->endpoint[0];
	seen[0].login.outcome = outcome;
	care_done(c, a, &s, r.answer == CARE_GO ? &result : NULL, t);
	secret_release(&s);
	return r;
}

static struct care_account account(const char *user, const struct endpoint *e,
				   size_t n)
{
	return (struct care_account){ .endpoint = e, .endpoints = n,
				      .user = user, .login_budget = 2 };
}

/* One refusal in each of two runs: the third may have none. */
static void a_host_is_not_provoked_over_runs(void **state)
{
	struct endpoint e = at_host("mail.test");
	struct care_account a = account("a", &e, 1), b = account("b", &e, 1);
	struct care_account d = account("d", &e, 1);
	struct care_reply r;
	struct care *c = opened(path, true, NOW, 0);

	(void)state;
	login(c, &a, "one", LOGIN_REFUSED, (struct care_time){ 0, NOW });
	assert_true(care_close(c, NOW));
	c = opened(path, true, NOW + 120, 0);
	login(c, &b, "two", LOGIN_REFUSED,
	      (struct care_time){ 5 * MINUTE, NOW + 120 });
	/* not closed: as after a crash */
	r = ask(c, &d, (struct care_time){ 5 * MINUTE, NOW + 120 });
	assert_int_equal(r.answer, CARE_LATER);
	assert_int_equal(r.pace, PACE_REFUSALS);
	assert_string_equal(r.host, "mail.test");
	assert_int_equal(r.at, 3 * MINUTE + 11 * MINUTE);
	assert_true(care_close(c, NOW + 120));
	/* another clock, another start */
	c = opened(path, true, NOW + 180, 0);
	r = ask(c, &d, (struct care_time){ 77, NOW + 180 });
	assert_int_equal(r.answer, CARE_LATER);
	assert_int_equal(r.at, 77 + 8 * MINUTE);
	assert_true(care_close(c, NOW + 180));
}

static void a_secret_is_spent_whatever_the_servers_are(void **state)
{
	struct endpoint e[] = { at_host("IMAP.mail.test"),
				at_host("smtp.mail.test") };
	struct care_account both = account("a@mail.test", e, 2);
	struct care_account one = account("A@mail.test", &e[1], 1);
	struct care_time t = { 0, NOW };
	struct care *c = opened(NULL, false, NOW, 0);
	struct care_reply r;

	(void)state;
	assert_int_equal(login(c, &both, "one", LOGIN_REFUSED, t).login_budget,
			 1);
	t.now += 1000;
	assert_int_equal(login(c, &both, "one", LOGIN_REFUSED, t).login_budget,
			 1);
	t.now += 20 * MINUTE;
	t.today += 1200;
	r = login(c, &one, "one", LOGIN_REFUSED, t);
	assert_int_equal(r.answer, CARE_NEVER);
	assert_int_equal(r.reason, UNTRIED_REFUSED);
	assert_false(r.many_secrets);
	assert_int_equal(r.until, NOW + ledger_default.forget_after);
	t.now += 1000;
	/* the new one is right, and so the account is free again */
	assert_int_equal(login(c, &one, "two", LOGIN_ACCEPTED, t).answer,
			 CARE_GO);
	t.now += 1000;
	assert_int_equal(login(c, &one, "one", LOGIN_REFUSED, t).answer,
			 CARE_GO);
	assert_true(care_close(c, NOW));
}

static void many_secrets_are_refused(void **state)
{
	static const char *const secrets[] = { "one", "two", "three", "four" };
	struct endpoint e = at_host("mail.test");
	struct care_account a = account("a", &e, 1);
	struct care *c = opened(NULL, false, NOW, 0);
	struct care_reply r = { .answer = CARE_GO };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		assert_int_equal(r.answer, CARE_GO);
		r = login(c, &a, secrets[i], LOGIN_REFUSED, (struct care_time){
			(msec)i * 12 * MINUTE, NOW + (epoch)i * 720 });
	}
	assert_int_equal(r.answer, CARE_NEVER);
	assert_true(r.many_secrets);
	assert_true(care_close(c, NOW));
}

static void what_cannot_be_kept(void **state)
{
	(void)state;
	opened("/nonexistent/logins", true, NOW, 2);
	care_close(opened("/nonexistent/logins", false, NOW, 0), NOW);
	care_close(NULL, NOW);
	/* and nothing is left beside what is no file */
	opened("/dev/null", true, NOW, 2);
	assert_int_not_equal(access("/dev/null.lock", F_OK), 0);
}

/* Damage is never taken for a fresh start, wherever the file lies. */
static void damage_ends_the_run(void **state)
{
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	fputs("mailwhy-logins 1 0\n", f);
	fclose(f);
	opened(path, false, NOW, 2);
	opened(path, true, NOW, 2);
}

static void the_path_follows_the_environment(void **state)
{
	char to[CARE_PATH_CAP], wanted[CARE_PATH_CAP], inner[128];
	struct buf b = buf_over(wanted, sizeof(wanted));
	struct stat st;

	(void)state;
	buf_fmt(&b, "%s/mailwhy/logins", folder);
	setenv("XDG_STATE_HOME", folder, 1);
	care_state_path(to);
	assert_string_equal(to, wanted);
	b = buf_over(inner, sizeof(inner));
	buf_fmt(&b, "%s/mailwhy", folder);
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(rmdir(inner), 0);
	setenv("XDG_STATE_HOME", "relative", 1);
	setenv("HOME", "/nonexistent/me", 1);
	care_state_path(to);
	assert_string_equal(to, "/nonexistent/me/.local/state/mailwhy/logins");
	unsetenv("HOME");
	care_state_path(to);
	assert_string_equal(to, "");
}

static void every_reason_has_words(void **state)
{
	static const struct care_reply replies[] = {
		{ .answer = CARE_NEVER, .reason = UNTRIED_REFUSED },
		{ .answer = CARE_NEVER, .reason = UNTRIED_REFUSED,
		  .many_secrets = true },
		{ .answer = CARE_NEVER, .reason = UNTRIED_HOST_STOPPED,
		  .pace = PACE_BAN, .host = "mail.test" },
		{ .answer = CARE_NEVER, .reason = UNTRIED_HOST_STOPPED,
		  .pace = PACE_REFUSALS, .host = "mail.test" },
		{ .answer = CARE_LATER, .pace = PACE_BAN, .host = "mail.test" },
		{ .answer = CARE_LATER, .pace = PACE_REFUSALS,
		  .host = "mail.test" },
	};

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < ARRAY_SIZE(replies); i++)
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			struct care_reply r = replies[i];
			char *text;

			r.until = NOW;
			text = care_why(&r, (enum lang)l);
			assert_non_null(text);
			assert_null(strchr(text, '{'));
			assert_non_null(strstr(text, r.host ? "mail.test" :
					       "2027-01-15 08:00 (+0000)"));
			free(text);
		}
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_host_is_not_provoked_over_runs),
		cmocka_unit_test(a_secret_is_spent_whatever_the_servers_are),
		cmocka_unit_test(many_secrets_are_refused),
		cmocka_unit_test(what_cannot_be_kept),
		WITH_FOLDER(damage_ends_the_run),
		WITH_FOLDER(the_path_follows_the_environment),
		cmocka_unit_test(every_reason_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
