#include "reports/expect.h"

#include <string.h>

#include "probes/base/text.h"

#define DAY_SEC 86400

bool expect_is_empty(const struct expect *e)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (e->login[i] != WISH_NONE)
			return false;
	return e->certificate_days < 0 && !e->tls[0] && e->capabilities == 0 &&
	       e->max_msec == 0 && e->cause == CAUSE_COUNT;
}

static bool wants_login(const struct expect *e)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (e->login[i] == WISH_LOGIN)
			return true;
	return false;
}

/*
 * Who expects a cause that fails expects no login, whatever the others shall
 * do; and the other way round.
 */
static void logins_over(const struct expect *all, struct expect *io)
{
	bool fails = io->cause != CAUSE_COUNT &&
		     cause_exit_code(io->cause) != 0;

	if (io->cause == CAUSE_COUNT && !wants_login(io))
		io->cause = all->cause;
	for (size_t i = 0; i < SERVICE_COUNT; i++)
		if (io->login[i] == WISH_NONE &&
		    !(fails && all->login[i] == WISH_LOGIN))
			io->login[i] = all->login[i];
}

void expect_over(const struct expect *all, struct expect *io)
{
	logins_over(all, io);
	if (io->certificate_days < 0)
		io->certificate_days = all->certificate_days;
	if (!io->tls[0])
		memcpy(io->tls, all->tls, sizeof(io->tls));
	if (io->capabilities == 0) {
		io->capabilities = all->capabilities;
		memcpy(io->capability, all->capability,
		       sizeof(io->capability));
	}
	if (io->max_msec == 0)
		io->max_msec = all->max_msec;
}

/* ---- judging ---- */

struct judging {
	const struct expect *e;
	const struct report_input *in;
	size_t n;
	struct outcome_expectation *row;
};

static struct outcome_expectation *add(struct judging *j, const char *kind,
				       const char *of)
{
	struct outcome_expectation *x = &j->row[j->n++];
	struct buf id = buf_over(x->id, sizeof(x->id));

	*x = (struct outcome_expectation){ .met = false };
	buf_fmt(&id, *of ? "%s.%s" : "%s", kind, of);
	return x;
}

static void set(char *to, size_t cap, const char *text)
{
	span_copy(span_of(text), to, cap);
}

/* The most that came of a service's logins; false: it has no server here. */
static bool login_of(const struct judging *j, enum service s,
		     enum login_outcome *ret)
{
	bool any = false;

	*ret = LOGIN_NOT_TRIED;
	for (size_t i = 0; i < j->in->n; i++) {
		const struct evidence *e = j->in->seen[i];

		if (e->endpoint.service != s)
			continue;
		any = true;
		if (e->login.outcome == LOGIN_ACCEPTED ||
		    (*ret != LOGIN_ACCEPTED &&
		     e->login.outcome != LOGIN_NOT_TRIED))
			*ret = e->login.outcome;
	}
	return any;
}

static void judge_login(struct judging *j, enum service s)
{
	struct outcome_expectation *x = add(j, "login", service_name(s));
	enum login_outcome came;
	bool any = login_of(j, s, &came);

	set(x->wanted, sizeof(x->wanted), login_outcome_name(LOGIN_ACCEPTED));
	set(x->got, sizeof(x->got), any ? login_outcome_name(came) :
	    "no server");
	x->met = came == LOGIN_ACCEPTED;
}

/* Causes that hold for the account, whichever service said so. */
static bool is_of_account(enum cause c)
{
	switch (c) {
	case CAUSE_WRONG_CREDENTIALS:
	case CAUSE_USERNAME_FORMAT:
	case CAUSE_OAUTH_TOKEN_INVALID:
	case CAUSE_PASSWORD_EXPIRED:
	case CAUSE_ACCOUNT_LOCKED:
	case CAUSE_ACCOUNT_DISABLED:
	case CAUSE_WEB_LOGIN_REQUIRED:
		return true;
	default:
		return false;
	}
}

/*
 * Mostly only one service is asked: a refusal costs the account, and its
 * cause is that of the others, too.
 */
static bool is_refused(const struct judging *j, enum login_outcome came)
{
	const struct diagnosis *d = j->in->diagnosis;

	if (came == LOGIN_REFUSED)
		return true;
	return came == LOGIN_NOT_TRIED && d->logins_refused > 0 &&
	       is_of_account(d->verdict);
}

static void judge_no_login(struct judging *j, enum service s)
{
	struct outcome_expectation *x = add(j, "no_login", service_name(s));
	enum login_outcome came;

	login_of(j, s, &came);
	x->met = is_refused(j, came);
	set(x->wanted, sizeof(x->wanted), login_outcome_name(LOGIN_REFUSED));
	set(x->got, sizeof(x->got),
	    login_outcome_name(x->met ? LOGIN_REFUSED : came));
}

