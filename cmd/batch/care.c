#include "cmd/batch/care.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cmd/command.h"
#include "probes/base/text.h"
#include "probes/wire/thread.h"

struct care {
	struct care_plan plan;
	struct mutex mutex;
	struct pace *pace;
	struct ledger *ledger;
	bool complained;		/* once is enough */
};

/* ---- the state file ---- */

/* All above the last part; what cannot be made, opening it will tell. */
static void make_folders(char *path)
{
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
}

/* A home that is not there is how a service says that it has none. */
static bool is_there(const char *folder)
{
	struct stat st;

	return stat(folder, &st) == 0;
}

void care_state_path(char to[CARE_PATH_CAP])
{
	struct buf b = buf_over(to, CARE_PATH_CAP);
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	/* XDG Base Directory Specification: a relative path is ignored */
	if (state && *state == '/')
		buf_fmt(&b, "%s/mailwhy/logins", state);
	else if (home && *home == '/')
		buf_fmt(&b, "%s/.local/state/mailwhy/logins", home);
	if (b.full)
		*to = '\0';
	else if ((state && *state == '/') || (home && is_there(home)))
		make_folders(to);
}

static void say(const struct care_plan *p, const char *id, const char *reason)
{
	const struct text_arg args[] = {
		{ "file", p->state }, { "reason", reason }, { NULL, NULL }
	};

	complain(p->lang, id, args);
}

/* Before a lock is laid beside a folder or a device. */
static enum ledger_problem open_at(struct care *c, epoch today, char *reason)
{
	struct care_plan *p = &c->plan;
	struct stat st;

	if (p->state && stat(p->state, &st) == 0 && !S_ISREG(st.st_mode)) {
		span_copy(span_of(text_of(p->lang, "reason.no_file")), reason,
			  REASON_CAP);
		return LEDGER_UNREADABLE;
	}
	return ledger_open(p->state, p->lang, &p->ledger, today, &c->ledger,
			   reason);
}

/* Damage and a second run are said and end it; so is a place that was named. */
static int open_ledger(struct care *c, epoch today)
{
	struct care_plan *p = &c->plan;
	char reason[REASON_CAP] = "";
	enum ledger_problem problem;

	problem = open_at(c, today, reason);
	if (problem == LEDGER_UNREADABLE && !p->state_is_wanted) {
		if (!p->quiet)
			say(p, "care.state_not_kept", reason);
		p->state = NULL;
		problem = open_at(c, today, reason);
	}
	switch (problem) {
	case LEDGER_FINE:
		return 0;
	case LEDGER_UNREADABLE:
		say(p, "error.state", reason);
		return EXIT_USAGE;
	case LEDGER_DAMAGED:
		say(p, "error.state_damaged", reason);
		return EXIT_USAGE;
	case LEDGER_IN_USE:
		say(p, "error.state_in_use", "");
		return EXIT_USAGE;
	case LEDGER_NO_MEMORY:
		break;
	}
	return complain(p->lang, "error.no_memory", NULL), EXIT_INTERNAL;
}

int care_open(const struct care_plan *plan, epoch today, struct care **ret)
{
	struct care *c = calloc(1, sizeof(*c));
	struct fault why = { .kind = FAULT_NO_MEMORY };
	int code;

	if (!c)
		return complain_internal(plan->lang, &why);
	c->plan = *plan;
	code = pace_new(&plan->pace, &c->pace, &why)
	       ? open_ledger(c, today)
	       : complain_internal(plan->lang, &why);
	if (code == 0) {
		mutex_init(&c->mutex);
		*ret = c;
	} else {
		pace_free(c->pace);
		free(c);
	}
	return code;
}

bool care_close(struct care *c, epoch today)
{
	char reason[REASON_CAP];
	bool ok;

	if (!c)
		return true;
	ok = ledger_save(c->ledger, today, reason);
	if (!ok && !c->complained)
		say(&c->plan, "care.state_not_written", reason);
	ledger_free(c->ledger);
	pace_free(c->pace);
	mutex_release(&c->mutex);
	free(c);
	return ok;
}

static void noted(struct care *c, bool ok, const char *reason)
{
	if (ok || c->complained)
		return;
	c->complained = true;
	say(&c->plan, "care.state_not_written", reason);
}

/* ---- what an account is to the ledger ---- */

/*
 * A user name at a host, for each of its hosts: neither another set of
 * servers nor a capital letter makes another account.
 */
#define NAME_CAP 1024

