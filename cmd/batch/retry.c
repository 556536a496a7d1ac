#include "cmd/batch/retry.h"

#include "cmd/batch/pace.h"

/*
 * What passes by itself. A certificate does not, nor does a TLS version; and
 * who is blocked by his address only makes it worse.
 */
static bool may_pass(enum cause c)
{
	switch (c) {
	case CAUSE_DNS_FAILURE: case CAUSE_NETWORK_DOWN:
	case CAUSE_NETWORK_BLOCKED: case CAUSE_RATE_LIMITED:
	case CAUSE_SERVER_UNAVAILABLE: case CAUSE_CONNECTION_DROPPED:
		return true;
	default:
		return false;
	}
}

static bool is_refused(const struct check_result *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->seen[i].login.outcome == LOGIN_REFUSED)
			return true;
	return false;
}

/* SplitMix64: the same account and attempt wait the same under one seed. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* From a half of it to all of it. */
static msec jitter(msec wait, uint64_t random)
{
	return wait - (msec)(random % (uint64_t)(wait / 2 + 1));
}

static msec backoff(const struct retry_plan *p, unsigned attempts)
{
	msec wait = p->wait;

	for (unsigned i = 1; i < attempts && wait < p->most; i++)
		wait *= 2;
	return msec_min(wait, p->most);
}

bool retry_again(const struct retry_plan *p, const struct check_result *r,
		 unsigned login_budget, uint64_t who, struct retry_state *io,
		 msec *ret_wait)
{
	io->attempts++;
	io->spent += pace_refusals(r);
	if (io->attempts > p->retries || r->diagnosis.exit_code != 3 ||
	    !may_pass(r->diagnosis.verdict) || is_refused(r) ||
	    (r->secret_given && io->spent >= login_budget))
		return false;
	*ret_wait = jitter(backoff(p, io->attempts),
			   mix(mix(p->seed ^ who) + io->attempts));
	return true;
}