static void judge_days(struct judging *j)
{
	struct outcome_expectation *x = add(j, "certificate_days", "");
	struct buf wanted = buf_over(x->wanted, sizeof(x->wanted));
	struct buf got = buf_over(x->got, sizeof(x->got));
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < j->in->n; i++) {
		const struct tls_facts *t = &j->in->seen[i]->tls;

		if (t->chain > 0 && t->cert[0].not_after < least)
			least = t->cert[0].not_after;
	}
	buf_fmt(&wanted, "%d", j->e->certificate_days);
	if (least == INT64_MAX) {
		buf_str(&got, "no certificate");
		return;
	}
	least = (least - j->in->made_at) / DAY_SEC;
	buf_fmt(&got, "%lld", (long long)least);
	x->met = least >= j->e->certificate_days;
}

static void judge_tls(struct judging *j)
{
	struct outcome_expectation *x = add(j, "tls", "");
	const char *least = NULL;

	for (size_t i = 0; i < j->in->n; i++) {
		const char *version = j->in->seen[i]->tls.version;

		if (!least || strcmp(version, least) < 0)
			least = version;
	}
	if (least && *least)
		least = strchr(least, 'v') ? strchr(least, 'v') + 1 : least;
	set(x->wanted, sizeof(x->wanted), j->e->tls);
	set(x->got, sizeof(x->got), least && *least ? least : "no TLS");
	x->met = least && *least && strcmp(least, j->e->tls) >= 0;
}

/* Every server of the service has to have it, where it got that far. */
static bool has(const struct judging *j, enum service s, const char *word,
		bool *ret_seen)
{
	bool all = true;

	for (size_t i = 0; i < j->in->n; i++) {
		const struct evidence *e = j->in->seen[i];
		const struct capabilities *c = evidence_capabilities(e);

		if (e->endpoint.service != s || !c || !c->known)
			continue;
		*ret_seen = true;
		all = all && capability_has(c, word);
	}
	return *ret_seen && all;
}

static void judge_capabilities(struct judging *j, enum service s)
{
	struct outcome_expectation *x = add(j, "capabilities", service_name(s));
	struct buf wanted = buf_over(x->wanted, sizeof(x->wanted));
	struct buf got = buf_over(x->got, sizeof(x->got));
	enum login_outcome ignored;
	bool seen = false;

	x->met = true;
	for (size_t i = 0; i < j->e->capabilities; i++) {
		const struct expect_capability *c = &j->e->capability[i];

		if (c->service != s)
			continue;
		buf_fmt(&wanted, "%s%s", wanted.len > 0 ? " " : "", c->name);
		if (has(j, s, c->name, &seen))
			buf_fmt(&got, "%s%s", got.len > 0 ? " " : "", c->name);
		else
			x->met = false;
	}
	if (got.len == 0)
		buf_str(&got, seen ? "none of them" :
			login_of(j, s, &ignored) ? "not seen" : "no server");
}

static bool wants_capabilities(const struct expect *e, enum service s)
{
	for (size_t i = 0; i < e->capabilities; i++)
		if (e->capability[i].service == s)
			return true;
	return false;
}

static void judge_time(struct judging *j)
{
	struct outcome_expectation *x = add(j, "max_ms", "");
	struct buf wanted = buf_over(x->wanted, sizeof(x->wanted));
	struct buf got = buf_over(x->got, sizeof(x->got));

	buf_fmt(&wanted, "%lld", (long long)j->e->max_msec);
	buf_fmt(&got, "%lld", (long long)j->in->took);
	x->met = j->in->took <= j->e->max_msec;
}

static void judge_cause(struct judging *j)
{
	struct outcome_expectation *x = add(j, "cause", "");
	enum cause came = j->in->diagnosis->verdict;

	set(x->wanted, sizeof(x->wanted), cause_id(j->e->cause));
	set(x->got, sizeof(x->got), cause_id(came));
	x->met = came == j->e->cause;
}

/* Ten rows at most: one a service and kind, one each of the others. */
_Static_assert(2 * SERVICE_COUNT + 4 <= EXPECTATIONS_MAX,
	       "all that can be expected has room");

size_t expect_judge(const struct expect *e, const struct report_input *in,
		    struct outcome_expectation ret[EXPECTATIONS_MAX])
{
	struct judging j = { e, in, 0, ret };

	for (int s = 0; s < SERVICE_COUNT; s++) {
		if (e->login[s] == WISH_LOGIN)
			judge_login(&j, (enum service)s);
		else if (e->login[s] == WISH_NO_LOGIN)
			judge_no_login(&j, (enum service)s);
	}
	if (e->certificate_days >= 0)
		judge_days(&j);
	if (e->tls[0])
		judge_tls(&j);
	for (int s = 0; s < SERVICE_COUNT; s++)
		if (wants_capabilities(e, (enum service)s))
			judge_capabilities(&j, (enum service)s);
	if (e->max_msec > 0)
		judge_time(&j);
	if (e->cause != CAUSE_COUNT)
		judge_cause(&j);
	return j.n;
}
