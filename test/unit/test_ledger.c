#include "test/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/batch/ledger.h"
#include "cmd/batch/ledger_file.h"
#include "probes/base/buf.h"

#define DAY ((epoch)24 * 60 * 60)
#define NOW ((epoch)1800000000)

static char folder[64], path[128], lock_path[160];
static char reason[REASON_CAP];

static int make_folder(void **state)
{
	struct buf b = buf_over(folder, sizeof(folder));

	(void)state;
	buf_str(&b, "/tmp/mailwhy-ledger-XXXXXX");
	assert_non_null(mkdtemp(folder));
	b = buf_over(path, sizeof(path));
	buf_fmt(&b, "%s/logins", folder);
	b = buf_over(lock_path, sizeof(lock_path));
	buf_fmt(&b, "%s.lock", path);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	unlink(lock_path);
	assert_int_equal(rmdir(folder), 0);	/* and nothing else was left */
	return 0;
}

static struct ledger *opened(const char *at, epoch now)
{
	struct ledger *l = NULL;

	assert_int_equal(ledger_open(at, LANG_EN, &ledger_default, now, &l, reason),
			 LEDGER_FINE);
	return l;
}

static struct secret secret_of(const char *text)
{
	struct secret s;

	assert_true(secret_init(&s, 64));
	assert_true(secret_add(&s, span_of(text)));
	return s;
}

static struct ledger_reply ask(const struct ledger *l, const char *account,
			       const char *text, epoch now)
{
	struct secret s = secret_of(text);
	struct ledger_reply r;

	ledger_ask(l, account, &s, now, &r);
	secret_release(&s);
	return r;
}

static void note(struct ledger *l, const char *account, const char *text,
		 unsigned refused, bool accepted, epoch now)
{
	struct secret s = secret_of(text);

	assert_true(ledger_note(l, account, &s, refused, accepted, now,
				reason));
	secret_release(&s);
}

static void spent(struct ledger_reply r, epoch until)
{
	assert_int_equal(r.answer, LEDGER_SPENT);
	assert_int_equal(r.until, until);
}

static size_t read_file(char *to, size_t cap)
{
	FILE *f = fopen(path, "r");
	size_t len;

	assert_non_null(f);
	len = fread(to, 1, cap - 1, f);
	to[len] = '\0';
	fclose(f);
	return len;
}

static void write_file(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* ---- what it says ---- */

static void a_refused_secret_is_spent(void **state)
{
	struct ledger *l = opened(NULL, NOW);

	(void)state;
	assert_int_equal(ask(l, "a@mail.test", "one", NOW).left, 2);
	note(l, "a@mail.test", "one", 1, false, NOW);
	assert_int_equal(ask(l, "a@mail.test", "one", NOW).answer, LEDGER_GO);
	assert_int_equal(ask(l, "a@mail.test", "one", NOW).left, 1);
	note(l, "a@mail.test", "one", 1, false, NOW + 60);
	spent(ask(l, "a@mail.test", "one", NOW + 60), NOW + 60 + DAY);
	/* nobody else, no other secret */
	assert_int_equal(ask(l, "b@mail.test", "one", NOW).left, 2);
	assert_int_equal(ask(l, "a@mail.test", "two", NOW).left, 2);
	/* and not for ever */
	assert_int_equal(ask(l, "a@mail.test", "one", NOW + 60 + DAY).left, 2);
	ledger_free(l);
}

static void many_secrets_are_an_attack(void **state)
{
	struct ledger *l = opened(NULL, NOW);
	struct ledger_reply r;

	(void)state;
	note(l, "a@mail.test", "one", 1, false, NOW);
	note(l, "a@mail.test", "two", 1, false, NOW + 1);
	note(l, "a@mail.test", "three", 1, false, NOW + 2);
	r = ask(l, "a@mail.test", "four", NOW + 3);
	assert_int_equal(r.answer, LEDGER_MANY_SECRETS);
	assert_int_equal(r.until, NOW + DAY);
	/* the one known may use up what it has left */
	assert_int_equal(ask(l, "a@mail.test", "two", NOW + 3).left, 1);
	assert_int_equal(ask(l, "a@mail.test", "four", NOW + DAY).left, 2);
	ledger_free(l);
}

static void an_accepted_login_forgives(void **state)
{
	struct ledger *l = opened(NULL, NOW);

	(void)state;
	note(l, "a@mail.test", "one", 2, false, NOW);
	note(l, "a@mail.test", "two", 1, true, NOW);
	assert_int_equal(ask(l, "a@mail.test", "one", NOW).left, 2);
	note(l, "a@mail.test", "two", 0, false, NOW);	/* nothing happened */
	assert_int_equal(ask(l, "a@mail.test", "two", NOW).left, 2);
	ledger_free(l);
}

static void hosts_are_remembered(void **state)
{
	struct ledger *l = opened(NULL, NOW);
	epoch at[LEDGER_TIMES_MAX];

	(void)state;
	assert_true(ledger_note_host(l, "mail.test", 2, NOW, reason));
	assert_true(ledger_note_host(l, "mail.test", 1, NOW + 9, reason));
	assert_int_equal(ledger_host(l, "mail.test", NOW + 9, at), 3);
	assert_int_equal(at[0], NOW + 9);
	assert_int_equal(at[2], NOW);
	assert_int_equal(ledger_host(l, "mail.test", NOW + DAY, at), 1);
	assert_int_equal(ledger_host(l, "other.test", NOW, at), 0);
	for (int i = 0; i < 40; i++)
		ledger_note_host(l, "mail.test", 1, NOW + 10 + i, reason);
	assert_int_equal(ledger_host(l, "mail.test", NOW + 60, at),
			 LEDGER_TIMES_MAX);
	assert_int_equal(at[0], NOW + 49);
	ledger_free(l);
}

/* ---- the file ---- */

static void all_of_it_survives(void **state)
{
	struct ledger *l = opened(path, NOW);
	epoch at[LEDGER_TIMES_MAX];
	struct stat st;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char account[32];
		struct buf b = buf_over(account, sizeof(account));

		buf_fmt(&b, "u%d@mail.test", i);
		note(l, account, "one", i % 2 + 1u, false, NOW);
	}
	assert_true(ledger_note_host(l, "mail.test", 2, NOW, reason));
	note(l, "u1@mail.test", "two", 0, true, NOW);
	ledger_free(l);			/* not saved: as after a crash */

	for (int again = 0; again < 2; again++) {
		l = opened(path, NOW + 5);
		assert_int_equal(ask(l, "u8@mail.test", "one", NOW + 5).left, 1);
		spent(ask(l, "u9@mail.test", "one", NOW + 5), NOW + DAY);
		assert_int_equal(ask(l, "u1@mail.test", "one", NOW + 5).left, 2);
		assert_int_equal(ledger_host(l, "mail.test", NOW + 5, at), 2);
		assert_true(ledger_save(l, NOW + 5, reason));
		ledger_free(l);
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	l = opened(path, NOW + DAY);	/* all forgotten: a key is left */
	ledger_free(l);
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_size, 64, 128);
}

