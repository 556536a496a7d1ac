#include "cmd/batch/pace.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/batch/pace_hosts.h"

#define SECOND ((msec)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

/*
 * What servers bear when nobody has touched their settings:
 *
 *	connections	Courier 4 of an address (MAXPERIP); Yahoo about 5;
 *			Dovecot 10 of a user and address
 *			(mail_max_userip_connections); Gmail 15 of an account;
 *			Postfix 50 of an address
 *			(smtpd_client_connection_count_limit)
 *	refused logins	fail2ban 5 of an address in 10 minutes, often set to 3;
 *			Dovecot answers later and later, up to 15 seconds
 *	logins		no limit in Dovecot and Postfix; but a password hash
 *			that is worth its name takes them 0.1 s and more
 *
 * The window is longer than the 10 minutes: their clock starts at the line in
 * their log, ours when the check is over, and both round.
 */
const struct pace_limits pace_gentle = {
	.connections = 4, .logins_per_second = 5, .refusals = 2,
	.window = 11 * MINUTE, .patience = HOUR, .stop_after = 3,
	.pause = MINUTE,
};
const struct pace_limits pace_normal = {
	.connections = 10, .logins_per_second = 20, .refusals = 4,
	.window = 11 * MINUTE, .patience = HOUR, .stop_after = 3,
	.pause = MINUTE,
};
const struct pace_limits pace_off = {
	.window = 11 * MINUTE, .patience = HOUR, .pause = MINUTE,
};

struct pace {
	struct pace_limits limits;
	struct machines machines;
};

bool pace_new(const struct pace_limits *limits, struct pace **ret,
	      struct fault *why)
{
	struct pace *p = calloc(1, sizeof(*p));

	if (!p)
		return fail(why, FAULT_NO_MEMORY, "no memory for the pace");
	p->limits = *limits;
	if (p->limits.refusals > PACE_REFUSALS_MAX)
		p->limits.refusals = PACE_REFUSALS_MAX;
	*ret = p;
	return true;
}

void pace_free(struct pace *p)
{
	if (!p)
		return;
	machines_release(&p->machines);
	free(p);
}

/* ---- the hosts ---- */

bool pace_is_new(const struct pace *p, const char *host)
{
	return machines_find(&p->machines, host) == NULL;
}

bool pace_meet(struct pace *p, const char *host, const struct address *a,
	       size_t n, struct fault *why)
{
	return machines_meet(&p->machines, host, a, n) ||
	       fail(why, FAULT_NO_MEMORY, "no memory for the pace");
}

/* The machines of an account, each once, with its connections. */
struct hosts {
	size_t n;
	struct machine *host[ENDPOINTS_MAX];
	const char *name[ENDPOINTS_MAX];	/* as this account calls it */
	unsigned connections[ENDPOINTS_MAX];
};

static bool hosts_of(struct pace *p, const struct endpoint *e, size_t n,
		     struct hosts *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct machine_key *k = machines_meet(
			&p->machines, e[i].host, NULL, 0);
		size_t at = 0;

		if (!k)
			return false;
		while (at < ret->n && ret->host[at] != k->machine)
			at++;
		if (at == ret->n) {
			ret->host[ret->n] = k->machine;
			ret->name[ret->n] = k->text;
			ret->connections[ret->n++] = 0;
		}
		ret->connections[at]++;
	}
	return true;
}

/* ---- asking ---- */

static void forget_refusals(struct machine *h, msec window, msec now)
{
	size_t old = 0;

	while (old < h->refusals && h->refused_at[old] + window <= now)
		old++;
	h->refusals -= old;
	memmove(h->refused_at, h->refused_at + old,
		h->refusals * sizeof(h->refused_at[0]));
}

static void later(struct pace_reply *r, const char *host,
		  enum pace_reason reason, msec at)
{
	if (r->answer == PACE_LATER && r->at >= at)
		return;
	r->answer = PACE_LATER;
	r->reason = reason;
	r->host = host;
	r->at = at;
}

/*
 * Fewer refusals than wanted are granted only when waiting for those under
 * way cannot bring more.
 */
static void ask_refusals(const struct pace *p, const struct machine *h,
			 const char *name, unsigned want,
			 struct pace_reply *ret)
{
	unsigned limit = p->limits.refusals;
	unsigned left = limit > h->refusals ?
			limit - (unsigned)h->refusals : 0;
	unsigned free_now = left > h->reserved ? left - h->reserved : 0;