static void fold(struct span text, struct buf *out)
{
	if (text.len > 0 && text.at[text.len - 1] == '.')
		text.len--;
	for (size_t i = 0; i < text.len; i++)
		buf_char(out, ascii_lower(text.at[i]));
}

static const char *host_name(const char *host, char to[HOST_CAP])
{
	struct buf b = buf_over(to, HOST_CAP);

	fold(span_of(host), &b);
	return to;
}

static const char *account_name(const struct care_account *a, size_t i,
				char to[NAME_CAP])
{
	struct buf b = buf_over(to, NAME_CAP);
	struct span user = span_of(a->user);

	for (size_t k = 0; k < user.len && k < NAME_CAP / 2; k++)
		buf_char(&b, ascii_lower(user.at[k]));
	buf_char(&b, '\n');
	fold(span_of(a->endpoint[i].host), &b);
	return to;
}

static bool stood_before(const struct care_account *a, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (text_same(a->endpoint[k].host, a->endpoint[i].host))
			return true;
	return false;
}

/* ---- asking ---- */

/* What former runs noted of a host under `key`: its name, or an address. */
static bool remember(struct care *c, const char *host, const char *key,
		     struct care_time t, struct fault *why)
{
	epoch at[LEDGER_TIMES_MAX];	/* newest first */
	msec then[LEDGER_TIMES_MAX];	/* oldest first */
	size_t n = ledger_host(c->ledger, key, t.today, at);

	for (size_t i = 0; i < n; i++)
		then[n - 1 - i] = t.now - (t.today > at[i] ?
					   (t.today - at[i]) * 1000 : 0);
	return pace_remember(c->pace, host, then, n, why);
}

/* For the first time: where it is, and what it has cost. */
static bool meet(struct care *c, const char *host, const struct address *a,
		 size_t addresses, struct care_time t, struct fault *why)
{
	char name[HOST_CAP];

	if (!pace_is_new(c->pace, host))
		return true;
	if (!pace_meet(c->pace, host, a, addresses, why) ||
	    !remember(c, host, host_name(host, name), t, why))
		return false;
	for (size_t i = 0; i < addresses; i++)
		if (!remember(c, host, a[i].text, t, why))
			return false;
	return true;
}

/* Without any limit it does not matter which names are one machine. */
bool care_wants_addresses(struct care *c, const char *host)
{
	const struct pace_limits *l = &c->plan.pace;
	bool is_new;

	if (l->refusals == 0 && l->connections == 0 &&
	    l->logins_per_second == 0 && l->stop_after == 0)
		return false;
	mutex_lock(&c->mutex);
	is_new = pace_is_new(c->pace, host);
	mutex_unlock(&c->mutex);
	return is_new;
}

bool care_meet(struct care *c, const char *host, const struct address *a,
	       size_t n, struct care_time t, struct fault *why)
{
	bool ok;

	mutex_lock(&c->mutex);
	ok = meet(c, host, a, n, t, why);
	mutex_unlock(&c->mutex);
	return ok;
}

static bool ask(struct care *c, struct care_account *a, struct care_time t,
		struct pace_reply *ret, struct fault *why)
{
	for (size_t i = 0; i < a->endpoints; i++)
		if (!meet(c, a->endpoint[i].host, NULL, 0, t, why))
			return false;
	for (size_t i = 0; i < a->endpoints; i++)
		a->worked[i] = pace_has_worked(c->pace, &a->endpoint[i]);
	return pace_ask(c->pace, a->endpoint, a->endpoints, a->login_budget,
			t.now, ret, why);
}

bool care_ask(struct care *c, struct care_account *a, struct care_time t,
	      struct care_reply *ret, struct fault *why)
{
	struct pace_reply r;
	bool ok;

	mutex_lock(&c->mutex);
	ok = ask(c, a, t, &r, why);
	mutex_unlock(&c->mutex);
	if (!ok)
		return false;
	a->granted = r.refusals;
	*ret = (struct care_reply){
		.answer = r.answer == PACE_GO ? CARE_GO :
			  r.answer == PACE_LATER ? CARE_LATER : CARE_NEVER,
		.reason = r.answer == PACE_STOPPED ? UNTRIED_HOST_STOPPED
						   : UNTRIED_NONE,
		.at = r.at, .pace = r.reason, .host = r.host, .news = r.news,
		.login_budget = r.refusals,
	};
	if (r.answer == PACE_LATER && r.at != MSEC_NEVER)
		ret->until = t.today + (r.at - t.now + 999) / 1000;
	return true;
}