static void holds_no_name_and_no_secret(void **state)
{
	struct ledger *l = opened(path, NOW);
	char text[4096];

	(void)state;
	note(l, "taro@mail.test", "Canary-7", 1, false, NOW);
	assert_true(ledger_note_host(l, "mail.test", 2, NOW, reason));
	for (int saved = 0; saved < 2; saved++) {
		assert_true(read_file(text, sizeof(text)) > 200);
		assert_null(strstr(text, "taro"));
		assert_null(strstr(text, "mail.test"));
		assert_null(strstr(text, "anary"));
		assert_true(ledger_save(l, NOW, reason));
	}
	ledger_free(l);
}

static void one_run_at_a_time(void **state)
{
	struct ledger *l = NULL;
	pid_t child;
	int status = -1;
	int ready[2], done[2];
	char c = 'x';

	(void)state;
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();			/* the lock is a process's */
	if (child == 0) {
		struct ledger *theirs = NULL;

		if (ledger_open(path, LANG_EN, &ledger_default, NOW, &theirs, reason) !=
		    LEDGER_FINE)
			_exit(1);
		if (write(ready[1], &c, 1) != 1 || read(done[0], &c, 1) != 1)
			_exit(2);
		_exit(0);		/* as after a crash: not let go */
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(ledger_open(path, LANG_EN, &ledger_default, NOW, &l, reason),
			 LEDGER_IN_USE);
	assert_int_equal(write(done[1], &c, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	ledger_free(opened(path, NOW));
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(done[i]);
	}
}

/* Every byte, broken one at a time: said, and left as it is. */
static void damage_is_said_and_kept(void **state)
{
	struct ledger *l = opened(path, NOW);
	char text[2048], after[2048];
	size_t len, line = 1;

	(void)state;
	note(l, "a@mail.test", "one", 2, false, NOW);
	assert_true(ledger_note_host(l, "mail.test", 2, NOW, reason));
	ledger_free(l);
	len = read_file(text, sizeof(text));
	for (size_t i = 0; i < len; i++) {
		char was = text[i], expected[8];
		struct buf b = buf_over(expected, sizeof(expected));

		if (i > 0 && text[i - 1] == '\n')
			line++;
		if (i == len - 1)	/* that one end is a crash's to cut */
			break;
		text[i] = was == 'x' ? 'y' : 'x';
		write_file(text, len);
		assert_int_equal(ledger_open(path, LANG_EN, &ledger_default, NOW, &l,
					     reason), LEDGER_DAMAGED);
		buf_fmt(&b, "%zu", line);
		assert_string_equal(reason, expected);
		assert_int_equal(read_file(after, sizeof(after)), len);
		assert_memory_equal(text, after, len);
		text[i] = was;
	}
	assert_int_equal(line, 3);
}

static void a_crash_cuts_the_last_line_only(void **state)
{
	struct ledger *l = opened(path, NOW);
	char text[2048];
	size_t len, head;

	(void)state;
	note(l, "a@mail.test", "one", 2, false, NOW);
	note(l, "b@mail.test", "one", 2, false, NOW);
	ledger_free(l);
	len = read_file(text, sizeof(text));
	head = (size_t)(strchr(strchr(text, '\n') + 1, '\n') + 1 - text);
	for (size_t cut = head; cut < len; cut++) {
		write_file(text, cut);
		l = opened(path, NOW);
		assert_int_equal(ask(l, "a@mail.test", "one", NOW).answer,
				 LEDGER_SPENT);
		assert_int_equal(ask(l, "b@mail.test", "one", NOW).left, 2);
		/* what comes after it is whole */
		note(l, "c@mail.test", "one", 2, false, NOW);
		ledger_free(l);
		l = opened(path, NOW);
		assert_int_equal(ask(l, "c@mail.test", "one", NOW).answer,
				 LEDGER_SPENT);
		ledger_free(l);
	}
}

static void what_cannot_be_written_is_said(void **state)
{
	char beside[160];
	struct buf b = buf_over(beside, sizeof(beside));
	struct ledger *l = NULL;

	(void)state;
	buf_fmt(&b, "%s.lock", folder);
	assert_int_equal(ledger_open("/nonexistent/logins", LANG_EN,
				     &ledger_default,
				     NOW, &l, reason), LEDGER_UNREADABLE);
	assert_non_null(strstr(reason, "No such file"));
	assert_int_equal(ledger_open(folder, LANG_EN, &ledger_default, NOW,
				     &l, reason),
			 LEDGER_UNREADABLE);
	unlink(beside);
}

static void a_clock_set_back_does_not_bind_for_ever(void **state)
{
	struct ledger *l = opened(path, NOW + 400 * DAY);

	(void)state;
	note(l, "a@mail.test", "one", 2, false, NOW + 400 * DAY);
	ledger_free(l);
	l = opened(path, NOW);
	spent(ask(l, "a@mail.test", "one", NOW), NOW + DAY);
	ledger_free(l);
}

/* The rows as they are written are the rows as they are read. */
static bool one_row(void *context, const struct ledger_row *row)
{
	*(struct ledger_row *)context = *row;
	return true;
}

static void rows_come_back(void **state)
{
	const struct ledger_row row = {
		.kind = ROW_HOST, .id = { 1, 2, 255 }, .tag = 0xfe01,
		.count = 999999999, .at = 999999999999,
	};
	unsigned char key[LEDGER_KEY] = { 7 }, got_key[LEDGER_KEY];
	char text[2 * LEDGER_LINE_CAP], line[LEDGER_LINE_CAP];
	struct buf b = buf_over(text, sizeof(text));
	struct ledger_row got;
	bool has_key;

	(void)state;
	assert_true(ledger_head(key, line));
	buf_str(&b, line);
	assert_true(ledger_line(key, &row, line));
	buf_str(&b, line);
	assert_int_equal(ledger_parse(buf_span(&b), got_key, &has_key, one_row,
				      &got), 0);
	assert_true(has_key);
	assert_memory_equal(key, got_key, LEDGER_KEY);
	assert_int_equal(got.kind, row.kind);
	assert_memory_equal(got.id, row.id, LEDGER_ID);
	assert_int_equal(got.tag, row.tag);
	assert_int_equal(got.count, row.count);
	assert_int_equal(got.at, row.at);
	assert_int_equal(ledger_parse(SPAN_LIT(""), got_key, &has_key, one_row,
				      &got), 0);
	assert_false(has_key);
	assert_int_equal(ledger_parse(SPAN_LIT("\n"), got_key, &has_key,
				      one_row, &got), 1);
}

#define WITH_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_secret_is_spent),
		cmocka_unit_test(many_secrets_are_an_attack),
		cmocka_unit_test(an_accepted_login_forgives),
		cmocka_unit_test(hosts_are_remembered),
		cmocka_unit_test(rows_come_back),
		WITH_FOLDER(all_of_it_survives),
		WITH_FOLDER(holds_no_name_and_no_secret),
		WITH_FOLDER(one_run_at_a_time),
		WITH_FOLDER(damage_is_said_and_kept),
		WITH_FOLDER(a_crash_cuts_the_last_line_only),
		WITH_FOLDER(what_cannot_be_written_is_said),
		WITH_FOLDER(a_clock_set_back_does_not_bind_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