	if (limit == 0 || want == 0 || free_now >= want)
		return;
	if (left == 0)
		later(ret, name, PACE_REFUSALS,
		      h->refused_at[h->refusals - limit] + p->limits.window);
	else if (h->reserved > 0)
		later(ret, name, PACE_BUSY, MSEC_NEVER);
	else if (free_now < ret->refusals)
		ret->refusals = free_now;
}

static void ask_host(const struct pace *p, const struct hosts *hosts, size_t i,
		     unsigned refusals, msec now, struct pace_reply *ret)
{
	const struct pace_limits *l = &p->limits;
	const struct machine *h = hosts->host[i];
	const char *name = hosts->name[i];

	if (now < h->paused_until)
		later(ret, name, PACE_BAN, h->paused_until);
	else if (h->bans > 0 && h->accounts > 0)	/* one alone finds out */
		later(ret, name, PACE_BUSY, MSEC_NEVER);
	if (l->connections > 0 && h->connections > 0 &&
	    h->connections + hosts->connections[i] > l->connections)
		later(ret, name, PACE_BUSY, MSEC_NEVER);
	ask_refusals(p, h, name, refusals, ret);
	if (refusals > 0 && l->logins_per_second > 0 &&
	    h->login_at > now * 1000)
		later(ret, name, PACE_BUSY, (h->login_at + 999) / 1000);
}

/* A pause that would be longer than we have patience left is none. */
static void wait_or_stop(const struct pace *p, struct machine *h, msec now,
			 struct pace_reply *io)
{
	if (io->reason == PACE_BUSY)
		return;
	if (!h->waiting)
		h->waiting_since = now;
	h->waiting = true;
	io->news = h->told != io->at;
	h->told = io->at;
	if (h->waited + (io->at - h->waiting_since) > p->limits.patience)
		h->stopped = io->reason;
}

static void take(const struct pace *p, struct machine *h, unsigned connections,
		 unsigned refusals, msec now)
{
	if (h->waiting)
		h->waited += now - h->waiting_since;
	h->waiting = false;
	h->accounts++;
	h->connections += connections;
	h->reserved += refusals;
	if (refusals == 0 || p->limits.logins_per_second == 0)
		return;
	if (h->login_at < now * 1000)
		h->login_at = now * 1000;
	h->login_at += (int64_t)connections * 1000000 /
		       p->limits.logins_per_second;
}

static bool is_stopped(const struct hosts *hosts, struct pace_reply *ret)
{
	for (size_t i = 0; i < hosts->n; i++)
		if (hosts->host[i]->stopped != PACE_NO_REASON) {
			*ret = (struct pace_reply){
				.answer = PACE_STOPPED,
				.reason = hosts->host[i]->stopped,
				.host = hosts->name[i],
			};
			return true;
		}
	return false;
}

/* The gate lets one login of a service be refused, not two. */
static unsigned worst_case(const struct endpoint *e, size_t n, unsigned budget)
{
	bool has[SERVICE_COUNT] = { false };
	unsigned services = 0;

	for (size_t i = 0; i < n; i++) {
		services += !has[e[i].service];
		has[e[i].service] = true;
	}
	return budget < services ? budget : services;
}

bool pace_ask(struct pace *p, const struct endpoint *e, size_t n,
	      unsigned refusals, msec now, struct pace_reply *ret,
	      struct fault *why)
{
	unsigned want = worst_case(e, n, refusals);
	struct hosts hosts;

	if (!hosts_of(p, e, n, &hosts))
		return fail(why, FAULT_NO_MEMORY, "no memory for the pace");
	if (is_stopped(&hosts, ret))
		return true;
	*ret = (struct pace_reply){ .answer = PACE_GO, .refusals = want };
	for (size_t i = 0; i < hosts.n; i++) {
		forget_refusals(hosts.host[i], p->limits.window, now);
		ask_host(p, &hosts, i, want, now, ret);
	}
	for (size_t i = 0; i < hosts.n; i++)
		if (ret->answer == PACE_GO)
			take(p, hosts.host[i], hosts.connections[i],
			     ret->refusals, now);
		else if (ret->host == hosts.name[i])
			wait_or_stop(p, hosts.host[i], now, ret);
	if (ret->answer == PACE_LATER)
		is_stopped(&hosts, ret);
	return true;
}

/* ---- what became of it ---- */

/* A login whose answer was lost may have been refused (as in gate.c). */
static bool was_refused(const struct evidence *e)
{
	const struct step *failure = evidence_failure(e);

	return e->login.outcome == LOGIN_REFUSED ||
	       (e->login.outcome == LOGIN_UNDECIDED &&
		(!failure || failure->why.kind != FAULT_DEFERRED));
}