/* The worst of what its hosts say. */
static void add_reply(const struct ledger_reply *r, struct care_reply *io)
{
	if (r->answer == LEDGER_GO) {
		if (r->left < io->login_budget)
			io->login_budget = r->left;
		return;
	}
	if (io->answer == CARE_NEVER && r->until <= io->until)
		return;
	io->answer = CARE_NEVER;
	io->reason = UNTRIED_REFUSED;
	io->many_secrets = r->answer == LEDGER_MANY_SECRETS;
	io->until = r->until;
}

void care_secret(struct care *c, const struct care_account *a,
		 const struct secret *secret, struct care_time t,
		 struct care_reply *ret)
{
	char name[NAME_CAP];

	*ret = (struct care_reply){ .answer = CARE_GO,
				    .login_budget = a->granted };
	mutex_lock(&c->mutex);
	for (size_t i = 0; i < a->endpoints; i++) {
		struct ledger_reply r;

		if (stood_before(a, i))
			continue;
		ledger_ask(c->ledger, account_name(a, i, name), secret,
			   t.today, &r);
		add_reply(&r, ret);
	}
	mutex_unlock(&c->mutex);
}

/* ---- what became of it ---- */

static bool is_accepted(const struct check_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->seen[i].login.outcome == LOGIN_ACCEPTED)
			return true;
	return false;
}

/* An account may call one machine by several names. */
static bool machine_stood_before(const struct care *c,
				 const struct care_account *a, size_t i)
{
	const char *address = pace_address(c->pace, a->endpoint[i].host, 0);

	for (size_t k = 0; k < i; k++)
		if (pace_address(c->pace, a->endpoint[k].host, 0) == address)
			return true;
	return false;
}

/* By name and by address: it may be met by another name the next time. */
static void note_host(struct care *c, const struct care_account *a, size_t i,
		      unsigned refused, epoch today)
{
	const char *host = a->endpoint[i].host, *address;
	char name[HOST_CAP], reason[REASON_CAP];

	noted(c, ledger_note_host(c->ledger, host_name(host, name), refused,
				  today, reason), reason);
	if (machine_stood_before(c, a, i))
		return;
	for (size_t k = 0; (address = pace_address(c->pace, host, k)); k++)
		if (!text_same(address, name))
			noted(c, ledger_note_host(c->ledger, address, refused,
						  today, reason), reason);
}

static void done(struct care *c, const struct care_account *a,
		 const struct secret *secret, const struct check_result *result,
		 struct care_time t)
{
	unsigned refused = pace_done(c->pace, a->endpoint, a->endpoints,
				     a->granted, result, t.now);
	char name[NAME_CAP], reason[REASON_CAP];

	for (size_t i = 0; result && secret && i < a->endpoints; i++) {
		if (stood_before(a, i))
			continue;
		noted(c, ledger_note(c->ledger, account_name(a, i, name),
				     secret, refused, is_accepted(result),
				     t.today, reason), reason);
		note_host(c, a, i, refused, t.today);
	}
}

void care_done(struct care *c, const struct care_account *a,
	       const struct secret *secret, const struct check_result *result,
	       struct care_time t)
{
	mutex_lock(&c->mutex);
	done(c, a, secret, result, t);
	mutex_unlock(&c->mutex);
}

/* ---- for people ---- */

/* In the time of the place; what it is worth stands beside it. */
static void add_time(struct buf *out, epoch at)
{
	const time_t seconds = (time_t)at;
	struct tm local;
	char text[48] = "";

	if (localtime_r(&seconds, &local))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M (%z)", &local);
	buf_str(out, text);
}

static const char *why_id(const struct care_reply *r)
{
	bool later = r->answer == CARE_LATER;

	if (r->reason == UNTRIED_REFUSED)
		return r->many_secrets ? "care.many_secrets" : "care.refused";
	switch (r->pace) {
	case PACE_REFUSALS:
		return later ? "care.wait_refusals" : "care.stop_refusals";
	case PACE_BAN:
		return later ? "care.wait_ban" : "care.stop_ban";
	default:
		return "care.busy";
	}
}

char *care_why(const struct care_reply *r, enum lang lang)
{
	char until[64], text[1024];
	struct buf u = buf_over(until, sizeof(until));
	struct buf out = buf_over(text, sizeof(text));
	const struct text_arg args[] = {
		{ "host", r->host }, { "until", until }, { NULL, NULL }
	};

	add_time(&u, r->until);
	text_fill(&out, lang, why_id(r), args);
	return strdup(text);
}