unsigned pace_refusals(const struct check_result *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += was_refused(&r->seen[i]);
	for (size_t i = 0; i < r->trials.n; i++)
		n += r->trials.seen[i] && was_refused(r->trials.seen[i]);
	return n;
}

static bool has_greeted(const struct machine *h, uint16_t port)
{
	for (size_t i = 0; i < h->ports; i++)
		if (h->port[i] == port)
			return true;
	return false;
}

bool pace_has_worked(const struct pace *p, const struct endpoint *e)
{
	const struct machine_key *k = machines_find(&p->machines, e->host);

	return k && has_greeted(k->machine, e->port);
}

/* Dovecot's first refusal takes 2 s, then 4, 8 and 15: it knows our address. */
#define PENALTY (7 * SECOND)

static bool is_penalty(const struct evidence *e)
{
	const struct step *s = evidence_step(e, STAGE_LOGIN);

	return s && e->login.outcome == LOGIN_REFUSED &&
	       s->ended - s->began - s->waited >= PENALTY;
}

/* The wire, where it worked before: shut, silent or broken before a greeting. */
static bool is_shut(const struct machine *h, const struct evidence *e)
{
	const struct step *failed = evidence_failure(e);

	if (!failed || !has_greeted(h, e->endpoint.port) ||
	    failed->stage < STAGE_CONNECT || failed->stage > STAGE_GREETING)
		return false;
	switch (failed->why.kind) {
	case FAULT_TIMEOUT: case FAULT_CLOSED: case FAULT_RESET:
	case FAULT_REFUSED: case FAULT_UNREACHABLE:
		return true;
	default:
		return false;
	}
}

static bool looks_like_ban(const struct machine *h, const struct evidence *e,
			   enum cause verdict)
{
	return verdict == CAUSE_RATE_LIMITED || verdict == CAUSE_IP_BLOCKED ||
	       is_shut(h, e) || is_penalty(e);
}

static bool greeted(const struct evidence *e)
{
	const struct step *s = evidence_step(e, STAGE_GREETING);

	return s && s->result == STEP_PASSED;
}

static void note_ban(const struct pace *p, struct machine *h, msec now)
{
	/* those under way when the pause began say the same once more */
	if (now < h->paused_until)
		return;
	h->bans++;
	h->paused_until = now + (p->limits.pause << (h->bans - 1));
	if (h->bans >= p->limits.stop_after)
		h->stopped = PACE_BAN;
}

static void judge_host(const struct pace *p, struct machine *h,
		       const struct check_result *r, msec now)
{
	bool ban = false, works = false;

	for (size_t i = 0; i < r->n; i++) {
		const struct evidence *e = &r->seen[i];
		const struct machine_key *k = machines_find(&p->machines,
							    e->endpoint.host);

		if (!k || k->machine != h)
			continue;
		ban = ban || looks_like_ban(h, e,
					    r->diagnosis.endpoint_verdict[i]);
		works = works || greeted(e);
		if (greeted(e) && !has_greeted(h, e->endpoint.port) &&
		    h->ports < PORTS_MAX)
			h->port[h->ports++] = e->endpoint.port;
	}
	if (ban && p->limits.stop_after > 0)
		note_ban(p, h, now);
	else if (works && now >= h->paused_until)
		h->bans = 0;
}

unsigned pace_done(struct pace *p, const struct endpoint *e, size_t n,
		   unsigned granted, const struct check_result *result,
		   msec now)
{
	unsigned refused = result ? pace_refusals(result) : 0;
	struct hosts hosts;

	if (!hosts_of(p, e, n, &hosts))		/* all are known: no memory needed */
		return refused;
	for (size_t i = 0; i < hosts.n; i++) {
		struct machine *h = hosts.host[i];

		h->accounts--;
		h->connections -= hosts.connections[i];
		h->reserved -= granted;
		for (unsigned k = 0; k < refused; k++)
			machine_refused(h, now);
		if (result)
			judge_host(p, h, result, now);
	}
	return refused;
}

bool pace_remember(struct pace *p, const char *host, const msec *at, size_t n,
		   struct fault *why)
{
	const struct machine_key *k = machines_meet(&p->machines, host, NULL,
						    0);

	if (!k)
		return fail(why, FAULT_NO_MEMORY, "no memory for the pace");
	machine_remember(k->machine, at, n);
	return true;
}

const char *pace_address(const struct pace *p, const char *host, size_t i)
{
	const struct machine_key *k = machines_find(&p->machines, host);

	k = k ? k->machine->address : NULL;
	while (k && i-- > 0)
		k = k->another;
	return k ? k->text : NULL;
}
